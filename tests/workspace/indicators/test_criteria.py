import pytest
from django.urls import reverse

from hocsuotdoi.indicators.enums import AnswerValue
from hocsuotdoi.indicators.models import CriterionAnswer
from tests.factories.indicators import AnswerFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

LIST = reverse("workspace:indicators-criteria-list")
COMPARE = reverse("workspace:indicators-criteria-compare")
ADVISER = "library_services-adviser_assigned"
SESSIONS = "library_services-sessions_held"


def answer_page(institution, year):
    return reverse("workspace:indicators-criteria-answer", args=[institution.code, year])


@pytest.fixture
def open_library(definitions, library_of_bac_kan):
    library_of_bac_kan.statuses.get_or_create(state="active")
    return library_of_bac_kan


def test_answer_is_saved_and_moves_the_outcome(client, open_library, posting, manager_of_bac_kan, day):
    client.force_login(manager_of_bac_kan)
    url = answer_page(open_library, day.year)
    reading = client.get(url).context["checklists"][0].reading
    assert (reading.criteria_set.indicator_id, reading.outcome) == ("library_services", "unknown")

    page = client.post(url, {ADVISER: "yes", f"{ADVISER}-note": " Chị  Lan "}, follow=True)

    assert page.context["checklists"][0].reading.outcome == "met"
    answer = CriterionAnswer.objects.get()
    assert (answer.value, answer.note, answer.answered_by) == ("yes", "Chị  Lan", manager_of_bac_kan.pk)


def test_criterion_found_met_is_answered_otherwise_only_with_a_reason(
    client, open_library, posting, manager_of_bac_kan, day
):
    client.force_login(manager_of_bac_kan)
    url = answer_page(open_library, day.year)

    page = client.post(url, {SESSIONS: "no"})

    assert page.status_code == 422
    assert page.context["form"].errors[f"{SESSIONS}-note"]
    assert not CriterionAnswer.objects.exists()


def test_what_the_program_looks_for_itself_is_answered_with_a_reason_and_waits(
    client, open_library, manager_of_bac_kan, officer_of_bac_kan, day
):
    """Nothing is recorded or registered: staff alone cannot make the library meet its checklist."""
    client.force_login(manager_of_bac_kan)
    url = answer_page(open_library, day.year)
    waiting = [f"library_services-{code}" for code in ("opening_published", "opens_out_of_hours", "sessions_held")]
    page = client.post(url, dict.fromkeys([*waiting, ADVISER], "yes"))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {f"{name}-note" for name in waiting}
    assert not CriterionAnswer.objects.exists()

    reasons = {f"{name}-note": "Có ảnh chụp bảng giờ" for name in waiting}
    page = client.post(url, {**dict.fromkeys([*waiting, ADVISER], "yes"), **reasons}, follow=True)

    reading = page.context["checklists"][0].reading
    assert (reading.outcome, reading.met, reading.open) == ("unknown", 1, 2)
    public = client.get(
        reverse("portal:indicators-institution-lineage", args=[open_library.code, day.year, "library_services"])
    )
    assert public.content.decode().count("Chờ quyết định") == len(waiting)

    client.force_login(officer_of_bac_kan)
    for answer in CriterionAnswer.objects.exclude(criterion_code="adviser_assigned"):
        review = reverse("workspace:indicators-criteria-review", args=[answer.pk])
        assert review in client.get(COMPARE).content.decode()
        client.post(review, {"verdict": "accepted", "reason": "Đã đến xem"})
    assert client.get(url).context["checklists"][0].reading.outcome == "met"


def test_form_that_was_open_meanwhile_takes_no_other_answer_back(
    client, open_library, manager_of_bac_kan, officer_of_bac_kan, day
):
    added = "library_services-documents_added"
    url = answer_page(open_library, day.year)
    client.force_login(manager_of_bac_kan)
    client.post(url, {ADVISER: "yes"})
    form = client.get(url).context["form"]
    opened = {name: form[name].value() for name in (ADVISER, f"{ADVISER}-note", added)}
    opened |= {f"initial-{name}": value for name, value in opened.items()}
    assert f'name="initial-{ADVISER}"' in client.get(url).content.decode()

    client.force_login(officer_of_bac_kan)
    client.post(url, {**opened, ADVISER: "no"})
    client.force_login(manager_of_bac_kan)
    client.post(url, {**opened, added: "yes"})

    answers = CriterionAnswer.objects.order_by("answered_at").values_list("criterion_code", "value")
    assert list(answers) == [("adviser_assigned", "yes"), ("adviser_assigned", "no"), ("documents_added", "yes")]


