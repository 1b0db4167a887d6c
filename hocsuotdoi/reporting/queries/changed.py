"""Which figures of approved reports are no longer what was approved and told since.

A report's figures are held against those that the book gives now for the same days. Of tasks only what has a day of
its own can be read again as it stood on the report's day: that it was done, and that it was shown
(`tell_tasks_again`). What people say of a task without a day is left as it was told, and so is how many bodies below
were asked and have done it. Reports frozen before shown tasks were counted apart are not compared: there the counting
has changed; nor are months frozen with the figures of whole years among them. What the report counted in itself and
what was due by then is not compared either.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

from hocsuotdoi.programme.queries.standing import SHOWN
from hocsuotdoi.reporting.enums import Section
from hocsuotdoi.reporting.models import Content, Report
from hocsuotdoi.reporting.models.content import ChangeContent, FigureContent
from hocsuotdoi.reporting.queries.amounts import DUE, LONGER, is_of_year, tasks_key
from hocsuotdoi.reporting.queries.bodies import CULTURE_KINDS
from hocsuotdoi.reporting.queries.consolidation import below_content
from hocsuotdoi.reporting.queries.content import tell_parts
from hocsuotdoi.reporting.queries.counts import COUNT
from hocsuotdoi.reporting.queries.figures import figures_by_year, plain
from hocsuotdoi.reporting.queries.handed_down import REPORTED, tell_tasks_again
from hocsuotdoi.reporting.queries.money import tell_money
from hocsuotdoi.reporting.queries.newest import told_last
from hocsuotdoi.reporting.queries.period import tell_period, told_by
from hocsuotdoi.reporting.queries.wording import day_words, long_day_words

OF_ONE_TASK, OF_TASKS = "task:", "tasks:"
_NOT_AMENDED = (OF_ONE_TASK, f"{COUNT}:", f"{DUE}:")
_OF_A_MONTH = ":month:"
YEARS_LOOKED_AT = 2

_PERHAPS = """
SELECT report.id
  FROM reporting_report AS report
  JOIN reporting_cycle AS cycle ON cycle.id = report.cycle_id
  JOIN reporting_snapshot AS snapshot ON snapshot.id = report.approved_id
 WHERE report.state = 'approved' AND cycle.due_on >= %(since)s AND (
    EXISTS (SELECT FROM reporting_countedinstitution AS counted
              JOIN ledger_posting AS posting ON posting.institution_id = counted.institution_id
                                            AND posting.posted_at > snapshot.frozen_at
                                            AND posting.occurred_on <= (snapshot.content ->> 'as_of')::date
             WHERE counted.report_id = report.id)
    OR EXISTS (SELECT FROM reporting_countedinstitution AS counted
                 JOIN indicators_criterionanswer AS answer ON answer.institution_id = counted.institution_id
                 LEFT JOIN indicators_criterionreview AS review
                      ON review.institution_id = answer.institution_id AND review.answer_id = answer.id
                WHERE counted.report_id = report.id
                  AND greatest(answer.answered_at, review.reviewed_at) > snapshot.frozen_at
                  AND answer.year BETWEEN EXTRACT(year FROM cycle.starts_on) AND report.year)
    OR EXISTS (SELECT FROM (SELECT report.agency_id AS id
                             UNION
                            SELECT office.id
                              FROM places_agency AS body
                              JOIN places_unitancestry AS way ON way.ancestor_id = report.unit_id
                              JOIN places_unitreading AS reading ON reading.reads_as_id = way.unit_id
                              JOIN places_agency AS office ON office.unit_id = reading.unit_id
                               AND (office.kind = body.kind
                                    OR office.kind = ANY(%(culture)s) AND body.kind = ANY(%(culture)s))
                             WHERE body.id = report.agency_id
                               AND NOT EXISTS (SELECT FROM reporting_report AS own
                                                WHERE own.cycle_id = cycle.id AND own.agency_id = office.id
                                                  AND own.state <> 'excused')
                             UNION
                            SELECT office.id
                              FROM places_adminunit AS country JOIN places_agency AS office ON office.unit_id IS NULL
                             WHERE country.id = report.unit_id AND country.tier = 'country') AS told
                 JOIN programme_moneyline AS line ON line.agency_id = told.id
                  AND line.year BETWEEN EXTRACT(year FROM cycle.starts_on) AND report.year
                WHERE EXISTS (SELECT FROM programme_moneystep AS step
                               WHERE step.line_id = line.id AND step.at > snapshot.frozen_at)
                   OR EXISTS (SELECT FROM reporting_report AS own
                                JOIN reporting_reportstep AS freed ON freed.report_id = own.id
                                 AND freed.kind = 'excused' AND freed.at > snapshot.frozen_at
                               WHERE own.cycle_id = cycle.id AND own.agency_id = told.id))
    OR EXISTS (SELECT FROM jsonb_to_recordset(snapshot.content -> 'tasks') AS told (assignment bigint, state text)
                 JOIN programme_assignment AS task ON task.id = told.assignment
                 LEFT JOIN programme_task AS rule ON rule.id = task.task_id
                 LEFT JOIN programme_assignmenttally AS tally ON tally.assignment_id = task.id
                CROSS JOIN LATERAL (
                      SELECT LEAST((snapshot.content ->> 'as_of')::date,
                                   CASE WHEN told.state NOT IN ('done', 'shown')
                                        THEN (snapshot.frozen_at AT TIME ZONE %(zone)s)::date - 1 END) AS last
                      ) AS known
                WHERE rule.evidence IS DISTINCT FROM %(reported)s
                  AND ((told.state = 'done') <> coalesce(task.done_on <= known.last, false)
                       OR told.state IN ('to_do', 'doing', 'late', 'shown')
                          AND (told.state = 'shown') <> coalesce(tally.met_on <= known.last, false)))
    OR EXISTS (SELECT FROM reporting_report AS own
                 JOIN reporting_reportstep AS resumed ON resumed.report_id = own.id
                  AND resumed.kind = 'resumed' AND resumed.at > snapshot.frozen_at
                WHERE own.cycle_id = cycle.id)
    OR cycle.kind = 'yearly' AND EXISTS (
            SELECT FROM reporting_report AS past
              JOIN reporting_cycle AS earlier ON earlier.id = past.cycle_id
                AND earlier.owner_id = cycle.owner_id AND earlier.kind = 'yearly'
              JOIN reporting_countedinstitution AS counted ON counted.report_id = past.id
              JOIN ledger_posting AS posting ON posting.institution_id = counted.institution_id
                                            AND posting.posted_at > snapshot.frozen_at
                                            AND posting.occurred_on >= make_date(report.year - 1, 1, 1)
                                            AND posting.occurred_on < make_date(report.year, 1, 1)
             WHERE past.year = report.year - 1 AND past.line = report.line
               AND (past.agency_id = report.agency_id
                    OR EXISTS (SELECT FROM places_unitreading AS reading
                                WHERE reading.unit_id = past.unit_id AND reading.reads_as_id = report.unit_id)))
    OR EXISTS (SELECT FROM reporting_report AS below
                 JOIN reporting_snapshot AS said ON said.id = below.approved_id OR said.amends_id = below.approved_id
                WHERE below.goes_to_id = report.id AND below.state = 'approved'
                  AND greatest(said.frozen_at, below.approved_at) > snapshot.frozen_at))
 ORDER BY report.id
