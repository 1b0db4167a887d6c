"""Acts of the indicators: load the definitions, state answers to criteria."""

from hocsuotdoi.indicators.operations.definitions import load_definitions

__all__ = ["load_definitions"]
