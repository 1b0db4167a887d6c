import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import Joining, WaitingRule
from hocsuotdoi.activities.models import Activity, Enrolment, Notice, Question, Registration, Session
from hocsuotdoi.activities.operations.enrolment import enrol
from hocsuotdoi.activities.operations.registration import change_registration, register
from tests.factories.activities import RegistrationFactory, SessionFactory


def url(name: str, thing) -> str:
    return reverse(f"workspace:activities-{name}", args=[thing.pk])


def guest(**more) -> dict:
    return {"name": "Bác Thái", "group_size": "2", "form_key": str(uuid.uuid4()), **more}


@pytest.fixture
def session(open_day):
    """Ten places in five days."""
    return SessionFactory(activity=open_day, number=7, capacity=10, starts_at=timezone.now() + dt.timedelta(days=5))


@pytest.fixture
def waiting(session):
    """Full, by hand, and one waits who answered a question."""
    Activity.objects.update(waiting_rule=WaitingRule.BY_HAND)
    bus = Question.objects.create(
        institution=session.institution, activity=session.activity, text="Đi xe buýt?", kind="yes_no"
    )
    RegistrationFactory(session=session, group_size=8, name="Nhà Hoàng")
    RegistrationFactory(session=session, group_size=2, name="Nhà Lý", phone="0912345678")
    return register(
        session, name="Nông Thị Lan", answers={str(bus.pk): "yes"}, form_key=uuid.uuid4(), at=timezone.now()
    )


def test_the_list_shows_who_has_a_place_who_waits_and_what_was_answered(client, librarian_of_bac_kan, session, waiting):
    client.force_login(librarian_of_bac_kan)

    page = client.get(url("registration-list", session)).content.decode()

    for words in ("Nhà Hoàng", "0912345678", "Nông Thị Lan", "Đi xe buýt?", waiting.code_shown):
        assert words in page


@pytest.mark.parametrize("name", ["registration-list", "registration-create"])
def test_a_session_of_another_house_is_kept_from_its_colleagues(client, librarian_of_duc_xuan, session, name):
    client.force_login(librarian_of_duc_xuan)

    assert client.get(url(name, session)).status_code in (403, 404)


@pytest.mark.parametrize("name", ["registration-place", "registration-cancel"])
def test_a_registration_of_another_house_is_kept_from_its_colleagues(client, librarian_of_duc_xuan, waiting, name):
    client.force_login(librarian_of_duc_xuan)

    assert client.post(url(name, waiting)).status_code in (403, 404)
    waiting.refresh_from_db()
    assert waiting.is_waiting


def test_a_reader_and_a_visitor_see_nobody(client, reader, session, waiting):
    assert client.get(url("registration-list", session)).status_code == 302
    client.force_login(reader)
    assert client.get(url("registration-list", session)).status_code in (403, 404)


def test_the_list_needs_the_same_queries_for_one_and_for_three(
    client, librarian_of_bac_kan, session, django_assert_num_queries
):
    client.force_login(librarian_of_bac_kan)
    RegistrationFactory(session=session)
    client.get(url("registration-list", session))
    for _more in range(2):
        with django_assert_num_queries(12):
            client.get(url("registration-list", session))
        RegistrationFactory(session=session)
        RegistrationFactory(session=session)


def test_staff_choose_who_gets_a_free_place(client, librarian_of_bac_kan, session, waiting):
    client.force_login(librarian_of_bac_kan)
    full = client.post(url("registration-place", waiting), {"act": "offer"}, follow=True)
    assert 'role="alert"' in full.content.decode()

    client.post(url("registration-cancel", Registration.objects.get(name="Nhà Lý")))
    client.post(url("registration-place", waiting), {"act": "offer"})
    waiting.refresh_from_db()
    assert waiting.is_offered
    assert Notice.objects.filter(registration__name="Nhà Lý").exists()


def test_staff_give_a_place_at_once_to_who_said_yes(client, librarian_of_bac_kan, session, waiting):
    client.force_login(librarian_of_bac_kan)
    assert client.get(url("registration-cancel", Registration.objects.get(name="Nhà Lý"))).status_code == 200
    client.post(url("registration-cancel", Registration.objects.get(name="Nhà Lý")))

    client.post(url("registration-place", waiting), {"act": "confirm"})

    waiting.refresh_from_db()
    assert waiting.is_confirmed


def test_staff_register_a_guest_once_however_often_they_send(client, librarian_of_bac_kan, session):
    client.force_login(librarian_of_bac_kan)
    data = guest()
    assert client.get(url("registration-create", session)).status_code == 200

    for _twice in range(2):
        response = client.post(url("registration-create", session), data)

    assert response.url == url("registration-list", session)
    assert Registration.objects.get().group_size == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"group_size": "0"},
        {"group_size": "11"},
        {"phone": "x"},
        {"people": "Lan, nữ, 9"},
        {"people": "Lan, mèo"},
        {"people": "Lan 😀"},
    ],
)
def test_a_guest_with_a_bad_value_is_refused_with_a_sentence(client, librarian_of_bac_kan, session, wrong):
    client.force_login(librarian_of_bac_kan)

    answer = client.post(url("registration-create", session), guest(**wrong))

    assert answer.status_code == 422
    assert not Registration.objects.exists()


