"""Money in a report: sums by stage and source, the agency's own and those of the approved reports below."""

from decimal import Decimal

from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.queries.money import sums_by_source
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import MoneyContent, MoneyRowContent
from hocsuotdoi.reporting.queries.amounts import Amount, money_key
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.wording import (
    MONEY_SOURCE_WORDS,
    MONEY_STAGE_WORDS,
    NOT_REPORTED,
    in_sentence,
    money_words,
)

NO_MONEY: MoneyContent = {"rows": [], "sentences": []}


def own_money(report: Report) -> dict[str, Amount]:
    """What the body's lines say, by key; a stage of which no line says anything is not reported, and not 0. One
    query."""
    lines = MoneyLine.objects.filter(agency=report.agency_id, year=report.year)
    found: dict[str, Amount] = {}
    for source, sums in sums_by_source(lines).items():
        for stage in MoneyStage:
            said = sums.of(stage)
            amount = None if said.amount is None else Decimal(said.amount)
            found[money_key(stage, source, report.year)] = Amount(amount, None, said.lines, said.of)
    return found


def money_content(found: Figures) -> MoneyContent:
    """Tells the figures of money, and lays them out by source and stage. One query."""
    report = found.report
    found.own.amounts.update(own_money(report))
    rows: list[MoneyRowContent] = []
    totals: dict[MoneyStage, Decimal] = {}
    for source in MoneySource:
        for stage in MoneyStage:
            key = money_key(stage, source, report.year)
            amount = found.combined(key, 0)
            if amount is None:
                continue
            label = f"{MONEY_STAGE_WORDS[stage]}, {MONEY_SOURCE_WORDS[source]}"
            words = NOT_REPORTED if amount.numerator is None else money_words(amount.numerator)
            found.tell(key, label, amount, words)
            if amount.numerator is not None:
                totals[stage] = totals.get(stage, Decimal(0)) + amount.numerator
            rows.append(
                {
                    "stage": stage.value,
                    "stage_words": MONEY_STAGE_WORDS[stage],
                    "source": source.value,
                    "source_words": MONEY_SOURCE_WORDS[source],
                    "label": label,
                    "key": key,
                }
            )
    for stage, total in totals.items():
        key = money_key(stage, "all", report.year)
        label = f"{MONEY_STAGE_WORDS[stage]}, các nguồn"
        found.tell(key, label, Amount(total), money_words(total), is_additive=False)
    return {"rows": rows, "sentences": _sentences(totals, report.year)}


def _sentences(totals: dict[MoneyStage, Decimal], year: int) -> list[str]:
    if not totals:
        return [f"Chưa có số liệu về kinh phí thực hiện Chương trình năm {year}."]
    said = [stage for stage in MoneyStage if stage in totals]
    told = [f"{in_sentence(MONEY_STAGE_WORDS[stage])} {money_words(totals[stage])}" for stage in said]
    return [f"Kinh phí thực hiện Chương trình năm {year}: {'; '.join(told)}."]
