import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from openpyxl import Workbook, load_workbook

from hocsuotdoi.activities.enums import Joining, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import Activity, Enrolment, Question, Registration, Session
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory


def page_of(client, activity) -> str:
    return client.get(reverse("portal:activities-activity-detail", args=[activity.pk])).content.decode()


def join(client, activity, session, /, **more):
    data = {"session": str(session), "name": "Lý Thị Mai", "group_size": "1", "form_key": str(uuid.uuid4()), **more}
    return client.post(reverse("portal:activities-registration-create", args=[activity.pk]), data)


def at(name: str, registration) -> str:
    return reverse(f"portal:activities-{name}", args=[registration.session_id, registration.code])


def put(activity, **fields) -> None:
    Activity.objects.filter(pk=activity.pk).update(**fields)


@pytest.fixture
def waiting(open_day, tomorrow):
    """Ten of ten places taken in five days, one person waits."""
    put(open_day, waiting_rule=WaitingRule.IN_ORDER)
    RegistrationFactory(session=tomorrow, group_size=10, code="K7MR3QXD")
    return register(tomorrow, name="Lan", form_key=uuid.uuid4(), at=timezone.now())


def test_who_waits_is_told_in_days_for_how_long_a_place_is_kept(client, open_day, waiting):
    for hours, words in ((36, "giữ chỗ tối đa 36 giờ"), (336, "giữ chỗ tối đa 14 ngày")):
        put(open_day, offer_hours=hours)
        assert words in client.get(at("registration-detail", waiting)).text


# What the page asks for


def test_the_form_asks_only_for_a_name_a_phone_and_how_many(client, open_day, tomorrow):
    page = page_of(client, open_day)

    head, folded = page.split('<details class="more"')
    shown = re.findall(r'<input type="(?:text|tel|number|email|checkbox)" name="([a-z_]+)"', head)
    assert shown == ["name", "phone", "group_size"]
    assert 'name="email"' in folded and 'name="people"' in folded
    assert "guardian_name" not in page


def test_a_refusal_is_seen_without_a_script(client, open_day, tomorrow):
    """The form stands far down the page of a phone: the answer opens there, not at a top where nothing has changed."""
    page = join(client, open_day, tomorrow.pk, name="").content.decode()

    action = reverse("portal:activities-registration-create", args=[open_day.pk])
    assert f'action="{action}#join"' in page
    assert page.count('id="join"') == 1
    assert page.index('id="join"') < page.index('role="alert"')


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"joining": Joining.JUST_COME}, "Không cần đăng ký"),
        ({"joining_opens_at": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}, "Nhận đăng ký từ"),
        ({"joining_closes_hours": 2000}, "Đã hết hạn đăng ký"),
    ],
)
def test_where_nobody_can_join_now_a_sentence_stands_in_place_of_the_form(client, open_day, tomorrow, fields, words):
    put(open_day, **fields)

    page = page_of(client, open_day)
    refused = join(client, open_day, tomorrow.pk)

    assert words in page
    assert 'name="group_size"' not in page
    assert refused.status_code == 422
    assert not Registration.objects.exists()


def test_questions_are_asked_and_their_answers_shown(client, open_day, tomorrow):
    ask = {"institution": open_day.institution, "activity": open_day}
    bus = Question.objects.create(**ask, number=1, text="Bạn đi xe buýt?", kind="yes_no", is_required=True)
    food = Question.objects.create(**ask, number=2, text="Bạn ăn gì?", kind="choice", options=["Chay", "Mặn"])

    assert "Bạn đi xe buýt?" in page_of(client, open_day)
    assert join(client, open_day, tomorrow.pk).status_code == 422
    assert join(client, open_day, tomorrow.pk, **{f"answer-{bus.pk}": "hơi"}).status_code == 422
    response = join(client, open_day, tomorrow.pk, **{f"answer-{bus.pk}": "yes", f"answer-{food.pk}": "Chay"})

    assert Registration.objects.get().answers == {str(bus.pk): "yes", str(food.pk): "Chay"}
    assert "Bạn ăn gì?" in client.get(response.url).content.decode()


def test_a_child_is_registered_by_a_guardian_who_agrees(client, open_day, tomorrow):
    put(open_day, audience="children")
    guardian = {"guardian_name": "Hoàng Văn Thái", "phone": "0912345678", "consent": "on"}

    for missing in guardian:
        answer = join(
            client,
            open_day,
            tomorrow.pk,
            **{**guardian, missing: ""}
            if missing != "consent"
            else {key: value for key, value in guardian.items() if key != "consent"},
        )
        assert answer.status_code == 422
    assert "Hãy đánh dấu vào ô đồng ý cho trẻ tham gia." in answer.text
    response = join(client, open_day, tomorrow.pk, **guardian)

    assert response.status_code == 302
    assert Registration.objects.get().consent_at is not None


