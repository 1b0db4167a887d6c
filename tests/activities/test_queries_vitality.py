import datetime as dt
import uuid

import pytest

from hocsuotdoi.activities.enums import SessionStatus, Trend, Vitality
from hocsuotdoi.activities.models import Activity, Enrolment
from hocsuotdoi.activities.queries.vitality import club_life, clubs
from tests.factories.activities import ActivityFactory, SessionFactory, local

NOW = local(2026, 11, 22, 19)


@pytest.fixture
def club(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Câu lạc bộ bạn đọc", kind="club")


def meet(club: Activity, *came: int | None, last: dt.datetime = NOW - dt.timedelta(days=10)) -> None:
    """One planned time a week, the last on `last`: so many came; None: cancelled."""
    for weeks, people in enumerate(reversed(came)):
        starts = last - dt.timedelta(weeks=weeks)
        if people is None:
            SessionFactory(activity=club, starts_at=starts, status=SessionStatus.CANCELLED, cancel_reason="Mưa")
        else:
            SessionFactory(
                activity=club,
                starts_at=starts,
                status=SessionStatus.CLOSED,
                closed_at=starts,
                attended=people,
                revision=1,
            )


def life(club: Activity):
    return club_life([club], at=NOW)[club.pk]


@pytest.mark.parametrize(
    ("came", "met", "of", "vitality"),
    [
        ((), 0, 0, Vitality.NEW),
        ((12,), 1, 1, Vitality.NEW),
        ((12, 14), 2, 2, Vitality.LIVELY),
        ((12, None), 1, 2, Vitality.QUIET),
        ((None, None), 0, 2, Vitality.ASLEEP),
        ((10, None, 12, 14), 3, 4, Vitality.LIVELY),
        ((None, None, 12, 14), 2, 4, Vitality.QUIET),
        ((10, 10, None, None, None, None), 0, 4, Vitality.ASLEEP),
        ((10, 10, 0, 0, 0, 0), 0, 4, Vitality.ASLEEP),
    ],
)
def test_vitality_follows_its_stated_rule(club, came, met, of, vitality):
    meet(club, *came)
    assert (life(club).met, life(club).of, life(club).vitality) == (met, of, vitality)


def test_club_that_has_not_met_for_half_a_year_is_asleep(club):
    meet(club, 10, 10, 10, 10, last=NOW - dt.timedelta(days=190))
    assert life(club).vitality == Vitality.ASLEEP


def test_open_roll_of_the_last_days_says_nothing_yet_but_one_of_long_ago_does(club):
    meet(club, 10, 10, 10)
    SessionFactory(activity=club, starts_at=NOW - dt.timedelta(days=2))
    assert (life(club).met, life(club).of) == (3, 3)
    SessionFactory(activity=club, starts_at=NOW - dt.timedelta(days=9))
    assert (life(club).met, life(club).of) == (3, 4)


@pytest.mark.parametrize(
    ("before", "since", "trend"),
    [
        ((10, 10, 10, 10), (10, 11, 10, 9), Trend.STEADY),
        ((10, 10, 10, 10), (12, 15, 14, 13), Trend.UP),
        ((10, 10, 10, 10), (5, 6, 7, 8), Trend.DOWN),
        ((), (5, 6, 7, 8), None),
    ],
)
def test_trend_compares_the_last_four_with_the_four_before(club, before, since, trend):
    meet(club, *before, *since)
    assert life(club).trend == trend


def test_typical_is_the_median_so_that_one_festival_changes_nothing(club):
    meet(club, 10, 300, 12, 11)
    assert life(club).typical == 12


def test_members_are_those_who_have_not_left(club):
    for number, ended in enumerate([None, None, NOW]):
        Enrolment.objects.create(
            institution=club.institution,
            activity=club,
            name=f"Thành viên {number}",
            group_size=2,
            code=f"M{number}",
            form_key=uuid.uuid4(),
            created_at=NOW,
            ended_at=ended,
        )
    assert life(club).members == 4


def test_club_life_needs_two_queries_for_any_number(club, django_assert_num_queries):
    others = [ActivityFactory(institution=club.institution, kind="club") for _n in range(2)]
    for one in [club, *others]:
        meet(one, 10, 12)
    with django_assert_num_queries(2):
        club_life([club], at=NOW)
    with django_assert_num_queries(2):
        assert len(club_life([club, *others], at=NOW)) == 3


def test_clubs_are_those_of_institutions_that_one_sees(club, librarian_of_bac_kan, librarian_of_duc_xuan, reader):
    ActivityFactory(institution=club.institution, kind="talk")

    assert list(clubs(librarian_of_bac_kan, at=NOW)) == [club]
    assert list(clubs(librarian_of_duc_xuan, at=NOW)) == []
    assert list(clubs(reader, at=NOW)) == []


def test_clubs_stand_in_the_vietnamese_order_of_their_titles(library_of_bac_kan, librarian_of_bac_kan):
    for title in ("Hát then", "Đọc sách", "Dưỡng sinh", "Ươm mầm", "Âm nhạc", "An toàn", "Đọc sách"):
        ActivityFactory(institution=library_of_bac_kan, title=title, kind="club")

    assert [club.title for club in clubs(librarian_of_bac_kan, at=NOW)] == [
        *("An toàn", "Âm nhạc", "Dưỡng sinh", "Đọc sách", "Đọc sách", "Hát then", "Ươm mầm"),
    ]
