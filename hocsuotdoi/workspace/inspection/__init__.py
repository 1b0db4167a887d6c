"""Inspection in the office: plans of visits, one visit with its findings, checklists, how far a place is."""
