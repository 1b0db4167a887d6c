"""Papers to read: legal texts, guidelines and methods, with number, date and validity; to whom each is sent down, and
who has read it."""
