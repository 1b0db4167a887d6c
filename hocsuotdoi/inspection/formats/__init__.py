"""Pictures as they are kept."""
