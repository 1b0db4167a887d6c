"""How long reports take those who write them, as a figure to bring down: by tier and line, never by body or person."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.ranking import Bar, Group, ranking
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.reporting.enums import CommandLine, CycleState, ReportStepKind
from hocsuotdoi.reporting.models import Cycle

FEWEST = 5
"""Of fewer reports nothing is shown: it would tell of single bodies."""

_SUMS = f"""
WITH spent AS (
    SELECT s.report_id,
           sum(GREATEST(extract(epoch FROM s.last_at - s.began_at) / 60.0, 1.0))::float AS minutes,
           sum(s.requests) AS requests
      FROM reporting_workspell s JOIN reporting_report r ON r.id = s.report_id
     WHERE r.cycle_id = ANY(%(cycles)s) GROUP BY s.report_id
), back AS (
    SELECT p.report_id, count(*) AS times
      FROM reporting_reportstep p JOIN reporting_report r ON r.id = p.report_id
     WHERE r.cycle_id = ANY(%(cycles)s) AND p.kind = '{ReportStepKind.RETURNED}' GROUP BY p.report_id
), worded AS (
    SELECT r.id,
           (r.results <> '')::int + (r.difficulties <> '')::int
           + (r.causes <> '')::int + (r.proposals <> '')::int AS own,
           cardinality(regexp_split_to_array(
               trim(concat_ws(' ', NULLIF(r.results, ''), NULLIF(r.difficulties, ''), NULLIF(r.causes, ''),
                              NULLIF(r.proposals, ''))), '\\s+'))
           * (concat(r.results, r.difficulties, r.causes, r.proposals) <> '')::int AS words
      FROM reporting_report r WHERE r.cycle_id = ANY(%(cycles)s)
)
SELECT r.cycle_id, u.tier, r.line, count(*),
       percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY spent.minutes),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY spent.requests),
       COALESCE(sum(back.times), 0),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY worded.words),
       sum(worded.own)
  FROM reporting_report r
  JOIN places_adminunit u ON u.id = r.unit_id
  JOIN spent ON spent.report_id = r.id
  JOIN worded ON worded.id = r.id
  LEFT JOIN back ON back.report_id = r.id
 WHERE r.cycle_id = ANY(%(cycles)s)
   AND EXISTS (SELECT FROM reporting_reportstep p
                WHERE p.report_id = r.id AND p.kind = '{ReportStepKind.SUBMITTED}')
 GROUP BY r.cycle_id, u.tier, r.line
"""


@dataclass(frozen=True)
class Spent:
    """Minutes of one group's reports: the quartiles. `requests`: the median of pages asked for. `returned`: how often
    reports were returned. `words`: the median of words typed; `own_parts`: of the four parts in words, how many people
    wrote themselves instead of leaving what was suggested, per report."""

    reports: int
    low: float
    median: float
    high: float
    requests: float
    returned: int
    words: float
    own_parts: float

    @property
    def suggested_parts(self) -> float:
        return 4 - self.own_parts


@dataclass(frozen=True)
class BurdenRow:
    """One tier on one line; None: fewer than five reports, not shown."""

    tier: str
    line: str
    now: Spent | None
    before: Spent | None

    @property
    def label(self) -> str:
        return f"{Tier(self.tier).label.capitalize()}, {CommandLine(self.line).label}"

    @property
    def saved(self) -> float | None:
        """Minutes that one report takes less than in the cycle before; below zero: more."""
        return self.before.median - self.now.median if self.now and self.before else None


@dataclass(frozen=True)
class Burden:
    cycle: Cycle
    before: Cycle | None
    rows: list[BurdenRow]

    @property
    def sentence(self) -> str:
        """Of the group with most reports: what one of them takes, and how that has changed."""
        shown = [row for row in self.rows if row.now]
        if not shown:
            return ""
        row = max(shown, key=lambda each: each.now.reports if each.now else 0)
        assert row.now is not None
        takes = _("{group}: half of the reports took at most {time}.").format(
            group=row.label, time=in_words(row.now.median)
        )
        if row.saved is None:
            return takes
        if round(row.saved) == 0:
            return f"{takes} {_('That is as long as in the cycle before.')}"
        words = (
            _("That is {time} less than in the cycle before.")
            if row.saved > 0
            else _("That is {time} more than in the cycle before.")
        )
        return f"{takes} {words.format(time=in_words(abs(row.saved)))}"

    @property
    def chart(self) -> Chart | None:
        groups = [
            Group(row.label, [_bar(cycle, spent) for cycle, spent in self._pair(row) if cycle])
            for row in self.rows
            if row.now or row.before
        ]
        if not groups:
            return None
        title = _("Minutes for one report (half of them took at most so long)")
        return ranking(title, groups, name=_("Cycle"), measure=_("minutes"))

    def _pair(self, row: BurdenRow) -> list[tuple[Cycle | None, Spent | None]]:
        return [(self.before, row.before), (self.cycle, row.now)]


def burden_of(cycle: Cycle) -> Burden:
    """Of reports that have been submitted at least once. Two queries, whatever the size."""
    before = cycle_before(cycle)
    found: dict[tuple[str, str], dict[int, Spent]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"cycles": [each.pk for each in (cycle, before) if each]})
        for key, tier, line, *figures in cursor.fetchall():
            found.setdefault((tier, line), {})
            if figures[0] >= FEWEST:
                found[tier, line][key] = _spent(*figures)
    order = [(tier, line) for tier in reversed(Tier.values) for line in CommandLine.values]
    rows = [
        BurdenRow(tier, line, found[tier, line].get(cycle.pk), found[tier, line].get(before.pk) if before else None)
        for tier, line in order
        if (tier, line) in found
    ]
    return Burden(cycle, before, rows)


def cycle_before(cycle: Cycle) -> Cycle | None:
    """The last one of the same owner and kind that was opened before."""
    earlier = Cycle.objects.filter(owner=cycle.owner_id, kind=cycle.kind, due_on__lt=cycle.due_on)
    return earlier.exclude(state=CycleState.PREPARING).order_by("-due_on").first()


def in_words(minutes: float) -> str:
    whole = max(round(minutes), 1)
    hours, rest = divmod(whole, 60)
    said = [
        ngettext("{number} hour", "{number} hours", hours).format(number=hours) if hours else "",
        ngettext("{number} minute", "{number} minutes", rest).format(number=rest) if rest else "",
    ]
    return " ".join(filter(None, said))


def _spent(reports: int, quartiles: list[float], requests: float, returned: Any, words: float, own: Any) -> Spent:
    low, median, high = quartiles
    return Spent(reports, low, median, high, requests, int(returned), words, float(own) / reports)


def _bar(cycle: Cycle, spent: Spent | None) -> Bar:
    short = str((cycle.ends_on.year - 1) if cycle.ends_on.month == 1 else cycle.ends_on.year)
    if spent is None:
        return Bar(cycle.title, None, _("fewer than {number} reports").format(number=FEWEST), short=short)
    return Bar(cycle.title, round(spent.median), in_words(spent.median), short=short)
