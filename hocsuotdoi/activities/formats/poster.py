"""The poster of an activity: what stands on it, set by poster.typ."""

import datetime as dt
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import ActivityStatus, ContributorRole, Joining
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.core.qr import qr_svg
from hocsuotdoi.core.templatetags.house import clock, day_short, month, weekday
from hocsuotdoi.core.typesetting import Typesetter, typeset
from hocsuotdoi.ledger.enums import AgeBand, Channel

TEMPLATE = Path(__file__).parent / "poster.typ"
BAND = Path(__file__).resolve().parents[2] / "core" / "static" / "img" / "tho-cam.svg"
MOST_DATES, MOST_DATES_BESIDE_A_PICTURE = 6, 4
LONGEST_WORD = 14
PICTURE_WIDE, PICTURE_HIGH, PICTURE_LOW = 178, 84, 56
Size = Literal["a4", "a3"]


@dataclass(frozen=True)
class Poster:
    """What is on it, as plain values: the same values are the same poster."""

    values: dict[str, Any]

    def pdf(self, size: Size = "a4", *, by: Typesetter = typeset) -> bytes:
        return by(TEMPLATE, {**self.values, "size": size})

    def png(self, *, by: Typesetter = typeset) -> bytes:
        """For pages and for those who share a link."""
        return by(TEMPLATE, {**self.values, "size": "a4"}, to="png", dpi=100)


def poster_of(
    activity: Activity,
    to_come: list[Session],
    *,
    url: str,
    short_address: str,
    address: str = "",
    contributors: Iterable[Any] = (),
    picture: bytes = b"",
) -> Poster:
    """`to_come`: its sessions that one can go to, soonest first; `picture`: a JPEG."""
    others = [each.name for each in contributors if each.role == ContributorRole.CO_ORGANISER]
    shown = to_come[: MOST_DATES_BESIDE_A_PICTURE if picture else MOST_DATES]
    crowded = len(shown) > 1 or len(activity.title) > 70
    more = len(to_come) - len(shown)
    cancelled = activity.status == ActivityStatus.CANCELLED
    return Poster(
        {
            "title": breakable(activity.title),
            "kind": _("Cancelled") if cancelled else capfirst(str(activity.get_kind_display())),
            "about": "" if picture else Truncator(" ".join(activity.description.split())).chars(220, truncate="…"),
            "organiser": activity.institution.name,
            "with_others": _("Together with {names}").format(names=", ".join(others)) if others else "",
            "dates": [date_of(session) for session in shown],
            "more": ngettext("and {number} more session", "and {number} more sessions", more).format(number=more)
            if more
            else "",
            "rule": weekly(to_come),
            "facts": _facts(activity, to_come, address),
            "scan": _("Scan to see more") if activity.joining == Joining.JUST_COME else _("Scan to join or see more"),
            "address": short_address.replace("/h/", "\u200b/h/"),
            "qr": qr_svg(url),
            "band": BAND.read_text(encoding="utf-8"),
            "picture": _framed(picture, PICTURE_LOW if crowded else PICTURE_HIGH) if picture else "",
        }
    )


def weekly(sessions: list[Session]) -> str:
    """«Thứ Bảy hằng tuần, 8:00–10:00» where that is when at least three sessions in a row are; else empty."""
    starts = [timezone.localtime(session.starts_at) for session in sessions]
    times = {(start.weekday(), start.time(), session.ends_at - session.starts_at)
             for start, session in zip(starts, sessions, strict=True)}  # fmt: skip
    steps = {(later.date() - earlier.date()).days for earlier, later in pairwise(starts)}
    if len(sessions) < 3 or len(times) > 1 or steps != {7}:
        return ""
    return _("Every {weekday}, {time}").format(weekday=weekday(starts[0]), time=_time(sessions[0]))


def breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """`text` in which a word that no line holds may be broken."""
    return " ".join(
        word if len(word) <= longest else "\u200b".join(word[i : i + longest] for i in range(0, len(word), longest))
        for word in text.split()
    )


def date_of(session: Session) -> dict[str, str]:
    """Day and time as posters and tickets write them."""
    start = timezone.localtime(session.starts_at)
    return {
        "weekday": weekday(start),
        "day": str(start.day),
        "month": f"{month(start)}/{start.year}",
        "time": _time(session),
        "words": f"{weekday(start)}, {day_short(start)}",
        "short": f"{weekday(start)}, {day_short(start)}",
    }


def _time(session: Session) -> str:
    if session.ends_at - session.starts_at >= dt.timedelta(days=1):
        return _("from {start} until {day}").format(start=clock(session.starts_at), day=day_short(session.ends_at))
    return f"{clock(session.starts_at)}–{clock(session.ends_at)}"


def _facts(activity: Activity, to_come: list[Session], address: str) -> list[tuple[str, str, str]]:
    session = to_come[0] if to_come else None
    room = (session.room.name if session.room else session.venue) if session else ""
    online = session is not None and session.channel == Channel.ONLINE
    where = _("Online") if online else ", ".join(filter(None, [room, activity.institution.name]))
    ages = [str(label) for value, label in AgeBand.choices
            if value in activity.age_bands]  # fmt: skip
    facts = [
        (_("Where"), where, "" if online else address),
        (
            _("For whom"),
            capfirst(str(activity.get_audience_display())),
            _("Ages: {ages}").format(ages=", ".join(ages)) if ages else "",
        ),
    ]
    if activity.joining == Joining.JUST_COME:
        facts.append((_("How to take part"), _("Just come, nobody needs to register"), ""))
    if not to_come:
        facts.append((_("When"), _("See the page for the next dates"), ""))
    return facts


def _framed(picture: bytes, height: int) -> str:
    """The picture cut to its frame, as SVG text: so it travels among plain values."""
    width = PICTURE_WIDE
    data = b64encode(picture).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice" '
        f'href="data:image/jpeg;base64,{data}"/></svg>'
    )
