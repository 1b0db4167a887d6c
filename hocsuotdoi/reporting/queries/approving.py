"""What somebody who approves has to know before: gaps, explanations, how much differs from the year before."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.reporting.enums import Detail, ExceptionAnswerKind, ReportState
from hocsuotdoi.reporting.models import ExceptionAnswer, Figure, Report
from hocsuotdoi.reporting.queries.amounts import DUE, is_of_year
from hocsuotdoi.reporting.queries.newest import newest_figures
from hocsuotdoi.reporting.queries.wording import number_words

NAMED = 5
JUMP = Decimal("0.5")
"""By half up or down against the year before: worth a look."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure against the same one in the year before, in words."""

    label: str
    before: str
    now: str


@dataclass(slots=True)
class Waiting:
    """A submitted report. `is_plain`: nothing about it is odd, so it can be approved along with others."""

    report: Report
    gaps: list[str] = field(default_factory=list)
    confirmed: int = 0
    explained: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    has_last_year: bool = False
    is_own: bool = False

    @property
    def is_plain(self) -> bool:
        return not (self.gaps or self.explained or self.differences or self.is_own)


def waiting(reports: Iterable[Report], person: Someone) -> list[Waiting]:
    """In the order given. Seven queries, however many there are; no content is read as a whole."""
    reports = list(reports)
    gaps = _gaps(reports)
    answers = _answers(reports)
    compared = _compared(reports)
    said = _said(compared)
    rows = []
    for report in reports:
        told = answers.get(report.pk, {}).values()
        here = compared.get(report.pk)
        rows.append(
            Waiting(
                report,
                gaps=gaps.get(report.submitted_id or 0, []),
                confirmed=sum(each.kind == ExceptionAnswerKind.CONFIRMED for each in told),
                explained=[each.reason for each in told if each.kind == ExceptionAnswerKind.EXPLAINED],
                differences=_differences(here, said) if here else [],
                has_last_year=bool(here and here.has_last_year),
                is_own=report.submitted_by == getattr(person, "pk", None),
            )
        )
    return rows


_GAPS = """
SELECT id,
       jsonb_path_query_array(content, '$.below[*] ? (@.state != "approved" && @.state != "excused")'),
       jsonb_path_query_array(content, '$.missing[*].name'),
       content #>> '{report,detail}', content #>> '{report,written_instead_by}', content ->> 'silent',
       jsonb_path_query_array(content, '$.below[*] ? (@.is_silent == true).name')
  FROM reporting_snapshot WHERE id = ANY(%s)
"""


def _gaps(reports: list[Report]) -> dict[int, list[str]]:
    """By snapshot: what it lacks, each in a sentence, as `operations.approval.gaps_of` keeps it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [[each.submitted_id for each in reports]])
        rows = cursor.fetchall()
    found = {}
    for pk, below, names, detail, instead, silent, quiet in rows:
        found[pk] = [
            *([_SILENCE[silent]] if silent in _SILENCE else []),
            *(_("{body}: no figure at all").format(body=name) for name in json.loads(quiet)),
            *_gap_sentences(json.loads(below), json.loads(names), detail),
        ]
        if instead:
            found[pk].append(_("Written by {body}: nobody sits at the body that owes it.").format(body=instead))
    return found


_SILENCE: dict[str, Any] = {
    "nobody": gettext_lazy("No institution is counted in it, and no total was typed: it holds no figure."),
    "nothing": gettext_lazy("It holds no figure of what was held or of targets."),
}


def _gap_sentences(below: list[dict[str, str]], missing: list[str], detail: str) -> list[str]:
    gaps = [f"{each['name']}: {each['state_words']}" for each in below]
    if missing and detail != Detail.TOTALS:
        text = ngettext(
            "{count} institution has not told enough: {names}",
            "{count} institutions have not told enough: {names}",
            len(missing),
        )
        names = ", ".join(missing[:NAMED])
        gaps.append(text.format(count=len(missing), names=names + ("…" if len(missing) > NAMED else "")))
    return gaps


def _answers(reports: list[Report]) -> dict[int, dict[str, ExceptionAnswer]]:
    """The newest answer to each question of each report."""
    found: dict[int, dict[str, ExceptionAnswer]] = {}
    for answer in ExceptionAnswer.objects.filter(report__in=reports).order_by("at", "pk"):
        found.setdefault(answer.report_id, {})[answer.key] = answer
    return found


@dataclass(frozen=True, slots=True)
class _Compared:
    """A report's figures far from those of the year before: (before, now)."""

    has_last_year: bool
    apart: list[tuple[Figure, Figure]]