def test_a_listed_child_makes_the_form_ask_for_the_guardian(client, open_day, tomorrow):
    listed = {"people": "Nông Thị Lan, nữ, 9\nLý Thị Mai"}

    answer = join(client, open_day, tomorrow.pk, **listed)

    assert answer.status_code == 422
    assert 'name="guardian_name"' in answer.content.decode()
    assert 'name="consent"' in answer.content.decode()
    guardian = {"guardian_name": "Lý Thị Mai", "phone": "0912345678", "consent": "on"}
    assert join(client, open_day, tomorrow.pk, **listed, **guardian).status_code == 302
    assert Registration.objects.get().group_size == 2


def test_a_list_with_a_mistake_tells_the_line(client, open_day, tomorrow):
    answer = join(client, open_day, tomorrow.pk, people="Nông Thị Lan, nữ\nSơn, mèo")

    assert answer.status_code == 422
    assert "Dòng 2: “mèo”" in answer.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "mai@"),
        ("email", "x" * 300 + "@a.vn"),
        ("people", "😀"),
        ("people", "<b>Lan</b>"),
        ("people", "x" * 20_001),
        ("people", "Lan\n" * 51),
        ("session", "series"),
    ],
)
def test_a_bad_value_of_what_is_folded_away_says_so_and_changes_nothing(client, open_day, tomorrow, field, value):
    answer = join(client, open_day, tomorrow.pk, **{field: value})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Registration.objects.exists()


# A class


def class_form(session, /, **more) -> dict:
    return {
        "session": str(session.pk),
        "name": "Cô Hà",
        "phone": "0912345678",
        "consent": "on",
        "form_key": str(uuid.uuid4()),
        **more,
    }


def sheet(rows) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("lop.xlsx", out.getvalue())


def test_a_class_of_forty_comes_by_spreadsheet(client, open_day, tomorrow):
    Session.objects.update(capacity=45)
    url = reverse("portal:activities-class-create", args=[open_day.pk])
    assert client.get(url).status_code == 200
    rows = [["Họ và tên", "Giới tính", "Tuổi"], *([f"Học sinh {n}", "nữ", 9] for n in range(40))]

    response = client.post(url, class_form(tomorrow, file=sheet(rows)))

    registration = Registration.objects.get()
    assert response.url == at("registration-detail", registration)
    assert (registration.group_size, registration.participants.count()) == (40, 40)
    assert registration.guardian_name == "Cô Hà"
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 40


def test_a_teacher_is_in_charge_of_the_class_and_nobodys_guardian(client, open_day, tomorrow, librarian_of_bac_kan):
    client.post(
        reverse("portal:activities-class-create", args=[open_day.pk]), class_form(tomorrow, people="Lan, nữ, 9")
    )
    registration = Registration.objects.get()

    for page in (
        client.get(at("registration-detail", registration)),
        client.get(at("registration-change", registration)),
    ):
        assert "giám hộ" not in page.text
    assert "Người phụ trách" in client.get(at("registration-detail", registration)).text
    changed = {"name": "Cô Vi Thu", "phone": "0912345678", "people": "Lan, nữ"}
    assert client.post(at("registration-change", registration), changed).status_code == 302
    registration.refresh_from_db()
    assert (registration.name, registration.guardian_name) == ("Cô Vi Thu", "Cô Vi Thu")
    client.force_login(librarian_of_bac_kan)
    staff = client.get(reverse("workspace:activities-registration-list", args=[tomorrow.pk])).text
    assert "Người phụ trách" in staff
    assert "Người giám hộ" not in staff


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"people": "Lan, nữ, 9", "consent": ""},
        {"people": "Lan, nữ, 9", "phone": ""},
        {"people": "Lan, mèo"},
        {"people": "Lan", "file": SimpleUploadedFile("lop.csv", b"Lan")},
        {"file": SimpleUploadedFile("lop.pdf", b"%PDF")},
        {"file": SimpleUploadedFile("lop.csv", b"x" * 1_100_000)},
        {"file": SimpleUploadedFile("lop.csv", "Lan 😀".encode())},
        {"people": "Lan", "name": ""},
        {"people": "Lan", "session": "x"},
        {"people": "Lan\n" * 11},
    ],
)
def test_a_class_list_that_is_wrong_says_so_and_registers_nobody(client, open_day, tomorrow, wrong):
    data = {key: value for key, value in class_form(tomorrow, **wrong).items() if value != ""}

    answer = client.post(reverse("portal:activities-class-create", args=[open_day.pk]), data)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Registration.objects.exists()