"""
# Of the book: what happened after the last day that the report looked at changes nothing in it.
# Of tasks: which is done or shown by that day otherwise than it was told.
# Of money: of whoever may ever have left it to the body, a few more than `bodies.bodies_told`; also who was to tell it
# itself, and is not asked any more. Who is asked again takes its money back from whoever told it: rare enough to look
# through the whole cycle.


def perhaps_changed(day: dt.date) -> list[int]:
    """Approved reports of the last years below which something was written after they were frozen: only these can say
    something else now. One query."""
    with connection.cursor() as cursor:
        since = day.replace(year=day.year - YEARS_LOOKED_AT, day=min(day.day, 28))
        given: dict[str, Any] = {
            "since": since,
            "culture": sorted(CULTURE_KINDS),
            "zone": settings.TIME_ZONE,
            "reported": REPORTED,
        }
        cursor.execute(_PERHAPS, given)
        return [report for (report,) in cursor.fetchall()]


def changed_figures(report: Report) -> list[ChangeContent]:
    """Of an approved report, with both values; empty where all stand as they were told."""
    return [change for change, _figure in _changes(report)]


def addendum_content(report: Report, day: dt.date, reason: str) -> Content | None:
    """The content of an addendum with the figures that differ, each with both values, and which reports below stand by
    now; None where no figure does. All else in it is as it was approved."""
    approved, found = report.approved, _changes(report)
    if approved is None or not found:
        return None
    content: Content = {**approved.content}  # type: ignore[typeddict-item]
    content["amends"] = {"number": approved.number, "frozen_at": approved.content["frozen_at"]}
    content["reason"] = reason
    content["changes"] = [change for change, _figure in found]
    content["figures"] = [figure for _change, figure in found]
    if any(_is_of_the_period(figure, report) and figure["value_state"] != "not_reported" for _c, figure in found):
        content.pop("silent", None)  # it is no longer true
    with translation.override("vi"):
        content["below"] = below_content(report)
    content["header"] = content["header"].copy()
    content["header"]["day"] = long_day_words(day)
    content["header"]["title"] = f"Bổ sung, điều chỉnh số liệu Báo cáo {approved.number}"
    content["opening"] = (
        f"{content['header']['issuer']} bổ sung, điều chỉnh số liệu tại Báo cáo {approved.number} (số liệu tính đến "
        f"ngày {day_words(dt.date.fromisoformat(content['as_of']))}) như sau:"
    )
    return content


def _is_of_the_period(figure: FigureContent, report: Report) -> bool:
    """Of what was held or of targets, and not of the year before: without one a report is silent (`content`)."""
    years = report.cycle.years if report.cycle else (report.year,)
    key = figure["key"]
    return key.startswith(("measure:", "indicator:")) and any(is_of_year(key, year) for year in years)


def _changes(report: Report) -> list[tuple[ChangeContent, FigureContent]]:
    if report.approved is None:
        return []
    told = {key: figure for key, (_snapshot, figure) in told_last(report.approved).items()}
    are_apart = any(key.startswith(tasks_key(SHOWN, "")) for key in told)
    left_out = _NOT_AMENDED if are_apart else (*_NOT_AMENDED, OF_TASKS)
    now = _now(report, dt.date.fromisoformat(report.approved.content["as_of"]))
    recounted = _among_months(report.approved.content, now)
    found = []
    for key in sorted({*told, *now}):
        before, after = told.get(key), now.get(key)
        if key.startswith(left_out) or (recounted and _OF_A_MONTH in key) or _numbers(before) == _numbers(after):
            continue
        figure = after or _gone(told[key])
        change: ChangeContent = {
            "key": key,
            "label": figure["label"],
            "before": _numbers(before),
            "after": _numbers(after),
            "before_words": before["words"] if before else "Chưa nêu",
            "after_words": figure["words"],
        }
        found.append((change, figure))
    return found


def _among_months(approved: Content, now: Iterable[str]) -> bool:
    """Whether it was frozen while what is typed in for a quarter or a year stood among the months, and there is such:
    of its months then nobody can say what has changed; their wholes are held against each other as ever."""
    is_apart = "longer" in approved["activities"]
    return not is_apart and any(_OF_A_MONTH in key and key.endswith(f":{LONGER}") for key in now)


def _now(report: Report, as_of: dt.date) -> dict[str, FigureContent]:
    with translation.override("vi"):
        years = figures_by_year(report, as_of, is_leaf=not below_content(report))
        if report.cycle and Section.TARGETS in report.cycle.sections:
            tell_parts(years)
        if report.cycle and report.approved and Section.TASKS in report.cycle.sections:
            frozen_on = timezone.localdate(report.approved.frozen_at)
            tell_tasks_again(years, report.approved.content["tasks"], frozen_on)
        if report.cycle and Section.MONEY in report.cycle.sections:
            for year in years:
                tell_money(year)
        tell_period(years)
    return told_by(years)


def _gone(before: FigureContent) -> FigureContent:
    """A figure that nothing stands behind any more."""
    return {
        **before,
        "value_state": "not_reported",
        "numerator": None,
        "denominator": None,
        "words": "Không còn số liệu",
    }


def _numbers(figure: FigureContent | None) -> dict[str, str | None]:
    """What makes two figures the same."""
    if figure is None:
        return {"value_state": "not_reported", "numerator": None, "denominator": None}
    return {
        "value_state": figure["value_state"],
        "numerator": plain(_decimal(figure["numerator"])),
        "denominator": plain(_decimal(figure["denominator"])),
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