def _compared(reports: list[Report]) -> dict[int, _Compared]:
    """By report. A report over several years tells the year before itself. Three queries."""
    of_last = _reports_of_last_year([each for each in reports if not (each.cycle and each.cycle.is_over_years)])
    submitted = Figure.objects.filter(snapshot__in=[each.submitted_id for each in reports])
    by_snapshot = _grouped(submitted, lambda figure: figure.snapshot_id)
    by_report = _grouped(newest_figures(of_last.values()), lambda figure: figure.snapshot.report_id)
    found = {}
    for each in reports:
        told = by_snapshot.get(each.submitted_id, [])
        year = _last_told(each)
        now = {_timeless(figure.key): figure for figure in told if is_of_year(figure.key, year)}
        earlier = by_report.get(of_last[each.pk], []) if each.pk in of_last else []
        if each.cycle is not None and each.cycle.is_over_years:
            earlier = told
        before = {_timeless(figure.key): figure for figure in earlier if is_of_year(figure.key, year - 1)}
        apart = [(old, now[key]) for key, old in before.items() if key in now and _is_far(old, now[key])]
        found[each.pk] = _Compared(bool(before), apart)
    return found


def _grouped(figures: Iterable[Figure], by: Callable[[Figure], int | None]) -> dict[int | None, list[Figure]]:
    """Those with a number, in the order of the document; what a trajectory asks for is nobody's figure."""
    found: dict[int | None, list[Figure]] = {}
    for figure in sorted(figures, key=lambda each: each.pk):
        if figure.numerator is not None and not figure.key.startswith(f"{DUE}:"):
            found.setdefault(by(figure), []).append(figure)
    return found


def _last_told(report: Report) -> int:
    return min(report.year, report.cycle.counted_until.year) if report.cycle else report.year


def _reports_of_last_year(reports: list[Report]) -> dict[int, int]:
    """By report: the approved one of the same body in a cycle of the same owner and kind the year before, of several
    the one that looked furthest: as `exceptions`. One query."""
    last: dict[tuple[Any, ...], int] = {}
    earlier = Report.objects.filter(
        agency__in={each.agency_id for each in reports},
        year__in={each.year - 1 for each in reports},
        cycle__isnull=False,
        state=ReportState.APPROVED,
    ).select_related("cycle")
    for each in earlier.order_by("cycle__counted_until", "pk"):
        last[_of_which(each, each.year + 1)] = each.pk
    return {each.pk: last[key] for each in reports if (key := _of_which(each, each.year)) in last}


def _of_which(report: Report, year: int) -> tuple[Any, ...]:
    cycle = report.cycle
    return report.agency_id, report.line, cycle and cycle.owner_id, cycle and cycle.kind, year


def _is_far(old: Figure, now: Figure) -> bool:
    if old.numerator is None or now.numerator is None:
        return False
    return abs(now.numerator - old.numerator) > JUMP * old.numerator and max(now.numerator, old.numerator) > 0


_SAID = """
SELECT snapshot.id, told.key, told.label, told.words
  FROM reporting_snapshot AS snapshot,
       jsonb_to_recordset(snapshot.content -> 'figures') AS told (key text, label text, words text)
 WHERE snapshot.id = ANY(%s) AND told.key = ANY(%s)
"""


def _said(compared: Mapping[int, _Compared]) -> dict[tuple[int, str], tuple[str, str]]:
    """Of each figure that is far from the year before: what it is called and its words. One query."""
    figures = [now for each in compared.values() for _old, now in each.apart]
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [[each.snapshot_id for each in figures], [each.key for each in figures]])
        return {(snapshot, key): (label, words) for snapshot, key, label, words in cursor.fetchall()}


def _differences(compared: _Compared, said: Mapping[tuple[int, str], tuple[str, str]]) -> list[Difference]:
    found = []
    for old, now in compared.apart:
        if (told := said.get((now.snapshot_id, now.key))) is not None:
            found.append(Difference(told[0], _words(old), told[1]))
    return found


def _words(figure: Figure) -> str:
    if figure.numerator is None:
        return ""
    if figure.denominator is None:
        return number_words(figure.numerator)
    return f"{number_words(figure.numerator)}/{number_words(figure.denominator)}"


def _timeless(key: str) -> str:
    """`measure:library_visit:2026` without its year, which is the last part where there is one."""
    head, _colon, last = key.rpartition(":")
    return head if last.isdecimal() and len(last) == 4 else key
