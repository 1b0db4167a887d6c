"""Definitions and a library of Bắc Kạn with a session held: as the pages' tests have them."""

from tests.portal.indicators.conftest import day, definitions, posting, target

__all__ = ["day", "definitions", "posting", "target"]
