"""What a reporting year must say, added up once more: from what the simulation drew, institution by institution, in
plain Python. Nothing of indicators or reporting is used; only the words of docs/figures.md and the data files.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from hocsuotdoi.places.enums import LIBRARIES, MUSEUMS, Tier
from hocsuotdoi.simulation.operations import Plan
from hocsuotdoi.simulation.operations.activity import AGES, MEASURES, NOT_KNOWN, PURPOSES, SEXES
from hocsuotdoi.simulation.operations.country import CODE, Country
from hocsuotdoi.simulation.operations.simulate import batches, drawn_activity, drawn_country

DATA = Path(__file__).resolve().parents[2] / "hocsuotdoi" / "indicators" / "data"
OBSERVANCES = {"book_day", "world_book_day", "museum_day", "digital_day", "heritage_day", "lifelong_learning_week"}
VISITS = ("library_visit", "museum_visit", "centre_visit")
SESSIONS, ATTENDANCE = "programme_session", "programme_attendance"
UNITS, POPULATION = "units", "population"


def _rows(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


INDICATORS = {row["code"]: row for row in _rows("indicators")}
COHORTS = {row["code"]: row for row in _rows("cohorts")}
CHECKLISTS = {(row["indicator"], each): row for row in _rows("criteria") for each in row["classes"]}
STAFF_CRITERIA = {
    key: [each["code"] for each in row["criteria"] if each["answered_by"] == "staff"] for key, row in CHECKLISTS.items()
}


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity that stands in the end, with everything that a figure may ask of it. Empty is not known."""

    year: int
    month: int
    measure: str
    purpose: str
    sex: str
    age: str
    tags: tuple[str, ...]


TOGETHER = (
    {SESSIONS, ATTENDANCE, "recording_view", *VISITS},
    {"loan", "renewal", "in_house_use", "reservation"},
)


def _with(recorded: set[str], *measures: str) -> bool:
    return any(recorded & room and room & set(measures) for room in TOGETHER)


@dataclass(slots=True)
class Facts:
    """All that is known of one institution up to the day that counts, and up to the same day of the base year."""

    institution_class: str
    lines: Counter[Line] = field(default_factory=Counter)
    recorded: set[tuple[int, str]] = field(default_factory=set)
    """(year, measure) of what was recorded here, and not typed in"""
    months: set[tuple[int, int]] = field(default_factory=set)
    """(year, month) in which anything was recorded here"""
    people: Counter[tuple[str, bool, int]] = field(default_factory=Counter)
    """(commune where they took part, whether it is a town, learner) to attendances in the year"""
    attended: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """(commune, whether it is a town) to all attendances in the year"""
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    has_website: bool = False
    before: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """(measure, whether after the day up to which the base year's own reports counted) to all of the base year"""
    recorded_before: set[str] = field(default_factory=set)

    def sum(self, year: int, *measures: str, keep: Callable[[Line], bool] = lambda line: True) -> int:
        return sum(n for line, n in self.lines.items() if line.year == year and line.measure in measures and keep(line))

    def tells(self, year: int, *measures: str, keep: Callable[[Line], bool] = lambda line: True) -> bool:
        """Whether something of them stands, or what is recorded together with one of them was recorded."""
        recorded = {measure for when, measure in self.recorded if when == year}
        return self.sum(year, *measures, keep=keep) > 0 or _with(recorded, *measures)

    def told_before(self, measure: str) -> bool:
        return sum(self.before[measure, after] for after in (False, True)) > 0 or _with(self.recorded_before, measure)

    def different(self, year: int, of: str, measure: str) -> int:
        """How many months, or ages, something was counted in."""
        sums: Counter[Any] = Counter()
        for line, n in self.lines.items():
            if line.year == year and line.measure == measure:
                sums[getattr(line, of)] += n
        return len({key for key, n in sums.items() if n > 0 and key})


