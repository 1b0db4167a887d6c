"""Acts on the territory and the register. `load_reference` and `load_sample` are offered here by name."""

from hocsuotdoi.places.operations.load_reference import load_reference

__all__ = ["load_reference"]
