import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.activities.operations.activity import cancel_session, change_session
from hocsuotdoi.activities.queries.history import changes_of
from hocsuotdoi.activities.queries.joining import PASSED_OVER_MOST, Waiting, next_in_line
from tests.factories.activities import RegistrationFactory, local


def line(sizes: list[int]) -> list[Waiting]:
    return [
        Waiting(uuid.UUID(int=n), size, (local(2026, 11, 1) + dt.timedelta(minutes=n), uuid.UUID(int=n)))
        for n, size in enumerate(sizes)
    ]


SIZES = st.lists(st.integers(1, 12), max_size=12)


@given(sizes=SIZES, free=st.integers(0, 20), capacity=st.integers(1, 20), saves=st.booleans())
def test_no_more_is_given_than_is_free_and_nobody_split(sizes, free, capacity, saves):
    waiting = line(sizes)

    chosen = next_in_line(waiting, free=free, capacity=capacity, served=[], saves=saves)

    assert sum(group.size for group in waiting if group.id in chosen) <= free


@given(sizes=SIZES, free=st.integers(0, 20), saves=st.booleans())
def test_the_first_whom_the_places_suffice_for_is_never_left_out(sizes, free, saves):
    waiting = line(sizes)
    if waiting and waiting[0].size <= free:
        assert waiting[0].id in next_in_line(waiting, free=free, capacity=20, served=[], saves=saves)


@given(sizes=st.lists(st.integers(1, 3), min_size=0, max_size=20), free=st.integers(0, 9))
def test_a_large_group_at_the_head_is_passed_over_no_more_than_so_often(sizes, free):
    waiting = line([10, *sizes])

    chosen = next_in_line(waiting, free=free, capacity=20, served=[], saves=True)

    assert len(chosen) <= PASSED_OVER_MOST


@given(sizes=SIZES, free=st.integers(0, 20))
def test_near_the_start_whoever_fits_gets_a_place(sizes, free):
    waiting = line(sizes)

    chosen = next_in_line(waiting, free=free, capacity=20, served=[], saves=False)

    left = free - sum(group.size for group in waiting if group.id in chosen)
    assert all(group.size > left for group in waiting if group.id not in chosen)


def test_a_group_larger_than_the_session_holds_up_nobody():
    waiting = line([30, 2])

    assert next_in_line(waiting, free=2, capacity=20, served=[], saves=True) == {waiting[1].id}


def test_without_a_limit_everybody_is_served():
    assert len(next_in_line(line([30, 2]), free=None, capacity=None, served=[], saves=True)) == 2


def test_changes_are_counted_but_registrations_are_none(morning, now):
    def number() -> int:
        return changes_of([morning])[morning.pk].number

    RegistrationFactory(session=morning)
    assert number() == 0
    change_session(morning, starts_at=morning.starts_at + dt.timedelta(minutes=30), by=None, at=now)
    assert number() == 1
    cancel_session(morning, reason="Bão", by=None, at=now)
    assert number() == 2
