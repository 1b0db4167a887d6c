"""Reads: the territory as arrays, the words for what was simulated."""
