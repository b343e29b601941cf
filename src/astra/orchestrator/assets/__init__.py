"""Images and other files attached to a session."""