def test_the_template_is_a_spreadsheet(client):
    content = client.get(reverse("portal:activities-class-list")).content

    assert load_workbook(io.BytesIO(content)).active["A1"].value == "Họ và tên"


# Waiting


def test_a_full_session_with_a_waiting_list_says_so_and_tells_the_place_in_line(client, open_day, tomorrow, waiting):
    assert "hết chỗ, vào danh sách chờ" in page_of(client, open_day) or "Vào danh sách chờ" in page_of(client, open_day)

    response = join(client, open_day, tomorrow.pk)

    page = client.get(response.url).content.decode()
    assert "Bạn là người thứ 2" in page
    assert client.get(at("ticket-pdf", Registration.objects.latest("created_at"))).status_code == 404


def test_an_offer_is_accepted_on_its_page(client, tomorrow, waiting):
    cancel_registration(Registration.objects.get(code="K7MR3QXD"), at=timezone.now())

    assert "nhận chỗ" in client.get(at("registration-detail", waiting)).content.decode()
    client.get(at("registration-accept", waiting))
    waiting.refresh_from_db()
    assert waiting.is_offered
    client.post(at("registration-accept", waiting))

    waiting.refresh_from_db()
    assert waiting.is_confirmed


def test_an_overdue_offer_lapses_when_it_is_looked_at(client, tomorrow, waiting):
    cancel_registration(Registration.objects.get(code="K7MR3QXD"), at=timezone.now())
    Registration.objects.filter(pk=waiting.pk).update(offer_ends_at=timezone.now() - dt.timedelta(minutes=1))

    page = client.get(at("registration-detail", waiting)).content.decode()

    waiting.refresh_from_db()
    assert waiting.status == "lapsed"
    assert "Đã hết hạn nhận chỗ" in page
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0
    assert 'role="alert"' in client.post(at("registration-accept", waiting), follow=True).content.decode()


# By the code


@pytest.fixture
def registration(tomorrow):
    return RegistrationFactory(session=tomorrow, group_size=3, code="K7MR3QXD")


@pytest.fixture
def overmorrow(open_day, tomorrow):
    return SessionFactory(activity=open_day, capacity=4, starts_at=tomorrow.starts_at + dt.timedelta(days=1))


def test_changing_by_code_changes_name_and_places(client, registration, tomorrow):
    url = at("registration-change", registration)
    assert "Lý Thị Mai" in client.get(url).content.decode()

    response = client.post(url, {"name": "Lý Thị Lan", "phone": "0912345678", "group_size": "5"})

    registration.refresh_from_db()
    assert response.url == at("registration-detail", registration)
    assert (registration.name, registration.group_size) == ("Lý Thị Lan", 5)
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "😀"), ("phone", "x"), ("email", "x"), ("group_size", "0"), ("group_size", "11")],
)
def test_changing_to_a_bad_value_says_so_and_changes_nothing(client, registration, tomorrow, field, value):
    data = {"name": "Lý Thị Lan", "group_size": "3", field: value}

    assert client.post(at("registration-change", registration), data).status_code == 422
    registration.refresh_from_db()
    assert (registration.name, registration.group_size) == ("Lý Thị Mai", 3)


def test_moving_by_code_leads_to_the_new_session_and_the_old_address_follows(
    client, registration, tomorrow, overmorrow
):
    old = at("registration-detail", registration)
    url = at("registration-move", registration)
    assert str(overmorrow.pk) in client.get(url).content.decode()

    response = client.post(url, {"session": str(overmorrow.pk)})

    registration.refresh_from_db()
    assert registration.session_id == overmorrow.pk
    assert response.url == at("registration-detail", registration)
    assert client.get(old).url == response.url


def test_moving_to_a_full_or_foreign_session_changes_nothing(client, registration, overmorrow, library_of_bac_kan):
    RegistrationFactory(session=overmorrow, group_size=2)
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))

    for session in (overmorrow, elsewhere):
        answer = client.post(at("registration-move", registration), {"session": str(session.pk)})
        assert answer.status_code == 422
    assert Registration.objects.get(pk=registration.pk).session_id == registration.session_id


