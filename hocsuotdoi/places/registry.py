"""Sockets for areas above: what hangs on a body that somebody is about to end; that one has got its name."""

import datetime as dt
from collections.abc import Callable

from hocsuotdoi.places.models import Agency

Waiting = Callable[[Agency, dt.date], list[str]]
"""Sentences: what still hangs on the body from that day on."""

Named = Callable[[Agency], object]
"""Does what follows for its area from a body's having this name, within the transaction."""

_named: dict[str, Named] = {}
_waiting: dict[str, Waiting] = {}


def register_waiting(name: str, finder: Waiting) -> None:
    _waiting[name] = finder


def waiting_at(agency: Agency, day: dt.date) -> list[str]:
    """What each area has to say, in the order of their names."""
    return [sentence for name in sorted(_waiting) for sentence in _waiting[name](agency, day)]


def register_named(name: str, taker: Named) -> None:
    _named[name] = taker


def tell_named(agency: Agency) -> None:
    """A body was entered, or has another name."""
    for name in sorted(_named):
        _named[name](agency)
