import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import SessionFactory


@pytest.fixture
def closed(running) -> Session:
    return close_session(running, nobody_came=True, by=None, at=timezone.now())[0]


def of(session: Session) -> str:
    return f"/sessions/{session.pk}/recording"


def posted() -> list[int]:
    return list(Entry.objects.filter(measure="recording_view").order_by("id").values_list("quantity", flat=True))


def test_views_are_counted_once_corrected_with_a_reason_and_told_apart(librarian, anybody, closed):
    first, again = librarian.put(of(closed), {"views": 340}), librarian.put(of(closed), {"views": 340})
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["counted_until"] == f"{timezone.localdate(closed.ends_at) + dt.timedelta(days=30)}"

    corrected = librarian.put(of(closed), {"views": 410, "reason": "Đếm lại"}).json()

    assert corrected["views"] == 410
    assert sorted(posted()) == [-340, 340, 410]
    assert [(each["views"], each["reason"]) for each in corrected["postings"]] == [
        (340, ""),
        (-340, "Đếm lại"),
        (410, ""),
    ]
    assert librarian.get(of(closed)).json() == corrected
    sheet = anybody.get(f"/sessions/{closed.pk}").json()
    assert (sheet["attended"], sheet["came"], sheet["recording_views"]) == (0, None, 410)
    assert librarian.get(f"/offers/{closed.activity_id}/outcome").json()["now"]["recording_views"] == 410


def test_nothing_takes_the_number_back(librarian, closed):
    librarian.put(of(closed), {"views": 340})
    assert librarian.put(of(closed), {"views": 0, "reason": "Nhầm buổi"}).json()["views"] == 0
    assert sum(posted()) == 0


@pytest.mark.parametrize("views", [None, "340", -1, 1.5, True, 10_000_001, 10**30])
def test_a_number_that_can_never_be_is_named_and_counts_nothing(librarian, closed, views):
    refused = librarian.put(of(closed), {"views": views})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["views"])
    assert posted() == []


@pytest.mark.parametrize("reason", ["", " ", "😀", "<b>", "x" * 301, None])
def test_another_number_needs_a_reason_that_can_be_read(librarian, closed, reason):
    librarian.put(of(closed), {"views": 340})
    refused = librarian.put(of(closed), {"views": 410, "reason": reason})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["reason"])
    assert posted() == [340]


def test_views_of_a_session_that_is_not_closed_or_long_past_are_refused(librarian, open_day, running):
    old = SessionFactory(activity=open_day, number=7, starts_at=timezone.now() - dt.timedelta(days=40))
    close_session(old, nobody_came=True, by=None, at=timezone.now())
    for session in (running, old):
        refused = librarian.put(of(session), {"views": 3})
        assert (refused.status_code, refused.json()["error"]) == (409, "recording_refused")
        assert refused.json()["message"].endswith(".")
    assert posted() == []


def test_views_are_for_staff_of_the_house_alone(anybody, stranger, inspector, learner, closed):
    assert anybody.put(of(closed), {"views": 3}).status_code == 401
    for who in (stranger, inspector, learner):
        assert who.get(of(closed)).status_code == 403
        assert who.put(of(closed), {"views": 3}).status_code == 403
    assert posted() == []
