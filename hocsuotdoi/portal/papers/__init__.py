"""Papers to read: legal texts, guidelines, methods; found, read, compared with the one before."""
