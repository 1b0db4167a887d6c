"""What has moved since a report outside any cycle was frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Moved:
    """A target whose value is no longer what a snapshot says."""

    name: str
    of_whom: str
    frozen: str
    now: str


def moved_since(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[Moved]:
    """The targets of a frozen content whose value differs in the content of now."""
    current = {_key(target): target for target in now["targets"]}
    moved = []
    for target in frozen["targets"]:
        other = current.get(_key(target))
        if other is not None and other["value_words"] != target["value_words"]:
            moved.append(Moved(target["name"], target["of_whom"], target["value_words"], other["value_words"]))
    return moved


def _key(target: Mapping[str, Any]) -> tuple[Any, ...]:
    return target["plan"], target["clause"], target["indicator"], target["cohort"], target["target_year"]
