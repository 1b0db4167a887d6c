"""What the reports below add up to: sums of the figures that were approved, and what is missing of them.

Sets in the database, whatever the number of reports: nothing is read commune by commune, and no commune's figures are
made anew. Who was late to be approved is left out of the sums and named, and its institutions stay expected.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Sum

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Figure, Report
from hocsuotdoi.reporting.models.content import BelowContent, MissingContent, Silent
from hocsuotdoi.reporting.queries.amounts import Amount
from hocsuotdoi.reporting.queries.newest import newest_figures
from hocsuotdoi.reporting.queries.suggestions import NAMED_AT_MOST
from hocsuotdoi.reporting.queries.wording import in_sentence, number_words

_MISSING = """
WITH RECURSIVE missing AS (
    SELECT id, line, detail, unit_id FROM reporting_report
     WHERE goes_to_id = %(report)s AND state NOT IN ('approved', 'excused')
     UNION ALL
    SELECT below.id, below.line, below.detail, below.unit_id
      FROM reporting_report AS below JOIN missing ON below.goes_to_id = missing.id
     WHERE below.state <> 'excused'
)
SELECT 'class', institution.institution_class, count(*)
  FROM missing
  JOIN reporting_countedinstitution AS counted ON counted.report_id = missing.id
  JOIN places_institution AS institution ON institution.id = counted.institution_id
 WHERE missing.detail = 'full' AND {open} GROUP BY 2
 UNION ALL
SELECT 'tier', unit.tier, count(*)
  FROM missing JOIN places_adminunit AS unit ON unit.id = missing.unit_id
 WHERE missing.line = 'territory' GROUP BY 2
"""

_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, detail FROM reporting_report WHERE id = %(report)s
     UNION ALL
    SELECT report.id, report.detail FROM reporting_report AS report JOIN below ON report.goes_to_id = below.id
     WHERE report.state <> 'excused'
)
SELECT counted.institution_id
  FROM below JOIN reporting_countedinstitution AS counted ON counted.report_id = below.id
 WHERE below.detail = 'full' AND {open}
"""

_OPEN = """EXISTS (
    SELECT FROM places_institutionstatus AS status
     WHERE status.institution_id = counted.institution_id AND status.state = 'active'
       AND (status.starts_on IS NULL OR status.starts_on <= %(open_on)s)
       AND (status.ends_on IS NULL OR status.ends_on > %(open_on)s))"""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is expected below and was not approved: institutions by their class, units by their tier."""

    by_class: dict[str, int] = field(default_factory=dict)
    by_tier: dict[str, int] = field(default_factory=dict)

    @property
    def institutions(self) -> int:
        return sum(self.by_class.values())

    def of_classes(self, classes: Iterable[str]) -> int:
        return sum(self.by_class.get(each, 0) for each in set(classes))


def consolidated(report: Report, places: Iterable[AdminUnit] | None = None) -> dict[str, Amount]:
    """By key, over the approved reports that go into this one, as they were approved and amended since. `places`: only
    reports of these units. A part that no report states is None, not 0. One query, however many reports there are."""
    reports = report.from_below.filter(state=ReportState.APPROVED)
    if places is not None:
        reports = reports.filter(unit__in=[unit.pk for unit in places])
    added = Figure.objects.filter(pk__in=newest_figures(reports).values("pk"), is_additive=True).order_by()
    sums = (Sum(part) for part in ("numerator", "denominator", "reporting", "expected"))
    return {key: Amount(*amounts) for key, *amounts in added.values_list("key").annotate(*sums)}


def missing_below(report: Report, open_on: dt.date | None = None) -> Missing:
    """`open_on`: only institutions open on that day. One query."""
    found = Missing()
    with connection.cursor() as cursor:
        cursor.execute(_only_open(_MISSING, open_on), {"report": report.pk, "open_on": open_on})
        for what, name, count in cursor.fetchall():
            (found.by_class if what == "class" else found.by_tier)[name] = count
    return found


def _only_open(sql: str, open_on: dt.date | None) -> str:
    return sql.format(open="true" if open_on is None else _OPEN)


def institutions_below(report: Report, open_on: dt.date | None = None) -> list[int]:
    """Counted in the report or in any that goes into it, over however many levels; not those of bodies that report
    totals only. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_only_open(_BELOW, open_on), {"report": report.pk, "open_on": open_on})
        return [institution for (institution,) in cursor.fetchall()]


def below_content(report: Report) -> list[BelowContent]:
    """The reports that go into this one, by line and in Vietnamese order. One query."""
    rows = report.from_below.select_related("agency", "unit", "submitted")
    rows = rows.defer("submitted__content")  # a hundred whole reports, of which only the number is told
    return [_below(each) for each in rows.order_by("line", "unit__sort_key", "pk")]


def _below(report: Report) -> BelowContent:
    state = ReportState(report.state)
    is_sent = state in (ReportState.SUBMITTED, ReportState.APPROVED)
    snapshot = report.submitted if is_sent else None
    content: BelowContent = {
        "agency": report.agency_id or 0,
        "name": report.agency.name if report.agency else report.unit.name,
        "unit": report.unit.name,
        "state": state.value,
        "state_words": STATE_WORDS[state],
        "number": snapshot.number if snapshot else "",
        "submitted_at": report.submitted_at.isoformat(timespec="seconds") if is_sent and report.submitted_at else "",
    }
    if any(gap["what"] == SILENT for gap in report.gaps):
        content["is_silent"] = True
    return content


STATE_WORDS = {
    ReportState.EXPECTED: "Chưa bắt đầu",
    ReportState.DRAFT: "Đang soạn",
    ReportState.SUBMITTED: "Đã gửi, chờ duyệt",
    ReportState.RETURNED: "Bị trả lại",
    ReportState.APPROVED: "Đã duyệt",
    ReportState.EXCUSED: "Được miễn",
}


SILENT = "silent"
"""As the gap of an approved report is called in which not one figure of institutions or totals is told."""


def silence_sentences(silent: Silent | None) -> list[str]:
    return [SILENCE_WORDS[silent]] if silent else []


SILENCE_WORDS: dict[Silent, str] = {
    "nobody": "Báo cáo không có cơ sở và số liệu nào.",
    "nothing": "Báo cáo chưa có số liệu nào về hoạt động và chỉ tiêu.",
}


def gap_sentences(below: list[BelowContent], missing: Missing, silent: list[MissingContent]) -> list[str]:
    """What the figures lack, in words: reports by name, institutions by number and name."""
    sentences = []
    absent = [each for each in below if each["state"] not in (ReportState.APPROVED, ReportState.EXCUSED)]
    if absent:
        names = "; ".join(f"{each['name']} ({in_sentence(each['state_words'])})" for each in absent)
        sentences.append(f"{number_words(len(absent))} báo cáo chưa được duyệt, chưa có trong số tổng hợp: {names}.")
    if quiet := [each["name"] for each in below if each.get("is_silent")]:
        names = "; ".join(quiet)
        sentences.append(f"{number_words(len(quiet))} báo cáo đã duyệt không có số liệu nào: {names}.")
    if missing.institutions:
        sentences.append(f"Vì vậy chưa tính được số liệu của {number_words(missing.institutions)} cơ sở.")
    if silent:
        named = "; ".join(each["name"] for each in silent[:NAMED_AT_MOST])
        more = f"; và {number_words(len(silent) - NAMED_AT_MOST)} cơ sở khác" if len(silent) > NAMED_AT_MOST else ""
        sentences.append(f"{number_words(len(silent))} cơ sở, đơn vị chưa có đủ số liệu: {named}{more}.")
    return sentences