def test_not_applicable_without_a_reason_is_refused_and_says_so(client, open_library, manager_of_bac_kan, day):
    client.force_login(manager_of_bac_kan)

    page = client.post(answer_page(open_library, day.year), {ADVISER: "not_applicable"})

    assert page.status_code == 422
    assert page.context["form"].errors[f"{ADVISER}-note"]
    assert not CriterionAnswer.objects.exists()


def test_officer_of_the_ward_may_answer_too(client, open_library, officer_of_bac_kan, day):
    client.force_login(officer_of_bac_kan)

    client.post(answer_page(open_library, day.year), {ADVISER: "no"})

    assert CriterionAnswer.objects.get().value == AnswerValue.NO


def test_auditor_reads_the_answers_and_gives_none(client, open_library, auditor, day):
    client.force_login(auditor)
    page = client.get(answer_page(open_library, day.year))
    assert page.status_code == 200
    assert "Lưu câu trả lời" not in page.content.decode()
    assert all(field.disabled for field in page.context["form"].fields.values())
    assert client.get(LIST).status_code == client.get(COMPARE).status_code == 200
    assert client.post(answer_page(open_library, day.year), {ADVISER: "yes"}).status_code == 403
    assert not CriterionAnswer.objects.exists()


def test_answering_is_refused_to_staff_and_to_other_wards(
    client, open_library, librarian_of_bac_kan, librarian_of_duc_xuan, reader, day
):
    for person in (librarian_of_bac_kan, librarian_of_duc_xuan, reader):
        client.force_login(person)
        assert client.get(answer_page(open_library, day.year)).status_code == 403
        assert client.post(answer_page(open_library, day.year), {ADVISER: "yes"}).status_code == 403
        assert client.get(LIST).status_code == 403
        assert client.get(COMPARE).status_code == 403
    assert not CriterionAnswer.objects.exists()


def test_manager_of_one_library_may_not_answer_for_another(
    client, definitions, manager_of_bac_kan, library_of_duc_xuan, day
):
    client.force_login(manager_of_bac_kan)

    assert client.get(answer_page(library_of_duc_xuan, day.year)).status_code == 403


def test_year_long_past_or_to_come_is_not_found(client, open_library, manager_of_bac_kan, day):
    client.force_login(manager_of_bac_kan)

    for year in (day.year + 1, day.year - 3):
        assert client.get(answer_page(open_library, year)).status_code == 404


def test_list_shows_only_institutions_one_answers_for(
    client, open_library, manager_of_bac_kan, library_of_duc_xuan, day
):
    library_of_duc_xuan.statuses.get_or_create(state="active")
    client.force_login(manager_of_bac_kan)

    page = client.get(LIST)

    assert [each[0] for each in page.context["institutions"]] == [open_library]
    assert list(client.get(LIST, {"q": "khong co"}).context["institutions"]) == []


@pytest.mark.parametrize("times", [1, 3])
def test_list_takes_the_same_queries_with_one_and_three_institutions(
    client, open_library, posting, officer_of_bac_kan, bac_kan, day, django_assert_num_queries, times
):
    for _ in range(times):
        make_posting(InstitutionFactory(unit=bac_kan), day)
    client.force_login(officer_of_bac_kan)
    client.get(LIST)
    with django_assert_num_queries(21):
        client.get(LIST)


def test_compare_shows_where_statement_and_book_differ(client, open_library, posting, manager_of_bac_kan, day):
    client.force_login(manager_of_bac_kan)
    assert client.get(COMPARE).context["differences"] == []
    for code in ("adviser_assigned", "sessions_held"):
        AnswerFactory(
            institution=open_library,
            indicator_code="library_services",
            criterion_code=code,
            year=day.year,
            value=AnswerValue.NO,
        )

    differences = client.get(COMPARE).context["differences"]

    assert [answer.criterion.code for _institution, _reading, answer in differences] == ["sessions_held"]
