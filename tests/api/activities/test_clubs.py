import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityKind, SessionStatus
from hocsuotdoi.activities.models import Activity, Contributor, Schedule
from tests.factories.activities import ActivityFactory, EnrolmentFactory, SessionFactory


def _club(library, title: str) -> Activity:
    """Met four times; one leader, one rule, three members."""
    club = ActivityFactory(institution=library, title=title, kind=ActivityKind.CLUB)
    for weeks in range(1, 5):
        starts = timezone.now() - dt.timedelta(weeks=weeks)
        SessionFactory(
            activity=club, starts_at=starts, status=SessionStatus.CLOSED, closed_at=starts, attended=12, revision=1
        )
    Contributor.objects.create(
        institution=library, activity=club, role="leader", name="Cô Thu", phone="0912345678", note="Chỉ gọi buổi tối"
    )
    Schedule.objects.create(
        institution=library,
        activity=club,
        rule="FREQ=WEEKLY;BYDAY=SA",
        starts_on=timezone.localdate(),
        starts=dt.time(8),
        minutes=60,
        created_at=timezone.now(),
    )
    EnrolmentFactory(activity=club, group_size=3)
    return club


@pytest.fixture
def club(library_of_bac_kan) -> Activity:
    return _club(library_of_bac_kan, "Câu lạc bộ bạn đọc")


def test_clubs_are_listed_with_their_life_and_nobodys_phone(librarian, club, tomorrow):
    in_three_days = timezone.now().replace(microsecond=0) + dt.timedelta(days=3)
    SessionFactory(activity=club, number=9, starts_at=in_three_days)

    answer = librarian.get("/staff/clubs")

    (found,) = answer.json()["items"]
    assert (found["id"], found["institution"]["code"]) == (str(club.pk), club.institution.code)
    assert found["vitality"] == {
        "vitality": "lively",
        "met": 4,
        "of_last": 4,
        "typical": 12,
        "trend": None,
        "members": 3,
        "last_met_on": f"{timezone.localdate(timezone.now() - dt.timedelta(weeks=1))}",
    }
    assert dt.datetime.fromisoformat(found["next_starts_at"]) == in_three_days
    assert found["contributors"] == [{"role": "leader", "name": "Cô Thu"}]
    assert [each["rule"] for each in found["schedules"]] == ["FREQ=WEEKLY;BYDAY=SA"]
    assert "0912345678" not in answer.content.decode() and "buổi tối" not in answer.content.decode()


def test_clubs_are_those_that_one_sees_as_staff(anybody, learner, stranger, inspector, club):
    assert anybody.get("/staff/clubs").status_code == 401
    assert learner.get("/staff/clubs").status_code == 403
    assert stranger.get("/staff/clubs").json()["items"] == []
    assert inspector.get("/staff/clubs").json()["count"] == 1


def test_clubs_come_page_by_page(librarian, library_of_bac_kan):
    for title in ("Cờ", "Hát", "Vẽ"):
        _club(library_of_bac_kan, title)
    first, last = (librarian.get(f"/staff/clubs?limit=2&page={page}").json() for page in (1, 2))
    assert [each["title"] for each in (*first["items"], *last["items"])] == ["Cờ", "Hát", "Vẽ"]
    assert (first["next"], last["next"], last["count"]) == (2, None, 3)
    assert librarian.get("/staff/clubs?page=9").json()["items"] == []
    assert librarian.get("/staff/clubs?page=0").status_code == 422


@pytest.mark.parametrize("number", [1, 3])
def test_clubs_take_the_same_queries_for_any_number(librarian, library_of_bac_kan, django_assert_num_queries, number):
    for at in range(number):
        _club(library_of_bac_kan, f"Câu lạc bộ {at}")
    librarian.get("/staff/drafts")
    with django_assert_num_queries(8):
        assert librarian.get("/staff/clubs").json()["count"] == number
