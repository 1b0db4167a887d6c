"""Papers for programs."""
