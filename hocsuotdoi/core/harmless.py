"""Cells of files that a spreadsheet opens."""

from typing import TypeVar

Cell = TypeVar("Cell")

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Cell) -> Cell | str:
    """Words that a spreadsheet would compute are led by an apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell


def as_written(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_BEGINS_A_FORMULA) else text
