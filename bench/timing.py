"""How long something takes, and how that is said."""

import statistics
import time
from collections.abc import Callable

TIMES = 7


def seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def middle_ms(act: Callable[[], object], times: int = TIMES) -> float:
    """Warm."""
    act()
    return statistics.median(seconds(act) for _time in range(times)) * 1000


def times_better(theirs: float, ours: float, unit: str) -> str:
    return f"{ours:.2f} {unit}: {theirs / ours:,.1f}"


def mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"
