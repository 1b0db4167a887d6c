"""The shape of `Snapshot.content`: what a report says, as plain JSON.

Words in it are Vietnamese and ready to print: the document is a Vietnamese administrative document whatever language
the person reads pages in, and a snapshot keeps the words of its day. Codes stand beside the words, so that pages can
say the same in another language. Percentages are kept as numerator and denominator; `percent` is the text shown.
Dates are ISO text, decimals are text, so that the canonical JSON of a content is one and the same everywhere.

Shape 1 is a unit's report outside any cycle. Shape 2, a body's report in a cycle, has all of it and the keys that are
marked so: among them `figures`, where every number that the document prints stands once under its key.

A report over several years has `period` besides. Each figure of each year stands under the key of that year
(`measure:library_visit:2023`), what adds up over the years also under the key of the period
(`measure:library_visit:2023-2025`). `activities` and `money` then tell the whole period, without months; `targets`
tell the last year, with all years in `years`.
"""

from typing import Literal, NotRequired, TypedDict

SHAPE_OF_A_CYCLE = 2
SHAPE = 1  # raised when a key changes its meaning; documents are written from every shape ever frozen


class UnitContent(TypedDict):
    code: str
    name: str
    short_name: str
    tier: str
    kind: str


Origin = Literal["counted", "typed", "consolidated"]
Silent = Literal["nobody", "nothing"]
"""No institution is counted in the report and no total was typed; or there are some, and none has said anything."""


class ReportContent(TypedDict):
    """Whose report this is, in which cycle. Shape 2."""

    cycle: str
    cycle_title: str
    kind: str
    line: str
    detail: str
    agency: int
    agency_name: str
    due_on: str
    written_instead_by: NotRequired[str]  # the body whose people wrote it, since nobody sat at the one that owes it


class FigureContent(TypedDict):
    """One number that the document prints, by its key: `reporting.models.Figure` holds the same. Shape 2.

    `words` is the text to print. `is_additive`: reports above add it up from those below. `origin`: "counted" from the
    book of the institutions counted in this very report, "typed" in by the body, "consolidated" with reports below.
    """

    key: str
    label: str
    value_state: str
    numerator: str | None
    denominator: str | None
    words: str
    reporting: int | None
    expected: int | None
    coverage_words: str
    is_additive: bool
    origin: Origin
    note: str
    population_of: NotRequired[int]  # the year of the residents it is divided by


class HeaderContent(TypedDict):
    """The blocks above the body (Decree 30/2020/NĐ-CP, appendix I)."""

    superior: str  # the line above the issuing body; empty for a people's committee and for a ministry
    issuer_lines: list[str]  # "ỦY BAN NHÂN DÂN", "PHƯỜNG BẮC KẠN"
    issuer: str  # in a sentence: "Ủy ban nhân dân phường Bắc Kạn"
    symbol: str  # after the number that the office fills in: "BC-UBND"
    place: str
    day: str  # «ngày 23 tháng 11 năm 2026»
    title: str
    addressee: str


class CountContent(TypedDict):
    """So many of something; `code` empty where the dimension is not known."""

    code: str
    label: str
    quantity: int
    key: NotRequired[str]  # shape 2, as everywhere: of its figure


class ObservanceContent(TypedDict):
    code: str
    label: str
    sessions: int
    attendance: int
    sessions_key: NotRequired[str]
    attendance_key: NotRequired[str]


class LongerContent(TypedDict):
    """What was typed in for a quarter or a year: it is no figure of any month."""

    sessions: int
    attendance: int
    visits: int
    sessions_key: NotRequired[str]
    attendance_key: NotRequired[str]
    visits_key: NotRequired[str]


class MonthContent(LongerContent):
    month: int


class ActivitiesContent(TypedDict):
    """None is not reported. What was frozen before that was said has 0 there; in shape 2 `figures` know."""

    sessions: int | None
    attendance: int | None
    by_sex: list[CountContent]
    by_age: list[CountContent]
    visits: list[CountContent]
    observances: list[ObservanceContent]
    months: list[MonthContent]
    longer: NotRequired[LongerContent]  # not in what was frozen while it stood among the months
    sentences: list[str]
    sessions_key: NotRequired[str]
    attendance_key: NotRequired[str]


class YearContent(TypedDict):
    """A year of a period. `until`: the last day of its figures. `note`: what they lack; empty where nothing."""

    year: int
    until: str
    note: str


class CellContent(TypedDict):
    """One figure in one year; `key` is empty where it is not told in that year, and `words` say so."""

    year: int
    key: str
    words: str


class PeriodRowContent(TypedDict):
    """A figure year by year, a cell for each of `PeriodContent.years`. `total`: of the whole period, its key empty
    where years do not add up."""

    group: Literal["activities", "tasks", "money"]
    label: str
    cells: list[CellContent]
    total: CellContent


class AddedRowContent(TypedDict):
    """A measure: what is added to what the report of the year before said, and the whole of that year."""

    label: str
    key: str
    words: str
    whole_key: str
    whole_words: str


