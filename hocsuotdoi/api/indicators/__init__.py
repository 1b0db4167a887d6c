"""Figures: what is defined, what it comes to, what was counted."""
