"""Sound: where it comes from, how it is decoded, and where the voice is."""