@pytest.mark.parametrize("name", ["change", "move", "cancel", "accept"])
def test_acts_by_a_wrong_code_are_not_found(client, registration, tomorrow, name):
    url = reverse(f"portal:activities-registration-{name}", args=[tomorrow.pk, "K7MR3QXE"])

    assert client.post(url).status_code == 404


# The whole series


@pytest.fixture
def series(open_day, tomorrow, overmorrow):
    put(open_day, joining=Joining.EITHER)
    return open_day


def test_the_whole_series_is_joined_looked_up_and_left_by_one_code(client, series, tomorrow):
    assert "Cả đợt: 2 buổi" in page_of(client, series)

    response = join(client, series, "series", group_size="2")

    enrolment = Enrolment.objects.get()
    assert response.url == reverse("portal:activities-enrolment-detail", args=[series.pk, enrolment.code])
    assert enrolment.code_shown in client.get(response.url).content.decode()
    find = client.get(reverse("portal:activities-registration-find", args=[series.pk]), {"code": enrolment.code})
    assert find.url == response.url
    leave = reverse("portal:activities-enrolment-leave", args=[series.pk, enrolment.code])
    assert client.get(leave).status_code == 200
    client.post(leave)
    assert not Enrolment.objects.get().is_active
    assert sum(Session.objects.values_list("places_taken", flat=True)) == 0


def test_the_code_of_the_series_leads_to_the_registration_for_a_session(client, series, tomorrow):
    join(client, series, "series")
    registration = Registration.objects.get(session=tomorrow)

    response = client.get(
        reverse("portal:activities-registration-detail", args=[tomorrow.pk, registration.enrolment.code])
    )

    assert response.url == at("registration-detail", registration)


def test_a_full_session_of_the_series_is_named(client, series, overmorrow):
    RegistrationFactory(session=overmorrow, group_size=4)

    response = join(client, series, "series")

    assert "Những buổi này đã hết chỗ" in client.get(response.url).content.decode()


def test_a_wrong_code_of_a_series_is_not_found(client, series):
    for name in ("enrolment-detail", "enrolment-leave", "enrolment-calendar"):
        assert client.get(reverse(f"portal:activities-{name}", args=[series.pk, "K7MR3QXE"])).status_code == 404


def of_series(name: str, enrolment) -> str:
    return reverse(f"portal:activities-{name}", args=[enrolment.activity_id, enrolment.code])


def test_the_whole_series_is_changed_once_by_its_code(client, series):
    food = Question.objects.create(institution=series.institution, activity=series, number=1, text="Ăn gì?")
    join(client, series, "series", **{f"answer-{food.pk}": "Chay"})
    enrolment = Enrolment.objects.get()
    assert "Chay" in client.get(of_series("enrolment-detail", enrolment)).content.decode()
    assert 'value="Chay"' in client.get(of_series("enrolment-change", enrolment)).content.decode()

    wanted = {"name": "Lý Mai", "phone": "0912345678", "group_size": "2", f"answer-{food.pk}": "Mặn"}
    answer = client.post(of_series("enrolment-change", enrolment), wanted, follow=True)

    assert "Mặn" in answer.content.decode() and "0912345678" in answer.content.decode()
    assert set(Registration.objects.values_list("name", "phone", "group_size")) == {("Lý Mai", "0912345678", 2)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "😀"},
        {"name": "x" * 121},
        {"phone": "<b>1</b>"},
        {"email": "mai@"},
        {"group_size": "hai"},
        {"group_size": "5"},
        {"group_size": "-1"},
        {"group_size": "9" * 40},
    ],
)
def test_a_bad_change_of_a_series_says_so_and_changes_nothing(client, series, wrong):
    join(client, series, "series")
    enrolment = Enrolment.objects.get()

    answer = client.post(of_series("enrolment-change", enrolment), {"name": "Lan", "group_size": "1", **wrong})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode() or 'role="alert"' in answer.content.decode()
    assert set(Registration.objects.values_list("name", "group_size")) == {("Lý Thị Mai", 1)}


def test_a_series_that_was_left_or_another_ones_cannot_be_changed(client, series, library_of_bac_kan):
    join(client, series, "series")
    enrolment = Enrolment.objects.get()
    elsewhere = ActivityFactory(institution=library_of_bac_kan)
    foreign = reverse("portal:activities-enrolment-change", args=[elsewhere.pk, enrolment.code])
    assert client.post(foreign, {"name": "Lan", "group_size": "1"}).status_code == 404
    client.post(of_series("enrolment-leave", enrolment))

    answer = client.post(of_series("enrolment-change", enrolment), {"name": "Lan", "group_size": "1"})

    assert answer.url == of_series("enrolment-detail", enrolment)
    assert Enrolment.objects.get().name == "Lý Thị Mai"