@dataclass
class Book:
    """The draws of a simulated country again, kept by institution (by its code)."""

    plan: Plan
    at: dt.datetime
    cutoff: dt.date
    map_on: dt.date
    country: Country = field(init=False)
    facts: dict[str, Facts] = field(init=False)

    def __post_init__(self) -> None:
        self.country = drawn_country(self.plan, at=self.at)
        self.year, self.base_year = self.cutoff.year, self.plan.first_year
        classes = [self.country.class_of(n).institution_class.value for n in range(self.country.count)]
        made = [Facts(each) for each in classes]
        activity = drawn_activity(self.plan, self.country, at=self.at)
        tags = activity.tags.sets()
        for _month, _part, batch in batches(self.plan, activity):
            if batch.year not in (self.year, self.base_year):
                continue
            last = self.cutoff.replace(year=batch.year).toordinal()
            _standing, lines = batch.standing()
            in_time = batch.acts.day <= last
            is_typed = [activity.acts[code].is_stated for code in batch.acts.code.tolist()]
            self._take(made, batch, lines.taken(in_time[lines.act]), tags, is_typed)
            if batch.year == self.base_year:
                columns = (lines.act, lines.measure, lines.quantity)
                for act, measure, quantity in zip(*(each.tolist() for each in columns), strict=True):
                    facts = made[batch.acts.institution[act]]
                    facts.before[MEASURES[measure].value, not in_time[act]] += quantity
                    if not is_typed[act]:
                        facts.recorded_before.add(MEASURES[measure].value)
        self.facts = {f"{CODE}{number + 1:06}": each for number, each in enumerate(made)}

    def _take(
        self, made: list[Facts], batch: Any, lines: Any, tags: list[tuple[str, ...]], is_typed: list[bool]
    ) -> None:
        communes = self._communes()
        acts = batch.acts
        days = [dt.date.fromordinal(int(day)) for day in acts.day]
        columns = (lines.act, lines.measure, lines.purpose, lines.sex, lines.age, lines.learner, lines.quantity)
        for act, measure, purpose, sex, age, learner, quantity in zip(
            *(each.tolist() for each in columns), strict=True
        ):
            facts = made[acts.institution[act]]
            line = Line(
                batch.year,
                days[act].month,
                MEASURES[measure].value,
                "" if purpose == NOT_KNOWN else PURPOSES[purpose].value,
                "" if sex == NOT_KNOWN else SEXES[sex].value,
                "" if age == NOT_KNOWN else AGES[age].value,
                tags[acts.tag[act]],
            )
            facts.lines[line] += quantity
            if not is_typed[act]:
                facts.recorded.add((line.year, line.measure))
                facts.months.add((line.year, line.month))
            if line.measure == ATTENDANCE and batch.year == self.year:
                where = communes[self.country.stay_place[acts.stay[act]]]
                facts.attended[where] += quantity
                if learner != NOT_KNOWN:
                    facts.people[*where, learner] += quantity

    def _communes(self) -> list[tuple[str, bool | None]]:
        """Of each unit of any time: the commune that it is read in, and whether that is a town; a special zone has
        both."""
        territory = self.country.territory
        units: list[tuple[str, bool | None]] = [
            (unit.key.partition("@")[0], None if unit.name.startswith("Đặc khu") else unit.is_urban)
            for unit in territory.units
        ]
        read_in = territory.map_on(self.map_on.toordinal()).lies_in[Tier.COMMUNE]
        return [units[commune] if commune >= 0 else ("", False) for commune in read_in.tolist()]

    def stands_in(self, number: int, tier: Tier) -> str | None:
        """The code of the unit in which an institution stands on the map of the cycle, as the register has it."""
        day = self.map_on.toordinal()
        rows = self.country.placements[number]
        place = next((unit for unit, starts, ends in rows if starts <= day < ends), None)
        if place is None:  # opened between the map's day and the last one looked at
            place = next((u for u, s, e in rows if s <= self.cutoff.toordinal() < e), None)
        if place is None:
            return None
        territory = self.country.territory
        above = int(territory.map_on(day).lies_in[tier][place])
        return territory.units[above].key.partition("@")[0] if above >= 0 else None

    def open_at_the_end(self) -> Iterator[int]:
        everyone = np.arange(self.country.count)
        days = np.full(self.country.count, self.cutoff.toordinal())
        return iter(everyone[self.country.is_open(everyone, days)].tolist())


@dataclass(frozen=True, slots=True)
class Number:
    """What a figure must say. Both parts None: not reported."""

    top: Decimal | None
    below: Decimal | None = None
    reporting: int | None = None
    expected: int | None = None


@dataclass
class Place:
    """A commune with what its own report counts."""

    facts: list[Facts]
    urban: int | None = None
    rural: int | None = None
    villages: int | None = None
    code: str = ""


