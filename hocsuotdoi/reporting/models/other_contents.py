"""What `Snapshot.content` of a letter, of minutes and of a nomination says, as plain JSON under the rules of
`models.content`: Vietnamese words ready to print, whole numbers, decimals as text, every number of the body in
`figures` under its key."""

from typing import NotRequired, TypedDict

from hocsuotdoi.reporting.models.content import FigureContent, HeaderContent, SignatureContent


class OtherContent(TypedDict):
    """What all of them hold."""

    shape: int
    number: NotRequired[str]
    frozen_at: NotRequired[str]
    year: int
    has_sample: bool
    header: HeaderContent
    figures: list[FigureContent]
    closing: str
    recipients: list[str]
    signature: SignatureContent


class LetterContent(OtherContent):
    """An official letter to a body that owes something. `items`: what is missing, one line each."""

    paragraphs: list[str]
    items: list[str]


class MinutesRow(TypedDict):
    """One question. `seen` is the answer in a word or two (a counted one is a figure: its `key`), `remark` what the
    inspector wrote."""

    question: str
    seen: str
    remark: str
    key: NotRequired[str]


class MinutesSection(TypedDict):
    title: str
    rows: list[MinutesRow]


class MinutesFinding(TypedDict):
    text: str
    severity_words: str
    demand: str
    due_words: str


class MinutesContent(OtherContent):
    """Minutes of one visit. `team` and `met`: «Ông/bà …, chức vụ», one line each; `signature` is the side of the
    institution, `signature_right` that of the inspectors. Empty paragraphs say «Không» themselves."""

    opening: str
    team: list[str]
    met: list[str]
    answer_sentences: list[str]
    sections: list[MinutesSection]
    finding_sentences: list[str]
    findings: list[MinutesFinding]
    opinion: list[str]
    conclusion: list[str]
    signature_right: SignatureContent


class NominationEvidence(TypedDict):
    """A figure or a happening that shows the merit; `key` names its figure, empty for a happening told in words."""

    key: str
    label: str
    words: str
    source: str
    numerator: str | None
    denominator: str | None


class DecisionContent(TypedDict):
    """The draft of a decision of commendation that goes up with its proposal. `authority` in capitals; `articles`
    without their numbers."""

    header: HeaderContent
    authority: str
    basis: list[str]
    proposal: str
    articles: list[str]
    recipients: list[str]
    signature: SignatureContent


class AwardContent(OtherContent):
    """A certificate, from the decision that was signed."""

    authority: str
    award: str
    nominee: str
    nominee_more: str
    reason: str
    decision: str
    signer: str


class NominationContent(OtherContent):
    basis: list[str]
    opening: str
    nominee: str
    form: str
    merits: list[str]
    evidence: list[NominationEvidence]
    peer_sentences: list[str]
    decision: NotRequired[DecisionContent]
