"""Telling people of visits: who is in the team, and at the institution whoever works there where the visit is
announced. What an act changes is written down in its transaction; it is told in the letter of the day (programme's
digest), or within minutes when the day is near. What came to nothing before anybody was told of it is not told."""

import datetime as dt
import logging
import uuid
from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.channels.message import CannotSend, Reach
from hocsuotdoi.core.channels.registry import offered
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.core.one_by_one import one_by_one
from hocsuotdoi.inspection.enums import NoticeOf
from hocsuotdoi.inspection.models import Visit, VisitNotice
from hocsuotdoi.inspection.queries.told import VISITS_URL, notices_to_tell, people_told_at, visit_lines
from hocsuotdoi.programme.registry import Line

logger = logging.getLogger(__name__)

NEAR = dt.timedelta(days=1)
"""A visit today or tomorrow does not wait for tomorrow's letter."""
PAUSE = 300
"""Seconds between the act and the letter: what is done and undone, or done for ten visits, makes one or none."""


def tell_planned(visits: Sequence[Visit], *, by: uuid.UUID, at: dt.datetime) -> None:
    """New visits, of one plan."""
    if not visits:
        return
    workers = people_told_at([each.institution_id for each in visits], timezone.localdate(at))
    announced = visits[0].plan.is_announced
    rows = []
    for visit in visits:
        people = dict.fromkeys([*visit.team, *(workers.get(visit.institution_id, []) if announced else [])])
        rows += [_notice(visit, person, NoticeOf.PLANNED, at) for person in people if person != by]
    VisitNotice.objects.bulk_create(rows)
    _hurry([each.planned_on for each in visits], at)


def tell_changed(
    visit: Visit, *, was_on: dt.date, was_team: Collection[uuid.UUID], by: uuid.UUID, at: dt.datetime
) -> None:
    """Another day, another team, or both."""
    said: dict[uuid.UUID, NoticeOf] = {}
    if visit.planned_on != was_on:
        said |= dict.fromkeys(_workers(visit, at), NoticeOf.MOVED)
        said |= dict.fromkeys(was_team, NoticeOf.MOVED)
    said |= {person: NoticeOf.LEFT for person in was_team if person not in visit.team}
    said |= {person: NoticeOf.PLANNED for person in visit.team if person not in was_team}
    _tell(visit, said, was_on=was_on, by=by, at=at)
    _hurry([was_on, visit.planned_on], at)


def tell_cancelled(visit: Visit, *, by: uuid.UUID, at: dt.datetime) -> None:
    said = dict.fromkeys([*_workers(visit, at), *visit.team], NoticeOf.CANCELLED)
    _tell(visit, said, was_on=visit.planned_on, by=by, at=at)
    _hurry([visit.planned_on], at)


def _workers(visit: Visit, at: dt.datetime) -> Iterable[uuid.UUID]:
    if not visit.plan.is_announced:
        return []
    return people_told_at([visit.institution_id], timezone.localdate(at)).get(visit.institution_id, [])


def _tell(visit: Visit, said: dict[uuid.UUID, NoticeOf], *, was_on: dt.date, by: uuid.UUID, at: dt.datetime) -> None:
    """With what each person has not been told yet, it becomes one thing or nothing."""
    rows = VisitNotice.objects.select_for_update().filter(
        visit=visit, institution=visit.institution_id, person__in=said, told_at=None
    )
    waiting = {each.person: each for each in rows}
    for person, kind in said.items():
        known = waiting.get(person)
        if person == by:
            if known is not None:
                known.delete()
        elif known is None:
            _notice(visit, person, kind, at, was_on).save()
        elif _comes_to_nothing(known, kind, visit):
            known.delete()
        elif known.kind != NoticeOf.PLANNED and known.kind != kind:
            known.kind, known.at = kind, at
            known.was_on = was_on if kind == NoticeOf.MOVED else None
            known.save(update_fields=["kind", "at", "was_on"])


def _comes_to_nothing(known: VisitNotice, kind: NoticeOf, visit: Visit) -> bool:
    """Never heard of it and is out again; or moved back to the day that is known."""
    if known.kind == NoticeOf.PLANNED:
        return kind in (NoticeOf.LEFT, NoticeOf.CANCELLED)
    return known.kind == NoticeOf.MOVED and kind == NoticeOf.MOVED and known.was_on == visit.planned_on


def _notice(
    visit: Visit, person: uuid.UUID, kind: NoticeOf, at: dt.datetime, was_on: dt.date | None = None
) -> VisitNotice:
    return VisitNotice(
        visit=visit,
        institution_id=visit.institution_id,
        person=person,
        kind=kind,
        was_on=was_on if kind == NoticeOf.MOVED else None,
        at=at,
    )


def _hurry(days: Iterable[dt.date], at: dt.datetime) -> None:
    if min(days) <= timezone.localdate(at) + NEAR:
        enqueue("inspection.tell_of_near_visits", in_seconds=PAUSE)


def note_told(people: Collection[uuid.UUID], *, at: dt.datetime) -> None:
    """They have it in a letter."""
    VisitNotice.objects.filter(person__in=people, told_at=None, at__lte=at).update(told_at=at)


def tell_of_near_visits(*, at: dt.datetime) -> int:
    """A letter of its own to each person who is to be told of a visit of today or tomorrow; return how many were sent.
    Without a mail server, or an address, it waits for the letter of the day, and stands on the first page anyway. Who
    cannot be told for a mistake of the program keeps nobody else waiting; raises `SomeFailed` then."""
    channel = next(iter(offered(Reach.EMAIL)), None)
    if channel is None:
        return 0
    near = timezone.localdate(at) + NEAR
    found = notices_to_tell().filter(Q(visit__planned_on__lte=near) | Q(was_on__lte=near))
    people = Person.objects.filter(pk__in=found.values("person"), is_active=True).exclude(email="")
    return sum(one_by_one(people.order_by("pk"), lambda person: _send(person, at)))


@transaction.atomic
def _send(person: Person, at: dt.datetime) -> bool:
    rows = list(VisitNotice.objects.select_for_update(skip_locked=True).filter(person=person.pk, told_at=None))
    if not rows:
        return False
    channel = next(iter(offered(Reach.EMAIL)))
    with translation.override(person.language):
        lines = visit_lines(timezone.localdate(at), people=[person.pk]).get(person.pk, [])
        if lines:
            try:
                channel.send(
                    person.email,
                    _("Inspection: what has changed for today and tomorrow"),
                    _letter(person, lines),
                    _absolute(VISITS_URL),
                    key=f"visits-{rows[-1].pk}",
                )
            except CannotSend as error:
                logger.warning("A letter about visits could not be sent: %s", type(error).__name__)
                return False  # tomorrow's letter has it
    note_told([person.pk], at=max(at, *(each.at for each in rows)))
    return bool(lines)


def _letter(person: Person, lines: Sequence[Line]) -> str:
    text = [_("Good morning {name},").format(name=person.full_name), ""]
    for line in lines:
        text += [f"• {line.title}", *([f"  {line.detail}"] if line.detail else [])]
        text += [f"  {_absolute(line.url)}"] if line.url else []
    return "\n".join(text)


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL or f'http://localhost:{settings.PORT}'}{path}"