@dataclass
class Sheet:
    """All that one report rests on: its own institutions and those of the approved reports below, however deep."""

    year: int
    base_year: int
    facts: list[Facts]
    communes: list[Place] = field(default_factory=list)
    typed: list[Mapping[str, Number]] = field(default_factory=list)
    everybody: list[Facts] = field(default_factory=list)
    """Also those of reports that are not approved: different people are asked of all"""
    every_commune: list[Place] = field(default_factory=list)
    missing: list[Facts] = field(default_factory=list)
    """Of reports below that are not approved: they stay expected"""
    missing_communes: int = 0
    before: list[Facts] = field(default_factory=list)
    """Whose base year is told by this report or those that are in it"""
    closed_before: list[Facts] = field(default_factory=list)
    """Who had closed before its own last days: in the whole of it, and asked no more"""
    missing_before: list[Facts] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)

    def measures(self) -> dict[str, Decimal]:
        """What was held and who came, whole and cut; a cut that is nothing is left out."""
        totals: Counter[str] = Counter()
        for facts in self.facts:
            for line, quantity in facts.lines.items():
                if line.year == self.year:
                    for key in _keys(line, self.year):
                        totals[key] += quantity
        for typed in self.typed:
            for key, number in typed.items():
                if key.startswith("measure:") and number.top is not None:
                    totals[key] += int(number.top)
        return {key: Decimal(quantity) for key, quantity in totals.items() if quantity}

    def visits(self, measure: str) -> Number | None:
        """Of those who are asked for them, wherever somebody is: who was silent stays expected."""
        asked = [each for each in self.facts if _asked_for(each) == measure]
        more = sum(_asked_for(each) == measure for each in self.missing)
        spoke = sum(each.tells(self.year, measure) for each in asked)
        key = f"measure:{measure}:{self.year}"
        total = self.measures().get(key)
        top = Decimal(0) if total is None and (spoke or any(key in typed for typed in self.typed)) else total
        if not asked and not more:
            return None if top is None else Number(top)
        return Number(top, None, spoke, len(asked) + more)

    def year_before(self, after: dt.date) -> dict[str, Number]:
        """What was held after the base year's reports had been closed, and the whole of that year."""
        found: dict[str, Number] = {}
        for measure in (SESSIONS, ATTENDANCE, *VISITS):
            asked, missing = (
                [each for each in of if measure not in VISITS or _asked_for(each) == measure]
                for of in (self.before, self.missing_before)
            )
            gone = sum(each.before[measure, False] for each in self.closed_before)
            if not asked and not missing and not gone:
                continue
            spoke, expected = sum(each.told_before(measure) for each in asked), len(asked) + len(missing)
            rest = sum(each.before[measure, True] for each in asked)
            whole = rest + gone + sum(each.before[measure, False] for each in asked)
            key = f"measure:{measure}:{self.base_year}"
            found[key] = Number(Decimal(whole) if spoke or gone else None, None, spoke, expected)
            if asked:
                found[f"{key}:after:{after}"] = Number(Decimal(rest) if spoke else None, None, spoke, expected)
        return found

    def telling(self, measure: str) -> int:
        return sum(each.tells(self.year, measure) for each in self.facts)

    def indicator(self, indicator: str, cohort: str) -> Number | None:
        """None: there is nobody whom it is asked of."""
        kind, of = INDICATORS[indicator]["kind"], COHORTS[cohort]
        if kind == "share_of_population":
            return self._people(of.get("urban"))
        if of["kind"] == UNITS:
            return self._villages(indicator, of) if not of["tier"] else self._units(indicator, of)
        asked = [each for each in self.facts if each.institution_class in of["classes"]]
        own = self._growth(indicator, asked) if kind == "growth" else self._institutions(indicator, asked)
        more = sum(each.institution_class in of["classes"] for each in self.missing)
        return _with_typed(
            _out_of(own, more), [t[key] for t in self.typed if (key := self.key(indicator, cohort)) in t]
        )

    def key(self, indicator: str, cohort: str) -> str:
        return f"indicator:{indicator}:{cohort}:{self.year}"

    def _growth(self, indicator: str, asked: list[Facts]) -> Number | None:
        """Of those that told it in both years."""
        if not asked:
            return None
        of, years = INDICATORS[indicator], (self.year, self.base_year)
        purposes = set(of.get("purposes", ()))

        def keep(line: Line) -> bool:
            return not purposes or line.purpose in purposes

        constant = [f for f in asked if all(f.tells(year, *of["measures"], keep=keep) for year in years)]
        if not constant:
            return Number(None, None, 0, len(asked))
        now, then = (sum(f.sum(year, *of["measures"], keep=keep) for f in constant) for year in years)
        return Number(Decimal(now), Decimal(then), len(constant), len(asked))

    def _institutions(self, indicator: str, asked: list[Facts]) -> Number | None:
        outcomes = Counter(outcome(indicator, each, self.year) for each in asked)
        known, expected = outcomes["met"] + outcomes["not met"], len(asked) - outcomes["does not apply"]
        if not expected:
            return None
        if not known:
            return Number(None, None, 0, expected)
        return Number(Decimal(outcomes["met"]), Decimal(known), known, expected)

    def _units(self, indicator: str, cohort: dict[str, Any]) -> Number | None:
        if cohort["tier"] != Tier.COMMUNE:
            return None
        has_list = any((indicator, each) in CHECKLISTS for each in cohort["classes"])
        verdicts = Counter(_verdict(indicator, cohort, each, self.year, has_list=has_list) for each in self.communes)
        known = verdicts[True] + verdicts[False]
        if not self.communes:
            return _out_of(None, self.missing_communes)
        told = (Decimal(verdicts[True]), Decimal(known)) if known else (None, None)
        return _out_of(Number(*told, known, len(self.communes)), self.missing_communes)

    def _villages(self, indicator: str, cohort: dict[str, Any]) -> Number | None:
        found = [_of_villages(indicator, cohort, each, self.year) for each in self.communes]
        told = [each for each in found if each is not None]
        if not told:
            return None
        return Number(
            _plus(each.top for each in told),
            _plus(each.below for each in told),
            sum(each.reporting or 0 for each in told),
            sum(each.expected or 0 for each in told),
        )

    def _people(self, urban: bool | None) -> Number | None:
        """Each once, wherever in the territory they came: never a sum of what those below say."""
        met: Counter[int] = Counter()
        attended, here = 0, {each.code for each in self.every_commune}
        for facts in self.everybody:
            for (commune, in_town, learner), quantity in facts.people.items():
                if commune in here and in_town == urban:
                    met[learner] += quantity
            attended += sum(
                n for (commune, in_town), n in facts.attended.items() if commune in here and in_town == urban
            )
        people, known = sum(n > 0 for n in met.values()), sum(met.values())
        is_known = all((each.urban, each.rural) != (None, None) for each in self.every_commune)
        residents = [each.urban if urban else each.rural for each in self.every_commune if is_known]
        population = sum(each or 0 for each in residents)
        if not attended:
            return None
        if not population or not known:
            return Number(None, None, known, attended)
        return Number(Decimal(people), Decimal(population), known, attended)


