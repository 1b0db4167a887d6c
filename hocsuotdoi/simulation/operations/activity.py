"""What happens in a month at some institutions, drawn as arrays: acts, the lines they count, what goes wrong.

A `Batch` holds acts and their right lines, and for each act its fate: right from the start, put right later, taken back
for good, or wrong and not yet noticed. What is written and what is true both follow from it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache
from typing import TypeVar

import numpy as np

from hocsuotdoi.activities.enums import Observance
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Purpose, Sex
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.simulation.formats.calendar import busyness, days_of, observance_of
from hocsuotdoi.simulation.formats.model import LineModel, Model, Visit
from hocsuotdoi.simulation.operations.country import Country
from hocsuotdoi.simulation.queries.territory import Map

NOT_KNOWN = -1
MEASURES, PURPOSES, CHANNELS = list(MeasureCode), list(Purpose), list(Channel)
SEXES, AGES = list(Sex), list(AgeBand)
DAY_MS = 86_400_000
EPOCH = dt.date(1970, 1, 1).toordinal()
PUT_RIGHT_AFTER_MS = 60_000
"""What was taken back is posted again a minute later."""
LATEST_NOTICED = 40
"""Days after which a mistake has been noticed, or never is."""
OFFSET_MS = 7 * 3_600_000
"""Viet Nam is seven hours ahead of the universal time."""

_SEX_SHARES = np.cumsum([0.54, 0.45, 0.01])
_AGE_SHARES = {
    "school": np.cumsum([0.02, 0.38, 0.36, 0.2, 0.02, 0.02, 0.0]),
    "else": np.cumsum([0.03, 0.15, 0.14, 0.1, 0.22, 0.24, 0.12]),
}
_AGE_UPTO = np.array([5, 10, 14, 17, 34, 59])
_PEOPLE_OF_A_COMMUNE, _NEW_EACH_YEAR = 1500, 100
_TRAVELLERS = 5
"""For each institution: people who come to any house of the country."""
_COMMUNE_SHIFT = 24


class Fate(IntEnum):
    RIGHT = 0
    PUT_RIGHT = 1
    """wrong, taken back, posted again"""
    WITHDRAWN = 2
    """wrong, taken back, not posted again"""
    STILL_WRONG = 3
    """wrong, and nobody has noticed yet"""


@dataclass(slots=True)
class Acts:
    """Parallel arrays, one element for each act."""

    code: np.ndarray
    institution: np.ndarray
    stay: np.ndarray
    day: np.ndarray
    posted: np.ndarray
    """milliseconds of universal time"""
    fate: np.ndarray
    corrected: np.ndarray
    """when it was taken back, in milliseconds"""
    tag: np.ndarray

    def __len__(self) -> int:
        return len(self.code)

    def taken(self, which: np.ndarray) -> "Acts":
        return Acts(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(slots=True)
class Lines:
    """Parallel arrays, one element for each line; `act` says of which act of the batch. NOT_KNOWN where unknown."""

    act: np.ndarray
    measure: np.ndarray
    quantity: np.ndarray
    sex: np.ndarray
    age: np.ndarray
    channel: np.ndarray
    purpose: np.ndarray
    residence: np.ndarray
    learner: np.ndarray
    is_first: np.ndarray

    def __len__(self) -> int:
        return len(self.act)

    def taken(self, which: np.ndarray) -> "Lines":
        return Lines(*(getattr(self, field.name)[which] for field in fields(self)))


Parallel = TypeVar("Parallel", Acts, Lines)


def together(parts: Sequence[Parallel]) -> Parallel:
    made = type(parts[0])
    return made(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(made)))


@dataclass(slots=True)
class Batch:
    """Acts of some institutions in one month. `lines` are those that are right, in the order of the acts."""

    year: int
    acts: Acts
    lines: Lines

    def wrong_quantities(self) -> np.ndarray:
        """As first posted where an act went wrong: a digit too many in its first line."""
        return np.where(self.lines.is_first, self.lines.quantity * 10, self.lines.quantity)

    def by_figure(self, is_stated: np.ndarray) -> "tuple[Batch, np.ndarray]":
        """The same with each typed-in figure (a line of a stated act) as an act of its own; and of each act, which one
        it was part of. A slip is one figure's; what is taken back for good is all that was typed in at once."""
        acts, lines = self.acts, self.lines
        apart = is_stated[acts.code][lines.act]
        kept = np.flatnonzero(~is_stated[acts.code])
        of = np.concatenate([kept, lines.act[apart]])
        split = acts.taken(of)
        slip = np.concatenate([np.ones(len(kept), bool), (lines.is_first & (lines.quantity > 0))[apart]])
        split.fate = np.where(slip | (split.fate == Fate.WITHDRAWN), split.fate, Fate.RIGHT)
        number = np.zeros(len(acts), np.int64)
        number[kept] = np.arange(len(kept))
        act = number[lines.act]
        act[apart] = len(kept) + np.arange(int(apart.sum()))
        order = np.argsort(act, kind="stable")
        moved = lines.taken(order)
        moved.act = act[order]
        return Batch(self.year, split, moved), of

    def standing(self) -> tuple[np.ndarray, Lines]:
        """Which acts count in the end, and the lines that do."""
        stands = self.acts.fate != Fate.WITHDRAWN
        which = stands[self.lines.act]
        still_wrong = (self.acts.fate == Fate.STILL_WRONG)[self.lines.act]
        lines = self.lines.taken(which)
        lines.quantity = np.where(still_wrong, self.wrong_quantities(), self.lines.quantity)[which]
        return np.flatnonzero(stands), lines


