"""What else than sessions can show that a task was done: kinds of postings in the book, and what other areas hold."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.recording import RECORDING
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.registry import INSPECTION_HELD, REPORT_SUBMITTED, Evidence

PAPER_SENT = "paper_sent"

_SOURCES = [(RECORDING, gettext_lazy("views of recordings"))]
_NAMED = [
    (REPORT_SUBMITTED, gettext_lazy("a report that was sent")),
    (PAPER_SENT, gettext_lazy("a paper that was sent down")),
    (INSPECTION_HELD, gettext_lazy("an inspection that was carried out")),
]


def source_kinds() -> list[tuple[str, str]]:
    return [(kind, str(name)) for kind, name in _SOURCES]


def named_evidence() -> list[tuple[str, str]]:
    return [(name, str(label)) for name, label in _NAMED]


def names_of_recordings(keys: Iterable[UUID]) -> Mapping[UUID, str]:
    """A recording is posted under its session. One query."""
    return dict(Session.objects.filter(pk__in=list(keys)).values_list("pk", "activity__title"))


def papers_sent(unit: AdminUnit, year: int) -> list[Evidence]:
    """What the bodies of `unit` sent down in `year`. One query."""
    return papers_sent_by([unit.pk], year).get(unit.pk, [])


def papers_sent_by(units: Iterable[int], year: int) -> dict[int, list[Evidence]]:
    """The same for many units, by unit id, in one query: what local authorities and offices of culture sent. Whoever
    sees the task may not be among whom a paper was sent to: what is not public is told without its title."""
    sent = Paper.objects.filter(
        sender__unit__in=list(units),
        sender__kind__in=LEADING_KINDS,
        state=PaperState.SENT,
        sent_at__year=year,
    )
    rows = sent.values_list("sender__unit", "pk", "title", "number", "is_public", "sent_at__date")
    found: dict[int, list[Evidence]] = {}
    for unit, key, title, number, is_public, on in rows.order_by("sent_at"):
        told = title if is_public else _("Paper {number}").format(number=number) if number else _("A paper sent down")
        found.setdefault(unit, []).append(Evidence(title=told, on=on, kind="papers.paper", key=str(key)))
    return found
