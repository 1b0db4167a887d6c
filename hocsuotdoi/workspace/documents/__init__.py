"""Staff's pages of documents: those of a snapshot, runs of many, templates, letters, nominations."""
