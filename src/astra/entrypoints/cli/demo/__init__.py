"""`astra demo`: the sample session through the public API, to a sealed and verified acta."""
