"""One tap: open or closed on the holidays ahead; and who enters what the state decides."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import HolidayDecision, OpeningHours
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory

LIST = reverse("workspace:places-holiday-list")
ACT = {"is_holiday": "yes", "name": "Ngày hội lớn", "legal_act": "Thông báo 12/TB-VPCP ngày 1/11/2026"}


@pytest.fixture
def library(library_of_bac_kan):
    """Open on all days."""
    for weekday in range(7):
        OpeningHours.objects.create(
            institution=library_of_bac_kan, weekday=weekday, opens_at=dt.time(8), closes_at=dt.time(17)
        )
    return library_of_bac_kan


@pytest.fixture
def day(db):
    """A holiday in a week, whatever today is: decided, with ordinary days around it."""
    asked = timezone.localdate() + dt.timedelta(days=7)
    for number in (-1, 0, 1):
        HolidayDecision.objects.create(
            day=asked + dt.timedelta(days=number), is_holiday=not number, name="Ngày hội lớn", legal_act="12/TB"
        )
    return asked


@pytest.fixture
def ministry(country):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, unit=country)
    return person


def answer(client, institution, day, what):
    page = reverse("workspace:places-holiday-answer", args=[institution.code])
    return client.post(page, {"first": day.isoformat(), "answer": what}, follow=True)


def public_page(client, institution) -> str:
    return client.get(reverse("portal:places-institution-detail", args=[institution.code])).content.decode()


def test_one_tap_says_whether_it_is_open_and_everybody_reads_it(client, library, manager_of_bac_kan, day):
    assert "Ngày hội lớn" in public_page(client, library)
    assert "cơ sở chưa báo, hãy hỏi trước khi đến" in public_page(client, library)
    client.force_login(manager_of_bac_kan)
    page = client.get(reverse("workspace:places-closure-list", args=[library.code])).content.decode()
    assert "Ngày lễ sắp tới: có mở cửa không?" in page

    told = answer(client, library, day, "closed").content.decode()
    assert "Đã báo cho mọi người: Ngày hội lớn đóng cửa." in told
    assert library.closures.get().starts_on == day
    assert f"Ngày hội lớn ({day.day}/{day.month}/{day.year}): đóng cửa" in public_page(client, library)

    answer(client, library, day, "open")
    assert not library.closures.exists()
    assert f"Ngày hội lớn ({day.day}/{day.month}/{day.year}): mở cửa như thường lệ" in public_page(client, library)


@pytest.mark.parametrize(("first", "what"), [("2020-01-01", "open"), ("", "open"), ("x", "closed"), (None, "maybe")])
def test_answer_to_nothing_changes_nothing(client, library, manager_of_bac_kan, day, first, what):
    client.force_login(manager_of_bac_kan)
    asked = day.isoformat() if first is None else first

    page = client.post(
        reverse("workspace:places-holiday-answer", args=[library.code]), {"first": asked, "answer": what}, follow=True
    )

    assert "Lịch nghỉ lễ vừa thay đổi" in page.content.decode()
    assert not library.closures.exists()
    assert not library.holiday_openings.exists()


def test_only_who_keeps_the_entry_answers(client, library, library_of_duc_xuan, manager_of_bac_kan, auditor, day):
    for person, institution in ((auditor, library), (manager_of_bac_kan, library_of_duc_xuan)):
        client.force_login(person)
        assert answer(client, institution, day, "closed").status_code == 403
        assert not institution.closures.exists()


def test_what_an_act_decides_is_entered_and_taken_back(client, ministry, library):
    client.force_login(ministry)
    asked = timezone.localdate() + dt.timedelta(days=200)
    HolidayDecision.objects.filter(day=asked).delete()

    page = client.post(LIST, {**ACT, "day": asked.isoformat()}, follow=True)

    assert "Thông báo 12/TB-VPCP ngày 1/11/2026" in page.content.decode()
    assert page.redirect_chain == [(f"{LIST}?year={asked.year}", 302)]
    decision = HolidayDecision.objects.get()
    client.post(reverse("workspace:places-holiday-withdraw", args=[decision.pk]))
    assert not HolidayDecision.objects.exists()


def test_decision_without_its_act_comes_back(client, ministry):
    client.force_login(ministry)
    assert client.post(LIST, {**ACT, "day": "2027-06-01", "legal_act": ""}).status_code == 422
    assert client.post(LIST, {**ACT, "day": "2027-09-02"}).status_code == 422
    assert not HolidayDecision.objects.exists()


def test_calendar_is_read_by_staff_and_kept_by_the_whole_countrys_officers(
    client, province_officer, auditor, manager_of_bac_kan, day, country
):
    decision = HolidayDecision.objects.first()
    for person in (province_officer, auditor, manager_of_bac_kan):
        client.force_login(person)
        page = client.get(LIST, {"year": "2027"})
        assert "Tết Nguyên Đán" in page.content.decode()
        assert "Nhập theo văn bản" not in page.content.decode()
        assert client.post(LIST, {**ACT, "day": "2027-06-01"}).status_code == 403
        assert client.post(reverse("workspace:places-holiday-withdraw", args=[decision.pk])).status_code == 403
    assert HolidayDecision.objects.count() == 3


@pytest.mark.parametrize("year", ["x", "1999", "20271", "-1"])
def test_calendar_of_no_year_is_not_there(client, auditor, year):
    client.force_login(auditor)
    assert client.get(LIST, {"year": year}).status_code == 404


def test_day_that_is_only_meant_to_be_a_holiday_is_confirmed_with_its_act(client, ministry):
    client.force_login(ministry)
    page = client.get(f"{LIST}?year=2027&confirm=2027-11-24").content.decode()
    assert "80-NQ/TW" in page and 'value="2027-11-24"' in page

    act = {"day": "2027-11-24", "is_holiday": "yes", "name": "Ngày Văn hóa Việt Nam", "legal_act": "Luật 1/2026/QH16"}
    page = client.post(LIST, act, follow=True).content.decode()

    assert "80-NQ/TW" not in page and "Luật 1/2026/QH16" in page


def test_who_only_reads_the_calendar_is_not_offered_to_confirm(client, manager_of_bac_kan):
    client.force_login(manager_of_bac_kan)
    page = client.get(f"{LIST}?year=2027&confirm=2027-11-24").content.decode()
    assert "80-NQ/TW" in page and "confirm=2027-11-24#form" not in page
