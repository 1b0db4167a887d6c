"""What shows that an assignment was done: what the task's rule finds in the books, and what a person says about it.

Read live for one assignment and never stored; `operations.tally` counts the same for boards, and a test holds the two
against each other. The rule: what was held and closed on an observance day that the task names, or of a kind that it
names; only on its themes and for its programmes, where it names any; what the ledger holds of its source kinds; and
whatever was posted of its measures, by a service or typed in. One session is one happening, however many programmes it
counts for and measures it has. The place: institutions that stand in the agency's
territory but for those of the armed forces, where the agency answers for the whole of it, else those that it runs; once
it has ended, as on its last day.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.activities.enums import Observance, SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.registry import describe_sources
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import Agency, Institution, InstitutionAgency
from hocsuotdoi.places.queries.institutions import placed_in
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import EvidenceVerdict
from hocsuotdoi.programme.models import Assignment, EvidenceDecision, Task
from hocsuotdoi.programme.registry import Evidence, evidence_named, names_of_happenings

SESSION = "activities.session"
SHOWN = 40
SHOWING = (PostingKind.HAPPENING, PostingKind.STATED)
"""Postings that say that something was: not those that take it back."""

_OF_POSTING = ("source_kind", "source_id", "occurred_on", "institution_id")

Key = tuple[str, uuid.UUID]


@dataclass(frozen=True)
class Happening:
    """One thing in the books. `decision`: the newest word of a person about it, where there is one."""

    source_kind: str
    source_id: uuid.UUID
    on: dt.date
    institution_id: int
    observance: str = ""
    title: str = ""
    institution: str = ""
    decision: EvidenceDecision | None = None

    @property
    def key(self) -> Key:
        return self.source_kind, self.source_id


@dataclass(frozen=True)
class EvidenceReading:
    """`shown`: the latest `SHOWN` of `count`; `named`: what another area has (a report); `met_on`: the day on which the
    rule was first met; `missing`: observance days for which nothing was held; `known`: all that counts or was rejected,
    shown or not."""

    has_rule: bool
    count: int
    last_on: dt.date | None
    met_on: dt.date | None
    shown: list[Happening]
    rejected: list[Happening]
    named: list[tuple[str, dt.date, str, str]] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    known: frozenset[Key] = frozenset()


def has_rule(task: Task | None) -> bool:
    """Whether anything in the books can show that it was done."""
    return task is not None and bool(
        task.observances
        or task.activity_kinds
        or task.programmes
        or task.source_kinds
        or task.measures
        or task.evidence
    )


def needed(task: Task) -> int:
    """How many happenings, or observance days, show that it was done."""
    return len(task.observances) or task.at_least


def period_of(assignment: Assignment) -> tuple[dt.date, dt.date | None]:
    """From when (first day) until when (first day after; None: open) happenings count: not after the body or its unit
    has ended; what its heir holds shows the heir's tasks."""
    agency = assignment.agency
    ends = [day for day in (agency.ends_on, agency.unit.ends_on if agency.unit else None) if day is not None]
    if assignment.year is None:
        plan = assignment.task.plan if assignment.task else None
        first = assignment.starts_on or (plan.issued_on if plan else None) or timezone.localdate(assignment.handed_at)
        return first, min(ends, default=None)
    return assignment.starts_on or dt.date(assignment.year, 1, 1), min([dt.date(assignment.year + 1, 1, 1), *ends])


def years_of(assignment: Assignment, day: dt.date) -> range:
    """The years of which another area is asked what there is: the assignment's, else all until `day`."""
    if assignment.year is not None:
        return range(assignment.year, assignment.year + 1)
    return range(period_of(assignment)[0].year, day.year + 1)


def answers_for_territory(agency: Agency) -> bool:
    """Whether what was held anywhere in the agency's unit counts for it. For the Ministry only what it runs itself
    does: what the provinces held shows that the provinces did it."""
    return agency.kind in LEADING_KINDS and agency.unit is not None and agency.unit.tier != Tier.COUNTRY


def places_of_evidence(agency: Agency, day: dt.date) -> QuerySet[Institution]:
    """As they are on `day`; of a unit or a body that has ended, as they were on its last day: what was held there until
    then does not leave its tasks with it. Those of the armed forces show what was asked of their own bodies only."""
    if agency.unit is not None and answers_for_territory(agency):
        on_map = day_on_map_of(agency.unit, day)
        return placed_in(agency.unit, on_map).exclude(pk__in=of_armed_forces(on_map).values("pk"))
    last = day if agency.ends_on is None else min(day, agency.ends_on - dt.timedelta(days=1))
    run = InstitutionAgency.objects.on(last).filter(agency=agency)
    return Institution.objects.filter(pk__in=run.values("institution"))