@pytest.fixture
def club(session):
    Activity.objects.update(joining=Joining.SERIES)
    return session.activity


def test_staff_add_a_member_to_the_series_and_take_one_off(client, librarian_of_bac_kan, club, session):
    client.force_login(librarian_of_bac_kan)
    assert client.get(url("enrolment-create", club)).status_code == 200

    client.post(url("enrolment-create", club), guest())

    member = Enrolment.objects.get()
    assert "Bác Thái" in client.get(url("enrolment-list", club)).content.decode()
    assert Session.objects.get(pk=session.pk).places_taken == 2
    assert client.get(url("enrolment-leave", member)).status_code == 200
    client.post(url("enrolment-leave", member))
    assert not Enrolment.objects.get().is_active
    assert Session.objects.get(pk=session.pk).places_taken == 0


def test_members_are_kept_from_another_house(client, librarian_of_bac_kan, librarian_of_duc_xuan, club):
    client.force_login(librarian_of_bac_kan)
    client.post(url("enrolment-create", club), guest())
    client.force_login(librarian_of_duc_xuan)
    member = Enrolment.objects.get()

    assert client.get(url("enrolment-list", club)).status_code in (403, 404)
    assert client.post(url("enrolment-create", club), guest()).status_code in (403, 404)
    assert client.post(url("enrolment-leave", member)).status_code in (403, 404)
    assert Enrolment.objects.get().is_active


def test_the_members_need_the_same_queries_for_one_and_for_three(
    client, librarian_of_bac_kan, club, django_assert_num_queries
):
    client.force_login(librarian_of_bac_kan)
    client.post(url("enrolment-create", club), guest())
    client.get(url("enrolment-list", club))
    for _more in range(2):
        with django_assert_num_queries(12):
            client.get(url("enrolment-list", club))
        client.post(url("enrolment-create", club), guest())
        client.post(url("enrolment-create", club), guest())


def test_staff_change_a_registration_on_behalf_of_the_person(client, librarian_of_bac_kan, session):
    client.force_login(librarian_of_bac_kan)
    registration = register(session, name="Bác Thái", form_key=uuid.uuid4(), at=timezone.now())
    Activity.objects.update(joining_closes_hours=2000)
    assert "Bác Thái" in client.get(url("registration-edit", registration)).content.decode()

    bad = client.post(url("registration-edit", registration), {"name": "", "group_size": "2"})
    done = client.post(url("registration-edit", registration), {"name": "Bác Thái", "group_size": "2"})

    assert (bad.status_code, done.url) == (422, url("registration-list", session))
    assert Registration.objects.get().group_size == 2
    assert registration.events.get().pgh_context.metadata["user"] == str(librarian_of_bac_kan.pk)


def test_staff_change_a_member_once_for_all_sessions(client, librarian_of_bac_kan, club, session):
    client.force_login(librarian_of_bac_kan)
    SessionFactory(activity=club, number=8, capacity=10, starts_at=session.starts_at + dt.timedelta(days=7))
    client.post(url("enrolment-create", club), guest())
    member = Enrolment.objects.get()
    assert client.get(url("enrolment-edit", member)).status_code == 200

    full = client.post(url("enrolment-edit", member), {"name": "Bác Thái", "group_size": "11"})
    client.post(url("enrolment-edit", member), {"name": "Bác Thái", "group_size": "3"})

    assert full.status_code == 422
    assert list(Session.objects.values_list("places_taken", flat=True)) == [3, 3]


def test_changes_are_kept_from_other_houses_and_from_the_auditor(client, librarian_of_duc_xuan, auditor, club, session):
    registration = register(session, name="Bác Thái", by=auditor, form_key=uuid.uuid4(), at=timezone.now())
    member = enrol(club, name="Bác Thái", form_key=uuid.uuid4(), at=timezone.now())

    for stranger in (librarian_of_duc_xuan, auditor):
        client.force_login(stranger)
        for page in (url("registration-edit", registration), url("enrolment-edit", member)):
            assert client.get(page).status_code in (403, 404)
            assert client.post(page, {"name": "Lan", "group_size": "1"}).status_code in (403, 404)
    assert not Registration.objects.filter(name="Lan").exists()


def test_the_trail_says_who_changed_what_of_a_registration_without_its_words(client, auditor, session):
    registration = register(session, name="Bác Thái", form_key=uuid.uuid4(), at=timezone.now())
    change_registration(registration, name="Lò Văn Thái", group_size=2, at=timezone.now())
    client.force_login(auditor)

    page = client.get("/workspace/audit/", {"kind": "activities.registration"}).content.decode()

    assert "how many people" not in page
    assert "số người" in page.lower() and "đăng ký" in page
    assert "Lò Văn Thái" not in page and "Bác Thái" not in page
