"""A content made ready for the page: each figure with where it is from and what it opens."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.reporting.enums import Detail
from hocsuotdoi.reporting.formats.context import target_groups, task_groups
from hocsuotdoi.reporting.models import Content, Report
from hocsuotdoi.reporting.queries.activities import VISITS
from hocsuotdoi.reporting.queries.amounts import is_of_year, measure_key
from hocsuotdoi.reporting.queries.suggestions import NO_CAUSE, NO_DIFFICULTY, NO_PROPOSAL
from hocsuotdoi.reporting.queries.wording import NOT_REPORTED

MEASURE = "portal:indicators-measure-lineage"
LISTED_AT_MOST = 60
VALUE = "portal:indicators-value-lineage"


def shown(content: Content, report: Report | None = None) -> dict[str, Any]:
    """`report`: whose page it stands on, where figures of reports below open to them."""
    figures = {each["key"]: each for each in content.get("figures", ())}
    activities = content["activities"]
    opened = _Opened(content, figures, report)
    groups = target_groups(content["targets"])
    for group in groups:
        for row in group["rows"]:
            key = row.get("key")
            row["url"] = opened.url(key, VALUE, row["indicator"], row["cohort"])
            row["origin"] = origin_of(figures.get(key))
            row["cells"] = [
                {**each, "url": opened.url(each["key"], VALUE, row["indicator"], row["cohort"]) if each["key"] else ""}
                for each in row.get("years", ())
            ]
    return {
        "day": dt.date.fromisoformat(content["as_of"]),
        "figures": [
            {
                "label": label,
                "number": words,
                "url": opened.url(key, MEASURE, measure.value) if words != NOT_REPORTED else "",
                "coverage": _coverage(figures.get(key)),
                "origin": origin_of(figures.get(key)) if words != NOT_REPORTED else "",
            }
            for measure, label, words, key in _counts(content, figures)
        ],
        "sentences": activities["sentences"],
        "plans": groups,
        "period": _period(content, opened, groups),
        "told_later": report.cycle if report and report.cycle and report.cycle.is_told_later else None,
        "year_before": _year_before(content, opened),
        "tasks": [{**group, "label": _group_words(group)} for group in task_groups(content["tasks"])],
        "money": _money(content, figures),
        "missing": content["missing"][:LISTED_AT_MOST],
        "missing_count": len(content["missing"]),
        "missing_more": max(len(content["missing"]) - LISTED_AT_MOST, 0),
        "gaps": content.get("gaps", []),
        "below": content.get("below", []),
        "words": content["words"],
        "is_sample": content["has_sample"],
        "is_keyed": bool(figures),
        "changes": content.get("changes", []),
    }


def _counts(content: Content, figures: Mapping[str, Any]) -> Iterator[tuple[MeasureCode, str, str, str]]:
    """Measure, label, words and key of what was held, who came and who visited; nothing where the cycle does not ask.
    What nobody has reported is not 0: a key that is not told says so."""
    activities = content["activities"]
    sessions, attendance = _("sessions held"), _("attendances")
    wholes: list[tuple[MeasureCode, str, int | None, str]] = [
        (MeasureCode.PROGRAMME_SESSION, sessions, activities["sessions"], activities.get("sessions_key", "")),
        (MeasureCode.PROGRAMME_ATTENDANCE, attendance, activities["attendance"], activities.get("attendance_key", "")),
    ]
    if "figures" not in content:
        visits = [(MeasureCode(each["code"]), each["quantity"]) for each in activities["visits"]]
        for measure, label, quantity, key in [*wholes, *((code, code.label, many, "") for code, many in visits)]:
            yield measure, label, NOT_REPORTED if quantity is None else number(quantity), key
    elif activities["sentences"]:
        times = activities.get("sessions_key", "").rpartition(":")[2]
        visited = [(measure, measure.label, measure_key(measure, times)) for measure in VISITS]
        asked = [(measure, label, key) for measure, label, _quantity, key in wholes]
        for measure, label, key in [*asked, *(each for each in visited if each[2] in figures)]:
            yield measure, label, figures[key]["words"] if key in figures else NOT_REPORTED, key


def _group_words(group: Mapping[str, Any]) -> str:
    """As the document calls the tasks of a state, in the reader's language."""
    words = {
        "done": _("Tasks that are done"),
        "shown": _("Tasks shown to be done, not yet called done"),
        "doing": _("Tasks under way"),
        "late": _("Tasks behind their day"),
        "to_do": _("Tasks not begun"),
        "cannot": _("Tasks that cannot be done"),
    }
    return str(words.get(group["state"], group["title"].rpartition(" (")[0]))


