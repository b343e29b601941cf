"""ORCHESTRATOR: the only public door; it alone calls the other modules."""
