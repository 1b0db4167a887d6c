"""Findings on the pages of staff: who sees them, who answers, what an answer needs."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import QualityFinding
from hocsuotdoi.indicators.operations.quality import check_figures
from hocsuotdoi.indicators.operations.quality_reporting import count_months
from hocsuotdoi.indicators.queries.quality import digest_of, sentence_of
from hocsuotdoi.ledger.operations.posting import reverse as take_back
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import InstitutionFactory
from tests.indicators.quality import STEADY, VISITS, told, told_until
from tests.indicators.test_quality_rules import state

LIST = reverse("workspace:indicators-quality-list")
REPORTING = reverse("workspace:indicators-quality-reporting")
SENTENCE = "Lượt người sử dụng thư viện"


@pytest.fixture
def month():
    return months_from(timezone.localdate(), -1)


@pytest.fixture
def wrong(library_of_bac_kan, month):
    library_of_bac_kan.statuses.create(state=InstitutionState.ACTIVE)
    told_until(library_of_bac_kan, month, STEADY)
    return told(library_of_bac_kan, month, (VISITS, 1000))


@pytest.fixture
def finding(wrong, month):
    check_figures([month], at=timezone.now())
    return QualityFinding.objects.get()


def page_of(finding):
    return reverse("workspace:indicators-quality-detail", args=[finding.pk])


def answer(finding, **more):
    return {"kind": "right", "reason": "Ngày hội sách", "seen": digest_of(finding.numbers), **more}


def test_finding_shows_its_numbers_its_series_and_its_entries(client, finding, officer_of_bac_kan, month):
    client.force_login(officer_of_bac_kan)
    assert page_of(finding) in client.get(LIST).content.decode()

    page = client.get(page_of(finding))

    text = page.content.decode()
    assert "1.097" in text
    assert "<svg" in text
    assert [each["quantity"] for each in page.context["postings"]] == [1000, 97]
    assert page.context["chart"].data[-1] == [f"{month.month}/{month.year}", 1097, True]


def test_figure_of_a_year_is_no_month_of_the_series_beside_a_finding(client, finding, officer_of_bac_kan, month):
    """It is booked in December: there the line would leap."""
    client.force_login(officer_of_bac_kan)
    series = client.get(page_of(finding)).context["chart"].data
    last_year = Period(timezone.localdate().year - 1)

    state(finding.institution, finding.institution.placements.get().unit, last_year, StatedColumn.LIBRARY_VISIT, 50_000)

    assert client.get(page_of(finding)).context["chart"].data == series
    assert f"12/{last_year.year}" in [words for words, _quantity, _asked in series], "of which the months speak"


@pytest.mark.parametrize("who", ["officer_of_bac_kan", "manager_of_bac_kan", "province_officer"])
def test_who_answers_for_it_says_why(client, finding, request, who):
    person = request.getfixturevalue(who)
    client.force_login(person)

    page = client.post(page_of(finding), answer(finding), follow=True)

    finding.refresh_from_db()
    assert finding.state == "right"
    text = page.content.decode()
    assert person.full_name in text
    assert "Ngày hội sách" in text
    assert page_of(finding) not in client.get(LIST).content.decode()
    assert page_of(finding) in client.get(LIST, {"state": "right"}).content.decode()


def test_who_may_only_read_sees_no_form_and_is_refused(client, finding, librarian_of_bac_kan, planner, auditor):
    for person in (librarian_of_bac_kan, planner, auditor):
        client.force_login(person)
        page = client.get(page_of(finding))
        assert page.status_code == 200
        assert not page.context["may_answer"]
        assert client.post(page_of(finding), answer(finding)).status_code == 403
    assert QualityFinding.objects.get().state == "open"


def test_who_may_not_see_it_finds_nothing(client, finding, librarian_of_duc_xuan, reader, administrator_at_rest):
    client.force_login(librarian_of_duc_xuan)
    assert client.get(page_of(finding)).status_code == 404
    assert client.post(page_of(finding), answer(finding)).status_code == 404
    assert page_of(finding) not in client.get(LIST).content.decode()
    for person in (reader, administrator_at_rest):
        client.force_login(person)
        for url in (LIST, REPORTING, page_of(finding)):
            assert client.get(url).status_code == 403
    client.logout()
    assert client.get(page_of(finding)).status_code == 302


@pytest.mark.parametrize(
    "wrong_answer",
    [{"reason": " "}, {"kind": "corrected"}, {"kind": "no-such"}, {"seen": "khác"}, {"correction": "khong-phai"}],
)
def test_answer_that_cannot_be_taken_is_refused_with_a_sentence(client, finding, officer_of_bac_kan, wrong_answer):
    client.force_login(officer_of_bac_kan)

    page = client.post(page_of(finding), answer(finding, **wrong_answer))

    assert page.status_code == 422
    assert "alert-attention" in page.content.decode()
    assert QualityFinding.objects.get().state == "open"


def test_correction_is_chosen_from_what_was_taken_back_and_closes_the_finding(
    client, finding, wrong, officer_of_bac_kan
):
    client.force_login(officer_of_bac_kan)
    back = take_back(wrong, reason="Nhập thừa một chữ số", by=officer_of_bac_kan, at=timezone.now())
    assert "Nhập thừa một chữ số" in client.get(page_of(finding)).content.decode()

    page = client.post(
        page_of(finding), answer(finding, kind="corrected", correction=str(back.pk)), follow=True
    ).content.decode()

    finding.refresh_from_db()
    assert finding.state == "gone"
    assert reverse("portal:indicators-posting-detail", args=[back.pk]) in page
    assert 'name="kind"' not in page  # nothing is left to answer


def test_list_is_narrowed_by_words_rule_year_and_unit(client, finding, province_officer, bac_kan, duc_xuan, month):
    client.force_login(province_officer)

    def is_listed(**query):
        return page_of(finding) in client.get(LIST, query).content.decode()

    assert is_listed(q="phuong bac kan")
    assert not is_listed(q="duc xuan")
    assert is_listed(rule="series_outlier", year=month.year)
    assert not is_listed(rule="series_silence")
    assert not is_listed(year=month.year - 1)
    assert is_listed(unit=bac_kan.code)
    assert not is_listed(unit=duc_xuan.code)
    assert not is_listed(state="gone")
    assert is_listed(state="all")
    assert is_listed(rule="khong-co", year="x", state="?")  # what cannot be meant narrows nothing
    assert client.get(LIST, {"unit": "khong-co"}).status_code == 404


@pytest.mark.parametrize("houses", [1, 3])
def test_list_takes_the_same_queries_with_one_and_three(
    client, officer_of_bac_kan, bac_kan, month, houses, django_assert_num_queries
):
    for at in range(houses):
        house = InstitutionFactory(code=f"nha-{at}", unit=bac_kan)
        told_until(house, month, [*STEADY, 2000])
    check_figures([month], at=timezone.now())
    client.force_login(officer_of_bac_kan)
    client.get(LIST)

    with django_assert_num_queries(5):
        page = client.get(LIST)

    assert len(page.context["rows"]) == houses


def test_open_findings_stand_among_what_is_to_be_done(client, finding, manager_of_bac_kan, librarian_of_bac_kan):
    home = reverse("workspace:home")
    client.force_login(manager_of_bac_kan)
    assert page_of(finding) in client.get(home).content.decode()
    client.force_login(librarian_of_bac_kan)  # who cannot answer is not asked
    assert page_of(finding) not in client.get(home).content.decode()


# -- who has reported --


@pytest.fixture
def counted(wrong, library_of_duc_xuan, month):
    library_of_duc_xuan.statuses.create(state=InstitutionState.ACTIVE)
    count_months([month], at=timezone.now())


def test_reports_of_a_province_by_commune_and_who_is_missing(
    client, counted, province_officer, thai_nguyen, bac_kan, duc_xuan, library_of_duc_xuan
):
    client.force_login(province_officer)

    page = client.get(REPORTING, {"unit": thai_nguyen.code})

    assert (page.context["reports"].reported, page.context["reports"].expected) == (1, 2)
    assert page.context["beside"] is None
    rows = {row.unit: (row.reports.reported, row.reports.expected) for row in page.context["rows"]}
    assert rows == {bac_kan: (1, 1), duc_xuan: (0, 1)}
    assert [row.name for row in page.context["page_obj"]] == [library_of_duc_xuan.name]
    assert "1/2" in page.content.decode()


def test_reports_of_a_provinces_own_institutions_stand_beside_its_communes(
    client, wrong, month, province_officer, thai_nguyen
):
    own = InstitutionFactory(name="Thư viện tỉnh", unit=thai_nguyen, institution_class="library_province")
    own.statuses.get_or_create(state=InstitutionState.ACTIVE)
    count_months([month], at=timezone.now())
    client.force_login(province_officer)

    page = client.get(REPORTING, {"unit": thai_nguyen.code})

    whole, beside = page.context["reports"], page.context["beside"]
    assert (whole.expected, beside.reports.expected, beside.reports.reported, beside.missing) == (2, 1, 0, 1)
    assert f"{thai_nguyen.name}, không thuộc đơn vị nào ở đây" in page.content.decode()


def test_reports_of_a_unit_that_one_does_not_cover_are_not_found(client, counted, officer_of_bac_kan, duc_xuan):
    client.force_login(officer_of_bac_kan)
    assert client.get(REPORTING).status_code == 200
    for code in (duc_xuan.code, "19", "VN", "khong-co"):
        assert client.get(REPORTING, {"unit": code}).status_code == 404


def test_who_covers_no_unit_is_shown_where_to_look(client, counted, librarian_of_bac_kan):
    client.force_login(librarian_of_bac_kan)
    page = client.get(REPORTING).content.decode()
    assert LIST in page
    assert "Thư viện phường Đức Xuân" not in page


@pytest.mark.parametrize("query", [{"period": "2099"}, {"period": "x"}, {"measure": "khong-co"}, {"page": "999"}])
def test_reports_of_what_cannot_be_meant_are_those_of_last_month(client, counted, officer_of_bac_kan, query, month):
    client.force_login(officer_of_bac_kan)
    page = client.get(REPORTING, query)
    assert page.status_code == 200
    assert page.context["period"].starts_on == month


def test_month_that_was_not_counted_says_so(client, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    assert "Chưa tính" in client.get(REPORTING, {"period": "2026-01"}).content.decode()


@pytest.mark.parametrize("houses", [1, 3])
def test_reports_take_the_same_queries_with_one_and_three(
    client, province_officer, thai_nguyen, bac_kan, duc_xuan, month, houses, django_assert_num_queries
):
    for at in range(houses):
        InstitutionFactory(code=f"nha-{at}", unit=[bac_kan, duc_xuan][at % 2])
    count_months([month], at=timezone.now())
    client.force_login(province_officer)
    client.get(REPORTING)

    with django_assert_num_queries(10):
        page = client.get(REPORTING)

    assert page.context["page_obj"].paginator.count == houses


def test_officer_of_another_ward_neither_sees_nor_answers(client, finding, duc_xuan):
    stranger = PersonFactory()
    RoleAssignmentFactory(person=stranger, role=RoleName.AGENCY_OFFICER, unit=duc_xuan)
    client.force_login(stranger)
    assert client.post(page_of(finding), answer(finding)).status_code == 404


def test_figure_of_a_quarter_with_three_digits_too_many_is_shown_to_the_officer(
    client, library_of_bac_kan, officer_of_bac_kan, bac_kan
):
    library_of_bac_kan.statuses.create(state=InstitutionState.ACTIVE)
    at = timezone.now()
    running = months_from(timezone.localdate(at), -((timezone.localdate(at).month - 1) % 3))
    for back, quantity in ((9, 1200), (6, 1300), (3, 1_250_000)):
        first = months_from(running, -back)
        quarter = Period(first.year, quarter=(first.month + 2) // 3)
        state(library_of_bac_kan, bac_kan, quarter, StatedColumn.LIBRARY_VISIT, quantity, at=at)

    check_figures([first], at=at)

    found = QualityFinding.objects.get()
    assert (found.rule, found.period) == ("period_outlier", quarter.code)
    client.force_login(officer_of_bac_kan)
    page = client.get(page_of(found))
    said = f"trong {quarter.words}: nhập tay 1.250.000. Ở 2 kỳ cùng loại trước đó: từ 1.200 đến 1.300."
    assert said in page.content.decode()
    assert [each["quantity"] for each in page.context["postings"]] == [1_250_000, 1300, 1200]
    assert page.context["postings"][0]["title"] == f"Q{quarter.words[1:]}: lượt người sử dụng thư viện"


def test_quarter_that_stays_away_is_shown_beside_those_before_it_and_not_by_months(
    client, library_of_bac_kan, officer_of_bac_kan, bac_kan
):
    library_of_bac_kan.statuses.create(state=InstitutionState.ACTIVE)
    at = timezone.now()
    running = months_from(timezone.localdate(at), -((timezone.localdate(at).month - 1) % 3))
    missing = months_from(running, -6)  # late by now whatever the day
    for back in (15, 12, 9):
        first = months_from(running, -back)
        quarter = Period(first.year, quarter=(first.month + 2) // 3)
        state(library_of_bac_kan, bac_kan, quarter, StatedColumn.LIBRARY_VISIT, 1200, at=at)

    check_figures([missing], at=at)

    found = QualityFinding.objects.get()
    assert found.rule == "period_silence"
    client.force_login(officer_of_bac_kan)
    page = client.get(page_of(found))
    assert page.context["chart"] is None
    assert [each["quantity"] for each in page.context["postings"]] == [1200, 1200, 1200]


def test_one_quarter_before_is_told_as_one_and_a_part_by_its_own_name():
    """A part of museum visits that is typed in has the code of all of them."""
    numbers = {"value": 4000, "periods": 1, "least": 85, "most": 85}
    finding = QualityFinding(rule="period_outlier", measure="museum_visit", period="2026-Q1", numbers=numbers)
    assert sentence_of(finding).endswith("nhập tay 4.000. Ở kỳ cùng loại trước đó: 85.")
    assert "mục đích khác" in sentence_of(finding)
