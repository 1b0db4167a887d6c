"""Money in a report: sums by stage and source, the agency's own and those of the approved reports below."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Count, Window

from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.queries.money import sums_by_source
from hocsuotdoi.reporting.enums import CommandLine
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import FigureContent, MoneyContent, MoneyRowContent
from hocsuotdoi.reporting.queries.amounts import Amount, money_key
from hocsuotdoi.reporting.queries.bodies import bodies_told, bodies_untold
from hocsuotdoi.reporting.queries.counts import tell_count
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.suggestions import NAMED_AT_MOST
from hocsuotdoi.reporting.queries.wording import (
    MONEY_SOURCE_WORDS,
    MONEY_STAGE_WORDS,
    NOT_REPORTED,
    in_sentence,
    money_words,
    number_words,
)

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


def untold_sentences(found: Figures) -> list[str]:
    """Names whose money is in no figure, and tells how many they are: where the line of local authorities comes
    together, or all lines do. One query."""
    report = found.report
    if report.line != CommandLine.TERRITORY and report.goes_to_id is not None:
        return []
    every = bodies_untold(report).annotate(number=Window(Count("pk")))
    rows = list(every.values_list("name", "unit__name", "number")[:NAMED_AT_MOST])
    if not rows:
        return []
    number, named = rows[0][2], "; ".join(_named(name, unit or "") for name, unit, _number in rows)
    more = f"; và {number_words(number - len(rows))} cơ quan khác" if number > len(rows) else ""
    tell_count(found, "money:untold", "Số cơ quan chưa có trong số tổng hợp kinh phí", number)
    if more:
        label = "Số cơ quan chưa có trong số tổng hợp kinh phí, không nêu tên"
        tell_count(found, "money:unnamed", label, number - len(rows))
    return [
        f"Kinh phí của {number_words(number)} cơ quan không được nêu trong báo cáo nào của đợt này nên chưa có trong "
        f"số tổng hợp: {named}{more}."
    ]


def _named(name: str, unit: str) -> str:
    """With its unit, unless its name says it."""
    return name if unit.lower() in name.lower() else f"{name} ({unit})"


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
