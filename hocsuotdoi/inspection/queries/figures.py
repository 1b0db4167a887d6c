"""How far inspection is in a place and a year: institutions visited of those expected, what was found, what of it has
been mended. For pages and for reports, which name the institutions that they count."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, Severity, VisitState
from hocsuotdoi.inspection.models import FindingCheck, Visit, VisitFinding
from hocsuotdoi.inspection.queries.visits import ORIGIN
from hocsuotdoi.places.models import AdminUnit, Institution, UnitAncestry
from hocsuotdoi.places.queries.institutions import institutions_expected, places_of
from hocsuotdoi.places.queries.units import children_of
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment

NOT_MENDED = Q(newest_check=False) | Q(newest_check=None)
"""Of findings `with_check`: nobody has seen it mended."""


@dataclass(frozen=True)
class InspectionFigures:
    """`expected`: institutions that are to be visited by somebody some day; `visited` those with a visit that was
    closed in the year. Findings are those of visits closed in the year; `mended` of them by a check until today; `late`
    those not mended although their day has passed."""

    expected: int = 0
    visited: int = 0
    visits: int = 0
    planned: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    to_mend: int = 0
    mended: int = 0
    late: int = 0

    @property
    def open(self) -> int:
        return self.to_mend - self.mended


@dataclass(frozen=True)
class OfPart:
    """The same of one unit below; `is_rest`: of the unit's own institutions, which lie in none of those."""

    unit: AdminUnit
    figures: InspectionFigures
    is_rest: bool = False

    @property
    def name(self) -> str:
        return _("{unit}, in none of these").format(unit=self.unit.name) if self.is_rest else self.unit.name


def with_check(findings: QuerySet[VisitFinding]) -> QuerySet[VisitFinding]:
    """Adds `newest_check`: what the newest check says; None while nobody has looked again."""
    newest = FindingCheck.objects.filter(finding=OuterRef("pk"), institution=OuterRef("institution_id"))
    return findings.annotate(newest_check=Subquery(newest.order_by("-checked_at", "-pk").values("is_mended")[:1]))


def to_be_checked(visits: QuerySet[Visit], day: dt.date) -> QuerySet[Visit]:
    """Those closed at which something waits for somebody to look again: the task that followed is reported as done, or
    the day by which it was to be mended has passed, and nobody has seen it mended."""
    done = Assignment.objects.filter(
        origin=Concat(Value(ORIGIN), Cast(OuterRef("pk"), TextField())), state=AssignmentState.DONE
    )
    of_visit = VisitFinding.objects.filter(
        visit=OuterRef("pk"), institution=OuterRef("institution_id"), severity__in=MENDED_BY_A_DAY
    )
    waiting = with_check(of_visit).filter(NOT_MENDED).filter(Q(due_on__lt=day) | Exists(done))
    return visits.filter(Exists(waiting), state=VisitState.CLOSED)


def inspection_figures(
    unit: AdminUnit, year: int, day: dt.date, *, institutions: Collection[int] | None = None
) -> InspectionFigures:
    """Of the institutions expected in `unit` in `year` as of `day`, or of the `institutions` named (a report's). The
    armed forces' are left out unless they are named: they are not the territory's. Four queries."""
    if institutions is None:
        counted = _expected(unit, year, day)
        expected = counted.count()
    else:
        counted = Institution.objects.filter(pk__in=institutions)
        expected = len(set(institutions))
    return _figures(counted.values("pk"), expected, year, day)


def figures_by_part(unit: AdminUnit, year: int, day: dt.date) -> list[OfPart]:
    """Of each unit directly below, in the order of their names, then of what lies in none of them: together they make
    the unit's. A constant number of queries."""
    parts = list(children_of(unit, day))
    keys = list(_expected(unit, year, day).values_list("pk", flat=True))
    places = places_of(keys, day)
    above = dict(
        UnitAncestry.objects.on(day)
        .filter(unit__in={place.pk for place in places.values()}, ancestor__in=parts)
        .values_list("unit", "ancestor")
    )
    part_of = {key: above.get(place.pk) for key, place in places.items()}
    counts: dict[int | None, Counter[str]] = defaultdict(Counter)
    visited: dict[int | None, set[int]] = defaultdict(set)
    for part in part_of.values():
        counts[part]["expected"] += 1
    for institution, state in _visits(keys, year).values_list("institution_id", "state"):
        counts[part_of.get(institution)]["visits" if state == VisitState.CLOSED else "planned"] += 1
        if state == VisitState.CLOSED:
            visited[part_of.get(institution)].add(institution)
    rows = with_check(_findings(keys, year).filter(severity__in=MENDED_BY_A_DAY))
    for institution, mended, due_on in rows.values_list("institution_id", "newest_check", "due_on"):
        row = counts[part_of.get(institution)]
        row["to_mend"] += 1
        row["mended"] += bool(mended)
        row["late"] += not mended and due_on < day
    found = [OfPart(each, _of_part(counts[each.pk], len(visited[each.pk]))) for each in parts]
    if counts[None]:
        found.append(OfPart(unit, _of_part(counts[None], len(visited[None])), is_rest=True))
    return found


def _of_part(counts: Counter[str], visited: int) -> InspectionFigures:
    return InspectionFigures(
        expected=counts["expected"],
        visited=visited,
        visits=counts["visits"],
        planned=counts["planned"],
        to_mend=counts["to_mend"],
        mended=counts["mended"],
        late=counts["late"],
    )


def _figures(counted: QuerySet, expected: int, year: int, day: dt.date) -> InspectionFigures:
    visits = _visits(counted, year).aggregate(
        visits=Count("pk", filter=Q(state=VisitState.CLOSED)),
        visited=Count("institution", filter=Q(state=VisitState.CLOSED), distinct=True),
        planned=Count("pk", filter=~Q(state=VisitState.CLOSED)),
    )
    findings = dict.fromkeys(Severity.values, 0)
    findings |= dict(
        _findings(counted, year)
        .order_by()
        .values_list("severity")
        .annotate(number=Count("pk"))
        .values_list("severity", "number")
    )
    to_mend = with_check(_findings(counted, year).filter(severity__in=MENDED_BY_A_DAY)).aggregate(
        all=Count("pk"),
        mended=Count("pk", filter=Q(newest_check=True)),
        late=Count("pk", filter=Q(due_on__lt=day) & NOT_MENDED),
    )
    return InspectionFigures(
        expected=expected,
        visited=visits["visited"],
        visits=visits["visits"],
        planned=visits["planned"],
        findings=findings,
        to_mend=to_mend["all"],
        mended=to_mend["mended"],
        late=to_mend["late"],
    )


def _expected(unit: AdminUnit, year: int, day: dt.date) -> QuerySet[Institution]:
    return institutions_expected(unit, year, as_of=day).exclude(pk__in=of_armed_forces(day).values("pk"))


def _visits(institutions: object, year: int) -> QuerySet[Visit]:
    """Those of the year that count: closed in it, or still to come in it."""
    ahead = Q(state__in=[VisitState.PLANNED, VisitState.UNDER_WAY], planned_on__year=year)
    return Visit.objects.filter(Q(state=VisitState.CLOSED, closed_at__year=year) | ahead, institution__in=institutions)


def _findings(institutions: object, year: int) -> QuerySet[VisitFinding]:
    closed = Visit.objects.filter(
        pk=OuterRef("visit_id"),
        institution=OuterRef("institution_id"),
        state=VisitState.CLOSED,
        closed_at__year=year,
    )
    return VisitFinding.objects.filter(Exists(closed), institution__in=institutions)