def evidence_of(assignment: Assignment, day: dt.date) -> EvidenceReading:
    """For one assignment (with its task, plan and agency) as the books stand. A fixed number of queries."""
    task = assignment.task
    if task is None or not has_rule(task):
        return EvidenceReading(False, 0, None, None, [], [])
    decisions = _decisions(assignment)
    read = [*_measured(assignment, task, day), *_postings(assignment, task, day), *_sessions(assignment, task, day)]
    found = {each.key: each for each in read}
    added = [key for key, each in decisions.items() if each.verdict == EvidenceVerdict.ADDED and key not in found]
    rejected = [key for key, each in decisions.items() if each.verdict == EvidenceVerdict.REJECTED]
    outside = {each.key: each for each in _by_keys([*added, *(key for key in rejected if key not in found)])}
    kept = [each for key, each in found.items() if key not in rejected] + [outside[k] for k in added if k in outside]
    kept.sort(key=lambda each: (each.on, str(each.source_id)), reverse=True)
    named = _named(assignment, task, day)
    days = [each.on for each in kept] + [each.on for each in named]
    refused = [found.get(key) or outside[key] for key in rejected if key in found or key in outside]
    return EvidenceReading(
        has_rule=True,
        count=len(days),
        last_on=max(days, default=None),
        met_on=met_on(
            task, [*((e.observance, str(e.source_id), e.on) for e in kept), *(("", n.key, n.on) for n in named)]
        ),
        shown=_in_words(kept[:SHOWN], decisions),
        rejected=_in_words(refused[:SHOWN], decisions),
        named=[(each.title, each.on, each.kind, each.key) for each in named],
        missing=_missing(task, kept),
        known=frozenset([*(each.key for each in kept), *rejected]),
    )


def _named(assignment: Assignment, task: Task, day: dt.date) -> list[Evidence]:
    """What other areas have of the unit's local authorities and offices of culture: it shows no other body's tasks,
    and not what was asked later."""
    agency = assignment.agency
    if not task.evidence or agency.unit is None or agency.kind not in LEADING_KINDS:
        return []
    found = [each for year in years_of(assignment, day) for each in evidence_named(task.evidence, agency.unit, year)]
    return [each for each in found if each.on >= period_of(assignment)[0]]


def met_on(task: Task, happenings: Iterable[tuple[str, str, dt.date]]) -> dt.date | None:
    """The day on which the rule was first met, from (observance, key, day) of each happening.

    A task of observance days needs something for each; what a person added fills one that nothing was held for.
    """
    first: dict[str, dt.date] = {}
    for observance, key, on in happenings:
        token = observance if observance in task.observances else key
        first[token] = min(on, first.get(token, on))
    days = sorted(first.values())
    return days[needed(task) - 1] if len(days) >= needed(task) else None


def candidates(assignment: Assignment, day: dt.date, *, but: Collection[Key], words: str = "") -> list[Happening]:
    """What the books hold of the place in the period and the rule did not find, of whatever service or typed in: the
    latest, to add by hand. `words`: only those in whose title (of sessions) or institution each of them stands."""
    first, until = period_of(assignment)
    places = places_of_evidence(assignment.agency, day)
    sessions = _held(places, first, until)
    postings = _posted(places, first, until).exclude(source_kind=SESSION)
    for term in search_terms(words):
        sessions = sessions.filter(Q(activity__search_text__contains=term) | Q(institution__search_text__contains=term))
        postings = postings.filter(institution__search_text__contains=term)
    of_sessions = [key for kind, key in but if kind == SESSION]
    of_others = [key for kind, key in but if kind != SESSION]
    rows = _session_rows(sessions.exclude(pk__in=of_sessions).order_by("-starts_at", "pk")[:SHOWN])
    latest = postings.exclude(source_id__in=of_others).order_by("-occurred_on", "pk")[:SHOWN]
    rows += [Happening(*row) for row in latest.values_list(*_OF_POSTING)]
    rows.sort(key=lambda each: each.on, reverse=True)
    return _in_words(rows[:SHOWN], {})


def happening(source_kind: str, source_id: uuid.UUID) -> Happening | None:
    """What the books hold under this key; None where nothing does, or it was taken back."""
    return next(iter(_by_keys([(source_kind, source_id)])), None)


def _decisions(assignment: Assignment) -> dict[Key, EvidenceDecision]:
    """The newest word about each."""
    rows = EvidenceDecision.objects.filter(assignment=assignment).order_by("at", "pk")
    return {(each.source_kind, each.source_id): each for each in rows}


def _held(places: QuerySet[Institution], first: dt.date, until: dt.date | None) -> QuerySet[Session]:
    sessions = Session.objects.filter(
        institution__in=places, status=SessionStatus.CLOSED, starts_at__gte=_midnight(first)
    )
    return sessions if until is None else sessions.filter(starts_at__lt=_midnight(until))


