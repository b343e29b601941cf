"""CORE: audio to timed text, and timed text to intent, template and structured data."""
