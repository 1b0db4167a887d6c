"""What anybody may see of a document by the code that is printed in it: which one it is, whether it is intact, and each
of its figures. Never a draft, never a person's name, never a number that could give somebody away (78, 88). Who has
the paper, and says so by the key printed in it, reads here what the paper says, and no more (118)."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from hocsuotdoi.reporting.queries.counts import COUNT
from hocsuotdoi.reporting.queries.wording import NOBODY_EXPECTED, number_words, percent_words

CODE_LENGTH = 16
_NAMELESS = {SnapshotKind.NOMINATION, SnapshotKind.MINUTES}
"""Their titles may name a person or a place of the armed forces: the public page says only what kind they are."""
_CUT = re.compile(r"(^|[:_])(sex|age|female|male|by_sex|by_age)([:_]|$)")
_OF_PEOPLE = re.compile(r"(^|[:_])(attendance|people|participants|learners|staff_trained)([:_]|$)")
_DRAFTED = {DocumentKind.COMMENDATION_DECISION, DocumentKind.CERTIFICATE}
"""Written from the snapshot of another document, under whose number they do not go out."""
_ARMED = {CommandLine.MILITARY, CommandLine.POLICE}
_OPENED = {SnapshotKind.REPORT, SnapshotKind.ADDENDUM}
_DAYS = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b|\bnăm \d{4}\b")


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """`is_kept_back`: printed in the document, not told here. `matches`: it holds the number asked for."""

    key: str
    label: str
    words: str
    numerator: str
    denominator: str
    coverage_words: str
    is_kept_back: bool = False
    matches: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether somebody was expected to report it: a count of tasks has no coverage."""
        return self.coverage_words not in {"", NOBODY_EXPECTED}


@dataclass(frozen=True, slots=True)
class CheckedChange:
    label: str
    before_words: str
    after_words: str

    @property
    def both_words(self) -> str:
        return f"{self.before_words} → {self.after_words}"


@dataclass(frozen=True, slots=True)
class CheckedAddendum:
    number: str
    frozen_at: dt.datetime
    changes: list[CheckedChange]


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """`is_withdrawn`: the approval was taken back since, or another version was approved. `issued_number`, `issued_on`:
    what the office gave it, where it was noted. `matches`: what holds the number asked for. `is_whole`: every number
    that the document prints is told here. `is_opened`: to who has the paper; `opens`: whether that would tell more."""

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
    matches: list[CheckedFigure]
    is_whole: bool
    is_opened: bool
    opens: bool
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
    if document is None or not is_told(document.snapshot):
        return None
    return document


def is_opened_by_paper(snapshot: Snapshot) -> bool:
    """Whether its documents print a key: reports and addenda with figures, but for those of the armed forces."""
    report = snapshot.report
    return (
        snapshot.kind in _OPENED
        and bool(snapshot.content.get("figures"))
        and (report is None or report.line not in _ARMED)
    )


def checked_document(document: Document, asked: str = "", *, has_paper: bool = False) -> CheckedDocument:
    """`asked`: a number as it stands on the page. `has_paper`: who asks typed in the key that is printed there."""
    snapshot = document.snapshot
    content = snapshot.content
    is_in_totals = snapshot.report is not None and snapshot.report.line in _ARMED
    kind = DocumentKind(document.kind)
    issued = _issue_told(snapshot, kind)
    listed = list(content.get("figures") or _of_the_first_shape(content))
    changed = content.get("changes", [])
    is_opened = has_paper and is_opened_by_paper(snapshot)
    printed = _printed(kind, content) if is_opened else frozenset()
    known = _of_known_people([*listed, *changed])
    whole = snapshot.amends.content.get("figures", []) if snapshot.amends else listed
    small = _small(listed, known, is_in_totals=is_in_totals)
    small |= _small_through(whole, changed, known, is_in_totals=is_in_totals)
    door = _Door(is_in_totals, known, printed, small)
    number = tidy_number(asked)
    figures, changes = _figures(listed, number, door), _changes(changed, door)
    behind = _behind(content) if kind == DocumentKind.ANNEX else []
    kept_back = any(each.is_kept_back for each in figures) or len(changes) < len(changed)
    lacks = kept_back and not (is_opened and document.template_id is None)  # a body's own template may print any figure
    matches = [each for each in figures if each.matches]
    matches += [_as_figure(each) for each in changes if number and number in _numbers_in(each.both_words)]
    matches += [each for each in behind if is_opened and each.numerator == number]
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
        figures=figures,
        matches=matches,
        is_whole=not lacks and (is_opened or not behind) and _counts_itself(snapshot),
        is_opened=is_opened,
        opens=is_opened_by_paper(snapshot) and (kept_back or bool(behind)),
        addenda=_addenda(snapshot, is_in_totals=is_in_totals),
        changes=changes,
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


def is_told(snapshot: Snapshot) -> bool:
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


@dataclass(frozen=True, slots=True)
class _Door:
    """What is told here, and what is not."""

    is_in_totals: bool
    of_known_people: Collection[str]
    printed: Collection[str]
    small: Collection[str] = frozenset()

    def keeps_back(self, figure: Mapping[str, Any]) -> bool:
        return figure["key"] not in self.printed and (is_cut(figure["key"]) or self.is_of_few(figure))

    def is_of_few(self, figure: Mapping[str, Any]) -> bool:
        of_people = _is_of_people(figure["key"], self.of_known_people, is_in_totals=self.is_in_totals)
        return figure["key"] in self.small or (of_people and _is_small(figure["numerator"]))


