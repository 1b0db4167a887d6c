"""What a report counts in itself: targets and tasks by state, institutions without figures, reports below. Sentences
print these numbers; here each gets its key, so that it can be checked as any other (decision 118)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from hocsuotdoi.programme.enums import MoneyStage
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models.content import BelowContent, MissingContent, TargetContent, TaskContent
from hocsuotdoi.reporting.queries.amounts import Amount, money_key
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.suggestions import NAMED_AT_MOST, allocated_share, applicable
from hocsuotdoi.reporting.queries.wording import STATE_WORDS, in_sentence, number_words, percent_words

COUNT = "count"
"""How keys of such numbers begin. They are of the report as it was written: no report adds them up, none amends
them."""


def tell_count(found: Figures, name: str, label: str, number: int) -> None:
    found.tell(
        f"{COUNT}:{name}", label, Amount(Decimal(number)), number_words(number), is_additive=False, origin="counted"
    )


def tell_counts(
    found: Figures,
    targets: Sequence[TargetContent],
    tasks: Sequence[TaskContent],
    missing: Sequence[MissingContent],
    below: Sequence[BelowContent],
) -> None:
    """Tells them in `found`. No query."""
    told = chain(_of_targets(targets), _of_tasks(tasks), _of_missing(found, missing), _of_below(below))
    for name, label, number in told:
        tell_count(found, name, label, number)


def tell_share(found: Figures, time: int | str) -> None:
    """How much of the money that was estimated has been allocated."""

    def money(stage: MoneyStage) -> Decimal | None:
        told = found.told.get(money_key(stage, "all", time))
        return Decimal(told["numerator"]) if told and told["numerator"] is not None else None

    estimated, allocated = money(MoneyStage.ESTIMATED), money(MoneyStage.ALLOCATED)
    share = allocated_share(estimated, allocated)
    if share is not None:
        label = "Kinh phí được giao so với dự toán"
        found.tell(
            f"{COUNT}:money:allocated",
            label,
            Amount(allocated, estimated),
            percent_words(share),
            is_additive=False,
            origin="counted",
        )


def _of_targets(targets: Sequence[TargetContent]) -> Iterator[tuple[str, str, int]]:
    if not targets:
        return
    asked = applicable(targets)
    states = Counter(each["state"] for each in asked)
    yield "targets", "Số chỉ tiêu giao cho đơn vị", len(targets)
    yield "targets:asked", "Số chỉ tiêu áp dụng cho đơn vị", len(asked)
    yield "targets:excused", "Số chỉ tiêu không áp dụng", len(targets) - len(asked)
    for state, words in STATE_WORDS.items():
        if state != "not_applicable":
            yield f"targets:{state}", f"Số chỉ tiêu {in_sentence(words)}", states[state]


def _of_tasks(tasks: Sequence[TaskContent]) -> Iterator[tuple[str, str, int]]:
    if not tasks:
        return
    states = Counter(each["state"] for each in tasks)
    words = {each["state"]: each["state_words"] for each in tasks}
    yield "tasks", "Số nhiệm vụ giao cho chính đơn vị", len(tasks)
    yield "tasks:done", "Số nhiệm vụ chính đơn vị đã thực hiện", states.pop("done", 0)
    for state, number in states.items():
        yield f"tasks:{state}", f"Số nhiệm vụ của chính đơn vị: {in_sentence(words[state])}", number


def _of_missing(found: Figures, missing: Sequence[MissingContent]) -> Iterator[tuple[str, str, int]]:
    yield "missing", "Số cơ sở, đơn vị chưa có đủ số liệu", len(missing)
    if found.missing.institutions:
        label = "Số cơ sở thuộc các báo cáo chưa được duyệt"
        yield "missing:not_approved", label, found.missing.institutions
    if len(missing) > NAMED_AT_MOST:
        yield "missing:unnamed", "Số cơ sở, đơn vị chưa có đủ số liệu, không nêu tên", len(missing) - NAMED_AT_MOST
        for ordinal, (place, number) in enumerate(Counter(each["place"] for each in missing).items(), start=1):
            yield f"missing:place:{ordinal}", f"Số cơ sở, đơn vị chưa có đủ số liệu, {place}", number


def _of_below(below: Sequence[BelowContent]) -> Iterator[tuple[str, str, int]]:
    if not below:
        return
    states = Counter(each["state"] for each in below)
    asked = len(below) - states[ReportState.EXCUSED]
    yield "below", "Số đơn vị phải báo cáo", len(below)
    yield "below:asked", "Số báo cáo phải tổng hợp", asked
    yield "below:approved", "Số báo cáo đã được duyệt, tổng hợp", states[ReportState.APPROVED]
    yield "below:waiting", "Số báo cáo chưa được duyệt", asked - states[ReportState.APPROVED]
    yield "below:silent", "Số báo cáo đã duyệt không có số liệu", sum(bool(each.get("is_silent")) for each in below)
