"""INGEST: historical actas to templates, entities and vectors. Built in a later issue."""
