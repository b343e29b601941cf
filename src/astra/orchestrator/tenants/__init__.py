"""Tenants: each council with its configuration, versioned."""