def _asked_for(facts: Facts) -> str:
    """Which visits an institution counts."""
    if facts.institution_class in LIBRARIES:
        return "library_visit"
    return "museum_visit" if facts.institution_class in MUSEUMS else "centre_visit"


def _keys(line: Line, year: int) -> Iterator[str]:
    if line.measure in (SESSIONS, ATTENDANCE, *VISITS):
        whole = f"measure:{line.measure}:{year}"
        yield whole
        name = "visit" if line.measure in VISITS else line.measure
        yield f"measure:{name}:{year}:month:{line.month}"
        if line.measure == ATTENDANCE:
            yield f"{whole}:sex:{line.sex or 'unknown'}"
            yield f"{whole}:age:{line.age or 'unknown'}"
        if line.measure in (SESSIONS, ATTENDANCE):
            yield from (f"{whole}:observance:{tag}" for tag in line.tags if tag in OBSERVANCES)


def outcome(indicator: str, facts: Facts, year: int) -> str:
    """A checklist at an institution: met when so many hold, not met when so many cannot hold any more."""
    checklist = CHECKLISTS.get((indicator, facts.institution_class))
    if checklist is None:
        return "met" if not any(key == indicator for key, _class in CHECKLISTS) else "not known"
    answers = [_answer(indicator, each, facts, year) for each in checklist["criteria"]]
    # «Not applicable» waits for a reviewer, and none comes in this year: it is not known.
    open_ones = answers.count(None) + answers.count("not_applicable")
    needed, yes = checklist["needed"], answers.count("yes")
    if yes >= needed:
        return "met"
    return "not met" if yes + open_ones < needed else "not known"


