"""How many cases a law is tried with where each is many questions to the database, and how many of many things alike
where each costs much: half of them, by chance different ones in every run, unless DEEP is set (docs/testing.md)."""

import os
import random
from collections.abc import Callable, Iterable
from typing import TypeVar

DEEP = bool(os.environ.get("DEEP"))
_chance = random.Random()
"""Of its own: Hypothesis starts the common one anew in every case."""

Thing = TypeVar("Thing")


def cases(number: int) -> int:
    return number if DEEP else number // 2


def some(things: Iterable[Thing]) -> list[Thing]:
    """Every other one of them, from the first or from the second."""
    is_turn = by_turns()
    return [thing for thing in things if is_turn()]


def by_turns() -> Callable[[], bool]:
    """Answers yes every other time, at once or from the second on."""
    turn = _chance.randrange(2)

    def is_turn() -> bool:
        nonlocal turn
        turn += 1
        return DEEP or turn % 2 == 0

    return is_turn
