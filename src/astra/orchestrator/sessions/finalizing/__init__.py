"""From the last append to the sealed acta: durable steps, each safe to do twice."""
