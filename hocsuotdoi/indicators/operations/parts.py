"""Keeping parts of figures fresh (`queries.kept_parts`). Nothing depends on it: what is not fresh is looked at anew.

One refresh at a time. It goes from batch to batch of leaves, each in a transaction of its own, so what is in hand stays
small and whoever stops it loses nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import Indicator, KeptParts, PartsQuestion, PartsStale, PartsYear
from hocsuotdoi.indicators.queries.frame import MANY, Frame, frames_together
from hocsuotdoi.indicators.queries.kept_parts import key_of, made_at
from hocsuotdoi.indicators.queries.material import Defined, classes_of, defined_by
from hocsuotdoi.indicators.queries.parts import COLUMNS, NOTHING, Parts, adds_up
from hocsuotdoi.indicators.queries.reported import with_years_before
from hocsuotdoi.indicators.queries.results import OWN, Pair
from hocsuotdoi.indicators.queries.sums import counted_for
from hocsuotdoi.indicators.registry import asked_pairs
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution, UnitAncestry

YEARS = 10
"""So many are kept, the running one among them."""
MOST_LEAVES = 200
"""In hand at once; fewer where there are many institutions, so that they can be named in a query."""


def refresh(day: dt.date, *, batches: int | None = None) -> int:
    """Makes anew what is stale, as seen from `day`, today; returns how many leaves of years were made. 0 also when
    another refresh is at work. `batches`: stop after so many."""
    with _alone() as is_alone:
        if not is_alone:
            return 0
        with transaction.atomic():
            _take_note(day)
        made, done = 0, 0
        while batches is None or done < batches:
            with _seen_at_one_moment():
                number = _make_batch(day)
            if not number:
                break
            made, done = made + number, done + 1
        return made


def wanted_pairs() -> set[Pair]:
    """Those that plans set targets for, and those that indicators are shown with where nobody chooses."""
    own = Indicator.objects.exclude(cohort=None).values_list("code", flat=True)
    return asked_pairs() | {(code, OWN) for code in own}


def _frames(day: dt.date, leaves: Sequence[int] = (), years: Collection[int] | None = None) -> list[Frame]:
    country = AdminUnit.objects.filter(tier=Tier.COUNTRY).first()
    if country is None:
        return []
    asked = years if years is not None else range(day.year - YEARS + 1, day.year + 1)
    return frames_together([Frame(country, year, day, leaves=tuple(leaves)) for year in sorted(asked)])


@dataclass(frozen=True, slots=True)
class _Question:
    id: int
    base_year: int | None
    defined: Defined


def _questions(frames: Sequence[Frame]) -> dict[int, list[_Question]]:
    """Year to what is asked of it."""
    pairs = sorted(wanted_pairs())
    keys: dict[int, list[tuple[str, int | None, Defined]]] = {}
    for frame in frames:
        found = defined_by(frame, pairs) if pairs else []
        defined = [each for each in dict.fromkeys(found) if adds_up(*each)]
        keys[frame.year] = [(key_of(*each), counted_for(*each).base_year, each) for each in defined]
    ids = _ids({key for each in keys.values() for key, _base, _defined in each})
    return {year: [_Question(ids[key], base, defined) for key, base, defined in each] for year, each in keys.items()}


def _ids(keys: set[str]) -> dict[str, int]:
    known = dict(PartsQuestion.objects.filter(key__in=keys).values_list("key", "pk"))
    new = [PartsQuestion(key=key) for key in sorted(keys - known.keys())]
    return known | {each.key: each.pk for each in PartsQuestion.objects.bulk_create(new)}


def _take_note(day: dt.date) -> None:
    """Years that do not hold any more are begun anew; marks become leaves to be made. What is written meanwhile leaves
    marks that this does not see, and that stay."""
    questions = _questions(_frames(day))
    kept = {each.year: each for each in PartsYear.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_MARKS, {"day": day})
        cursor.execute(_WHOLE, {"day": day})
        is_all, changed = cursor.fetchone()
        for year, asked in questions.items():
            own, wanted = kept.pop(year, None), sorted(each.id for each in asked)
            holds = own is not None and not is_all and _holds(own, day) and (changed is None or changed <= own.day)
            if own is None or not holds or not set(wanted) <= set(own.questions):
                compared = {year, *(each.base_year for each in asked if each.base_year and each.base_year < year)}
                reads = sorted(with_years_before(compared))
                _begin(PartsYear(year=year, day=day, questions=wanted, reads=reads))
            elif wanted != own.questions:
                PartsYear.objects.filter(year=year).update(questions=wanted)
        for year in kept:
            _forget(year)


def _holds(own: PartsYear, day: dt.date) -> bool:
    """A year that is over looks the same on any later day of the same map."""
    return own.day == day or (own.year < own.day.year and own.day < day)


def _begin(year: PartsYear) -> None:
    _forget(year.year)
    year.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO indicators_partsstale (year, unit_id) SELECT %(year)s, id FROM places_adminunit "
            "WHERE coalesce(starts_on, '-infinity') <= %(day)s AND coalesce(ends_on, 'infinity') > %(day)s",
            {"year": year.year, "day": year.day},
        )


def _forget(year: int) -> None:
    for model in (PartsYear, PartsStale, KeptParts):
        model.objects.filter(year=year).delete()


# A mark of neither place nor institution is left for `_WHOLE` to find.
_TAKE_MARKS = """
WITH gone AS (
    DELETE FROM indicators_partsmark WHERE place_id IS NOT NULL OR institution_id IS NOT NULL
    RETURNING place_id, institution_id, year
), touched AS (
    SELECT place_id, year FROM gone WHERE place_id IS NOT NULL
     UNION
    SELECT placement.unit_id, gone.year FROM gone JOIN places_institutionplacement AS placement USING (institution_id)
)
INSERT INTO indicators_partsstale (year, unit_id)
SELECT DISTINCT own.year, reading.reads_as_id
  FROM touched
  JOIN places_unitreading AS reading ON reading.unit_id = touched.place_id
                                    AND coalesce(reading.starts_on, '-infinity') <= %(day)s
                                    AND coalesce(reading.ends_on, 'infinity') > %(day)s
  JOIN indicators_partsyear AS own ON touched.year IS NULL OR touched.year = ANY(own.reads)
    ON CONFLICT (year, unit_id) DO UPDATE SET unit_id = EXCLUDED.unit_id
