import pytest

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.queries.staff import staff_drafts, staff_home, staff_sessions, tab_counts
from tests.factories.activities import ActivityFactory, SessionFactory, local


@pytest.fixture
def yesterday(reading_day):
    return SessionFactory(activity=reading_day, starts_at=local(2026, 11, 22))


@pytest.fixture
def draft(library_of_bac_kan):
    draft = ActivityFactory(
        institution=library_of_bac_kan, title="Lớp tin học", status=ActivityStatus.DRAFT, published_at=None
    )
    SessionFactory(activity=draft)
    return draft


def test_staff_home_says_what_to_do_today(morning, yesterday, draft, librarian_of_bac_kan, during):
    home = staff_home(librarian_of_bac_kan, at=during)

    assert (home.today, home.to_close, home.drafts) == ([morning], 1, 1)


def test_session_that_goes_on_past_midnight_stays_on_the_home_until_it_ends(reading_day, librarian_of_bac_kan):
    night = SessionFactory(activity=reading_day, starts_at=local(2026, 11, 22, 22), ends_at=local(2026, 11, 23, 1))

    def shown(hour: int, minute: int) -> list:
        return staff_home(librarian_of_bac_kan, at=local(2026, 11, 23, hour, minute)).today

    assert (shown(0, 5), shown(0, 59), shown(1, 0)) == ([night], [night], [])


def test_staff_home_of_somebody_elsewhere_is_empty(morning, yesterday, draft, librarian_of_duc_xuan, auditor, during):
    for person in (librarian_of_duc_xuan, auditor):
        home = staff_home(person, at=during)
        assert (home.today, home.to_close, home.drafts) == ([], 0, 0)


def test_staff_home_needs_three_queries(morning, librarian_of_bac_kan, during, django_assert_num_queries):
    for _more in range(2):
        with django_assert_num_queries(3):
            home = staff_home(librarian_of_bac_kan, at=during)
            assert [(s.activity.title, s.institution.name, s.room) for s in home.today]
        SessionFactory(activity=morning.activity)
        SessionFactory(activity=morning.activity)


def test_staff_sessions_stand_in_the_tab_where_something_is_to_do(
    morning, yesterday, draft, librarian_of_bac_kan, during
):
    held = SessionFactory(activity=morning.activity, starts_at=local(2026, 11, 21))
    close_session(held, nobody_came=True, by=None, at=during)

    found = {
        tab: list(staff_sessions(librarian_of_bac_kan, tab, at=during))
        for tab in ("upcoming", "to_close", "held", "cancelled")
    }

    assert found == {"upcoming": [morning], "to_close": [yesterday], "held": [held], "cancelled": []}
    assert tab_counts(librarian_of_bac_kan, at=during) == {
        "upcoming": 1,
        "to_close": 1,
        "held": 1,
        "cancelled": 0,
        "drafts": 1,
    }


def test_staff_sessions_of_another_institution_are_not_shown(morning, draft, librarian_of_duc_xuan, during):
    assert not staff_sessions(librarian_of_duc_xuan, "upcoming", at=during)
    assert not staff_drafts(librarian_of_duc_xuan, at=during)


def test_staff_drafts_say_when_they_begin(draft, librarian_of_bac_kan, during):
    SessionFactory(activity=draft, starts_at=local(2026, 11, 30))

    assert staff_drafts(librarian_of_bac_kan, at=during).get().first_starts_at == local(2026, 11, 23)
