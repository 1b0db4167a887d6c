"""Inspection for programs, the phone at a visit above all."""