def test_answers_are_changed_by_code_until_the_window_closes(client, open_day, tomorrow):
    bus = Question.objects.create(
        institution=open_day.institution, activity=open_day, number=1, text="Đi xe buýt?", kind="yes_no"
    )
    join(client, open_day, tomorrow.pk, **{f"answer-{bus.pk}": "yes"})
    registration = Registration.objects.get()
    wanted = {"name": "Lý Thị Mai", "group_size": "1", f"answer-{bus.pk}": "no"}

    assert client.post(at("registration-change", registration), wanted).status_code == 302
    put(open_day, joining_closes_hours=48)
    answer = client.post(at("registration-change", registration), {**wanted, f"answer-{bus.pk}": "yes"})

    assert answer.status_code == 422
    assert "hết hạn" in answer.content.decode()
    assert Registration.objects.get().answers == {str(bus.pk): "no"}
    assert (
        at("registration-change", registration)
        not in client.get(at("registration-detail", registration)).content.decode()
    )


def test_a_child_put_on_the_list_afterwards_makes_the_form_ask_for_the_guardian(client, open_day, tomorrow):
    join(client, open_day, tomorrow.pk, people="Lý Văn Sơn")
    registration = Registration.objects.get()
    wanted = {"name": "Cô Hà", "phone": "0912345678", "people": "Lý Văn Sơn\nNông Thị Lan, nữ, 9"}

    asked = client.post(at("registration-change", registration), wanted)
    assert asked.status_code == 422
    assert 'name="consent"' in asked.content.decode()
    done = client.post(at("registration-change", registration), {**wanted, "guardian_name": "Cô Hà", "consent": "on"})

    assert done.status_code == 302
    assert Registration.objects.get().group_size == 2


# What is taken along


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), [("ticket-pdf", "application/pdf"), ("ticket-png", "image/png")])
def test_the_ticket_is_for_who_holds_the_code(client, registration, tomorrow, name, kind):
    response = client.get(at(name, registration))

    assert response["Content-Type"] == kind
    assert client.get(reverse(f"portal:activities-{name}", args=[tomorrow.pk, "K7MR3QXE"])).status_code == 404


def test_the_page_holds_the_code_to_scan(client, registration):
    assert "<svg" in client.get(at("registration-detail", registration)).content.decode().split('class="qr"')[1]


def test_the_calendar_follows_what_becomes_of_the_registration(client, registration, tomorrow):
    def event():
        (found,) = Calendar.from_ical(client.get(at("registration-calendar", registration)).content).walk("VEVENT")
        return found

    assert (event()["status"], event()["sequence"]) == ("CONFIRMED", 0)
    Session.objects.filter(pk=tomorrow.pk).update(starts_at=tomorrow.starts_at + dt.timedelta(minutes=5))
    assert event()["sequence"] == 1
    cancel_registration(registration, at=timezone.now())
    assert (event()["status"], event()["sequence"]) == ("CANCELLED", 1)


def test_the_calendar_of_a_series_holds_its_meetings(client, series):
    join(client, series, "series")
    url = reverse("portal:activities-enrolment-calendar", args=[series.pk, Enrolment.objects.get().code])

    assert len(Calendar.from_ical(client.get(url).content).walk("VEVENT")) == 2


def test_pages_by_code_are_kept_from_search_engines(client, registration):
    for name in ("registration-detail", "registration-change", "registration-move", "registration-cancel"):
        assert "noindex" in client.get(at(name, registration)).content.decode()


def test_a_cancelled_session_says_so_and_offers_no_acts(client, registration, tomorrow):
    Session.objects.filter(pk=tomorrow.pk).update(status=SessionStatus.CANCELLED, cancel_reason="Bão")

    page = client.get(at("registration-detail", registration)).content.decode()

    assert "Bão" in page
    assert "/change/" not in page


def test_the_forms_own_address_leads_to_the_form(client, tomorrow):
    page = reverse("portal:activities-activity-detail", args=[tomorrow.activity_id])
    answer = client.get(reverse("portal:activities-registration-create", args=[tomorrow.activity_id]))
    assert (answer.status_code, answer.url) == (302, f"{page}#join")
