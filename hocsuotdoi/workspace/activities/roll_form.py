"""The roll as one form: every line with what it says and what it said when the page was made.

Only what differs from what the form itself said before is sent on to the act. So two phones can call one roll without
undoing each other, and a form that comes late (no connection, no script) loses nothing.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.activities.formats.class_list import BadList, parse_names
from hocsuotdoi.activities.operations.roll import BadMark, WalkIn
from hocsuotdoi.activities.queries.roll import Roll, RollLine
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.ledger.enums import AgeBand, Sex

SEXES = (*((sex.value, sex.label) for sex in (Sex.FEMALE, Sex.MALE)), ("", gettext_lazy("not stated")))
AGES = (*AgeBand.choices, ("", gettext_lazy("not stated")))


@dataclass
class Row:
    """A line as the form shows it: `now` (text, as typed) and `was` ("" when it had not been called)."""

    line: RollLine
    now: str
    was: str

    @property
    def is_group(self) -> bool:
        return self.line.size > 1

    @property
    def is_here(self) -> bool:
        return self.now not in ("", "0")


@dataclass
class Cell:
    """A count of the tally as the form shows it."""

    name: str
    label: str
    now: str
    was: str


@dataclass
class RollForm:
    """`present`, `cells`, `walk_ins` and `viewers` are what changed; the rest is to be shown (`watched`: the count of
    those on line, None where nobody could follow there)."""

    rows: list[Row]
    tally: list[tuple[str, list[Cell]]]
    walk_in: Mapping[str, str]
    present: dict[uuid.UUID, int] = field(default_factory=dict)
    cells: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    walk_ins: list[WalkIn] = field(default_factory=list)
    walk_in_list: str = ""
    watched: Cell | None = None
    viewers: int | None = None
    error: str = ""

    @property
    def tallied(self) -> bool:
        return any(cell.now not in ("", "0") for _age, cells in self.tally for cell in cells)


def form_of(roll: Roll) -> RollForm:
    """The form as the roll stands."""
    rows = [Row(line, now=_text(line.present), was=_text(line.present)) for line in roll.lines]
    form = RollForm(rows, _tally(lambda _name, key: (_count(roll, key), _count(roll, key))), _no_walk_in())
    form.watched = _watched(roll, now=_text(roll.viewers or None), was=_text(roll.viewers or None))
    return form


def posted_form(data: QueryDict, roll: Roll, *, takes_walk_in: bool, takes_list: bool = True) -> RollForm:
    """The form as it was sent, with what changed in it; `error` says what cannot be read."""
    known = set(data.getlist("line"))
    ticked = set(data.getlist("here"))
    rows = [_posted_row(line, data, ticked, is_known=str(line.id) in known) for line in roll.lines]
    tally = _tally(
        lambda name, key: (
            data.get(name, _count(roll, key)).strip(),
            data.get(f"was-{name}", _count(roll, key)),
        )
    )
    walk_in = {name: data.get(f"walk_in_{name}", "").strip() for name in ("name", "sex", "age", "key")}
    form = RollForm(rows, tally, walk_in)
    here = _text(roll.viewers or None)
    form.watched = _watched(roll, now=data.get("viewers", here).strip(), was=data.get("was-viewers", here))
    try:
        form.present = {row.line.id: _people(row.now) for row in rows if _differs(row)}
        form.cells = {
            _key(cell.name): _people(cell.now or "0") for _age, cells in tally for cell in cells if _differs(cell)
        }
        if form.watched and _differs(form.watched):
            form.viewers = _people(form.watched.now or "0")
        if takes_walk_in:
            form.walk_ins = [_walk_in(walk_in)]
        form.walk_in_list = data.get("walk_in_list", "")
        if form.walk_in_list.strip() and takes_list:
            form.walk_ins += _listed(form.walk_in_list, key=walk_in["key"], on=roll.session.held_on)
    except BadMark as error:
        form.error = str(error)
    except BadList as error:
        form.error = " ".join([str(error), *(f"{number}: {wrong}" for number, wrong in error.lines)])
    return form


def _posted_row(line: RollLine, data: QueryDict, ticked: set[str], *, is_known: bool) -> Row:
    if not is_known:  # came to the roll after this form was made
        return Row(line, now=_text(line.present), was=_text(line.present))
    if line.size > 1:
        now = data.get(f"here-{line.id}", "").strip()
    else:
        now = "1" if str(line.id) in ticked else "0"
    return Row(line, now=now, was=data.get(f"was-{line.id}", ""))


def _differs(shown: Row | Cell) -> bool:
    """An untouched line stays «not called»: 0 where nothing stood is no change."""
    return (shown.now or "0") != (shown.was or "0")


def _people(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise BadMark(_("“{text}” is not a number of people. Write 0, 1, 2 …").format(text=text[:20]))
    return int(text)


def _walk_in(typed: Mapping[str, str]) -> WalkIn:
    return WalkIn(
        name=typed["name"], form_key=_key_or_new(typed["key"]), sex=typed["sex"] or None, age_band=typed["age"] or None
    )


def _key_or_new(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid7()


def _listed(text: str, *, key: str, on: dt.date) -> list[WalkIn]:
    """One for each line. A line's key is that of its name, so that the list sent again adds nobody twice; two people of
    one name are told apart by their order."""
    seen: Counter[str] = Counter()
    walk_ins = []
    for person in parse_names(text, on=on):
        seen[person.name] += 1
        own = uuid.uuid5(_key_or_new(key), f"{seen[person.name]} {person.name}")
        walk_ins.append(WalkIn(person.name, own, sex=person.sex, age_band=person.age_band))
    return walk_ins


def _tally(value) -> list[tuple[str, list[Cell]]]:
    """Rows by age, cells by sex; `value(name, key)` gives (now, was)."""
    rows = []
    for age, age_label in AGES:
        cells = []
        for sex, sex_label in SEXES:
            name = f"tally-{sex}-{age}"
            now, was = value(name, (sex or None, age or None))
            cells.append(Cell(name, f"{sex_label}, {age_label}", now, was))
        rows.append((age_label, cells))
    return rows


def _watched(roll: Roll, *, now: str, was: str) -> Cell | None:
    if not roll.session.also_online:
        return None
    return Cell("viewers", _("followed on line"), now, was)


def _key(name: str) -> tuple[str | None, str | None]:
    _tally_word, sex, age = name.split("-", 2)
    return sex or None, age or None


def _count(roll: Roll, key: tuple[str | None, str | None]) -> str:
    return _text(roll.tally.get(key))


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _no_walk_in() -> dict[str, str]:
    return {"name": "", "sex": "", "age": "", "key": str(uuid7())}
