"""Definitions and figures as files: pure, no database."""
