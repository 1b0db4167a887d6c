import uuid

import pytest
from django.urls import reverse

from hocsuotdoi.ledger import registry
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.ledger.operations.posting import reverse as take_back
from hocsuotdoi.ledger.registry import SourceDescription, describe_sources, register_source
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory


def measure_page(unit, year, measure="library_visit"):
    return reverse("portal:indicators-measure-lineage", args=[unit.code, year, measure])


def posting_list(institution, year, measure="library_visit"):
    return reverse("portal:indicators-posting-list", args=[institution.code, year, measure])


def posting_page(posting):
    return reverse("portal:indicators-posting-detail", args=[posting.pk])


def test_count_opens_from_country_to_postings(client, posting, country, thai_nguyen, bac_kan, library_of_bac_kan, day):
    assert client.get(measure_page(country, day.year)).context["total"] == 12
    assert measure_page(thai_nguyen, day.year) in client.get(measure_page(country, day.year)).content.decode()
    assert measure_page(bac_kan, day.year) in client.get(measure_page(thai_nguyen, day.year)).content.decode()
    ward = client.get(measure_page(bac_kan, day.year))
    assert posting_list(library_of_bac_kan, day.year) in ward.content.decode()
    assert posting_page(posting) in client.get(posting_list(library_of_bac_kan, day.year)).content.decode()


def test_count_of_nothing_says_what_to_do(client, definitions, bac_kan, day):
    page = client.get(measure_page(bac_kan, day.year))

    assert page.context["total"] == 0
    assert 'class="empty"' in page.content.decode()


def test_count_of_an_unknown_measure_unit_or_year_is_not_found(client, posting, bac_kan, library_of_bac_kan, day):
    assert client.get(measure_page(bac_kan, day.year, "smiles")).status_code == 404
    assert client.get(measure_page(bac_kan, 1066)).status_code == 404
    assert client.get(measure_page(bac_kan, day.year).replace(bac_kan.code, "99999")).status_code == 404
    assert client.get(posting_list(library_of_bac_kan, day.year, "smiles")).status_code == 404
    assert client.get(posting_list(library_of_bac_kan, 1066)).status_code == 404


def test_posting_shows_its_entries_its_place_and_its_reversal(client, posting, day):
    text = client.get(posting_page(posting)).content.decode()
    assert "Phường Bắc Kạn" in text

    reversal = take_back(posting, reason="Đếm nhầm buổi khác", by=None, at=noon(day))

    assert "Đếm nhầm buổi khác" in client.get(posting_page(posting)).content.decode()
    assert posting_page(posting) in client.get(posting_page(reversal)).content.decode()


def test_posting_tells_sexes_and_ages_to_those_who_see_who_came_only(
    client, definitions, library_of_bac_kan, day, auditor, librarian_of_duc_xuan
):
    lines = [Line(MeasureCode.PROGRAMME_ATTENDANCE, n, sex=sex) for n, sex in ((1, Sex.MALE), (6, Sex.FEMALE))]
    posting = make_posting(library_of_bac_kan, day, *lines)

    for person in (None, librarian_of_duc_xuan):
        if person:
            client.force_login(person)
        page = client.get(posting_page(posting))
        assert [entry.quantity for entry in page.context["lines"]] == [7]
        assert "Nữ" not in page.content.decode() and "nữ" not in page.content.decode()
    client.force_login(auditor)
    assert sorted(entry.quantity for entry in client.get(posting_page(posting)).context["lines"]) == [1, 6]


def test_posting_list_shows_what_was_taken_back_and_why(client, posting, library_of_bac_kan, day):
    take_back(posting, reason="Đếm nhầm buổi khác", by=None, at=noon(day))

    page = client.get(posting_list(library_of_bac_kan, day.year))

    assert sorted(each["quantity"] for each in page.context["postings"]) == [-12, 12]
    assert "Đếm nhầm buổi khác" in page.content.decode()


def test_unknown_posting_is_not_found(client, db):
    assert client.get(reverse("portal:indicators-posting-detail", args=[uuid.uuid4()])).status_code == 404


def test_posting_of_a_session_leads_to_its_sheet(client, definitions, library_of_bac_kan, day):
    session = uuid.uuid4()
    posting = make_posting(library_of_bac_kan, day, source_kind="activities.session", source_id=session)

    text = client.get(posting_page(posting)).content.decode()

    assert reverse("portal:activities-session-sheet", args=[session]) in text


@pytest.mark.parametrize("times", [1, 3])
def test_posting_list_takes_the_same_queries_with_one_and_three(
    client, posting, library_of_bac_kan, day, django_assert_num_queries, times
):
    for _ in range(times):
        make_posting(library_of_bac_kan, day)
    client.get(posting_list(library_of_bac_kan, day.year))
    with django_assert_num_queries(3):
        client.get(posting_list(library_of_bac_kan, day.year))


@pytest.mark.parametrize("times", [1, 3])
def test_count_takes_the_same_queries_with_one_and_three(
    client, posting, bac_kan, day, django_assert_num_queries, times
):
    for _ in range(times):
        make_posting(InstitutionFactory(unit=bac_kan), day)
    client.get(measure_page(bac_kan, day.year))
    with django_assert_num_queries(13):
        client.get(measure_page(bac_kan, day.year))


def test_source_is_described_by_the_area_that_posted_it(monkeypatch):
    monkeypatch.setattr(registry, "_sources", {})
    one, other = uuid.uuid4(), uuid.uuid4()
    calls = []

    def describe(ids):
        calls.append(set(ids))
        return {each: SourceDescription("Ngày hội đọc sách") for each in ids}

    register_source("test.event", describe)
    register_source("test.event", describe)

    found = describe_sources([("test.event", one), ("test.event", other), ("test.unknown", one)])

    assert set(found) == {("test.event", one), ("test.event", other)}
    assert calls == [{one, other}]
    with pytest.raises(ValueError, match="twice"):
        register_source("test.event", lambda ids: {})


@pytest.mark.parametrize("is_sample", [True, False])
def test_count_and_figure_of_a_province_are_marked_where_sample_institutions_stand(
    client, target, posting, thai_nguyen, library_of_bac_kan, day, is_sample
):
    library_of_bac_kan.is_sample = is_sample
    library_of_bac_kan.save()
    figure = reverse(
        "portal:indicators-value-lineage", args=[thai_nguyen.code, day.year, "library_services", "library_commune"]
    )

    for page in (measure_page(thai_nguyen, day.year), figure):
        head = client.get(page).content.decode().partition("<h1")[2].partition("<h2")[0]
        assert ("Dữ liệu mẫu" in head) == is_sample
