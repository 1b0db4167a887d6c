"""Public pages on which a printed document is checked."""
