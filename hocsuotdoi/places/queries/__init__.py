"""Reads of units, institutions and agencies."""
