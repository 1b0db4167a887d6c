"""Late tasks climb a ladder, and each person is told once a day, in one letter, of what is new.

The body that is to do it on the day after; a week later the office that it answers to there; two weeks later the
province's body for culture. Each rung is told once of each due day; who reports, gets a new day or is let off, or what
the books show to be done, is left in peace.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.core.channels.message import CannotSend, ForGood, Reach, TryAgain
from hocsuotdoi.core.channels.registry import offered
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, LineKind, Tier
from hocsuotdoi.places.models import Agency, AgencyLine, UnitAncestry
from hocsuotdoi.programme.enums import ENDED, DigestState, Rung
from hocsuotdoi.programme.models import Assignment, Digest, Escalation
from hocsuotdoi.programme.registry import (
    Line,
    is_said_once,
    other_digest_lines,
    personal_digest_lines,
    personal_lines_taken,
)

logger = logging.getLogger(__name__)

RUNG_AFTER = {Rung.UNIT: 1, Rung.OFFICE: 7, Rung.FOCAL_POINT: 14}
"""Days late."""

TASKS = "tasks"
URL = "/workspace/tasks/{pk}/"
"""The assignment's page (workspace); a test holds it against the address that the workspace gives."""

PAUSES = [dt.timedelta(minutes=minutes) for minutes in (0, 10, 60, 240)]
GIVEN_UP_AFTER = dt.timedelta(hours=20)  # then the next day's letter is near
_MOST_LINES = 60
_LATE_AT_ONCE = 5_000

SaidAgain = Callable[[dt.date], Mapping[tuple[str, int, str], Line]]


@transaction.atomic
def climb(*, day: dt.date, at: dt.datetime) -> int:
    """Note for each late assignment the rungs that it has reached and nobody was told of yet; return how many. What a
    plan asked that is no longer in force stays late, but nobody is asked for it any more."""
    untold = Q()
    for rung, days in RUNG_AFTER.items():
        told = Escalation.objects.filter(assignment=OuterRef("pk"), rung=rung, due_on=OuterRef("due_on"))
        untold |= Q(~Exists(told), due_on__lte=day - dt.timedelta(days=days))
    late = Assignment.objects.late(day).filter(untold).exclude(task__plan__status__in=ENDED)
    late = late.select_related("agency__unit").order_by("pk")
    noted, last = 0, 0
    while some := list(late.filter(pk__gt=last)[:_LATE_AT_ONCE]):
        noted, last = noted + _climb(some, day), some[-1].pk
    return noted


def _climb(late: list[Assignment], day: dt.date) -> int:
    told = set(
        Escalation.objects.filter(assignment__in=[each.pk for each in late]).values_list("assignment", "rung", "due_on")
    )
    rungs = _Rungs({each.agency for each in late}, day)
    rows = []
    for each in late:
        assert each.due_on is not None  # it is late
        # What was handed down after its day is not late for longer than somebody has had it.
        waited = (day - max(each.due_on, timezone.localdate(each.handed_at))).days
        for rung, days in RUNG_AFTER.items():
            reached = waited >= days and (each.pk, int(rung), each.due_on) not in told
            agency = rungs.agency(each.agency, rung) if reached else None
            if agency is not None:
                rows.append(Escalation(assignment=each, rung=rung, due_on=each.due_on, agency_id=agency, on=day))
    Escalation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def write_digests(*, day: dt.date, at: dt.datetime) -> int:
    """One letter for each person who answers for something that is new today; return how many were written. Written
    again on the same day, nothing changes."""
    lines = _lines_of_tasks(day)
    people = _people(day)
    others = other_digest_lines(people.keys(), day)
    personal = personal_digest_lines(day)
    told = set(Digest.objects.filter(on=day).values_list("person", flat=True))
    written = []
    addressed = {key for lines_of in personal.values() for key in lines_of}
    for person, agencies in _by_person(people, addressed).items():
        if person.pk in told:
            continue
        own: list[dict[str, object]] = []
        sources: list[str] = []
        for agency in agencies:
            own += lines.get(agency, [])
        if own:
            sources.append(TASKS)
        for name, found in others.items():
            more = [_as_stored(line, name, agency) for agency in agencies for line in found.get(agency, [])]
            if more:
                own += more
                sources.append(name)
        for name, of_people in personal.items():
            if more := [_as_stored(line, name) for line in of_people.get(person.pk, [])]:
                own += more
                sources.append(name)
        if own:
            written.append(Digest(person=person, on=day, lines=_once(own), sources=sources, made_at=at))
    made = Digest.objects.bulk_create(written, ignore_conflicts=True)
    for name in personal:
        personal_lines_taken(name, [each.person_id for each in made if name in each.sources], at)
    if made:
        enqueue("programme.send_digests")
    return len(made)


