"""Programmes for schools, as teachers see them."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.models import Activity, ClassBooking
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.school import (
    ask_for_change,
    book_visit,
    confirm_booking,
    decline_booking,
)
from hocsuotdoi.activities.operations.school_visit import send_report, take_headcount
from tests.activities.school import asked, make_programme
from tests.factories.activities import ActivityFactory

LIST = reverse("portal:activities-programme-list")


@pytest.fixture
def programme(library_of_bac_kan) -> Activity:
    return make_programme(library_of_bac_kan)


@pytest.fixture
def in_a_week() -> dt.datetime:
    return timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + dt.timedelta(days=7)


@pytest.fixture
def booking(programme, in_a_week) -> ClassBooking:
    return book_visit(programme, form_key=uuid.uuid4(), at=timezone.now(), **asked(proposed=[in_a_week]))


@pytest.fixture
def filled(in_a_week) -> dict[str, str]:
    fields = {name: value for name, value in asked().items() if name != "proposed"}
    return {
        **fields,
        "day_1": in_a_week.strftime("%Y-%m-%d"),
        "time_1": "08:00",
        "day_2": "",
        "time_2": "",
        "day_3": (in_a_week + dt.timedelta(days=2)).strftime("%Y-%m-%d"),
        "time_3": "14:00",
        "form_key": str(uuid.uuid4()),
    }


def page_of(booking: ClassBooking, name: str = "detail") -> str:
    return reverse(f"portal:activities-booking-{name}", args=[booking.pk, booking.code])


def post(client: Client, programme: Activity, data: dict):
    return client.post(reverse("portal:activities-booking-create", args=[programme.pk]), data)


def titles(client: Client, **query) -> list[str]:
    return [row["activity"].title for row in client.get(LIST, query).context["rows"]]


def test_list_finds_by_grade_subject_place_house_and_words(
    client, library_of_bac_kan, library_of_duc_xuan, bac_kan, thai_nguyen
):
    make_programme(library_of_bac_kan, title="Trống đồng")
    make_programme(library_of_duc_xuan, title="Hát then", grades=[], subjects=["arts"])
    make_programme(library_of_duc_xuan, title="Không nhận nữa", is_bookable=False)
    ActivityFactory(institution=library_of_bac_kan, title="Không phải cho trường", grades=[6])

    assert titles(client) == ["Hát then", "Trống đồng"]
    assert titles(client, grade=7) == ["Hát then", "Trống đồng"]
    assert titles(client, grade=3) == ["Hát then"]
    assert titles(client, subject="history") == ["Trống đồng"]
    assert titles(client, unit="01843") == ["Trống đồng"]
    assert titles(client, where="Thái Nguyên") == ["Hát then", "Trống đồng"]
    assert titles(client, institution=library_of_duc_xuan.code) == ["Hát then"]
    assert titles(client, q="trống đồng") == ["Trống đồng"]
    assert titles(client, q="hat the") == ["Hát then"]


def test_list_stands_in_the_order_of_the_dictionary(client, library_of_bac_kan):
    for title in ("Ươm mầm", "Đường lên chiến khu", "Ai ơi", "Em học nghề dệt", "Dân ca", "đất nước", "Ăn tết"):
        make_programme(library_of_bac_kan, title=title)

    assert titles(client) == [
        "Ai ơi",
        "Ăn tết",
        "Dân ca",
        "đất nước",
        "Đường lên chiến khu",
        "Em học nghề dệt",
        "Ươm mầm",
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"grade": "99"},
        {"grade": "x"},
        {"subject": "<b>"},
        {"unit": "x\x00"},
        {"where": "😀"},
        {"institution": "không có"},
        {"q": "'"},
        {"page": "x"},
    ],
)
def test_list_takes_any_address(client, programme, query):
    assert client.get(LIST, query).status_code == 200


def test_list_of_nothing_says_what_to_do(client, programme):
    assert "Xem mọi chương trình" in client.get(LIST, {"grade": 1}).content.decode()
    Activity.objects.update(is_bookable=False)
    assert "Chưa có chương trình nào" in client.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(client, library_of_bac_kan, count, django_assert_num_queries):
    for number in range(count):
        make_programme(library_of_bac_kan, title=f"Chương trình {number}")
    with django_assert_num_queries(3):
        client.get(LIST)


def test_programme_page_says_for_whom_what_how_long_how_many_and_what_to_bring(client, programme):
    page = client.get(reverse("portal:activities-programme-detail", args=[programme.pk])).content.decode()
    for words in ("Lớp 6–9", "Lịch sử", "90 phút", "45 người", "Vở, bút chì.", "Quan sát, làm việc nhóm."):
        assert words in page


def test_programme_page_of_a_draft_or_of_another_activity_is_not_there(client, library_of_bac_kan, programme):
    other = ActivityFactory(institution=library_of_bac_kan)
    Activity.objects.filter(pk=programme.pk).update(status="draft", published_at=None)
    for activity in (other, programme):
        assert client.get(reverse("portal:activities-programme-detail", args=[activity.pk])).status_code == 404


def test_activity_page_leads_to_the_programme_for_schools(client, programme):
    page = client.get(reverse("portal:activities-activity-detail", args=[programme.pk])).content.decode()
    assert reverse("portal:activities-programme-detail", args=[programme.pk]) in page


def test_home_and_whats_on_lead_to_the_programmes(client, db):
    for address in ("/", reverse("portal:activities-activity-list")):
        assert LIST in client.get(address).content.decode()


def test_booking_leads_to_the_page_with_the_code(client, programme, filled):
    response = post(client, programme, filled)

    booking = ClassBooking.objects.get()
    assert response.url == page_of(booking)
    page = client.get(response.url).content.decode()
    assert booking.code_shown in page
    assert "Trong vòng 3 ngày" in page
    assert len(booking.proposed) == 2


def test_booking_twice_with_one_form_books_once(client, programme, filled):
    assert len({post(client, programme, filled).url for _time in range(5)}) == 1
    assert ClassBooking.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("school", ""),
        ("school", "<script>"),
        ("school", "x" * 201),
        ("class_name", "😀"),
        ("grade", ""),
        ("grade", "3"),
        ("grade", "mười"),
        ("subject", "magic"),
        ("teacher", "a\x00b"),
        ("phone", ""),
        ("phone", "gọi tôi nhé"),
        ("email", "thơm"),
        ("girls", "-1"),
        ("girls", "1e3"),
        ("girls", "9" * 40),
        ("boys", ""),
        ("day_1", ""),
        ("day_1", "hôm qua"),
        ("day_1", "2020-01-01"),
        ("day_1", "0001-01-01"),
        ("day_1", "9999-12-31"),
        ("time_1", "25:00"),
        ("wishes", "x" * 2001),
        ("form_key", "x"),
    ],
)
def test_booking_with_a_mistake_says_so_and_books_nothing(client, programme, filled, field, value):
    response = post(client, programme, filled | {field: value})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert not ClassBooking.objects.exists()


def test_booking_takes_decomposed_vietnamese(client, programme, filled):
    post(client, programme, filled | {"school": "Tru\u031bo\u031b\u0300ng THCS \u0110u\u031b\u0301c Xu\u00e2n"})
    assert ClassBooking.objects.get().school == "Trường THCS Đức Xuân"


def test_booking_what_takes_no_classes_leads_back(client, programme, filled):
    Activity.objects.update(is_bookable=False)
    assert post(client, programme, filled).url == reverse("portal:activities-programme-detail", args=[programme.pk])
    assert not ClassBooking.objects.exists()


def test_code_leads_to_the_request_and_a_wrong_one_says_so(client, programme, booking):
    find = reverse("portal:activities-booking-find", args=[programme.pk])
    assert client.get(find, {"code": booking.code_shown.lower()}).url == page_of(booking)
    assert client.get(find, {"code": "AAAA-AAAA"}).status_code == 422
    assert client.get(find, {"code": "'"}).status_code == 422


def test_pages_of_a_booking_need_its_code(client, booking):
    for name in ("detail", "edit", "withdraw", "agreement", "report"):
        assert (
            client.get(reverse(f"portal:activities-booking-{name}", args=[booking.pk, "AAAAAAAA"])).status_code == 404
        )


def test_papers_are_there_only_when_there_is_something_to_print(client, booking):
    assert client.get(page_of(booking, "agreement")).status_code == 404
    assert client.get(page_of(booking, "report")).status_code == 404


def test_page_shows_back_what_the_class_said(client, programme, in_a_week):
    said = {"wishes": "Hai em <đi> xe lăn", "transport": "Xe ca, 40 phút", "risks": "Qua suối"}
    told = book_visit(programme, form_key=uuid.uuid4(), at=timezone.now(), **asked(proposed=[in_a_week], **said))

    page = client.get(page_of(told)).content.decode()

    assert "Hai em &lt;đi&gt; xe lăn" in page
    assert "Xe ca, 40 phút" in page
    assert "Qua suối" in page


def test_change_puts_the_new_wish(client, booking, filled):
    assert client.get(page_of(booking, "edit")).context["form"].initial["girls"] == 20
    response = client.post(page_of(booking, "edit"), filled | {"girls": "11"})

    assert response.url == page_of(booking)
    assert ClassBooking.objects.get().girls == 11


def test_change_of_an_answered_request_is_refused_in_words(client, booking, filled):
    decline_booking(booking, answer="Kín lịch", by=None, at=timezone.now())
    assert client.get(page_of(booking, "edit")).status_code == 302
    response = client.post(page_of(booking, "edit"), filled)
    assert response.status_code == 422
    assert "không sửa được nữa" in response.content.decode()


def test_withdraw_asks_first(client, booking):
    assert "Rút đăng ký của lớp?" in client.get(page_of(booking, "withdraw")).content.decode()
    client.post(page_of(booking, "withdraw"))
    assert ClassBooking.objects.get().status == "withdrawn"
    assert client.get(page_of(booking, "withdraw")).status_code == 302


def test_page_says_what_the_institution_answered(client, booking, in_a_week):
    now = timezone.now()
    ask_for_change(booking, answer="Thứ Ba bảo tàng nghỉ.", by=None, at=now)
    assert "Thứ Ba bảo tàng nghỉ." in client.get(page_of(booking)).content.decode()
    confirm_booking(booking, starts_at=in_a_week, answer="Vào cổng sau.", by=None, at=now)
    page = client.get(page_of(booking)).content.decode()
    assert "Cơ sở đón lớp của thầy cô" in page
    assert "Vào cổng sau." in page
    assert page_of(booking, "agreement") in page
    decline_booking(booking, answer="Mất điện.", by=None, at=now)
    assert "Mất điện." in client.get(page_of(booking)).content.decode()


@pytest.mark.slow
def test_report_is_read_and_printed_by_the_teacher(client, booking):
    earlier = timezone.now() - dt.timedelta(hours=3)
    booking = confirm_booking(booking, starts_at=earlier, by=None, at=earlier)
    assert client.get(page_of(booking, "agreement")).content.startswith(b"%PDF")
    take_headcount(booking, girls=19, boys=17, adults=3, by=None, at=earlier)
    close_session(booking.session, by=None, at=timezone.now())
    assert "trong vài ngày tới" in client.get(page_of(booking)).content.decode()
    send_report(booking, report="Các em đã <b>tự tay</b> đánh trống.", by=None, at=timezone.now())

    page = client.get(page_of(booking)).content.decode()
    assert "Các em đã &lt;b&gt;tự tay&lt;/b&gt; đánh trống." in page
    assert client.get(page_of(booking, "report")).content.startswith(b"%PDF")


def test_whats_on_does_not_announce_a_class(client, booking, in_a_week):
    confirm_booking(booking, starts_at=in_a_week, by=None, at=timezone.now())
    assert client.get(reverse("portal:activities-activity-list")).context["page"].paginator.count == 0
