"""Live sessions: from start to sealed acta."""
