"""Acts on the territory and the register. The two loaders are offered here by name."""

from hocsuotdoi.places.operations.load_reference import load_reference
from hocsuotdoi.places.operations.load_sample import load_sample

__all__ = ["load_reference", "load_sample"]
