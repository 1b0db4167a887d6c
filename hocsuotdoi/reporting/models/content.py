"""The shape of `Snapshot.content`: what a report says, as plain JSON.

Words in it are Vietnamese and ready to print: the document is a Vietnamese administrative document whatever language
the person reads pages in, and a snapshot keeps the words of its day. Codes stand beside the words, so that pages can
say the same in another language. Percentages are kept as numerator and denominator; `percent` is the text shown.
Dates are ISO text, decimals are text, so that the canonical JSON of a content is one and the same everywhere.
"""

from typing import NotRequired, TypedDict

SHAPE = 1  # raised when a key changes its meaning; documents are written from every shape ever frozen


class UnitContent(TypedDict):
    code: str
    name: str
    short_name: str
    tier: str
    kind: str


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


class ObservanceContent(TypedDict):
    code: str
    label: str
    sessions: int
    attendance: int


class MonthContent(TypedDict):
    month: int
    sessions: int
    attendance: int
    visits: int


class ActivitiesContent(TypedDict):
    sessions: int
    attendance: int
    by_sex: list[CountContent]
    by_age: list[CountContent]
    visits: list[CountContent]
    observances: list[ObservanceContent]
    months: list[MonthContent]
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
    proposals: list[str]
    suggested: list[str]


class SignatureContent(TypedDict):
    lines: list[str]


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