_COLUMN_OF = np.array(
    [
        [
            next((n for n, c in enumerate(StatedColumn) if c.measure == m and c.purpose in {p, None}), NOT_KNOWN)
            for p in [*PURPOSES, None]
        ]
        for m in MEASURES
    ]
)


def column_of(lines: Lines) -> np.ndarray:
    """In which column of the typed sheet each line would stand, by its place in `StatedColumn`."""
    return _COLUMN_OF[lines.measure, lines.purpose]


class Tags:
    """The sets of tags that acts bear, numbered: what it was, its theme, the day it observes."""

    def __init__(self, model: Model) -> None:
        self._kinds = sorted({kind for act in model.acts.values() for kind in act.kinds})
        self._themes = sorted({theme for act in model.acts.values() for theme in act.themes})
        self._observances: list[Observance | None] = [None, *Observance]

    def number(self, kind: str, theme: str, observance: Observance | None) -> int:
        """0 is no tag at all."""
        place = self._kinds.index(kind) * len(self._themes) + self._themes.index(theme)
        return 1 + place * len(self._observances) + self._observances.index(observance)

    def sets(self) -> list[tuple[str, ...]]:
        return [
            (),
            *(
                tuple(sorted({kind, theme, *([observance.value] if observance else [])}))
                for kind in self._kinds
                for theme in self._themes
                for observance in self._observances
            ),
        ]


