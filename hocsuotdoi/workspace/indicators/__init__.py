"""Answering criteria: what the program found, what is left for people to say, and where the two differ."""