class YearBeforeContent(TypedDict):
    """What was held in the year before after the last day that its own report counted (`after`)."""

    year: int
    after: str
    title: str
    sentences: list[str]
    rows: list[AddedRowContent]


class TargetYearContent(TypedDict):
    """A target in one year: what was reached, and what its trajectory asked for by then (empty: nothing)."""

    year: int
    key: str
    due_key: NotRequired[str]
    value_words: str
    coverage_words: str
    due_words: str
    state: str
    state_words: str


class PeriodContent(TypedDict):
    """What a report over several years says year by year. `words`: «2023–2025». `sentences`: on which map the years
    are read, and what they lack. Targets year by year stand at each target (`TargetContent.years`)."""

    first: int
    last: int
    words: str
    years: list[YearContent]
    rows: list[PeriodRowContent]
    sentences: list[str]


class BehindContent(TypedDict):
    """One institution or unit behind a figure. `counted`: "yes", "no", "unknown" or "not_applicable"."""

    code: str
    name: str
    place: str
    counted: str
    counted_words: str
    quantity: NotRequired[int | None]


class TargetContent(TypedDict):
    indicator: str
    cohort: str
    name: str
    short_name: str
    of_whom: str
    plan: str
    clause: str
    target_year: int | None
    written: str
    target_words: str
    operator: str
    low: str
    high: str
    unit: str
    value_state: str  # "value", "not_reported" or "not_applicable"
    numerator: str | None
    denominator: str | None
    percent: str | None
    base_year: int | None  # growth only: the numerator is this year's count, the denominator the base year's
    value_words: str
    reporting: int | None
    expected: int | None
    coverage_words: str
    expected_now: str | None
    trajectory_words: str
    state: str
    state_words: str
    rule_words: str
    note: str
    behind: list[BehindContent]
    key: NotRequired[str]
    due_key: NotRequired[str]
    years: NotRequired[list[TargetYearContent]]  # of a report over several years, the last among them


class TaskContent(TypedDict):
    plan: str
    plan_short: str
    clause: str
    text: str
    due_words: str
    state: str
    state_words: str
    evidence: list[str]
    rule_words: str
    assignment: NotRequired[int]
    due_on: NotRequired[str]
    said: NotRequired[str]  # the state as people had said it; `state` says besides what was shown, and what was late
    met_on: NotRequired[str]  # the day on which what was held met its rule
    done: NotRequired[int]  # of bodies below to which it was handed down
    asked: NotRequired[int]
    done_key: NotRequired[str]
    asked_key: NotRequired[str]


class MissingContent(TypedDict):
    """An institution that has reported nothing for an indicator that counts it."""

    code: str
    name: str
    place: str
    indicators: list[str]


class WordsContent(TypedDict):
    """Paragraphs. `suggested` names the fields that nobody wrote: their words were made from the figures."""

    results: list[str]
    difficulties: list[str]
    causes: NotRequired[list[str]]
    proposals: list[str]
    suggested: list[str]


class SignatureContent(TypedDict):
    lines: list[str]


class MoneyRowContent(TypedDict):
    """A sum in đồng at one stage from one source; its figure stands under `key`."""

    stage: str
    stage_words: str
    source: str
    source_words: str
    label: str
    key: str


class MoneyContent(TypedDict):
    rows: list[MoneyRowContent]
    sentences: list[str]


class BelowContent(TypedDict):
    """A report that goes into this one. `number` and `submitted_at` are empty where nothing was submitted."""

    agency: int
    name: str
    unit: str
    state: str
    state_words: str
    number: str
    submitted_at: str
    is_silent: NotRequired[bool]  # approved, without one figure of institutions or totals


class AmendsContent(TypedDict):
    number: str
    frozen_at: str


class ChangeContent(TypedDict):
    """A figure that an addendum puts right: what was frozen, and what it is now."""

    key: str
    label: str
    before: dict[str, str | None]  # value_state, numerator, denominator
    after: dict[str, str | None]
    before_words: str
    after_words: str


class Content(TypedDict):
    shape: int
    number: NotRequired[str]
    frozen_at: NotRequired[str]
    unit: UnitContent
    year: int
    as_of: str
    has_sample: bool
    header: HeaderContent
    basis: list[str]
    opening: str
    activities: ActivitiesContent
    targets: list[TargetContent]
    target_sentences: list[str]
    tasks: list[TaskContent]
    task_sentences: list[str]
    missing: list[MissingContent]
    missing_sentences: list[str]
    words: WordsContent
    closing: str
    recipients: list[str]
    signature: SignatureContent
    report: NotRequired[ReportContent]
    figures: NotRequired[list[FigureContent]]
    money: NotRequired[MoneyContent]
    below: NotRequired[list[BelowContent]]
    gaps: NotRequired[list[str]]
    silent: NotRequired[Silent]  # not one figure of institutions or totals is told, though some are asked for
    period: NotRequired[PeriodContent]  # of a report over several years
    year_before: NotRequired[YearBeforeContent]  # of a yearly one, where there is something to add
    amends: NotRequired[AmendsContent]
    changes: NotRequired[list[ChangeContent]]
    reason: NotRequired[str]  # of an addendum