def _answer(indicator: str, criterion: dict[str, Any], facts: Facts, year: int) -> str | None:
    """From the book where it has spoken, from the register where it knows, from staff where only they can."""
    rule, given = criterion.get("rule"), criterion.get("parameters", {})
    holds: bool | None = None
    if criterion["answered_by"] == "ledger":
        holds = _RULES[rule](facts, given, year) or (False if _is_told(facts, given, year) else None)
    elif rule == "website_known" and facts.has_website:
        holds = True
    elif rule == "opening_hours_known":
        holds = False  # the register of a simulated country has no hours, and the question is whether it has
    if holds is None:
        return None if rule else facts.answers.get((indicator, criterion["code"]))
    return "yes" if holds else "no"


def _is_told(facts: Facts, given: dict[str, Any], year: int) -> bool:
    """Whether a no can be said: all that is asked for is told."""
    purposes = set(given.get("purposes", ()))
    measures = given.get("measures") or ([given["measure"]] if "measure" in given else None)
    if measures is None:
        return any(line.year == year and n > 0 for line, n in facts.lines.items())
    return all(
        facts.tells(year, measure, keep=lambda line: not purposes or line.purpose in purposes) for measure in measures
    )


def _quantity(facts: Facts, given: dict[str, Any], year: int) -> bool:
    purposes, tags = set(given.get("purposes", ())), set(given.get("tags", ()))

    def keep(line: Line) -> bool:
        return (not purposes or line.purpose in purposes) and (not tags or bool(tags & set(line.tags)))

    return facts.sum(year, given["measure"], keep=keep) >= given["quantity"]


def _months(facts: Facts, measure: str | None, year: int) -> int:
    """Without a measure: in which something was recorded here."""
    return facts.different(year, "month", measure) if measure else sum(when == year for when, _month in facts.months)


_RULES: dict[str, Callable[[Facts, dict[str, Any], int], bool]] = {
    "quantity_at_least": _quantity,
    "any_of_at_least": lambda f, given, year: any(f.sum(year, m) >= given["quantity"] for m in given["measures"]),
    "months_at_least": lambda f, given, year: _months(f, given.get("measure"), year) >= given["months"],
    "age_bands_at_least": lambda f, given, year: f.different(year, "age", given["measure"]) >= given["bands"],
}


def _verdict(indicator: str, cohort: dict[str, Any], place: Place, year: int, *, has_list: bool) -> bool | None:
    """A commune has it when one institution in it does. Without any, a register that knows of others says no."""
    outcomes = [outcome(indicator, each, year) for each in place.facts if each.institution_class in cohort["classes"]]
    if "met" in outcomes:
        return True
    if not outcomes:
        return False if place.facts and not has_list else None
    return None if "not known" in outcomes else False


def _of_villages(indicator: str, cohort: dict[str, Any], place: Place, year: int) -> Number | None:
    outcomes = Counter(
        outcome(indicator, each, year) for each in place.facts if each.institution_class in cohort["classes"]
    )
    houses, unknown = outcomes.total(), outcomes["not known"]
    if place.villages is None or houses > place.villages:
        return None
    if houses == unknown:
        return Number(None, None, 0, place.villages)
    return Number(Decimal(outcomes["met"]), Decimal(place.villages), houses - unknown, place.villages)


def _out_of(number: Number | None, more: int) -> Number | None:
    """Who was not approved below stays expected."""
    if not more:
        return number
    if number is None:
        return Number(None, None, 0, more)
    return replace(number, reporting=number.reporting or 0, expected=(number.expected or 0) + more)


def _with_typed(own: Number | None, typed: Iterable[Number]) -> Number | None:
    parts = [each for each in (own, *typed) if each is not None]
    if not parts:
        return None
    known = [each for each in parts if each.reporting is not None]
    return Number(
        _plus(each.top for each in parts),
        _plus(each.below for each in parts),
        sum(each.reporting or 0 for each in known) if known else None,
        sum(each.expected or 0 for each in known) if known else None,
    )


def _plus(many: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in many if each is not None]
    return sum(known, Decimal(0)) if known else None
