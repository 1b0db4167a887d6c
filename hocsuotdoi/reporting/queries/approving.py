"""What somebody who approves has to know before: gaps, explanations, how much differs from the year before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import ngettext

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.reporting.enums import Detail, ExceptionAnswerKind, ReportState
from hocsuotdoi.reporting.models import ExceptionAnswer, Figure, Report, Snapshot
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
    """In the order given. Five queries, however many there are."""
    reports = list(reports)
    contents = dict(
        Snapshot.objects.filter(pk__in=[each.submitted_id for each in reports]).values_list("pk", "content")
    )
    answers = _answers(reports)
    figures = _figures(reports)
    rows = []
    for report in reports:
        content = contents.get(report.submitted_id or 0, {})
        told = answers.get(report.pk, {}).values()
        now, before = figures.get(report.submitted_id, {}), figures.get((report.pk, "before"), {})
        rows.append(
            Waiting(
                report,
                gaps=gap_sentences(content),
                confirmed=sum(each.kind == ExceptionAnswerKind.CONFIRMED for each in told),
                explained=[each.reason for each in told if each.kind == ExceptionAnswerKind.EXPLAINED],
                differences=_differences(content, now, before),
                has_last_year=bool(before),
                is_own=report.submitted_by == getattr(person, "pk", None),
            )
        )
    return rows


def gap_sentences(content: Mapping[str, Any]) -> list[str]:
    """What a frozen content lacks, each in a sentence: as `operations.approval.gaps_of` keeps it."""
    gaps = [
        f"{each['name']}: {each['state_words']}"
        for each in content.get("below", ())
        if each["state"] not in (ReportState.APPROVED, ReportState.EXCUSED)
    ]
    missing = content.get("missing", ())
    if missing and content["report"]["detail"] != Detail.TOTALS:
        text = ngettext(
            "{count} institution has not told enough: {names}",
            "{count} institutions have not told enough: {names}",
            len(missing),
        )
        names = ", ".join(each["name"] for each in missing[:NAMED])
        gaps.append(text.format(count=len(missing), names=names + ("…" if len(missing) > NAMED else "")))
    return gaps


def _answers(reports: list[Report]) -> dict[int, dict[str, ExceptionAnswer]]:
    """The newest answer to each question of each report."""
    found: dict[int, dict[str, ExceptionAnswer]] = {}
    for answer in ExceptionAnswer.objects.filter(report__in=reports).order_by("at", "pk"):
        found.setdefault(answer.report_id, {})[answer.key] = answer
    return found


def _figures(reports: list[Report]) -> dict[Any, dict[str, Figure]]:
    """By submitted snapshot; under (report, "before") those of the year before."""
    last: dict[tuple[Any, ...], int] = {}
    earlier = Report.objects.filter(
        agency__in={each.agency_id for each in reports},
        year__in={each.year - 1 for each in reports},
        cycle__isnull=False,
        state=ReportState.APPROVED,
    ).select_related("cycle")
    for each in earlier:
        if each.cycle and each.approved_id:
            last[each.agency_id, each.line, each.cycle.kind, each.year + 1] = each.approved_id
    of_last = {
        each.pk: snapshot
        for each in reports
        if each.cycle and (snapshot := last.get((each.agency_id, each.line, each.cycle.kind, each.year)))
    }
    wanted = {each.submitted_id for each in reports} | set(of_last.values())
    by_snapshot: dict[Any, dict[str, Figure]] = {}
    for figure in Figure.objects.filter(snapshot__in=wanted):
        by_snapshot.setdefault(figure.snapshot_id, {})[_timeless(figure.key)] = figure
    return by_snapshot | {(pk, "before"): by_snapshot.get(snapshot, {}) for pk, snapshot in of_last.items()}


def _differences(
    content: Mapping[str, Any], now: Mapping[str, Figure], before: Mapping[str, Figure]
) -> list[Difference]:
    labels = {_timeless(each["key"]): each for each in content.get("figures", ())}
    found = []
    for key, figure in now.items():
        old, said = before.get(key), labels.get(key)
        if old is None or said is None or figure.numerator is None or old.numerator is None:
            continue
        if abs(figure.numerator - old.numerator) > JUMP * old.numerator and max(figure.numerator, old.numerator) > 0:
            found.append(Difference(said["label"], _words(old), said["words"]))
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
