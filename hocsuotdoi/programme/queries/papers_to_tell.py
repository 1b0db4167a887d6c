"""Papers that were sent down and that nobody at a place has read: lines of the one letter a day."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.papers.queries.unread import Unread, unread_today
from hocsuotdoi.programme.registry import Line

NAME = "papers"
URL = "/papers/{pk}/"
"""The paper's page (portal); a test holds it against the address that the portal gives."""


def paper_lines(day: dt.date, people: Collection[uuid.UUID] | None = None) -> Mapping[uuid.UUID, list[Line]]:
    """By person, what there is to read today; see `papers.queries.unread`."""
    return {person: [_line(each, day) for each in papers] for person, papers in unread_today(day, people).items()}


def _line(each: Unread, day: dt.date) -> Line:
    paper = each.paper
    said = {"paper": f"{paper.number} · {paper.title}" if paper.number else paper.title}
    if not paper.must_read:
        title = _("New paper: {paper}")
    elif each.is_new:
        title = _("New paper to read: {paper}")
    else:
        title = _("Still to be read: {paper}")
    asked = {"body": each.place, "sender": paper.sender, "day": day_short(each.read_by)}
    if not paper.must_read or each.read_by is None:
        detail = _("{body}: sent by {sender}")
    elif each.read_by < day:
        detail = _("{body}: sent by {sender}, was to be read by {day}")
    else:
        detail = _("{body}: sent by {sender}, to be read by {day}")
    return Line(title.format(**said)[:300], detail.format(**asked), URL.format(pk=paper.pk))