"""
# The update says that something else was taken over: by the row's transaction readers tell writings apart.
_WHOLE = """
WITH gone AS (
    DELETE FROM indicators_partsmark WHERE place_id IS NULL AND institution_id IS NULL RETURNING id
)
SELECT EXISTS (SELECT FROM gone),
       greatest((SELECT max(starts_on) FROM places_unitreading WHERE starts_on <= %(day)s),
                (SELECT max(starts_on) FROM places_unitparent WHERE starts_on <= %(day)s))
"""


def _make_batch(day: dt.date) -> int:
    stale: dict[int, set[int]] = {}
    for leaf, year in PartsStale.objects.filter(unit_id__in=_some_leaves()).values_list("unit_id", "year"):
        stale.setdefault(year, set()).add(leaf)
    leaves = list(AdminUnit.objects.filter(pk__in={leaf for each in stale.values() for leaf in each}))
    if not leaves:
        return 0
    frames = _frames(day, [leaf.pk for leaf in leaves], stale)
    questions = _questions(frames)
    kept = dict(PartsYear.objects.filter(year__in=stale).values_list("year", "questions"))
    if any(sorted(each.id for each in asked) != kept.get(year) for year, asked in questions.items()):
        return 0  # something was defined anew meanwhile: the next refresh begins with that
    made: dict[_Key, Parts] = {}
    frames[0].together.classes = classes_of([q.defined for q in asked] for asked in questions.values())
    for frame in frames:
        ids = {(q.defined[0].code, q.defined[1].code): q.id for q in questions[frame.year]}
        found = made_at(frame, leaves, [q.defined for q in questions[frame.year]])
        for pair, by_leaf in found.items():
            for leaf, each in by_leaf.items():
                if leaf in stale[frame.year]:
                    if each.parts != NOTHING:
                        made[leaf, frame.year, ids[pair], 0] = each.parts
                    made |= {(leaf, frame.year, ids[pair], number): one for number, one in each.loose.items()}
    _put(day, made, stale)
    for year, units in stale.items():
        PartsStale.objects.filter(year=year, unit_id__in=units).delete()
    return sum(map(len, stale.values()))


def _some_leaves() -> list[int]:
    waiting = PartsStale.objects.order_by("unit_id").values_list("unit_id", flat=True).distinct()
    units = AdminUnit.objects.filter(ends_on=None, tier=Tier.COMMUNE).count()
    at_most = MANY * max(units, 1) // max(Institution.objects.count(), 1)
    return list(waiting[: min(max(at_most, 1), MOST_LEAVES)])


_Key = tuple[int, int, int, int]
"""Leaf, year, question, institution."""


def _put(day: dt.date, made: dict[_Key, Parts], stale: dict[int, set[int]]) -> None:
    """In the place of what was kept of these leaves; the units above get the difference."""
    before: dict[_Key, Parts] = {}
    names = ("unit_id", "year", "question_id", "institution_id", *COLUMNS)
    with connection.cursor() as cursor:
        for year, units in stale.items():
            cursor.execute(
                "DELETE FROM indicators_keptparts WHERE is_leaf AND year = %s AND unit_id = ANY(%s) "
                f"RETURNING {', '.join(names)}",
                [year, list(units)],
            )
            before |= {tuple(row[:4]): Parts(*row[4:]) for row in cursor.fetchall()}
    above: dict[_Key, Parts] = {}
    ancestries = UnitAncestry.objects.filter(on(day), unit__in=set().union(*stale.values())).exclude(
        ancestor__tier=Tier.COMMUNE
    )
    over: dict[int, list[int]] = {}
    for leaf, ancestor in ancestries.values_list("unit_id", "ancestor_id"):
        over.setdefault(leaf, []).append(ancestor)
    for key in made.keys() | before.keys():
        leaf, year, question, institution = key
        change = made.get(key, NOTHING).minus(before.get(key, NOTHING))
        if institution or change == NOTHING:
            continue
        for ancestor in over.get(leaf, []):
            at = ancestor, year, question, 0
            above[at] = above.get(at, NOTHING).plus(change)
    _insert(made, is_leaf=True)
    _insert(above, is_leaf=False)


def _insert(rows: dict[_Key, Parts], *, is_leaf: bool) -> None:
    columns = ("unit_id", "year", "question_id", "institution_id", *COLUMNS)
    if not rows:
        return
    in_order = ((*key, *parts) for key, parts in sorted(rows.items(), key=_by_key))
    values = [list(each) for each in zip(*in_order, strict=True)]
    added = ", ".join(f"{column} = indicators_keptparts.{column} + EXCLUDED.{column}" for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO indicators_keptparts (is_leaf, {', '.join(columns)}) "
            f"SELECT %s, * FROM unnest({', '.join(['%s::bigint[]'] * len(columns))}) "
            f"ON CONFLICT (unit_id, is_leaf, year, question_id, institution_id) DO UPDATE SET {added}",
            [is_leaf, *values],
        )


def _by_key(row: tuple[_Key, Parts]) -> _Key:
    return row[0]


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('indicators_parts'))")
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('indicators_parts'))")


@contextmanager
def _seen_at_one_moment() -> Iterator[None]:
    """All questions of a batch see one state of the book: what they do not see has left a mark that stays."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
