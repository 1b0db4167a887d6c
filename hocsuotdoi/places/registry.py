"""A socket for areas above: what hangs on a body that somebody is about to end."""

import datetime as dt
from collections.abc import Callable

from hocsuotdoi.places.models import Agency

Waiting = Callable[[Agency, dt.date], list[str]]
"""Sentences: what still hangs on the body from that day on."""

_waiting: dict[str, Waiting] = {}


def register_waiting(name: str, finder: Waiting) -> None:
    _waiting[name] = finder


def waiting_at(agency: Agency, day: dt.date) -> list[str]:
    """What each area has to say, in the order of their names."""
    return [sentence for name in sorted(_waiting) for sentence in _waiting[name](agency, day)]
