"""Changing state, place and hours keeps what was before."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionPlacement, InstitutionStatus
from hocsuotdoi.places.operations.institution import (
    RegisterRefused,
    change_status,
    move_institution,
    set_opening_hours,
)
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.places.queries.opening import timetable
from tests.factories.places import InstitutionFactory, UnitFactory

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = NOW.date()
TOMORROW = TODAY + dt.timedelta(days=1)
EIGHT, NOON, FIVE = dt.time(8), dt.time(12), dt.time(17)

pytestmark = pytest.mark.django_db


def test_status_change_ends_the_one_before() -> None:
    library = InstitutionFactory()
    change_status(library, state=InstitutionState.SUSPENDED, starts_on=TODAY, reason="Sửa chữa", by=None, at=NOW)
    rows = library.statuses.order_by("starts_on").values_list("state", "starts_on", "ends_on", "reason")
    assert sorted(rows, key=str) == sorted(
        [("active", None, TODAY, ""), ("suspended", TODAY, None, "Sửa chữa")], key=str
    )


def test_status_change_leaves_an_event_in_the_audit_trail() -> None:
    library = InstitutionFactory()
    events = InstitutionStatus.pgh_event_models["insert"].objects
    before = events.count()
    change_status(library, state=InstitutionState.CLOSED, starts_on=TODAY, reason="Giải thể", by=None, at=NOW)
    assert events.count() == before + 2


@pytest.mark.parametrize(
    ("state", "reason", "starts_on"),
    [("active", "", TODAY), ("closed", "  ", TODAY)],
    ids=["same state", "no reason"],
)
def test_status_change_that_makes_no_sense_is_refused(state: str, reason: str, starts_on: dt.date) -> None:
    library = InstitutionFactory()
    with pytest.raises(RegisterRefused):
        change_status(library, state=state, starts_on=starts_on, reason=reason, by=None, at=NOW)
    assert library.statuses.count() == 1


def test_status_change_before_the_last_one_is_refused() -> None:
    library = InstitutionFactory()
    change_status(library, state=InstitutionState.CLOSED, starts_on=TODAY, reason="Giải thể", by=None, at=NOW)
    with pytest.raises(RegisterRefused, match="23/11/2026"):
        change_status(library, state=InstitutionState.ACTIVE, starts_on=TODAY, reason="", by=None, at=NOW)


def test_move_keeps_the_place_before() -> None:
    library, new = InstitutionFactory(), UnitFactory()
    old = place_of(library, TODAY)
    move_institution(library, unit=new, address="Tổ 5", starts_on=TOMORROW, by=None, at=NOW)
    assert place_of(library, TODAY) == old
    assert place_of(library, TOMORROW) == new


def test_move_to_a_unit_that_ended_is_refused() -> None:
    library, ended = InstitutionFactory(), UnitFactory(ends_on=dt.date(2025, 7, 1))
    with pytest.raises(RegisterRefused, match=ended.name):
        move_institution(library, unit=ended, address="", starts_on=TODAY, by=None, at=NOW)


def test_move_to_where_it_stands_is_refused() -> None:
    library = InstitutionFactory()
    unit = place_of(library, TODAY)
    with pytest.raises(RegisterRefused):
        move_institution(library, unit=unit, address="", starts_on=TODAY, by=None, at=NOW)
    assert InstitutionPlacement.objects.filter(institution=library).count() == 1


def test_new_hours_hold_from_their_day_and_the_old_ones_until_then() -> None:
    library = InstitutionFactory()
    set_opening_hours(library, spans=[(0, EIGHT, NOON)], starts_on=TODAY, by=None, at=NOW)
    set_opening_hours(library, spans=[(0, EIGHT, FIVE), (5, EIGHT, NOON)], starts_on=TOMORROW, by=None, at=NOW)
    assert timetable(library, TODAY)[0] == [(EIGHT, NOON)]
    assert timetable(library, TOMORROW)[0] == [(EIGHT, FIVE)]
    assert timetable(library, TOMORROW)[5] == [(EIGHT, NOON)]


def test_hours_set_twice_for_one_day_are_the_last_ones() -> None:
    library = InstitutionFactory()
    for closes in (NOON, FIVE):
        set_opening_hours(library, spans=[(0, EIGHT, closes)], starts_on=TODAY, by=None, at=NOW)
    assert timetable(library, TODAY)[0] == [(EIGHT, FIVE)]
    assert library.opening_hours.count() == 1


@pytest.mark.parametrize(
    ("spans", "starts_on"),
    [
        ([(0, EIGHT, NOON)], TODAY - dt.timedelta(days=1)),
        ([(0, NOON, EIGHT)], TODAY),
        ([(0, EIGHT, FIVE), (0, NOON, dt.time(18))], TODAY),
    ],
    ids=["in the past", "ends before it begins", "overlap"],
)
def test_hours_that_make_no_sense_are_refused(spans: list, starts_on: dt.date) -> None:
    library = InstitutionFactory()
    with pytest.raises(RegisterRefused):
        set_opening_hours(library, spans=spans, starts_on=starts_on, by=None, at=NOW)
    assert not library.opening_hours.exists()
