"""Staff's pages of papers: what is to be read, what was sent down and who has read it."""
