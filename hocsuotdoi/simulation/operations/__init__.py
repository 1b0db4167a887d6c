"""Acts: make a country and what happens in it."""

from hocsuotdoi.simulation.operations.simulate import Plan, Summary, simulate

__all__ = ["Plan", "Summary", "simulate"]
