"""What a yearly report tells of the year before: what was held and who came after the last day that the report of that
year looked at, and the whole of that year.

Both stand under keys of that year (`measure:library_visit:2025`, `measure:library_visit:2025:after:2025-11-20`), so
they are added up like all other figures and told by no other report: decision 114.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Sum

from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import Institution, InstitutionStatus
from hocsuotdoi.places.queries.units import units_reading_as
from hocsuotdoi.reporting.enums import CycleKind, CycleState, Detail, ReportState
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Report, TypedTotal
from hocsuotdoi.reporting.models.content import FigureContent, YearBeforeContent
from hocsuotdoi.reporting.queries.activities import VISITS
from hocsuotdoi.reporting.queries.amounts import Amount, added_up, measure_key
from hocsuotdoi.reporting.queries.own import ATTENDANCE, SESSIONS, Looked, amounts_of, who_told
from hocsuotdoi.reporting.queries.wording import MEASURE_LABELS, NOT_REPORTED, day_words

MEASURES = (SESSIONS, ATTENDANCE, *VISITS)


@dataclass(frozen=True, slots=True)
class YearBefore:
    """`earlier`: the cycle of that year, of which the reports counted until `after`."""

    report: Report
    earlier: Cycle

    @property
    def year(self) -> int:
        return self.earlier.last_year

    @property
    def after(self) -> dt.date:
        return self.earlier.counted_until

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, 12, 31)

    def rest_key(self, measure: str) -> str:
        return measure_key(measure, self.year, "after", self.after.isoformat())

    def whole_key(self, measure: str) -> str:
        return measure_key(measure, self.year)


def year_before(report: Report, as_of: dt.date) -> YearBefore | None:
    """Where the report is a yearly one and the year before had its own of the same owner, which ended before that year
    did: of several the one that looked furthest, as for `exceptions`. One query, none of other kinds."""
    cycle = report.cycle
    if cycle is None or cycle.kind != CycleKind.YEARLY or cycle.is_over_years or as_of.year < cycle.last_year:
        return None
    begins, ends = dt.date(cycle.last_year - 1, 1, 1), dt.date(cycle.last_year, 1, 1)
    before = Cycle.objects.filter(owner=cycle.owner_id, kind=CycleKind.YEARLY, starts_on=begins, ends_on__lte=ends)
    earlier = before.exclude(state=CycleState.PREPARING).order_by("-counted_until", "-pk").first()
    if earlier is None or earlier.counted_until >= dt.date(cycle.last_year - 1, 12, 31):
        return None
    return YearBefore(report, earlier)


def own_before(before: YearBefore, looked: Looked) -> dict[str, Amount]:
    """By key, of the institutions that are the report's. Five queries."""
    institutions, asked = _institutions(before)
    if not institutions:
        return {}
    frame = looked.frame(institutions)
    totals = Counter({key: 0 for each in MEASURES for key in (before.whole_key(each), before.rest_key(each))})
    is_rest = ExpressionWrapper(Q(occurred_on__gt=before.after), output_field=BooleanField())
    entries = entries_of_year(frame).filter(measure__in=MEASURES).annotate(is_rest=is_rest)
    sums = entries.order_by().values_list("measure", "is_rest").annotate(total=Sum("quantity"))
    for measure, is_after, quantity in sums:
        totals[before.whole_key(measure)] += quantity
        totals[before.rest_key(measure)] += quantity if is_after else 0
    return amounts_of(totals, asked, who_told(frame, asked), always=set(totals))


def _institutions(before: YearBefore) -> tuple[dict[int, str], dict[int, str]]:
    """Those whose year it is: counted in the report now and open on one of the days that are still to be told, or
    counted in that of its body then and in no other now. And those of them of whom the rest is asked: who had closed
    before it stays in the whole, as in the report of that year, and has nothing more to tell. One query."""
    report = before.report
    if report.detail == Detail.TOTALS:
        return {}, {}
    here = CountedInstitution.objects.filter(institution=OuterRef("pk"))
    mine = Exists(here.filter(report=report))
    then = Exists(here.filter(report__in=_reports_then(before).filter(detail=Detail.FULL)))
    elsewhere = Exists(here.filter(cycle=report.cycle_id).exclude(report=report))
    is_open = InstitutionStatus.objects.during(*_still_to_tell(before)).filter(
        institution=OuterRef("pk"), state=InstitutionState.ACTIVE
    )
    rows = Institution.objects.annotate(is_asked=Exists(is_open)).filter(
        (mine & Q(is_asked=True)) | (then & ~elsewhere)
    )
    found = list(rows.values_list("pk", "institution_class", "is_asked"))
    return {pk: kind for pk, kind, _is in found}, {pk: kind for pk, kind, is_asked in found if is_asked}


