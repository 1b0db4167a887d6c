"""Where the areas above say which figures are asked for, so that their parts are kept."""

from collections.abc import Callable, Iterable

Pair = tuple[str, str]
"""An indicator's code and a cohort's."""

_askers: list[Callable[[], Iterable[Pair]]] = []


def register_asked(asked: Callable[[], Iterable[Pair]]) -> None:
    """`asked` is called whenever kept parts are looked after; called once, when the area's app is ready."""
    if asked not in _askers:
        _askers.append(asked)


def asked_pairs() -> set[Pair]:
    return {pair for asked in _askers for pair in asked()}