def _sessions(assignment: Assignment, task: Task, day: dt.date) -> list[Happening]:
    if not (task.observances or task.activity_kinds or task.programmes):
        return []
    asked = Q()
    if task.observances:
        asked &= Q(activity__observance__in=task.observances)
    elif task.activity_kinds:
        asked &= Q(activity__kind__in=task.activity_kinds)
    if task.themes:
        asked &= Q(activity__themes__overlap=task.themes)
    if task.programmes:
        asked &= Q(activity__programmes__overlap=task.programmes)
    first, until = period_of(assignment)
    return _session_rows(_held(places_of_evidence(assignment.agency, day), first, until).filter(asked))


def _session_rows(sessions: QuerySet[Session]) -> list[Happening]:
    rows = sessions.values_list("pk", "starts_at", "institution_id", "activity__observance")
    return [Happening(SESSION, pk, timezone.localdate(at), where, observance) for pk, at, where, observance in rows]


def _postings(assignment: Assignment, task: Task, day: dt.date) -> list[Happening]:
    kinds = [kind for kind in task.source_kinds if kind != SESSION]
    if not kinds:
        return []
    first, until = period_of(assignment)
    rows = Posting.objects.filter(
        institution__in=places_of_evidence(assignment.agency, day),
        kind=PostingKind.HAPPENING,
        source_kind__in=kinds,
        occurred_on__gte=first,
        reversed_by=None,
    )
    if until is not None:
        rows = rows.filter(occurred_on__lt=until)
    return [Happening(*row) for row in rows.values_list(*_OF_POSTING)]


def _posted(places: QuerySet[Institution], first: dt.date, until: dt.date | None) -> QuerySet[Posting]:
    """What stands in the book and says that something was: not that there was none."""
    something = Entry.objects.filter(posting=OuterRef("pk"), occurred_on=OuterRef("occurred_on"), quantity__gt=0)
    rows = Posting.objects.filter(
        Exists(something), institution__in=places, kind__in=SHOWING, occurred_on__gte=first, reversed_by=None
    )
    return rows if until is None else rows.filter(occurred_on__lt=until)


def _measured(assignment: Assignment, task: Task, day: dt.date) -> list[Happening]:
    """What was posted of the task's measures, by whatever service or typed in: what says that there was none is not."""
    if not task.measures:
        return []
    first, until = period_of(assignment)
    entries = Entry.objects.filter(
        institution__in=places_of_evidence(assignment.agency, day),
        measure__in=task.measures,
        quantity__gt=0,
        occurred_on__gte=first,
        posting__kind__in=SHOWING,
        posting__reversed_by=None,
    )
    if until is not None:
        entries = entries.filter(occurred_on__lt=until)
    for tags in (task.themes, task.programmes):
        if tags:
            entries = entries.filter(tags__overlap=tags)
    rows = entries.values_list("posting__source_kind", "posting__source_id", "occurred_on", "institution_id").distinct()
    sessions = [key for kind, key, _on, _where in rows if kind == SESSION]
    held = _session_rows(Session.objects.filter(pk__in=sessions)) if sessions else []
    return [*held, *(Happening(*row) for row in rows if row[0] != SESSION)]


def _by_keys(keys: list[Key]) -> list[Happening]:
    """What stands in the books under these keys, wherever."""
    sessions = [key for kind, key in keys if kind == SESSION]
    others = [(kind, key) for kind, key in keys if kind != SESSION]
    found = []
    if sessions:
        found += _session_rows(Session.objects.filter(pk__in=sessions, status=SessionStatus.CLOSED))
    if others:
        rows = Posting.objects.filter(
            kind__in=SHOWING,
            source_kind__in={kind for kind, _key in others},
            source_id__in=[key for _kind, key in others],
            reversed_by=None,
        ).values_list(*_OF_POSTING)
        found += [Happening(*row) for row in rows if (row[0], row[1]) in others]
    return found


def _in_words(rows: list[Happening], decisions: dict[Key, EvidenceDecision]) -> list[Happening]:
    """With titles and names of institutions: two queries, and one or two for each other kind of source."""
    sessions = Session.objects.filter(pk__in=[each.source_id for each in rows if each.source_kind == SESSION])
    titles: dict[Key, str] = {(SESSION, pk): title for pk, title in sessions.values_list("pk", "activity__title")}
    for kind in {each.source_kind for each in rows} - {SESSION}:
        named = names_of_happenings(kind, [each.source_id for each in rows if each.source_kind == kind])
        titles |= {(kind, key): title for key, title in named.items()}
    told = describe_sources([each.key for each in rows if each.key not in titles])
    titles |= {key: description.title for key, description in told.items()}
    houses = dict(Institution.objects.filter(pk__in={r.institution_id for r in rows}).values_list("pk", "name"))
    return [
        Happening(
            each.source_kind,
            each.source_id,
            each.on,
            each.institution_id,
            each.observance,
            titles.get(each.key) or _("Entry in the book"),
            houses.get(each.institution_id, ""),
            decisions.get(each.key),
        )
        for each in rows
    ]


def _missing(task: Task, kept: list[Happening]) -> tuple[str, ...]:
    held = {each.observance for each in kept}
    return tuple(str(Observance(each).label) for each in task.observances if each not in held)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
