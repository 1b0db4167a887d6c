"""Cycles of reports: setting them up, opening them, how far the country is, what reports cost in time."""
