"""What waits from devices: the list, and deciding about it."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.operations.devices import revoke_device
from hocsuotdoi.activities.enums import MarkOutcome
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.settling import dismiss_marks
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.support.phone import Phone, enrolled

LIST = reverse("workspace:activities-mark-list")


@pytest.fixture
def moment():
    return timezone.now()


@pytest.fixture
def device(library_of_bac_kan, manager_of_bac_kan, moment):
    return enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment)[0]


@pytest.fixture
def closed(running, mai, moment):
    close_session(running, nobody_came=True, by=None, at=moment)
    running.refresh_from_db()
    return running


@pytest.fixture
def late(device, closed, mai, moment) -> DeviceMark:
    """Mai was there, says a phone after the session was closed."""
    return waiting(device, closed, mai, moment)


def waiting(device, session, registration, moment) -> DeviceMark:
    mark = Phone(moment - dt.timedelta(minutes=5)).line(session, registration.code, 1)
    take_marks(device, [mark], at=moment)
    return DeviceMark.objects.get(pk=mark.id)


def address(mark: DeviceMark) -> str:
    return reverse("workspace:activities-mark-settle", args=[mark.institution_id, mark.session])


def sent(*marks: DeviceMark, act: str = "settle", reason: str = "Máy gửi về muộn") -> dict:
    return {"mark": [str(mark.pk) for mark in marks], "act": act, "reason": reason}


def outcome(mark: DeviceMark) -> str:
    return DeviceMark.objects.get(pk=mark.pk).outcome


def test_list_says_what_was_noted_why_it_waits_and_on_which_device(librarian, late, device):
    page = librarian.get(LIST).content.decode()

    assert "Lý Thị Mai: có mặt" in page
    assert late.reason in page
    assert device.name in page


def test_list_of_nothing_says_so(librarian):
    assert librarian.get(LIST).context["groups"] == []


def test_mark_is_settled_with_the_reason_and_counted(librarian, late, closed, librarian_of_bac_kan):
    response = librarian.post(address(late), sent(late))

    late.refresh_from_db()
    closed.refresh_from_db()
    assert response.url == LIST
    assert (late.outcome, late.settled_by) == (MarkOutcome.SETTLED, librarian_of_bac_kan.pk)
    assert (closed.attended, closed.revision) == (1, 2)
    assert "Máy gửi về muộn" in librarian.get(LIST).content.decode()


def test_mark_is_dismissed_and_changes_nothing(librarian, late, closed):
    librarian.post(address(late), sent(late, act="dismiss"))

    closed.refresh_from_db()
    assert (outcome(late), closed.attended, closed.revision) == (MarkOutcome.DISMISSED, 0, 1)


@pytest.mark.parametrize("act", ["settle", "dismiss"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 141, "<script>", "\x00"])
def test_decision_without_a_good_reason_is_refused_in_place(librarian, late, act, reason):
    page = librarian.post(address(late), sent(late, act=act, reason=reason))

    assert (page.status_code, outcome(late)) == (422, MarkOutcome.WAITING)
    assert 'role="alert"' in page.content.decode() and "<script>" not in page.content.decode()


@pytest.mark.parametrize(
    "bad", [{"mark": []}, {"mark": ["x", "", "00000000-0000-0000-0000-000000000000"]}, {"act": ""}, {"act": "x"}]
)
def test_nothing_chosen_is_refused_in_place_and_what_was_typed_stays(librarian, late, bad):
    page = librarian.post(address(late), sent(late) | bad)

    assert (page.status_code, outcome(late)) == (422, MarkOutcome.WAITING)
    assert 'value="Máy gửi về muộn"' in page.content.decode()


@pytest.mark.parametrize("act", ["settle", "dismiss"])
def test_what_a_colleague_decided_meanwhile_is_refused_in_words(librarian, late, manager_of_bac_kan, moment, act):
    dismiss_marks([late], reason="Nhầm", by=manager_of_bac_kan, at=moment)

    page = librarian.post(address(late), sent(late, act=act))

    assert (page.status_code, outcome(late)) == (422, MarkOutcome.DISMISSED)
    assert 'role="alert"' in page.content.decode()


def test_mark_of_another_session_is_not_decided_by_this_ones_form(librarian, late):
    other = reverse("workspace:activities-mark-settle", args=[late.institution_id, uuid.uuid4()])

    assert librarian.post(other, sent(late)).status_code == 422
    assert outcome(late) == MarkOutcome.WAITING


def test_mark_of_an_unknown_session_can_only_be_dismissed(librarian, device, mai, moment):
    lost = waiting(device, uuid.uuid4(), mai, moment)
    assert 'value="settle"' not in librarian.get(LIST).content.decode()

    assert librarian.post(address(lost), sent(lost)).status_code == 422
    assert librarian.post(address(lost), sent(lost, act="dismiss")).status_code == 302
    assert outcome(lost) == MarkOutcome.DISMISSED


@pytest.mark.parametrize("act", ["settle", "dismiss"])
def test_staff_of_another_house_see_and_decide_nothing(stranger, late, library_of_duc_xuan, act):
    assert "Lý Thị Mai" not in stranger.get(LIST).content.decode()
    assert stranger.post(address(late), sent(late, act=act)).status_code == 403
    theirs = reverse("workspace:activities-mark-settle", args=[library_of_duc_xuan.pk, late.session])
    assert stranger.post(theirs, sent(late, act=act)).status_code == 422
    assert outcome(late) == MarkOutcome.WAITING


@pytest.mark.parametrize("act", ["settle", "dismiss"])
def test_auditor_reader_and_nobody_decide_nothing(inspector, client, reader, late, act):
    assert inspector.get(LIST).status_code == 403
    assert inspector.post(address(late), sent(late, act=act)).status_code == 403
    assert Client().get(LIST).status_code == Client().post(address(late), sent(late, act=act)).status_code == 302
    client.force_login(reader)
    assert client.get(LIST).status_code == client.post(address(late), sent(late, act=act)).status_code == 403
    assert outcome(late) == MarkOutcome.WAITING


def test_institution_that_does_not_exist_is_not_found(librarian, late):
    nowhere = reverse("workspace:activities-mark-settle", args=[10**6, late.session])
    assert librarian.post(nowhere, sent(late)).status_code == 404
    assert librarian.get(address(late)).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(
    librarian, device, closed, mai, open_day, manager_of_bac_kan, moment, count, django_assert_num_queries
):
    for number in range(count):
        session = SessionFactory(activity=open_day, number=50 + number, starts_at=moment)
        close_session(session, nobody_came=True, by=None, at=moment)
        for _again in range(2):
            mark = waiting(device, session, mai, moment)
        dismiss_marks([mark], reason="Nhầm", by=manager_of_bac_kan, at=moment)
    with django_assert_num_queries(13):
        assert len(librarian.get(LIST).context["groups"]) == count


def test_marks_of_a_revoked_device_stay_for_whoever_decides(
    librarian, late, closed, device, manager_of_bac_kan, moment
):
    revoke_device(device, by=manager_of_bac_kan, at=moment)

    assert "Lý Thị Mai: có mặt" in librarian.get(LIST).content.decode()
    librarian.post(address(late), sent(late))
    closed.refresh_from_db()
    assert (outcome(late), closed.attended) == (MarkOutcome.SETTLED, 1)


def test_home_names_what_waits_session_by_session(librarian, stranger, late, closed):
    page = librarian.get(reverse("workspace:home")).content.decode()

    assert f"{LIST}#session-{closed.pk}" in page
    assert LIST + "#" not in stranger.get(reverse("workspace:home")).content.decode()


def test_home_says_that_a_mark_of_an_unknown_session_waits(librarian, device, mai, moment):
    lost = waiting(device, uuid.uuid4(), mai, moment)

    assert f"#session-{lost.session}" in librarian.get(reverse("workspace:home")).content.decode()


def test_roll_of_the_other_house_is_untouched(librarian, device, library_of_duc_xuan, mai, moment):
    """A phone names a session of another institution: it waits, and nobody here takes it in."""
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=moment)
    mark = waiting(device, elsewhere, mai, moment)

    assert librarian.post(address(mark), sent(mark)).status_code == 422
    assert roll_of(elsewhere).is_untouched
