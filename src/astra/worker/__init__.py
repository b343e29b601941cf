"""WORKER: thin entry points around CORE for rented GPUs. Built in a later issue."""