def send_digests(*, at: dt.datetime) -> dict[str, int]:
    """Send what waits; what is not true any more is left out, and a letter of which nothing is left is not sent."""
    counts = {state.value: 0 for state in DigestState}
    said_again = cache(_said_again)  # once for all letters of one day
    after = Q()
    while (sent := _send_next(after, said_again, at=at)) is not None:
        digest, state = sent
        counts[state] += 1
        after = Q(made_at__gt=digest.made_at) | Q(made_at=digest.made_at, pk__gt=digest.pk)
    if counts[DigestState.WAITING]:
        enqueue("programme.send_digests", in_seconds=600)
    return counts


@transaction.atomic
def _send_next(after: Q, said_again: SaidAgain, *, at: dt.datetime) -> tuple[Digest, DigestState] | None:
    """The next letter that nobody else is sending, and what became of it."""
    waiting = Digest.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=DigestState.WAITING)
    digest = waiting.filter(after).select_related("person").order_by("made_at", "pk").first()
    return None if digest is None else (digest, _send(digest, said_again, at=at))


def _send(digest: Digest, said_again: SaidAgain, *, at: dt.datetime) -> DigestState:
    if digest.attempts and at < digest.made_at + PAUSES[min(digest.attempts, len(PAUSES) - 1)]:
        return DigestState.WAITING
    lines = _still_true(digest, said_again, timezone.localdate(at))
    if not lines or not digest.person.is_active:
        return _note(digest, DigestState.DROPPED)
    try:
        with translation.override(digest.person.language):
            _hand_over(digest, lines)
    except TryAgain as error:
        digest.attempts, digest.problem = digest.attempts + 1, str(error)[:300]
        is_over = digest.attempts >= len(PAUSES) or at > digest.made_at + GIVEN_UP_AFTER
        return _note(digest, DigestState.FAILED if is_over else DigestState.WAITING)
    except CannotSend as error:
        digest.attempts, digest.problem = digest.attempts + 1, str(error)[:300]
        return _note(digest, DigestState.FAILED)
    digest.attempts, digest.problem, digest.sent_at = digest.attempts + 1, "", at
    return _note(digest, DigestState.SENT)


def _hand_over(digest: Digest, lines: list[dict[str, object]]) -> None:
    channel = next(iter(offered(Reach.EMAIL)), None)
    if channel is None:
        raise ForGood(_("No mail server is set up here."))
    if not digest.person.email:
        raise ForGood(_("This person has no e-mail address."))
    subject = ngettext("{number} thing waits for you", "{number} things wait for you", len(lines))
    text = [_("Good morning {name},").format(name=digest.person.full_name), ""]
    for line in lines[:_MOST_LINES]:
        text.append(f"• {line['title']}")
        text += [f"  {line[name]}" for name in ("detail",) if line[name]]
        if line["url"]:
            text.append(f"  {_absolute(str(line['url']))}")
    if len(lines) > _MOST_LINES:
        text.append(_("… and {number} more.").format(number=len(lines) - _MOST_LINES))
    try:
        channel.send(
            digest.person.email,
            subject.format(number=len(lines)),
            "\n".join(text),
            _absolute("/workspace/tasks/"),
            key=f"digest-{digest.pk}",
        )
    except CannotSend:
        raise
    except Exception as error:  # one letter that breaks the channel must not hold up all others
        logger.error("Digest %s could not be sent: %s", digest.pk, type(error).__name__)
        raise TryAgain(_("The program could not send it ({kind}).").format(kind=type(error).__name__)) from None


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL or f'http://localhost:{settings.PORT}'}{path}"


def _still_true(digest: Digest, said_again: SaidAgain, day: dt.date) -> list[dict[str, object]]:
    """What holds yet, in the words that hold now."""
    keys = [line["assignment"] for line in digest.lines if line.get("assignment")]
    late = set(Assignment.objects.late(day).filter(pk__in=keys).values_list("pk", flat=True))
    asked_again = [name for name in digest.sources if not is_said_once(name)]
    personal = personal_digest_lines(digest.on, [digest.person_id], names=asked_again)
    said = {name: {line.url for line in of_people.get(digest.person_id, [])} for name, of_people in personal.items()}
    agencies = said_again(digest.on) if any(line.get("agency") for line in digest.lines) else {}
    found = []
    for line in digest.lines:
        if line.get("assignment"):
            is_true = line["assignment"] in late
        elif line.get("agency"):
            now = agencies.get((line["source"], line["agency"], line["url"]))
            is_true = now is not None
            line |= _as_stored(now, line["source"], line["agency"]) if now else {}
        else:
            is_true = line["source"] not in said or line["url"] in said[line["source"]]
        if is_true:
            found.append(line)
    return found


def _said_again(day: dt.date) -> dict[tuple[str, int, str], Line]:
    """What other areas would say now of that day, by area, agency and page."""
    return {
        (name, agency, line.url): line
        for name, found in other_digest_lines(_people(day).keys(), day).items()
        for agency, lines in found.items()
        for line in lines
    }


