"""Findings to be read: in words, with what stands behind them, and how many touch a figure."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.periods import months_from, parse_period
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import QualityRule, StatedColumn
from hocsuotdoi.indicators.models import FreshInstitutionMonth, QualityFinding
from hocsuotdoi.indicators.queries.longer import longer
from hocsuotdoi.indicators.queries.quality_limits import MOST_PER_RESIDENT
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import units_reading_as

_OF_POPULATION = {
    "residents": lambda: _("residents"),
    "urban": lambda: _("urban residents"),
    "rural": lambda: _("rural residents"),
    "villages": lambda: _("villages and residential groups"),
}


def digest_of(numbers: Mapping[str, Any]) -> str:
    """Of what a person was shown: an answer speaks of that and of nothing else."""
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:32]


_OF_COLUMNS = {QualityRule.PERIOD_OUTLIER, QualityRule.PERIOD_SILENCE, QualityRule.TYPED_AND_TRACED}
"""Rules that look at what was typed in, by column: one may have the code of a measure and be a part of it."""


def measure_words(code: str, rule: str = "") -> str:
    """A finding's measure as it is read; empty where it is about all of them."""
    if code in MeasureCode.values and rule not in _OF_COLUMNS:
        return str(MeasureCode(code).label)
    if code in StatedColumn.values:
        return str(StatedColumn(code).label)
    return _OF_POPULATION[code]() if code in _OF_POPULATION else ""


def sentence_of(finding: QualityFinding) -> str:
    """What was seen, with its numbers, in one or two sentences."""
    return _SENTENCES[QualityRule(finding.rule)](
        finding.numbers, measure_words(finding.measure, finding.rule), finding.period
    )


def _outlier(n: dict[str, Any], measure: str, period: str) -> str:
    said = _("{measure} in {period}: {value}. In the {months} months before, half were below {median}.").format(
        measure=measure.capitalize(),
        period=parse_period(period).words,
        value=number(n["value"]),
        months=n["months"],
        median=number(n["median"], 0),
    )
    if n["same_months"]:
        said += " " + _("The same month of other years: from {least} to {most}.").format(
            least=number(n["same_least"]), most=number(n["same_most"])
        )
    return said


def _silence(n: dict[str, Any], _measure: str, period: str) -> str:
    return _(
        "Figures came in each of the {months} months before; for {period} there are none, not even a zero."
    ).format(months=n["months"], period=parse_period(period).words)


def _period_outlier(n: dict[str, Any], measure: str, period: str) -> str:
    said = _("{measure} in {period}: {value} typed in.").format(
        measure=measure.capitalize(), period=parse_period(period).words, value=number(n["value"])
    )
    before = (  # two sentences, not two plurals: Vietnamese has one form, which would tell of one from 85 to 85
        _("The one before, of the same length: {least}.")
        if n["periods"] == 1
        else _("The {count} before, of the same length: from {least} to {most}.")
    )
    return f"{said} " + before.format(count=n["periods"], least=number(n["least"]), most=number(n["most"]))


def _period_silence(_n: dict[str, Any], _measure: str, period: str) -> str:
    return _("Figures were typed in for whole quarters or years; for {period} there are none, not even a zero.").format(
        period=parse_period(period).words
    )


def _repeated(n: dict[str, Any], measure: str, _period: str) -> str:
    return _("{measure}: {value} was typed in {months} months in a row.").format(
        measure=measure.capitalize(), value=number(n["value"]), months=n["months"]
    )


def _no_people(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{sessions} sessions in {period}, and nobody is counted as having taken part.").format(
        sessions=number(n["sessions"]), period=parse_period(period).words
    )


def _no_sessions(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{people} attendances in {period}, and no session is counted.").format(
        people=number(n["people"]), period=parse_period(period).words
    )


