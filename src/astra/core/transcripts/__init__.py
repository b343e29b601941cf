"""Transcripts as files: our own JSON, plain text, subtitles, speakers' turns, OpenAI's verbose JSON."""