def _coverage(figure: Mapping[str, Any] | None) -> str:
    """Empty where nobody in particular was expected to tell: totals that were typed in."""
    return figure["coverage_words"] if figure and figure["expected"] else ""


def origin_of(figure: Mapping[str, Any] | None) -> str:
    """Where a figure is from, in the reader's words."""
    if figure is None:
        return ""
    return {
        "counted": _("counted from the book"),
        "typed": _("typed in"),
        "consolidated": _("added up from the reports below"),
    }[figure["origin"]]


class _Opened:
    """Where a figure leads: to the reports it was added up from, to what was typed, to the book."""

    def __init__(self, content: Content, figures: Mapping[str, Any], report: Report | None):
        self.code, self.year, self.period = content["unit"]["code"], content["year"], content.get("period")
        self.figures, self.report = figures, report
        told = content.get("report")
        self.is_open = told is None or told["detail"] == Detail.FULL

    def url(self, key: str | None, page: str, *parts: str) -> str:
        origin = self.figures[key]["origin"] if key in self.figures else "counted"
        if origin == "consolidated" and self.report is not None:
            return f"{reverse('workspace:reporting-report-figure', args=[self.report.pk])}?key={key}"
        if origin == "typed":
            return "#totals"
        return reverse(page, args=[self.code, self._year_of(key), *parts]) if self.is_open else ""

    def _year_of(self, key: str | None) -> int:
        """Of a report over several years: the year of the figure, for a sum of the period its last."""
        if self.period is None:
            return self.year
        years = [each["year"] for each in self.period["years"]]
        return next((year for year in years if key and is_of_year(key, year)), years[-1])


def _period(content: Content, opened: _Opened, groups: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Year by year, where the report is of several."""
    period = content.get("period")
    if period is None:
        return None
    titles = {"activities": _("What was held"), "tasks": _("Tasks"), "money": _("Money")}
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in period["rows"]:
        cells = [{**cell, "url": _cell_url(opened, row["group"], cell["key"])} for cell in row["cells"]]
        total = {**row["total"], "coverage": _coverage(opened.figures.get(row["total"]["key"]))}
        rows.setdefault(row["group"], []).append({"label": row["label"], "cells": cells, "total": total})
    return {
        "words": period["words"],
        "years": [each["year"] for each in period["years"]],
        "sentences": period["sentences"],
        "groups": [{"title": titles[group], "rows": of_group} for group, of_group in rows.items()],
        "plans": [group for group in groups if any(row["cells"] for row in group["rows"])],
    }


def _year_before(content: Content, opened: _Opened) -> dict[str, Any] | None:
    """What is added to the year before; it opens to the reports that it was added up from."""
    added = content.get("year_before")
    if added is None:
        return None
    rows = []
    for row in added["rows"]:
        is_open = row["key"] in opened.figures and opened.figures[row["key"]]["origin"] == "consolidated"
        rows.append({**row, "url": opened.url(row["key"], MEASURE) if is_open else ""})
    return {**added, "after": dt.date.fromisoformat(added["after"]), "rows": rows}


def _cell_url(opened: _Opened, group: str, key: str) -> str:
    """Tasks and money open only to the reports that they were added up from."""
    if not key or (group != "activities" and opened.figures[key]["origin"] != "consolidated"):
        return ""
    return opened.url(key, MEASURE, key.split(":")[1])


def _money(content: Content, figures: Mapping[str, Any]) -> dict[str, Any] | None:
    money = content.get("money")
    if not money or not money["rows"]:
        return None
    rows = [
        {
            "stage": row["stage_words"],
            "source": row["source_words"],
            "words": figures[row["key"]]["words"] if row["key"] in figures else "",
            "origin": origin_of(figures.get(row["key"])),
        }
        for row in money["rows"]
    ]
    return {"rows": rows, "sentences": money["sentences"]}


def suggestion_of(content: Content, field: str) -> list[str]:
    """What the figures say in a field of words; nothing where they say nothing: «none was stated» suggests nothing."""
    words = content["words"]
    said = list(words.get(field, [])) if field in words["suggested"] else []  # type: ignore[call-overload]
    return [] if said in ([NO_DIFFICULTY], [NO_CAUSE], [NO_PROPOSAL]) else said
