"""What happened to a report, who wrote what, where it lies, and how one snapshot differs from another."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps

from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.queries.assignments import names_of
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report, ReportStep, Snapshot
from hocsuotdoi.reporting.queries.newest import newest_figures

WORDS = ("results", "difficulties", "causes", "proposals")


@dataclass(frozen=True, slots=True)
class Trail:
    step: ReportStep
    by: str


def trail_of(report: Report) -> list[Trail]:
    """The newest first. Two queries."""
    steps = list(report.steps.select_related("snapshot", "instead").defer("snapshot__content").order_by("-at", "-pk"))
    names = names_of({each.by for each in steps if each.by})
    return [Trail(each, names.get(each.by, "") if each.by else "") for each in steps]


@dataclass(frozen=True, slots=True)
class Station:
    """A body on the way up. `is_here`: the report lies there now."""

    name: str
    is_here: bool
    is_past: bool


def way_up(report: Report) -> list[Station]:
    """The body itself, then those above it. One query."""
    agencies = Agency.objects.in_bulk(report.above)
    names = [str(report.agency), *(agencies[pk].name for pk in report.above if pk in agencies)]
    place = 0 if report.state not in (ReportState.SUBMITTED, ReportState.APPROVED) else 1
    if report.state == ReportState.APPROVED and report.goes_to and report.goes_to.state == ReportState.APPROVED:
        place = 2
    place = min(place, len(names) - 1)
    return [Station(name, number == place, number < place) for number, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class Written:
    """Who last changed one field of words since a version, and when."""

    by: str
    at: dt.datetime


def written_since(report: Report, version: int) -> dict[str, Written]:
    """For each field of words that was changed after `version`: by whom and when it was changed last. From the trail
    of changes that the database keeps. Two queries."""
    events = list(
        apps.get_model("reporting", "ReportEvent")
        .objects.filter(pgh_obj=report.pk, version__gte=version)
        .order_by("pgh_id")
        .values(*WORDS, "version", "changed_by_id", "changed_at")
    )
    people = names_of({each["changed_by_id"] for each in events if each["changed_by_id"]})
    found = {}
    for before, after in itertools.pairwise(events):
        for field in WORDS:
            if before[field] != after[field]:
                found[field] = Written(people.get(after["changed_by_id"], ""), after["changed_at"])
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """What one report below brings into a figure; parts None: not reported. `addendum`: the number of the one that
    says it, where it came after the report above was frozen, which does not have it yet."""

    name: str
    report: int
    state: str
    numerator: Decimal | None
    denominator: Decimal | None
    addendum: str = ""


def parts_of(report: Report, key: str) -> list[Part]:
    """The figure `key` in each report that goes into this one; of those approved, for nothing else is added up, and as
    their addenda say it now. Three queries."""
    below = list(report.from_below.select_related("agency").order_by("unit__sort_key", "agency__name", "pk"))
    figures = {
        figure.snapshot.report_id: figure for figure in newest_figures([each.pk for each in below]).filter(key=key)
    }
    frozen_at = None
    if report.submitted is not None:  # or told anew by an addendum of its own
        frozen_at = max(each.frozen_at for each in (report.submitted, *report.submitted.addenda.defer("content")))
    rows = []
    for each in below:
        figure = figures.get(each.pk)
        if figure is None:
            rows.append(Part(str(each.agency), each.pk, each.state, None, None))
            continue
        said = figure.snapshot
        is_later = said.amends_id is not None and frozen_at is not None and said.frozen_at > frozen_at
        number = said.number if is_later else ""
        rows.append(Part(str(each.agency), each.pk, each.state, figure.numerator, figure.denominator, number))
    return rows


@dataclass(frozen=True, slots=True)
class Turn:
    """A figure or paragraphs that differ between two snapshots."""

    label: str
    before: str
    after: str


def turns_between(old: Snapshot, new: Snapshot) -> tuple[list[Turn], list[Turn]]:
    """What differs: figures, then words. Figures of contents of the first shape are not keyed and are left out."""
    before, after = _figures_by_key(old.content), _figures_by_key(new.content)
    figures = [
        Turn(
            (after.get(key) or before[key])["label"],
            before[key]["words"] if key in before else "",
            after[key]["words"] if key in after else "",
        )
        for key in _in_order(before, after)
        if (before.get(key) or {}).get("words") != (after.get(key) or {}).get("words")
    ]
    words = [
        Turn(field, "\n".join(_said(old.content, field)), "\n".join(_said(new.content, field)))
        for field in WORDS
        if _said(old.content, field) != _said(new.content, field)
    ]
    return figures, words


def _figures_by_key(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["key"]: each for each in content.get("figures", ())}


def _in_order(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    return [*after, *(key for key in before if key not in after)]


def _said(content: Mapping[str, Any], field: str) -> list[str]:
    return list((content.get("words") or {}).get(field, ()))
