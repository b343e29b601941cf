"""ASTRA: from the sound of a council session to its sealed acta."""

__version__ = "0.1.0"
