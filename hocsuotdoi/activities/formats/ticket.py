"""A ticket on a card of A6: what, when, where, for whom, and a code to scan."""

from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.formats.ical import place_of
from hocsuotdoi.activities.formats.poster import BAND, breakable, date_of
from hocsuotdoi.activities.models import Registration
from hocsuotdoi.core.qr import qr_svg
from hocsuotdoi.core.typesetting import Typesetter, typeset

TEMPLATE = Path(__file__).parent / "ticket.typ"
PICTURE_DPI = 220
"""Sharp on a phone, and still under 200 KB."""


def render_ticket(
    registration: Registration,
    *,
    url: str,
    address: str = "",
    to: Literal["pdf", "png"] = "pdf",
    by: Typesetter = typeset,
) -> bytes:
    """The ticket of a confirmed registration; its session comes with activity, institution and room. `url`: the
    registration's own address, which the code holds: whoever scans it finds session and code in it."""
    session = registration.session
    people = ngettext("{people} person", "{people} people", registration.group_size)
    values = {
        "kicker": _("Ticket"),
        "title": breakable(session.activity.title),
        "date": date_of(session),
        "place_label": _("Where"),
        "place": place_of(session),
        "address": address,
        "name_label": _("Name"),
        "name": registration.name,
        "people": people.format(people=registration.group_size),
        "code_label": _("Your code"),
        "code": registration.code_shown,
        "help": _("Show this code at the door, on paper or on the phone."),
        "qr": qr_svg(url),
        "band": BAND.read_text(encoding="utf-8"),
    }
    return by(TEMPLATE, values, to=to, dpi=PICTURE_DPI)
