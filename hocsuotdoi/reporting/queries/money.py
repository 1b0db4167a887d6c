"""Money in a report: sums by stage and source, the agency's own and those of the approved reports below."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency, UnitReading
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.queries.money import sums_by_source
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import FigureContent, MoneyContent, MoneyRowContent
from hocsuotdoi.reporting.queries.amounts import Amount, money_key
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.wording import (
    MONEY_SOURCE_WORDS,
    MONEY_STAGE_WORDS,
    NOT_REPORTED,
    in_sentence,
    money_words,
)

CULTURE_KINDS = frozenset[str]({AgencyKind.CULTURE, AgencyKind.CULTURE_SOCIETY})
NO_MONEY: MoneyContent = {"rows": [], "sentences": []}
_EVERY = [(source, stage) for source in MoneySource for stage in MoneyStage]


def own_money(report: Report, year: int) -> dict[str, Amount]:
    """What the lines of `bodies_told` say, by key; a stage of which no line says anything is not reported, and not 0.
    One query."""
    lines = MoneyLine.objects.filter(agency__in=bodies_told(report).values("pk"), year=year)
    found: dict[str, Amount] = {}
    for source, sums in sums_by_source(lines).items():
        for stage in MoneyStage:
            said = sums.of(stage)
            amount = None if said.amount is None else Decimal(said.amount)
            found[money_key(stage, source, year)] = Amount(amount, None, said.lines, said.of)
    return found


def bodies_told(report: Report) -> QuerySet[Agency]:
    """Whose money the report tells: the body's own, and what bodies of its kind left that have ended or whose unit has,
    where that is read as the body's on the map of the cycle (on the day it began, for a unit that came later).

    Who owes a report in the cycle tells its own. Of several bodies of a kind in one unit the first tells what was left,
    so that nothing is told twice.
    """
    body, cycle = report.agency, report.cycle
    if body is None or cycle is None:
        return Agency.objects.none()
    map_day = day_on_map_of(report.unit, cycle.map_on)
    here = UnitReading.objects.on(map_day).filter(reads_as=report.unit_id).values("unit")
    asked = Report.objects.filter(cycle=cycle.pk).exclude(state=ReportState.EXCUSED)
    kinds = _alike(body.kind)
    left = Q(kind__in=kinds, unit__in=here, is_sample=False) & (~Q(unit=report.unit_id) | Q(ends_on__lte=map_day))
    is_first = ~Exists(asked.filter(unit=report.unit_id, agency__kind__in=kinds, agency__lt=body.pk))
    return Agency.objects.filter(Q(pk=body.pk) | left & is_first & ~Exists(asked.filter(agency=OuterRef("pk"))))


def _alike(kind: str) -> frozenset[str]:
    """What a district's culture office did is a commune's office for culture and society's now."""
    return CULTURE_KINDS if kind in CULTURE_KINDS else frozenset({kind})


def tell_money(found: Figures) -> None:
    """Tells the figures of a year, by source and stage and of all sources. One query."""
    found.own.amounts.update(own_money(found.report, found.year))
    totals: dict[MoneyStage, Decimal] = {}
    for source, stage in _EVERY:
        key = money_key(stage, source, found.year)
        amount = found.combined(key, 0)
        if amount is None:
            continue
        words = NOT_REPORTED if amount.numerator is None else money_words(amount.numerator)
        found.tell(key, f"{MONEY_STAGE_WORDS[stage]}, {MONEY_SOURCE_WORDS[source]}", amount, words)
        if amount.numerator is not None:
            totals[stage] = totals.get(stage, Decimal(0)) + amount.numerator
    for stage, total in totals.items():
        label = f"{MONEY_STAGE_WORDS[stage]}, các nguồn"
        found.tell(money_key(stage, "all", found.year), label, Amount(total), money_words(total), is_additive=False)


def money_content(told: Mapping[str, FigureContent], time: str, in_time: str) -> MoneyContent:
    """What was told, laid out by source and stage. `time`: the year or the period of the keys, `in_time` in words. No
    query."""
    rows: list[MoneyRowContent] = [
        {
            "stage": stage.value,
            "stage_words": MONEY_STAGE_WORDS[stage],
            "source": source.value,
            "source_words": MONEY_SOURCE_WORDS[source],
            "label": told[key]["label"],
            "key": key,
        }
        for source, stage in _EVERY
        if (key := money_key(stage, source, time)) in told
    ]
    totals = [(stage, told.get(money_key(stage, "all", time))) for stage in MoneyStage]
    said = [f"{in_sentence(MONEY_STAGE_WORDS[stage])} {figure['words']}" for stage, figure in totals if figure]
    if not said:
        return {"rows": rows, "sentences": [f"Chưa có số liệu về kinh phí thực hiện Chương trình {in_time}."]}
    return {"rows": rows, "sentences": [f"Kinh phí thực hiện Chương trình {in_time}: {'; '.join(said)}."]}
