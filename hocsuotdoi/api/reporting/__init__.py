"""Reporting for programs."""
