"""What anybody may see of a document by the code that is printed in it: which one it is, whether it is intact, and each
of its figures. Never a draft, never a person's name, never a number that could give somebody away (78, 88)."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.indicators.enums import IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries.suppression import FEWEST
from hocsuotdoi.reporting.enums import (
    CommandLine,
    DocumentKind,
    DocumentState,
    ReportStepKind,
    SnapshotKind,
)
from hocsuotdoi.reporting.models import Document, IssuedDocument, ReportStep, Snapshot
from hocsuotdoi.reporting.models.document import ALPHABET

CODE_LENGTH = 16
_NAMELESS = {SnapshotKind.NOMINATION, SnapshotKind.MINUTES}
"""Their titles may name a person or a place of the armed forces: the public page says only what kind they are."""
_CUT = re.compile(r"(^|[:_])(sex|age|female|male|by_sex|by_age)([:_]|$)")
_OF_PEOPLE = re.compile(r"(^|[:_])(attendance|people|participants|learners|staff_trained)([:_]|$)")
_DRAFTED = {DocumentKind.COMMENDATION_DECISION, DocumentKind.CERTIFICATE}
"""Written from the snapshot of another document, under whose number they do not go out."""
_ARMED = {CommandLine.MILITARY, CommandLine.POLICE}


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """`is_kept_back`: printed in the document, not told here. `matches`: its words hold the number asked for."""

    key: str
    label: str
    words: str
    numerator: str
    denominator: str
    coverage_words: str
    is_kept_back: bool = False
    matches: bool = False


@dataclass(frozen=True, slots=True)
class CheckedChange:
    label: str
    before_words: str
    after_words: str


@dataclass(frozen=True, slots=True)
class CheckedAddendum:
    number: str
    frozen_at: dt.datetime
    changes: list[CheckedChange]


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """`is_withdrawn`: the approval was taken back since, or another version was approved. `issued_number`, `issued_on`:
    what the office gave it, where it was noted."""

    number: str
    kind: DocumentKind
    title: str
    issuer: str
    frozen_at: dt.datetime
    digest: str
    is_withdrawn: bool
    is_in_totals: bool
    has_sample: bool
    figures: list[CheckedFigure]
    addenda: list[CheckedAddendum]
    changes: list[CheckedChange]
    amends: str
    file_digest: str
    signed_by: str
    issued_number: str
    issued_on: dt.date | None


def tidy_code(text: str) -> str:
    """As it is typed off a page: spaces and capitals do not matter."""
    return re.sub(r"[\s-]+", "", text).lower()


def told_document(code: str) -> Document | None:
    """None: no such code, or of what was never approved. Two queries."""
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        return None
    found = Document.objects.select_related(
        "snapshot__report__cycle", "snapshot__report__unit", "snapshot__amends", "snapshot__institution"
    )
    document = found.filter(code=code, state=DocumentState.MADE).first()
    if document is None or not _is_told(document.snapshot):
        return None
    return document


def checked_document(document: Document, asked: str = "") -> CheckedDocument:
    """`asked`: a number as it stands on the page."""
    snapshot = document.snapshot
    content = snapshot.content
    is_in_totals = snapshot.report is not None and snapshot.report.line in _ARMED
    kind = DocumentKind(document.kind)
    issued = _issue_told(snapshot, kind)
    return CheckedDocument(
        number=snapshot.number,
        kind=kind,
        title="" if snapshot.kind in _NAMELESS else content["header"]["title"],
        issuer=content["header"]["issuer"],
        frozen_at=snapshot.frozen_at,
        digest=snapshot.digest,
        is_withdrawn=_is_withdrawn(snapshot),
        is_in_totals=is_in_totals,
        has_sample=bool(content.get("has_sample")),
        figures=_figures(content, asked, is_in_totals=is_in_totals),
        addenda=_addenda(snapshot, is_in_totals=is_in_totals),
        changes=_changes(content.get("changes", []), is_in_totals=is_in_totals),
        amends=snapshot.amends.number if snapshot.amends else "",
        file_digest=document.digest,
        signed_by=document.signed_by,
        issued_number=issued.number if issued else "",
        issued_on=issued.issued_on if issued else None,
    )


def figures_fit(snapshot: Snapshot) -> bool:
    """The rows of figures say the same as the content."""
    said = {
        each["key"]: (each["value_state"], _decimal(each["numerator"]), _decimal(each["denominator"]))
        for each in snapshot.content.get("figures", [])
    }
    rows = {
        key: (state, numerator, denominator)
        for key, state, numerator, denominator in snapshot.figures.values_list(
            "key", "value_state", "numerator", "denominator"
        )
    }
    return (not rows and "figures" not in snapshot.content) or rows == said


def _is_told(snapshot: Snapshot) -> bool:
    """A report is told once it was approved, one outside any cycle when it is frozen; an addendum as what it amends."""
    told = snapshot.amends if snapshot.kind == SnapshotKind.ADDENDUM else snapshot
    if told is None or told.kind != SnapshotKind.REPORT:
        return told is not None
    if told.report is None or told.report.cycle_id is None:
        return True
    return ReportStep.objects.filter(snapshot=told, kind=ReportStepKind.APPROVED).exists()


def _issue_told(snapshot: Snapshot, kind: DocumentKind) -> IssuedDocument | None:
    """Of the document itself and its annex; numbers of files of the armed forces are theirs."""
    report = snapshot.report
    is_told = kind not in _DRAFTED and snapshot.kind not in _NAMELESS and (report is None or report.line not in _ARMED)
    return snapshot.issues.standing().first() if is_told else None


def _is_withdrawn(snapshot: Snapshot) -> bool:
    """The report is not approved as it says any more; an addendum goes with what it amends."""
    report = snapshot.report
    told = snapshot.amends_id if snapshot.kind == SnapshotKind.ADDENDUM else snapshot.pk
    return (
        snapshot.kind in {SnapshotKind.REPORT, SnapshotKind.ADDENDUM}
        and report is not None
        and report.cycle_id is not None
        and report.approved_id != told
    )


def _figures(content: Mapping[str, Any], asked: str, *, is_in_totals: bool) -> list[CheckedFigure]:
    figures = list(content.get("figures") or _of_the_first_shape(content))
    number = tidy_number(asked)
    of_known_people = _of_known_people(figures)
    small = _small(figures, of_known_people, is_in_totals=is_in_totals)
    shown = []
    for each in figures:
        is_cut, few = _is_cut(each), each["key"] in small
        kept_back, words = is_cut or few, each["words"]
        if is_cut:
            words = _("not told here: by sex or age what may be told stands on the pages of figures, once a year")
        elif few:
            words = _("not told here: few people stand behind it")
        shown.append(
            CheckedFigure(
                each["key"],
                each["label"],
                words,
                "" if kept_back else _plain(each["numerator"]),
                "" if kept_back else _plain(each["denominator"]),
                "" if kept_back else each.get("coverage_words", ""),
                kept_back,
                not kept_back and bool(number) and number in _numbers_in(each),
            )
        )
    return shown


def _small(figures: Sequence[Mapping[str, Any]], of_known_people: Collection[str], *, is_in_totals: bool) -> set[str]:
    """Keys of those behind which few people stand. The whole of the year before is among them where what was added to
    it, or what its own report had said, is: one is the whole less the other."""
    of_people = {
        each["key"]: each["numerator"]
        for each in figures
        if _is_of_people(each["key"], of_known_people, is_in_totals=is_in_totals)
    }
    small = {key for key, numerator in of_people.items() if _is_small(numerator)}
    for key, numerator in of_people.items():
        whole, is_rest, _day = key.partition(":after:")
        total, rest = _decimal(of_people.get(whole)), _decimal(numerator)
        if is_rest and total is not None and rest is not None and (key in small or _is_small(str(total - rest))):
            small.add(whole)
    return small


def _of_known_people(figures: Sequence[Mapping[str, Any]]) -> set[str]:
    """Keys of figures that count different people: a few of these could be found. One query."""
    codes = {each["key"]: each["key"].split(":")[1] for each in figures if each["key"].startswith("indicator:")}
    people = Q(kind=IndicatorKind.SHARE_OF_POPULATION) | Q(measures=[StockCode.ACTIVE_USERS])
    asked = [*codes.values(), ""]  # one query, also where no figure is an indicator's
    found = set(Indicator.objects.filter(people, code__in=asked).values_list("code", flat=True))
    return {key for key, code in codes.items() if code in found}


def tidy_number(text: str) -> str:
    """«1.436», «1436» and «33,3%» as they are compared."""
    digits = re.sub(r"[\s%]", "", text)[:40].replace(".", "").replace(",", ".")
    return digits if re.fullmatch(r"\d+(\.\d+)?", digits, re.ASCII) else ""


def _numbers_in(figure: Mapping[str, Any]) -> set[str]:
    printed = re.findall(r"\d[\d.,]*", figure["words"])
    return {tidy_number(each.rstrip(".,")) for each in printed} | {_plain(figure["numerator"])}


def _of_the_first_shape(content: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Reports outside cycles have no list of figures: their targets are those."""
    for ordinal, target in enumerate(content.get("targets", []), start=1):
        label = f"{target['name']} ({target['of_whom']})" if target["of_whom"] else target["name"]
        yield {
            "key": f"indicator:{target['indicator']}:{target['cohort']}:{ordinal}",
            "label": label,
            "words": target["value_words"],
            "numerator": target["numerator"],
            "denominator": target["denominator"],
            "coverage_words": target["coverage_words"],
        }


