"""What looks odd in a report and waits for a word of its people before it is submitted.

Each is named by a key and shows numbers. A word about it holds as long as the numbers are the same: with other numbers
it is asked again. Of reports below nothing is asked here: their own people have answered.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import WAITING, IndicatorKind, QualityRule
from hocsuotdoi.indicators.models import Indicator, QualityFinding
from hocsuotdoi.programme.queries.standing import SHOWN
from hocsuotdoi.reporting.enums import Detail, ReportState
from hocsuotdoi.reporting.models import Content, CountedInstitution, ExceptionAnswer, Report
from hocsuotdoi.reporting.models.content import FigureContent, TargetContent, TaskContent
from hocsuotdoi.reporting.queries.amounts import is_of_year, key_of_year
from hocsuotdoi.reporting.queries.newest import newest_figures
from hocsuotdoi.reporting.queries.wording import day_words, number_words

_NOT_COMPARED = (IndicatorKind.GROWTH, IndicatorKind.YES_NO)
TASK_SHOWN = "task_shown"
MUCH = Decimal(50)  # per cent more or less than the year before


@dataclass(frozen=True, slots=True)
class FoundException:
    """`key` names it over time, `numbers` are what is shown; an answer holds as long as they are the same. `figure` is
    the key of the figure it is about, empty where it is about none."""

    key: str
    rule: str
    words: str
    numbers: dict[str, Any]
    figure: str = ""
    answer: ExceptionAnswer | None = None

    @property
    def seen(self) -> str:
        """A few signs that change with the numbers and with the answer that stands: an answer is to what somebody saw,
        and over no word that they have not seen."""
        said = [self.answer.pk] if self.answer else []
        text = json.dumps([self.key, self.numbers, *said], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def says(self, reason: str) -> bool:
        """Whether just this has been answered already."""
        return self.answer is not None and self.answer.reason == plain_reason(reason)


def plain_reason(text: str) -> str:
    """As it is kept."""
    return normalise(text).strip()


def exceptions_of(report: Report, content: Content, day: dt.date) -> list[FoundException]:
    """In the order of the document, each with the answer that still holds. Four queries."""
    found = [
        *_silence(content),
        *_from_last_year(report, content),
        *(each for target in content["targets"] if (each := _off_track(target)) is not None),
        *(each for task in content["tasks"] if (each := _late(task) or _shown(task)) is not None),
        *_quality(report),
        *_population(content),
    ]
    answers = newest_answers(report)
    return [replace(each, answer=_holding(answers.get(each.key), each.numbers)) for each in found]


def unanswered(found: list[FoundException]) -> list[FoundException]:
    return [each for each in found if each.answer is None]


# -- nothing at all --


def _silence(content: Content) -> Iterator[FoundException]:
    """A commune may have no institution; it says so itself, and is not taken for one that forgot."""
    silent = content.get("silent")
    if silent is None:
        return
    if silent == "nobody":
        text = _(
            "No institution is counted in this report and no total was typed: it says nothing of what was held. Is "
            "there really no institution, or does one lack in the register?"
        )
    else:
        text = _("There is not one figure in this report, of what was held or of targets. Is it really so?")
    yield FoundException("silent", "silent", text, {"silent": silent})


# -- against the year before --


def _from_last_year(report: Report, content: Content) -> Iterator[FoundException]:
    """What more than half as much again, or less than half, and what there was and is not any more."""
    year = year_looked_at(content)
    before = _year_before(content, year) if "period" in content else _last_year(report)
    kinds = _kinds(content)
    for figure in content.get("figures", ()):
        if not is_of_year(figure["key"], year):
            continue
        old = before.get(key_of_year(figure["key"], year, year - 1))
        if old is None or figure["numerator"] is None or not _is_compared(figure, kinds):
            continue
        now, then = _measure(figure["numerator"], figure["denominator"]), _measure(*old)
        if now is None or not then:
            continue
        numbers = {"now": figure["words"], "before": _number_text(*old)}
        words = {"figure": figure["label"], **numbers, "year": year - 1}
        if now == 0:
            text = _("%(figure)s: 0 now, %(before)s in %(year)s. Has nothing been held, or is it missing?") % words
            yield FoundException(f"zero|{figure['key']}", "zero", text, numbers, figure["key"])
        elif abs(now - then) * 100 / then > MUCH:
            text = _("%(figure)s: %(now)s, but %(before)s in %(year)s: more than half as much apart.") % words
            yield FoundException(f"change|{figure['key']}", "change", text, numbers, figure["key"])


def year_looked_at(content: Content) -> int:
    """The year that is held against the one before: the last of those that the report tells. What was odd in earlier
    years was asked in their own reports."""
    return content["period"]["years"][-1]["year"] if "period" in content else content["year"]


def _year_before(content: Content, year: int) -> dict[str, tuple[Decimal, Decimal | None]]:
    """The same of a report over several years, which tells the year before itself."""
    return {
        each["key"]: (Decimal(each["numerator"]), None if each["denominator"] is None else Decimal(each["denominator"]))
        for each in content.get("figures", ())
        if each["numerator"] is not None and is_of_year(each["key"], year - 1)
    }


def _last_year(report: Report) -> dict[str, tuple[Decimal, Decimal | None]]:
    """Numerators and denominators of the body's approved report of the year before in a cycle of the same owner and
    kind (of several the one that looked furthest), as amended, by key. One query."""
    cycle = report.cycle
    before = Report.objects.filter(
        agency=report.agency_id, line=report.line, year=report.year - 1, state=ReportState.APPROVED,
        cycle__owner=cycle.owner_id if cycle else None, cycle__kind=cycle.kind if cycle else None,
    )  # fmt: skip
    figures = newest_figures(before.order_by("-cycle__counted_until", "-pk")[:1])
    return {each.key: (each.numerator, each.denominator) for each in figures if each.numerator is not None}


def _kinds(content: Content) -> dict[str, str]:
    """Kind by indicator. One query."""
    codes = {
        figure["key"].split(":")[1] for figure in content.get("figures", ()) if figure["key"].startswith("indicator:")
    }
    return dict(Indicator.objects.filter(code__in=codes).values_list("code", "kind"))


def _is_compared(figure: FigureContent, kinds: Mapping[str, str]) -> bool:
    """Whole measures and indicators: not by month or sex, not money, which no two years have alike."""
    what, name, *rest = figure["key"].split(":")
    if what == "measure":
        return len(rest) == 1
    return (
        what == "indicator" and len(rest) == 2 and kinds.get(name) not in (IndicatorKind.GROWTH, IndicatorKind.YES_NO)
    )


def _measure(top: str | Decimal, below: str | Decimal | None) -> Decimal | None:
    """A count, or a share: what is held against the other year."""
    if below is None:
        return Decimal(top)
    return Decimal(top) / Decimal(below) if Decimal(below) else None


def _number_text(top: Decimal, below: Decimal | None) -> str:
    return number_words(top) if below is None else f"{number_words(top)}/{number_words(below)}"


# -- targets, tasks --


def _off_track(target: TargetContent) -> FoundException | None:
    if target["state"] != "off_track":
        return None
    name = f"{target['indicator']}|{target['cohort']}|{target['plan']}|{target['clause']}"
    numbers = {"value": target["value_words"], "due": target["expected_now"] or target["target_words"]}
    text = _("%(target)s: %(value)s, behind what the plan asks for (%(due)s).") % {
        "target": target["short_name"],
        "value": target["value_words"],
        "due": target["trajectory_words"] or target["target_words"],
    }
    return FoundException(f"off_track|{name}"[:200], "off_track", text, numbers, target.get("key", ""))


def _late(task: TaskContent) -> FoundException | None:
    if task["state"] != "late":
        return None
    numbers = {"due_on": task.get("due_on", "")}
    text = _("Late: %(task)s (%(due)s).") % {"task": task["text"], "due": task["due_words"]}
    return FoundException(f"task_late|{task.get('assignment', '')}", "task_late", text, numbers)


def _shown(task: TaskContent) -> FoundException | None:
    """Left to a person: it is called done, or somebody says why it is not."""
    if task["state"] != SHOWN:
        return None
    numbers = {"met_on": task.get("met_on", "")}
    text = _("What was held shows this to be done since %(day)s, and nobody has called it done: %(task)s") % {
        "day": day_words(dt.date.fromisoformat(task["met_on"])),
        "task": task["text"],
    }
    return FoundException(f"{TASK_SHOWN}|{task.get('assignment', '')}", TASK_SHOWN, text, numbers)


def assignment_of(found: FoundException) -> int | None:
    """Of which task a person may say in one tap that it is done; None of what is odd about anything else."""
    rule, _bar, key = found.key.partition("|")
    return int(key) if rule == TASK_SHOWN else None


# -- findings about the figures below them --


def _quality(report: Report) -> Iterator[FoundException]:
    """What the checks of figures found at the institutions counted here and nobody has answered there: by rule, since
    a commune may have dozens. One query."""
    if report.detail == Detail.TOTALS:
        return
    counted = CountedInstitution.objects.filter(report=report).values("institution")
    rows = (
        QualityFinding.objects.filter(
            institution__in=counted,
            state__in=WAITING,
            starts_on__year__range=(report.cycle.years[0] if report.cycle else report.year, report.year),
        )
        .order_by()
        .values_list("rule")
        .annotate(number=Count("pk"))
    )
    counts: Counter[str] = Counter(dict(rows))
    for rule in QualityRule:
        if count := counts[rule.value]:
            text = ngettext(
                "%(count)s figure of your institutions: %(rule)s. It has not been answered yet.",
                "%(count)s figures of your institutions: %(rule)s. They have not been answered yet.",
                count,
            ) % {"count": count, "rule": rule.label}
            yield FoundException(f"quality|{rule.value}", "quality", text, {"count": count})


def _population(content: Content) -> Iterator[FoundException]:
    """Shares of a population that is not of the year told."""
    told = year_looked_at(content)
    for figure in content.get("figures", ()):
        year = figure.get("population_of")
        if year is None or year == told or not is_of_year(figure["key"], told):
            continue
        text = _("%(figure)s: the population is that of %(year)s. Is there a newer one?") % {
            "figure": figure["label"],
            "year": year,
        }
        numbers = {"population_of": year, "population": figure["denominator"]}
        yield FoundException(f"population|{figure['key']}", "population", text, numbers, figure["key"])


# -- answers --


def newest_answers(report: Report) -> dict[str, ExceptionAnswer]:
    """The newest about each. One query."""
    rows = ExceptionAnswer.objects.filter(report=report).order_by("key", "-at", "-pk").distinct("key")
    return {row.key: row for row in rows}


def _holding(answer: ExceptionAnswer | None, numbers: Mapping[str, Any]) -> ExceptionAnswer | None:
    return answer if answer is not None and answer.numbers == numbers else None
