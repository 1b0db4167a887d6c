"""Additive totals: the same on every map, at every level, by every table that could answer."""

import datetime as dt
import uuid

import pytest

from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.indicators.queries.totals import Slice, by_unit_and_period, totals
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, PostingKind, Purpose, Sex
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.models import UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.indicators.book import NOW, TODAY

VISITS = Slice((MeasureCode.LIBRARY_VISIT,))
BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
ALL = {"first": dt.date(2025, 1, 1), "last": dt.date(2026, 12, 31)}


@pytest.fixture
def busy(world):
    """Before and after the reform, at two places in the north (4 + 8, of which 8 by girls) and one in the south (2)."""
    there, houses = world
    for house, day, line, kind in [
        (houses[0], dt.date(2025, 5, 9), Line(MeasureCode.LIBRARY_VISIT, 4, purpose=Purpose.LEARNING), "happening"),
        (houses[1], dt.date(2025, 6, 30), Line(MeasureCode.LIBRARY_VISIT, 2), "stated"),
        (houses[2], dt.date(2026, 2, 3), Line(MeasureCode.LIBRARY_VISIT, 8, Sex.FEMALE, AgeBand.CHILD), "happening"),
    ]:
        source = {"source_kind": "test.case", "source_id": uuid.uuid4(), "kind": PostingKind(kind)}
        post(house, **source, occurred_on=day, lines=[line], by=None, at=NOW)
    return there


@pytest.mark.parametrize("folded", [False, True])
def test_totals_on_the_map_of_the_day_and_on_another(busy, folded):
    if folded:
        fold()
    today = by_unit_and_period(VISITS, [busy.north, busy.south, busy.country], **ALL, map_day=TODAY)
    y2025, y2026 = dt.date(2025, 1, 1), dt.date(2026, 1, 1)
    north, south, country = busy.north.pk, busy.south.pk, busy.country.pk
    assert today == {
        (north, y2025): 4,
        (north, y2026): 8,
        (south, y2025): 2,
        (country, y2025): 6,
        (country, y2026): 8,
    }
    then = by_unit_and_period(VISITS, [busy.old_north, busy.old_south], **ALL, map_day=BEFORE)
    assert then == {
        (busy.old_north.pk, y2025): 4,
        (busy.old_north.pk, y2026): 8,
        (busy.old_south.pk, y2025): 2,
    }


def test_a_unit_that_moves_while_it_stands_makes_another_map(busy):
    """Nothing ends or begins: only what the commune lies in is another from that day on."""
    move = TODAY + dt.timedelta(days=2)
    lay = UnitParent.objects.filter(parent=busy.north, ends_on=None)
    moved = list(lay.values_list("unit_id", flat=True))
    lay.update(ends_on=move)
    UnitParent.objects.bulk_create(UnitParent(unit_id=pk, parent=busy.south, starts_on=move) for pk in moved)
    rebuild()
    fold()
    year, units = dt.date(2026, 1, 1), [busy.north, busy.south]

    for stands_on in (TODAY, move):
        follow_map(stands_on)
        found = {
            day: by_unit_and_period(VISITS, units, first=year, last=year, map_day=day)
            for day in (move - dt.timedelta(days=1), move)
        }
        assert list(found.values()) == [{(busy.north.pk, year): 8}, {(busy.south.pk, year): 8}]


def test_as_reported_stands_where_it_lay_then(busy):
    units = [busy.old_north, busy.old_south, busy.north, busy.south]
    found = by_unit_and_period(VISITS, units, **ALL, grain="month", map_day=None)
    assert found == {
        (busy.old_north.pk, dt.date(2025, 5, 1)): 4,
        (busy.old_south.pk, dt.date(2025, 6, 1)): 2,
        (busy.north.pk, dt.date(2026, 2, 1)): 8,
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"classes": ("library_commune",)}, 12),
        ({"purposes": ("learning",)}, 4),
        ({"purposes": ("",)}, 10),
        ({"stated": True}, 2),
        ({"stated": False}, 12),
        ({"sexes": ("female",)}, 8),
        ({"age_bands": ("",), "stated": False}, 4),
        ({"age_bands": ("6-10",), "classes": ("museum_province",)}, None),
    ],
)
@pytest.mark.parametrize("map_day", [TODAY, AFTER])
def test_a_slice_counts_what_it_names(busy, wanted, expected, map_day):
    fold()
    follow_map(TODAY)
    rows = totals(Slice((MeasureCode.LIBRARY_VISIT,), **wanted), [busy.country], by=[], **ALL, map_day=map_day)
    assert [quantity for quantity, _lines in rows] == ([expected] if expected else [])


def test_laid_out_by_what_is_known(busy):
    rows = totals(VISITS, [busy.country], by=["sex", "age_band"], **ALL, map_day=TODAY)
    assert sorted(rows) == [("", "", 6, 2), ("female", "6-10", 8, 1)]


def test_two_queries_whatever_is_asked(busy, django_assert_num_queries):
    for units in ([busy.country], [busy.north, busy.south]):
        with django_assert_num_queries(2):
            totals(VISITS, units, by=["unit_id", "starts_on"], **ALL, map_day=TODAY)


@pytest.mark.parametrize("by", [("unit_id",), ("unit_id", "starts_on"), ("measure", "unit_id"), ("sex", "unit_id")])
@pytest.mark.parametrize("most_named", [0, 1000])
def test_what_waits_is_added_to_what_is_stored_unit_by_unit(busy, monkeypatch, by, most_named):
    """Read cell by cell as each lies or added up, the units named to the database or picked out of what it finds."""
    monkeypatch.setattr("hocsuotdoi.indicators.queries.totals.MOST_NAMED", most_named)
    fold()
    source = {"source_kind": "test.case", "source_id": uuid.uuid4()}
    house = busy.xa.placements.get().institution
    lines = [Line(MeasureCode.LIBRARY_VISIT, 100), Line(MeasureCode.LIBRARY_VISIT, 1000)]
    post(house, **source, occurred_on=dt.date(2025, 9, 9), lines=lines, by=None, at=NOW)
    year = {"first": dt.date(2025, 2, 1), "last": dt.date(2025, 11, 1)}
    found = {
        (dict(zip(by, keys, strict=True))["unit_id"], quantity, lines)
        for *keys, quantity, lines in totals(VISITS, [busy.xa, busy.phuong, busy.north], by=by, **year, map_day=TODAY)
    }
    assert found == {(busy.xa.pk, 1104, 3), (busy.north.pk, 1104, 3)}


def test_as_reported_is_laid_out_and_cut_like_any_other_map(busy):
    rows = totals(VISITS, [busy.north, busy.south], by=["sex", "unit_id"], **ALL, map_day=None)
    assert rows == [("female", busy.north.pk, 8, 1)]
    only = Slice((MeasureCode.LIBRARY_VISIT,), purposes=(Purpose.LEARNING,))
    assert totals(only, [busy.old_north, busy.north], by=[], **ALL, map_day=None) == [(4, 1)]
    assert totals(only, [busy.south], by=[], **ALL, map_day=None) == []
