"""Writes the sample session that ASTRA ships: script, sound, and reference."""
