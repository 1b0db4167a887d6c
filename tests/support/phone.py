"""A device's journal as the phone writes it, for tests that need no browser."""

import datetime as dt
import uuid
from typing import Any

from hocsuotdoi.accounts.models import Device, Person
from hocsuotdoi.accounts.operations.devices import enrol_device, invite_device
from hocsuotdoi.activities.formats.journal import Mark, mark_hash, parse_mark
from hocsuotdoi.activities.models import Session
from hocsuotdoi.places.models import Institution


def enrolled(institution: Institution, *, by: Person, at: dt.datetime, days: int = 30) -> tuple[Device, str]:
    """A device and its token."""
    _invitation, code = invite_device(institution, name="Điện thoại phòng đọc", days=days, by=by, at=at)
    return enrol_device(code, at=at)


class Phone:
    """Notes acts one after the other; each is a mark as it is sent."""

    def __init__(self, clock: dt.datetime):
        self.clock, self.number, self.last_hash = clock, 0, ""

    def raw(self, session: Session | uuid.UUID, act: str, said: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        self.clock += dt.timedelta(seconds=1)
        mark = {
            "id": str(uuid.uuid4()),
            "number": self.number,
            "session": str(getattr(session, "pk", session)),
            "act": act,
            "said": said,
            "noted_at": int(self.clock.timestamp() * 1000),
            "previous_hash": self.last_hash,
        }
        self.last_hash = mark_hash(mark)
        return mark | {"hash": self.last_hash}

    def note(self, session: Session | uuid.UUID, act: str, **said: Any) -> Mark:
        return parse_mark(self.raw(session, act, said))

    def line(self, session: Session | uuid.UUID, key: str, people: int) -> Mark:
        return self.note(session, "line", present={key: people})
