"""CORE as a service of its own."""