def _crowded(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{people} attendances at {sessions} sessions in {period}: {each} at each, on average.").format(
        people=number(n["people"]),
        sessions=number(n["sessions"]),
        period=parse_period(period).words,
        each=number(n["people"] // n["sessions"]),
    )


def _few_people(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{sessions} sessions in {period}, and only {people} attendances: perhaps the two were swapped.").format(
        sessions=number(n["sessions"]), people=number(n["people"]), period=parse_period(period).words
    )


def _beyond(n: dict[str, Any], measure: str, period: str) -> str:
    return _("{measure} in {period}: {value}, which is {each} on each of {days} days.").format(
        measure=measure.capitalize(),
        period=parse_period(period).words,
        value=number(n["value"]),
        each=number(n["value"] // n["days"]),
        days=n["days"],
    )


def _twice(n: dict[str, Any], measure: str, period: str) -> str:
    said = _("{measure} in {period}: {typed} typed in, and {traced} recorded by the system itself.").format(
        measure=measure.capitalize(),
        period=parse_period(period).words,
        typed=number(n["typed"]),
        traced=number(n["traced"]),
    )
    if n["known"]:
        said += " " + _("When it was typed in, the system had recorded {known}.").format(known=number(n["known"]))
    return said


def _above(n: dict[str, Any], measure: str, period: str) -> str:
    return _("{measure} in {period}: {value}, with {residents} residents; more than {most} times for each.").format(
        measure=measure.capitalize(),
        period=parse_period(period).words,
        value=number(n["value"]),
        residents=number(n["residents"]),
        most=MOST_PER_RESIDENT,
    )


def _parts(n: dict[str, Any], measure: str, period: str) -> str:
    if n.get("below"):
        together = _("{measure}, {period}: {whole} entered for the whole; its provinces together have {parts}.")
        missing = _("Only {entered} of {of} provinces are entered.")
    else:
        together = _("{measure}, {period}: {whole} entered for the whole; its communes together have {parts}.")
        missing = _("Only {entered} of {of} communes are entered.")
    said = together.format(
        measure=measure.capitalize(),
        period=parse_period(period).words,
        whole=number(n["whole"]),
        parts=number(n["parts"]),
    )
    return said if n["entered"] == n["of"] else f"{said} {missing.format(entered=n['entered'], of=n['of'])}"


def _jump(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{now} residents in {period}, {before} in {year}.").format(
        now=number(n["now"]), period=parse_period(period).words, before=number(n["before"]), year=n["year"]
    )


def _houses(n: dict[str, Any], _measure: str, period: str) -> str:
    return _("{houses} village culture houses are open in {period}, and {villages} villages are entered.").format(
        houses=number(n["houses"]), period=parse_period(period).words, villages=number(n["villages"])
    )


_SENTENCES = {
    QualityRule.SERIES_OUTLIER: _outlier,
    QualityRule.SERIES_SILENCE: _silence,
    QualityRule.PERIOD_OUTLIER: _period_outlier,
    QualityRule.PERIOD_SILENCE: _period_silence,
    QualityRule.REPEATED_FIGURE: _repeated,
    QualityRule.SESSIONS_WITHOUT_PEOPLE: _no_people,
    QualityRule.PEOPLE_WITHOUT_SESSIONS: _no_sessions,
    QualityRule.CROWDED_SESSIONS: _crowded,
    QualityRule.SESSIONS_OVER_PEOPLE: _few_people,
    QualityRule.BEYOND_ITS_DAYS: _beyond,
    QualityRule.TYPED_AND_TRACED: _twice,
    QualityRule.ABOVE_POPULATION: _above,
    QualityRule.POPULATION_PARTS: _parts,
    QualityRule.POPULATION_JUMP: _jump,
    QualityRule.HOUSES_OVER_VILLAGES: _houses,
}


# -- what stands behind one --

MONTHS_DRAWN = 36
_OF_SESSIONS_AND_PEOPLE = (
    QualityRule.SESSIONS_WITHOUT_PEOPLE,
    QualityRule.PEOPLE_WITHOUT_SESSIONS,
    QualityRule.SESSIONS_OVER_PEOPLE,
)


def measures_of(finding: QualityFinding) -> list[str]:
    """The measures of the ledger that a finding is about; none: all."""
    code = finding.measure.partition(":")[0]
    if finding.rule in _OF_SESSIONS_AND_PEOPLE:
        return [MeasureCode.PROGRAMME_SESSION.value, MeasureCode.PROGRAMME_ATTENDANCE.value]
    return [code] if code in MeasureCode.values else []


def series_of(finding: QualityFinding) -> list[tuple[dt.date, int, int]]:
    """(month, quantity, of which typed in) of a finding about an institution, up to its period and half a year beyond;
    only months of which something stands, without what was typed in for longer. Two queries. Of silence: how many
    entries, for there is no one measure."""
    if finding.institution_id is None:
        return []
    first, last = months_from(finding.starts_on, -MONTHS_DRAWN), months_from(finding.ends_on, 6)
    rows = FreshInstitutionMonth.objects.filter(institution=finding.institution_id, month__range=(first, last))
    of = [finding.measure.partition(":")[0]] if finding.measure else []
    if of:
        rows = rows.filter(measure__in=of)
    what = "quantity" if of else "lines"
    sums = rows.order_by().values("month").annotate(Sum(what), typed=Sum(what, filter=Q(stated=True)), n=Sum("lines"))
    months = {row["month"]: [row[f"{what}__sum"], row["typed"] or 0, row["n"]] for row in sums}
    wanted = Slice(tuple(of or MeasureCode.values))
    apart = longer(wanted, [], by=["starts_on"], first=first, last=last, map_day=None, within=[finding.institution_id])
    for each in apart:
        month, size = months.get(each.keys[0], [0, 0, 0]), each.quantity if of else each.lines
        months[each.keys[0]] = [month[0] - size, month[1] - size, month[2] - each.lines]
    return [(month, size, typed) for month, (size, typed, lines) in sorted(months.items()) if lines > 0]


def corrections_of(finding: QualityFinding) -> QuerySet[Posting]:
    """What was taken back at the finding's institution in its period, the newest first."""
    return Posting.objects.filter(
        institution=finding.institution_id,
        kind=PostingKind.REVERSAL,
        occurred_on__gte=finding.starts_on,
        occurred_on__lt=finding.ends_on,
    ).order_by("-posted_at")


# -- how many touch a figure --


@dataclass(frozen=True, slots=True)
class Waiting:
    """Findings of a unit and a year that nobody has settled, by (measure, class of institution or «» of population)."""

    counts: Mapping[tuple[str, str], int]

    def touching(self, measures: Collection[str], classes: Collection[str]) -> int:
        """How many are about one of the measures, or about everything, at institutions of the classes (none: any);
        with those about population where no class is named."""
        return sum(
            count
            for (measure, institution_class), count in self.counts.items()
            if (not measure or not measures or measure.partition(":")[0] in measures or measure in _OF_POPULATION)
            and (not classes or institution_class in classes)
        )

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def waiting_at(unit: AdminUnit, year: int, map_day: dt.date) -> Waiting:
    """One query."""
    rows = (
        QualityFinding.objects.waiting()
        .filter(
            starts_on__lt=dt.date(year + 1, 1, 1),
            ends_on__gt=dt.date(year, 1, 1),
            unit__in=units_reading_as(unit, map_day),
        )
        .values_list("measure", "institution__institution_class")
        .annotate(Count("pk"))
        .order_by()
    )
    return Waiting({(measure, kind or ""): count for measure, kind, count in rows})


def waiting_words(count: int) -> str:
    """Empty where there is none."""
    if not count:
        return ""
    return ngettext("{count} point waits to be checked", "{count} points wait to be checked", count).format(
        count=number(count)
    )


def narrowed(
    findings: QuerySet[QualityFinding], *, rule: str = "", states: Sequence[str] = (), year: int | None = None
) -> QuerySet[QualityFinding]:
    """The newest period first."""
    if rule:
        findings = findings.filter(rule=rule)
    if states:
        findings = findings.filter(state__in=states)
    if year:
        findings = findings.filter(starts_on__lt=dt.date(year + 1, 1, 1), ends_on__gt=dt.date(year, 1, 1))
    return findings.select_related("institution", "unit").order_by("-starts_on", "-found_at", "pk")
