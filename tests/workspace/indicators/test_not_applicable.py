"""What is not asked of an institution, and what its register says: nobody excuses himself, and an empty register is a
no where the register is asked about."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.models import CriterionAnswer
from hocsuotdoi.places.models import OpeningHours

COMPARE = reverse("workspace:indicators-criteria-compare")
ADVISER = "library_services-adviser_assigned"


@pytest.fixture
def statement(client, posting, library_of_bac_kan, manager_of_bac_kan, day):
    client.force_login(manager_of_bac_kan)
    url = reverse("workspace:indicators-criteria-answer", args=[library_of_bac_kan.code, day.year])
    client.post(url, {ADVISER: "no"})
    client.post(url, {ADVISER: "not_applicable", f"{ADVISER}-note": "Thư viện chưa có người"})
    return CriterionAnswer.objects.latest("answered_at")


@pytest.fixture
def page(client, library_of_bac_kan, day):
    args = [library_of_bac_kan.code, day.year, "library_services"]
    return lambda: client.get(reverse("portal:indicators-institution-lineage", args=args))


def answer(page, code):
    return next(each for each in page().context["reading"].answers if each.criterion.code == code)


def test_not_applicable_is_not_known_until_it_is_accepted(client, statement, page, officer_of_bac_kan):
    found = answer(page, "adviser_assigned")
    assert (found.value, found.override, found.stated.value) == (None, "awaiting", "not_applicable")
    assert CriterionAnswer.objects.count() == 2, "what was stated before stays to be read"

    client.force_login(officer_of_bac_kan)
    review = reverse("workspace:indicators-criteria-review", args=[statement.pk])
    shown = client.get(COMPARE)
    assert [each[2].override for each in shown.context["differences"]] == ["awaiting"]
    assert review in shown.content.decode()
    client.post(review, {"verdict": "accepted", "reason": "Thư viện lưu động, không có người trực"})

    found = answer(page, "adviser_assigned")
    assert (found.value, found.basis, found.override) == ("not_applicable", "staff", "accepted")
    text = page().content.decode()
    assert "Thư viện lưu động, không có người trực" in text
    assert "Cơ quan cấp trên đã chấp nhận 1 tiêu chí không áp dụng" in text


def test_not_applicable_that_is_rejected_excuses_nobody(client, statement, page, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    review = reverse("workspace:indicators-criteria-review", args=[statement.pk])
    client.post(review, {"verdict": "rejected", "reason": "Tiêu chí này áp dụng cho mọi thư viện"})

    found = answer(page, "adviser_assigned")
    assert (found.value, found.override) == (None, "rejected")


def test_hours_that_are_not_in_the_register_are_a_no(definitions, page, library_of_bac_kan):
    """Deleting them once took the library out of the denominator."""
    hours = OpeningHours.objects.create(
        institution=library_of_bac_kan, weekday=0, opens_at="07:30", closes_at="17:00", starts_on=None
    )
    assert answer(page, "opening_published").value == "yes"

    hours.delete()

    assert answer(page, "opening_published").value == "no"
    assert answer(page, "opens_out_of_hours").value is None, "whether it opens is not asked of the register"