class Activity:
    """Draws batches. `pace` says how many times the model's number of acts happen, `typed_pace` (at most 1) which part
    of the figures of a month are typed in at all."""

    pace, typed_pace = 1.0, 1.0

    def __init__(self, country: Country, *, seen_until: int) -> None:
        self.country, self.model, self.territory = country, country.model, country.territory
        self.seen_until = seen_until
        self.acts = list(self.model.acts.values())
        self.tags = Tags(self.model)
        kinds = self.model.classes
        self._rates = np.array([[kind.acts.get(act.code, 0.0) for act in self.acts] for kind in kinds])
        rhythms = list({id(kind.rhythm): kind.rhythm for kind in kinds}.values())
        self._weights = cache(lambda month: [busyness(each, *country.span.months[month]) for each in rhythms])
        """How busy the days of a month are, by rhythm."""
        self._rhythm_of = np.array([rhythms.index(kind.rhythm) for kind in kinds])[country.kinds]
        self._is_school = np.array(["school" in kind.institution_class for kind in kinds])[country.kinds]
        codes = [act.code for act in self.acts]
        self._stated = np.array([codes.index(kind.stated) if kind.stated else NOT_KNOWN for kind in kinds])[
            country.kinds
        ]
        every = [months for months, houses in self.model.typed_every.items() for _house in range(houses)]
        self.typed_every = np.array(every)[(np.arange(country.count) * 2_654_435_761 >> 7) % len(every)]
        """For how many months at a time each institution's figures are typed in."""
        self._at_today: Map = self.territory.map_on(country.span.today)
        self._neighbours = self._neighbours_of_stays()

    def _neighbours_of_stays(self) -> np.ndarray:
        """Of each stay: another commune of its province, standing at the same time."""
        changes = np.array(self.territory.changes)
        period = np.searchsorted(changes, self.country.stay_starts, side="right") - 1
        neighbours = np.stack([self.territory.map_on(int(day)).neighbour for day in changes])
        return neighbours[period, self.country.stay_place]

    # -- how much --

    def expected(self, month: int) -> tuple[np.ndarray, np.ndarray]:
        """Entries of each institution in a month: of acts and of figures typed in, both at the model's pace."""
        country, model = self.country, self.model
        year, number = country.span.months[month]
        days = np.array([day.toordinal() for day in days_of(year, number)])
        everyone = np.arange(country.count)
        busy = np.array([weights.mean() for weights in self._weights(month)])[self._rhythm_of]
        opened = np.clip(country.opens, days[0], days[-1] + 1)
        closed = np.clip(country.closes, days[0], days[-1] + 1)
        share = np.clip(closed - opened, 0, None) / len(days) * ~country.silent[:, month]
        share *= np.minimum(len(days), max(0, country.span.last + 1 - days[0])) / len(days)
        connected = country.connected_from <= month
        lines = self._rates @ np.array([act.expected_lines for act in self.acts])
        acts = lines[country.kinds] * busy * share * connected * model.correction_factor
        last = np.full(country.count, days[-1])
        per_stated = np.array([act.expected_lines for act in self.acts])[self._stated]
        typed = (
            ~connected & country.is_open(everyone, last) & ~country.silent[:, month] & (days[-1] <= country.span.last)
        ) & (number % self.typed_every == 0)
        return acts, typed * per_stated * model.correction_factor

    # -- drawing --

    def batch(self, rng: np.random.Generator, month: int, institutions: np.ndarray) -> Batch | None:
        """What these institutions do in a month; None where it is nothing."""
        parts = [
            *(self._happenings(rng, month, institutions, code) for code in range(len(self.acts))),
            self._typed_in(rng, month, institutions),
        ]
        found = [part for part in parts if len(part)]
        if not found:
            return None
        acts = together(found)
        self._draw_fate(rng, acts)
        self._draw_tags(rng, acts, month)
        lines = together([lines for code in np.unique(acts.code) for lines in self._lines(rng, acts, int(code), month)])
        order = np.argsort(lines.act, kind="stable")
        return Batch(self.country.span.months[month][0], acts, lines.taken(order))

    def _happenings(self, rng: np.random.Generator, month: int, institutions: np.ndarray, code: int) -> Acts:
        country = self.country
        able = (country.connected_from[institutions] <= month) & ~country.silent[institutions, month]
        rate = self._rates[country.kinds[institutions], code] * able * self.pace
        institutions, rate = institutions[rate > 0], rate[rate > 0]
        year, number = country.span.months[month]
        first = dt.date(year, number, 1).toordinal()
        weights = self._weights(month)
        rhythm = self._rhythm_of[institutions]
        many = rng.poisson(rate * np.array([each.mean() for each in weights])[rhythm])
        who, rhythm = np.repeat(institutions, many), np.repeat(rhythm, many)
        luck, day = rng.random(len(who)), np.zeros(len(who), np.int64)
        for index, each in enumerate(weights):
            mine = rhythm == index
            day[mine] = first + np.searchsorted(np.cumsum(each) / each.sum(), luck[mine])
        posted = self._posted(day, rng.random(len(who)), self._delay(rng, len(who)))
        return self._made(np.full(len(who), code), who, day, posted)

    def _typed_in(self, rng: np.random.Generator, month: int, institutions: np.ndarray) -> Acts:
        """One for each institution without the system whose month, quarter or year ends: on the last day, brought in
        weeks later."""
        country = self.country
        ends = country.span.months[month][1] % self.typed_every[institutions] == 0
        typed = ends & (country.connected_from[institutions] > month) & ~country.silent[institutions, month]
        typed &= rng.random(len(institutions)) < self.typed_pace
        who = institutions[typed & (self._stated[institutions] != NOT_KNOWN)]
        last = days_of(*country.span.months[month])[-1].toordinal()
        posted = self._posted(np.full(len(who), last), rng.random(len(who)), rng.integers(2, 41, len(who)))
        return self._made(self._stated[who], who, np.full(len(who), last), posted)

    def _delay(self, rng: np.random.Generator, many: int) -> np.ndarray:
        """Days until it is posted: mostly none, sometimes some, now and then weeks."""
        luck = rng.random(many)
        late, soon = self.model.late_share, 0.2
        days = np.where(luck < late, rng.integers(14, 91, many), rng.integers(1, 4, many))
        return np.where(luck < late + soon, days, 0)

    def _posted(self, day: np.ndarray, luck: np.ndarray, delay: np.ndarray) -> np.ndarray:
        """Between five and nine in the evening."""
        moment = (17 + 4 * luck) * 3_600_000
        return (day + delay - EPOCH) * DAY_MS + moment.astype(np.int64) - OFFSET_MS

    def _made(self, code: np.ndarray, who: np.ndarray, day: np.ndarray, posted: np.ndarray) -> Acts:
        """Only what happened while the house was open, within the time, and was posted before the book is looked at."""
        span = self.country.span
        kept = self.country.is_open(who, day) & (day <= span.last) & (posted < self.seen_until)
        code, who, day, posted = code[kept], who[kept], day[kept], posted[kept]
        empty = np.zeros(len(who), np.int64)
        return Acts(code, who, self.country.stays_of(who, day), day, posted, empty, empty.copy(), empty.copy())

    def _draw_fate(self, rng: np.random.Generator, acts: Acts) -> None:
        wrong = rng.random(len(acts)) < self.model.wrong_share
        days = rng.integers(1, LATEST_NOTICED + 1, len(acts))
        acts.corrected = acts.posted + days * DAY_MS
        withdrawn = rng.random(len(acts)) < self.model.never_right
        noticed = acts.corrected + PUT_RIGHT_AFTER_MS < self.seen_until
        noticed &= days <= LATEST_NOTICED * (1 - self.model.never_noticed)  # what took longest never is
        fate = np.where(withdrawn, Fate.WITHDRAWN, Fate.PUT_RIGHT)
        acts.fate = np.where(wrong, np.where(noticed, fate, Fate.STILL_WRONG), Fate.RIGHT)

    def _draw_tags(self, rng: np.random.Generator, acts: Acts, month: int) -> None:
        days = days_of(*self.country.span.months[month])
        observances = [observance_of(day) for day in days]
        first, observes = days[0].toordinal(), rng.random(len(acts)) < 0.7
        luck = rng.random((len(acts), 2))
        for code in np.unique(acts.code):
            act = self.acts[code]
            if act.kinds:
                mine = np.flatnonzero(acts.code == code)
                table = np.array(
                    [
                        [[self.tags.number(kind, theme, each) for each in [None, *observances]] for theme in act.themes]
                        for kind in act.kinds
                    ]
                )
                kind = (luck[mine, 0] * len(act.kinds)).astype(int)
                theme = (luck[mine, 1] * len(act.themes)).astype(int)
                acts.tag[mine] = table[kind, theme, (acts.day[mine] - first + 1) * observes[mine]]

    # -- lines --

    def _lines(self, rng: np.random.Generator, acts: Acts, code: int, month: int) -> list[Lines]:
        act, mine = self.acts[code], np.flatnonzero(acts.code == code)
        found = []
        for ordinal, model in enumerate(act.lines):
            lines = self._of_model(rng, acts, mine, model, month)
            if act.is_stated:
                lines.quantity *= self.typed_every[acts.institution[lines.act]]
                lines.quantity[rng.random(len(lines)) < self.model.typed_zero] = 0
            lines.is_first[:] = ordinal == 0
            if ordinal == 0:  # an act counts each thing once in its first line, so that one slip is one line
                lines.is_first[1:] = lines.act[1:] != lines.act[:-1]
            found.append(lines)
            if act.visit and model.measure == MeasureCode.PROGRAMME_ATTENDANCE:
                found.append(_visits(rng, lines, act.visit))
        return found

    def _of_model(self, rng: np.random.Generator, acts: Acts, mine: np.ndarray, model: LineModel, month: int) -> Lines:
        counted = mine[rng.random(len(mine)) < model.chance]
        many = 1 + rng.poisson(model.cells - 1, len(counted))
        act = np.repeat(counted, many)
        who, count = acts.institution[act], len(act)
        school = self._is_school[who]
        sex, age = _drawn(rng, _SEX_SHARES, count), self._ages(rng, school)
        learner = np.full(count, NOT_KNOWN, np.int64)
        if model.people:
            learner = self._learners(rng, acts, act, month)
            sex = (learner * 2_654_435_761 >> 7) & 1
            age = self._ages_of(learner, self.country.span.months[month][0], school)
        return Lines(
            act=act,
            measure=np.full(count, MEASURES.index(model.measure)),
            quantity=self._quantities(rng, who, model, month),
            sex=_known(rng, sex, model.sex),
            age=_known(rng, age, model.age),
            channel=_weighted(rng, CHANNELS, model.channels, count),
            purpose=_weighted(rng, PURPOSES, model.purposes, count),
            residence=_known(rng, self._residences(rng, acts, act), model.residence),
            learner=learner,
            is_first=np.zeros(count, bool),
        )

    def _quantities(self, rng: np.random.Generator, who: np.ndarray, model: LineModel, month: int) -> np.ndarray:
        """Grows with the years and the size of the house; a session is one, a person is one."""
        if model.quantity == 1:
            return np.ones(len(who), np.int64)
        country = self.country
        growth = (1 + country.growth[who]) ** (month / 12)
        # Sessions are typed in by number; they do not multiply with the size of the house.
        size = 1 if model.measure == MeasureCode.PROGRAMME_SESSION else country.size[who]
        return 1 + rng.poisson(model.quantity * size * growth)

    def _ages(self, rng: np.random.Generator, school: np.ndarray) -> np.ndarray:
        luck = rng.random(len(school))
        return np.where(
            school, np.searchsorted(_AGE_SHARES["school"], luck), np.searchsorted(_AGE_SHARES["else"], luck)
        )

    def _ages_of(self, learner: np.ndarray, year: int, school: np.ndarray) -> np.ndarray:
        """A person grows a year older each year; who learns at a school is of school age."""
        mix = (learner * 40_503) >> 5
        years = np.where(school, 6 + (mix + year) % 12, year - (1950 + mix % 60))
        return np.searchsorted(_AGE_UPTO, years)

    def _learners(self, rng: np.random.Generator, acts: Acts, act: np.ndarray, month: int) -> np.ndarray:
        """People of the commune, some often, others seldom; a few who come to houses anywhere; new ones every year.

        A person is known by the commune on today's map, so that houses of one commune share their people.
        """
        place = self.country.stay_place[acts.stay[act]]
        commune = self._at_today.lies_in[Tier.COMMUNE][place].astype(np.int64)
        travels, often = rng.random(len(act)) < 0.05, rng.random(len(act)) ** 3
        from_anywhere = len(self.territory.units)
        return np.where(
            travels,
            (from_anywhere << _COMMUNE_SHIFT) + (_TRAVELLERS * self.country.count * often).astype(np.int64),
            (commune << _COMMUNE_SHIFT)
            + month // 12 * _NEW_EACH_YEAR
            + (_PEOPLE_OF_A_COMMUNE * often).astype(np.int64),
        )

    def _residences(self, rng: np.random.Generator, acts: Acts, act: np.ndarray) -> np.ndarray:
        """Where people live: mostly in the commune of the house, else in another one of the province."""
        stay = acts.stay[act]
        place, near = self.country.stay_place[stay], self._neighbours[stay]
        return np.where(rng.random(len(act)) < 0.7, place, near)


def _visits(rng: np.random.Generator, attendance: Lines, visit: Visit) -> Lines:
    """Who took part on the spot also came in."""
    lines = attendance.taken(attendance.channel != CHANNELS.index(Channel.ONLINE))
    lines.measure = np.full(len(lines), MEASURES.index(visit.measure))
    lines.purpose = _weighted(rng, PURPOSES, visit.purposes, len(lines))
    return lines


def _drawn(rng: np.random.Generator, shares: np.ndarray, count: int) -> np.ndarray:
    return np.minimum(np.searchsorted(shares, rng.random(count)), len(shares) - 1)


def _known(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    return np.where(rng.random(len(values)) < share, values, NOT_KNOWN)


def _weighted(rng: np.random.Generator, choices: list, weights: Mapping, count: int) -> np.ndarray:
    """The number of a choice by its weight; NOT_KNOWN where there are none."""
    if not weights:
        return np.full(count, NOT_KNOWN)
    shares = np.cumsum(list(weights.values())) / sum(weights.values())
    return np.array([choices.index(each) for each in weights])[_drawn(rng, shares, count)]
