"""A statement against the book: it stands beside what was found until somebody else decides."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.models import CriterionAnswer, CriterionReview

COMPARE = reverse("workspace:indicators-criteria-compare")
SESSIONS = "library_services-sessions_held"
REASON = {"verdict": "accepted", "reason": "Đã đến xem: buổi đó là của trường"}


def review_page(answer):
    return reverse("workspace:indicators-criteria-review", args=[answer.pk])


@pytest.fixture
def statement(client, posting, library_of_bac_kan, manager_of_bac_kan, day):
    """The manager says that the session that the book knows was none of theirs."""
    client.force_login(manager_of_bac_kan)
    url = reverse("workspace:indicators-criteria-answer", args=[library_of_bac_kan.code, day.year])
    client.post(url, {SESSIONS: "no", f"{SESSIONS}-note": "Buổi của trường, ghi nhầm"})
    return CriterionAnswer.objects.get()


def reading(client, institution, year):
    page = client.get(
        reverse("portal:indicators-institution-lineage", args=[institution.code, year, "library_services"])
    )
    return next(each for each in page.context["reading"].answers if each.criterion.code == "sessions_held")


def test_statement_waits_and_does_not_hold(client, statement, library_of_bac_kan, officer_of_bac_kan, day):
    found = reading(client, library_of_bac_kan, day.year)
    assert (found.value, found.override, found.stated.value) == ("yes", "awaiting", "no")

    client.force_login(officer_of_bac_kan)
    text = client.get(COMPARE).content.decode()
    assert review_page(statement) in text
    assert "chờ quyết định" in text.lower()


def test_accepted_statement_holds_and_says_by_whom_and_why(
    client, statement, library_of_bac_kan, officer_of_bac_kan, day
):
    client.force_login(officer_of_bac_kan)
    client.post(review_page(statement), REASON)

    found = reading(client, library_of_bac_kan, day.year)
    assert (found.value, found.basis, found.override) == ("no", "staff", "accepted")
    review = CriterionReview.objects.get()
    assert (review.reviewed_by, review.found, review.found_quantity) == (officer_of_bac_kan.pk, "yes", 1)
    page = client.get(review_page(statement)).content.decode()
    assert REASON["reason"] in page
    assert officer_of_bac_kan.full_name in page


def test_rejected_statement_does_not_hold_and_can_be_stated_anew(
    client, statement, library_of_bac_kan, officer_of_bac_kan, manager_of_bac_kan, day
):
    client.force_login(officer_of_bac_kan)
    client.post(review_page(statement), {"verdict": "rejected", "reason": "Thư viện có phối hợp tổ chức"})
    assert reading(client, library_of_bac_kan, day.year).override == "rejected"
    assert reading(client, library_of_bac_kan, day.year).value == "yes"

    client.force_login(manager_of_bac_kan)
    url = reverse("workspace:indicators-criteria-answer", args=[library_of_bac_kan.code, day.year])
    client.post(url, {SESSIONS: "no", f"{SESSIONS}-note": "Có biên bản kèm theo"})

    assert reading(client, library_of_bac_kan, day.year).override == "awaiting"
    assert CriterionAnswer.objects.count() == 2


@pytest.mark.parametrize("data", [{"verdict": "accepted", "reason": " "}, {"reason": "vì sao"}, {"verdict": "maybe"}])
def test_decision_without_reason_or_verdict_is_refused(client, statement, officer_of_bac_kan, data):
    client.force_login(officer_of_bac_kan)

    assert client.post(review_page(statement), data).status_code == 422
    assert not CriterionReview.objects.exists()


def test_who_stated_does_not_decide(client, posting, library_of_bac_kan, officer_of_bac_kan, day):
    client.force_login(officer_of_bac_kan)
    url = reverse("workspace:indicators-criteria-answer", args=[library_of_bac_kan.code, day.year])
    client.post(url, {SESSIONS: "no", f"{SESSIONS}-note": "Ghi nhầm"})
    answer = CriterionAnswer.objects.get()
    assert "chính bạn" in client.get(review_page(answer)).content.decode()

    assert client.post(review_page(answer), REASON).status_code == 422
    assert not CriterionReview.objects.exists()


def test_decided_twice_is_refused(client, statement, officer_of_bac_kan, province_officer):
    client.force_login(officer_of_bac_kan)
    client.post(review_page(statement), REASON)
    client.force_login(province_officer)

    assert client.post(review_page(statement), {**REASON, "verdict": "rejected"}).status_code == 422
    assert CriterionReview.objects.get().verdict == "accepted"


def test_deciding_is_refused_to_the_institution_to_auditors_and_to_others(
    client, statement, manager_of_bac_kan, librarian_of_bac_kan, librarian_of_duc_xuan, auditor, planner, reader
):
    for person in (manager_of_bac_kan, librarian_of_bac_kan, librarian_of_duc_xuan, auditor, planner, reader):
        client.force_login(person)
        assert client.get(review_page(statement)).status_code == 403
        assert client.post(review_page(statement), REASON).status_code == 403
    assert not CriterionReview.objects.exists()


def test_officer_of_another_ward_does_not_decide(client, statement, duc_xuan):
    from hocsuotdoi.accounts.enums import RoleName
    from tests.factories.accounts import PersonFactory, RoleAssignmentFactory

    stranger = PersonFactory()
    RoleAssignmentFactory(person=stranger, role=RoleName.AGENCY_OFFICER, unit=duc_xuan)
    client.force_login(stranger)

    assert client.post(review_page(statement), REASON).status_code == 403
