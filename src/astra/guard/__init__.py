"""GUARD: seals an acta and proves, without any server, that nobody touched it."""