def _figures(listed: Sequence[Mapping[str, Any]], number: str, door: _Door) -> list[CheckedFigure]:
    shown = []
    for each in listed:
        kept_back, words = door.keeps_back(each), each["words"]
        if kept_back and is_cut(each["key"]):
            words = _("not told here: by sex or age what may be told stands on the pages of figures, once a year")
        elif kept_back:
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
                not kept_back and bool(number) and number in _numbers_of(each),
            )
        )
    return shown


def _printed(kind: DocumentKind, content: Mapping[str, Any]) -> frozenset[str]:
    """Keys of the figures that the document prints: the annex all of them, any other those that its parts name. Of what
    a review counts by sex in each year only the annex tells."""
    if kind == DocumentKind.ANNEX:
        return frozenset(each["key"] for each in content["figures"])
    return frozenset(_named({name: part for name, part in content.items() if name != "figures"}))


def _named(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, each in part.items():
            if isinstance(each, str) and (name == "key" or name.endswith("_key")):
                yield each
            else:
                yield from _named(each)
    elif isinstance(part, list):
        for each in part:
            yield from _named(each)


def _behind(content: Mapping[str, Any]) -> list[CheckedFigure]:
    """What each institution contributed, as the annex lists it."""
    return [
        CheckedFigure(
            f"behind:{target['indicator']}:{target['cohort']}:{each['code']}",
            f"{target['name']}: {each['name']}",
            number_words(each["quantity"]),
            str(each["quantity"]),
            "",
            "",
        )
        for target in content.get("targets", [])
        for each in target["behind"]
        if each.get("quantity") is not None
    ]


def _as_figure(change: CheckedChange) -> CheckedFigure:
    return CheckedFigure("", change.label, change.both_words, "", "", "")


def _counts_itself(snapshot: Snapshot) -> bool:
    """Whether all that it prints was told as figures: reports frozen earlier counted their tasks and targets without.
    Minutes and proposals hold numbers in people's own words."""
    if snapshot.kind == SnapshotKind.REPORT:
        return any(each["key"].startswith(f"{COUNT}:") for each in snapshot.content.get("figures", []))
    return snapshot.kind not in _NAMELESS


def _is_of_people(key: str, of_known_people: Collection[str], *, is_in_totals: bool) -> bool:
    """Whose small numbers are not told."""
    return (is_in_totals and _OF_PEOPLE.search(key) is not None) or key in of_known_people


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


def _small_through(
    listed: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
    of_known_people: Collection[str],
    *,
    is_in_totals: bool,
) -> set[str]:
    """Keys behind which few people stand before or after changes of what is `listed`."""
    found: set[str] = set()
    for side in ("before", "after"):
        told = {each["key"]: each for each in listed}
        for change in changes:
            told[change["key"]] = {"key": change["key"], "numerator": change[side]["numerator"]}
            found |= _small(list(told.values()), of_known_people, is_in_totals=is_in_totals)
    return found


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


def _numbers_of(figure: Mapping[str, Any]) -> set[str]:
    """All that is printed of it: words, both parts and their share, of how many it is told, what is noted beside it."""
    found = _numbers_in(figure["words"]) | _numbers_in(figure.get("coverage_words", ""))
    found |= _numbers_in(figure.get("note", ""))
    found |= {_plain(figure[part]) for part in ("numerator", "denominator") if figure[part] is not None}
    found |= {str(figure[part]) for part in ("reporting", "expected") if figure.get(part) is not None}
    top, bottom = _decimal(figure["numerator"]), _decimal(figure["denominator"])
    if top is not None and bottom:
        found |= _numbers_in(percent_words(Decimal(100) * top / bottom))
    return found


def _numbers_in(words: str) -> set[str]:
    """Days and years are no numbers to look for."""
    return {tidy_number(each.rstrip(".,")) for each in re.findall(r"\d[\d.,]*", _DAYS.sub("", words))}


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


def is_cut(key: str) -> bool:
    """By sex or age. Of these nothing is told to who has not the paper: reports of neighbours, of the body above and of
    other days could be subtracted from one another, and what is told elsewhere is decided over all of them (88)."""
    return _CUT.search(key) is not None


def _is_small(numerator: str | None) -> bool:
    value = _decimal(numerator)
    return value is not None and 0 < value < FEWEST


def _addenda(snapshot: Snapshot, *, is_in_totals: bool) -> list[CheckedAddendum]:
    """Each a paper of its own: the key of this one opens nothing in them."""
    later = list(snapshot.addenda.order_by("frozen_at", "pk").values_list("number", "frozen_at", "content__changes"))
    every = [change for _number, _frozen_at, changes in later for change in changes or []]
    listed = snapshot.content.get("figures", [])
    known = _of_known_people([*listed, *every]) if every else set()
    small = _small_through(listed, every, known, is_in_totals=is_in_totals)
    door = _Door(is_in_totals, known, frozenset(), small)
    return [CheckedAddendum(number, frozen_at, _changes(changes or [], door)) for number, frozen_at, changes in later]


def _changes(changes: Sequence[Mapping[str, Any]], door: _Door) -> list[CheckedChange]:
    """Those of parts by sex or age are not told, nor those from or to a number behind which few people stand: a
    difference says as much as a number."""
    return [
        CheckedChange(each["label"], each["before_words"], each["after_words"])
        for each in changes
        if not any(door.keeps_back({"key": each["key"], **each[side]}) for side in ("before", "after"))
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain(text: str | None) -> str:
    """Without idle zeros, as `tidy_number` writes it."""
    if text is None:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text
