"""Batch jobs: one long file on a rented GPU. Built in a later issue."""