def _still_to_tell(before: YearBefore) -> tuple[dt.date, dt.date]:
    """The first day, and the one after the last."""
    return before.after + dt.timedelta(days=1), before.last_day + dt.timedelta(days=1)


def _reports_then(before: YearBefore) -> QuerySet[Report]:
    """Of the body itself; and of such bodies as ended since, where their unit is read as the report's own."""
    report, unit = before.report, before.report.unit
    assert report.cycle is not None and report.agency is not None
    asked_now = Report.objects.filter(cycle=report.cycle, agency=OuterRef("agency")).exclude(state=ReportState.EXCUSED)
    went_on = Q(
        unit__in=units_reading_as(unit, report.cycle.map_on), unit__tier=unit.tier, agency__kind=report.agency.kind
    ) & ~Exists(asked_now)
    return Report.objects.filter(Q(agency=report.agency_id) | went_on, cycle=before.earlier, line=report.line)


def typed_before(before: YearBefore, typed: Mapping[str, Amount], own: Mapping[str, Amount]) -> dict[str, Amount]:
    """Of what is typed: the rest as it is typed now, and the whole where the body typed it in its approved report of
    that year: with the rest, from the book (`own`) or as typed. Where the book has something of the days of that report
    it is the whole. One query."""
    said = TypedTotal.objects.filter(
        report__in=_reports_then(before).filter(state=ReportState.APPROVED),
        key__in=[before.whole_key(each) for each in MEASURES],
        numerator__isnull=False,
    )
    then: dict[str, Amount] = {}
    for row in said:
        then[row.key] = added_up([then.get(row.key), Amount(row.numerator)]) or Amount(None)
    found: dict[str, Amount] = {}
    for each in MEASURES:
        of_book, whole = own.get(before.rest_key(each)), then.get(before.whole_key(each))
        rest = typed.get(before.rest_key(each))
        if of_book is not None and of_book.numerator is not None:
            rest = of_book
        elif rest is not None:
            found[before.rest_key(each)] = rest
        if whole is not None and _of_those_days(own.get(before.whole_key(each)), of_book) == 0:
            found[before.whole_key(each)] = added_up([whole, rest and Amount(rest.numerator)]) or whole
    return found


def _of_those_days(whole: Amount | None, rest: Amount | None) -> Decimal:
    """What the book has of the days that the earlier report looked at."""
    both = (each.numerator if each and each.numerator is not None else Decimal(0) for each in (whole, rest))
    return next(both) - next(both)


def year_before_content(told: Mapping[str, FigureContent], before: YearBefore | None) -> YearBeforeContent | None:
    """What of it the document prints: nothing where there is nothing to add. No query."""
    if before is None:
        return None
    rests = {each: told[key] for each in MEASURES if (key := before.rest_key(each)) in told}
    if not any(figure["numerator"] not in (None, "0") for figure in rests.values()):
        return None
    since, after = before.after + dt.timedelta(days=1), day_words(before.after)
    return {
        "year": before.year,
        "after": before.after.isoformat(),
        "title": f"Bổ sung năm {before.year} (sau ngày chốt {after})",
        "sentences": [
            f"Số liệu của báo cáo năm {before.year} tính đến ngày {after}. Số liệu từ ngày {day_words(since)} đến ngày "
            f"{day_words(before.last_day)} chưa có trong báo cáo đó và được bổ sung tại đây, không tính vào số liệu "
            f"năm {before.year + 1}."
        ],
        "rows": [
            {
                "label": MEASURE_LABELS[each],
                "key": figure["key"],
                "words": figure["words"],
                "whole_key": before.whole_key(each),
                "whole_words": told[before.whole_key(each)]["words"]
                if before.whole_key(each) in told
                else NOT_REPORTED,
            }
            for each, figure in rests.items()
        ],
    }
