"""Reporting cycles and reports for programs."""
