"""How many cases a law is tried with where each is many questions to the database, how many of many things alike where
each costs much, and which cases of a browser's test a whole run leaves to the next: half of them, by chance different
ones in every run, unless DEEP is set (docs/testing.md)."""

import os
import random
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pytest

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


def by_turns(of: int = 2) -> Callable[[], bool]:
    """Answers yes every other time (or every `of`-th), beginning by chance."""
    turn = _chance.randrange(of)

    def is_turn() -> bool:
        nonlocal turn
        turn += 1
        return DEEP or turn % of == 0

    return is_turn


def left_to_the_next_run(items: Iterable["pytest.Item"]) -> list["pytest.Item"]:
    """Of each test's cases in a browser (on a phone and at a desk, with scripts and without) every other one. All
    processes of a run come to the same; whoever asks for tests in one process gets all."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if DEEP or not run:
        return []
    seen: dict[str, int] = {}
    left = []
    for item in items:
        if "visitor" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec"):
            test = item.nodeid.partition("[")[0]
            turn = seen[test] = seen.get(test, random.Random(run + test).randrange(2)) + 1
            left += [item] if turn % 2 else []
    return left
