"""The way from a recording of any length to timed text: chunks, batches, guards, checkpoint, coverage."""