def _note(digest: Digest, state: DigestState) -> DigestState:
    digest.state = state
    digest.save(update_fields=["state", "attempts", "problem", "sent_at"])
    return state


def _lines_of_tasks(day: dt.date) -> dict[int, list[dict[str, object]]]:
    """What each agency is told today."""
    found: dict[int, list[dict[str, object]]] = {}
    rows = Escalation.objects.filter(on=day, assignment__in=Assignment.objects.late(day))
    rows = rows.select_related("assignment__task", "assignment__agency")
    for each in rows.order_by("due_on", "assignment"):
        assignment = each.assignment
        late = (day - each.due_on).days
        words = ngettext(
            "{body}: was due on {day}, {count} day late", "{body}: was due on {day}, {count} days late", late
        )
        line = {
            "source": TASKS,
            "assignment": assignment.pk,
            "rung": each.rung,
            "title": capfirst(str(assignment)[:200]),
            "detail": words.format(body=assignment.agency.name, day=day_short(each.due_on), count=late),
            "url": URL.format(pk=assignment.pk),
        }
        found.setdefault(each.agency_id, []).append(line)
    return found


def _as_stored(line: Line, source: str, agency: int | None = None) -> dict[str, object]:
    """`agency`: for whose sake, where one is told for a body."""
    return {"source": source, "agency": agency, "title": line.title, "detail": line.detail, "url": line.url}


def _once(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    """A person at two rungs of one ladder is told once of it."""
    kept: dict[object, dict[str, object]] = {}
    for number, line in enumerate(lines):
        kept.setdefault(line.get("assignment") or f"line {number}", line)
    return list(kept.values())


def _people(day: dt.date) -> Mapping[int, set[uuid.UUID]]:
    """Agency to the people who are told: those whose own work it is, by a role held there, or at a unit for the body
    that answers for it."""
    needs = {Permission.VIEW_TASKS, Permission.RECORD_PROGRESS}
    names = [role.name for role in ROLES.values() if needs <= role.permissions and not role.must_be_switched_on]
    held = RoleAssignment.objects.usable(day).filter(role__in=names, person__is_active=True)
    found: dict[int, set[uuid.UUID]] = {}
    for person, agency in held.filter(agency__isnull=False).values_list("person", "agency"):
        found.setdefault(agency, set()).add(person)
    at_units = held.filter(unit__isnull=False).values_list("person", "unit")
    bodies: dict[int, list[int]] = {}
    leading = Agency.objects.on(day).filter(kind__in=LEADING_KINDS, unit__in={unit for _person, unit in at_units})
    for agency, unit in leading.values_list("pk", "unit"):
        bodies.setdefault(unit, []).append(agency)
    for person, unit in at_units:
        for agency in bodies.get(unit, []):
            found.setdefault(agency, set()).add(person)
    return found


def _by_person(people: Mapping[int, set[uuid.UUID]], addressed: Iterable[uuid.UUID]) -> dict[Person, list[int]]:
    """With the agencies of each; `addressed`: who is told something besides."""
    agencies: dict[uuid.UUID, list[int]] = {key: [] for key in addressed}
    for agency, keys in people.items():
        for key in keys:
            agencies.setdefault(key, []).append(agency)
    return {person: sorted(agencies[person.pk]) for person in Person.objects.filter(pk__in=agencies, is_active=True)}


class _Rungs:
    """Who is told of what is late at one of `agencies`: read once for all."""

    def __init__(self, agencies: Iterable[Agency], day: dt.date):
        keys = [each.pk for each in agencies]
        units = {each.unit_id for each in agencies if each.unit_id}
        above: QuerySet[AgencyLine] = AgencyLine.objects.on(day).filter(agency__in=keys)
        commanded = above.filter(kind=LineKind.ADMINISTRATIVE).order_by("superior_id")
        self._office = dict(commanded.values_list("agency", "superior"))
        provinces = UnitAncestry.objects.on(day).filter(unit__in=units, ancestor__tier=Tier.PROVINCE)
        self._province = dict(provinces.values_list("unit", "ancestor"))
        culture = Agency.objects.filter(
            on(day), kind=AgencyKind.CULTURE, unit__in=set(self._province.values()), is_sample=False
        )
        self._culture = {unit: key for key, unit in culture.order_by("-pk").values_list("pk", "unit")}

    def agency(self, agency: Agency, rung: Rung) -> int | None:
        """None: there is nobody on this rung, or it is the body itself."""
        if rung == Rung.UNIT:
            return agency.pk
        if agency.kind in ARMED_FORCES:
            return None  # what is late there is told on their own line only
        if rung == Rung.OFFICE:
            return self._office.get(agency.pk)
        found = self._culture.get(self._province.get(agency.unit_id or 0, 0))
        return None if found == agency.pk else found