def _is_cut(figure: Mapping[str, Any]) -> bool:
    """By sex or age. Of these nothing is told by this door: reports of neighbours, of the body above and of other days
    could be subtracted from one another, and what is told elsewhere is decided over all of them (decision 88)."""
    return _CUT.search(figure["key"]) is not None


def _is_of_people(key: str, of_known_people: Collection[str], *, is_in_totals: bool) -> bool:
    """Whose small numbers are not told by this door."""
    return (is_in_totals and _OF_PEOPLE.search(key) is not None) or key in of_known_people


def _is_small(numerator: str | None) -> bool:
    value = _decimal(numerator)
    return value is not None and 0 < value < FEWEST


def _addenda(snapshot: Snapshot, *, is_in_totals: bool) -> list[CheckedAddendum]:
    later = list(snapshot.addenda.order_by("frozen_at", "pk").values_list("number", "frozen_at", "content__changes"))
    return [
        CheckedAddendum(number, frozen_at, _changes(changes or [], is_in_totals=is_in_totals))
        for number, frozen_at, changes in later
    ]


def _changes(changes: Sequence[Mapping[str, Any]], *, is_in_totals: bool) -> list[CheckedChange]:
    """Those of parts by sex or age are not told, nor those from or to a number behind which few people stand: a
    difference says as much as a number."""
    of_known_people = _of_known_people(changes) if changes else set()
    return [
        CheckedChange(each["label"], each["before_words"], each["after_words"])
        for each in changes
        if not _is_cut(each)
        and not (
            _is_of_people(each["key"], of_known_people, is_in_totals=is_in_totals)
            and any(_is_small(each[side]["numerator"]) for side in ("before", "after"))
        )
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain(text: str | None) -> str:
    """Without idle zeros, as `tidy_number` writes it."""
    if text is None:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text
