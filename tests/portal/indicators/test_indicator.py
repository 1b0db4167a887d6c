import pytest
from django.urls import reverse

from hocsuotdoi.indicators.enums import AnswerValue
from hocsuotdoi.indicators.models import Indicator
from tests.factories.accounts import make_unit
from tests.factories.indicators import AnswerFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import TargetFactory

LIST = reverse("portal:indicators-indicator-list")


def commune(code, province):
    return make_unit(code, f"Xã {code}", parent=province)


def detail(code, **query):
    return reverse("portal:indicators-indicator-detail", args=[code]), query


def lineage(unit, year, indicator="library_services", cohort="library_commune"):
    return reverse("portal:indicators-value-lineage", args=[unit.code, year, indicator, cohort])


def test_list_shows_every_indicator_and_every_count(client, definitions):
    text = client.get(LIST).content.decode()

    for indicator in Indicator.objects.all():
        assert reverse("portal:indicators-indicator-detail", args=[indicator.code]) in text
    assert "Lượt người sử dụng thư viện" in text


def test_list_without_definitions_says_so(client, db):
    assert client.get(LIST).status_code == 200


def test_indicator_without_a_target_shows_its_meaning_and_checklists(client, definitions):
    indicator, _cohort = definitions

    text = client.get(*detail(indicator.code)).content.decode()

    assert indicator.legal_basis in text
    assert "Đạt khi có ít nhất 3 trong 6 tiêu chí" in text


def test_indicator_with_a_target_shows_its_value_with_coverage_and_the_provinces(client, target, posting, thai_nguyen):
    page = client.get(*detail("library_services"))

    assert page.context["page"].value.words
    assert page.context["page"].value.coverage
    assert page.context["page"].ranked.names == ["Tỉnh Thái Nguyên"]


def test_indicator_asked_for_a_ward_and_a_year_shows_that(client, target, posting, bac_kan, day):
    page = client.get(*detail("library_services", unit=bac_kan.code, year=day.year, cohort="library_commune"))

    assert (page.context["taken"].unit, page.context["page"].value.name) == (bac_kan, bac_kan.name)


@pytest.mark.parametrize("query", [{"unit": "99999"}, {"year": "abc"}, {"year": "1800"}, {"cohort": "no"}])
def test_indicator_asked_for_nonsense_falls_back(client, target, query):
    assert client.get(*detail("library_services", **query)).status_code == 200


def test_indicator_tells_its_story_against_the_target(client, target, posting, bac_kan, day):
    page = client.get(*detail("library_services", unit=bac_kan.code, year=day.year, cohort="library_commune"))

    assert "của phường Bắc Kạn" in page.context["page"].story
    assert page.context["page"].path.plan == target.plan
    assert [point["label"] for point in page.context["page"].trend.columns[:3]] == ["Năm", "Đạt", "Lộ trình"]


@pytest.mark.parametrize("view", ["years", "map", "units"])
@pytest.mark.parametrize("unit", ["VN", "19"])
def test_indicator_can_be_looked_at_in_every_way(client, target, posting, bac_kan, view, unit):
    page = client.get(*detail("library_services", view=view, unit=unit))

    text = page.content.decode()
    assert 'loading="lazy"' in text
    assert "Xem số liệu dạng bảng" in text
    assert [tab["is_current"] for tab in page.context["page"].tabs].count(True) == 1


def test_map_of_the_country_leads_to_that_of_a_province_and_this_to_its_communes(
    client, target, posting, thai_nguyen, bac_kan
):
    of_country = client.get(*detail("library_services", view="map")).context["page"].map
    of_province = client.get(*detail("library_services", view="map", unit="19")).context["page"].map

    assert "unit=19" in of_country.rows[0][0]["url"]
    assert of_country.rows[0][0]["text"] == thai_nguyen.name
    assert of_province.rows[0][0]["text"] == bac_kan.name


def test_commune_has_no_map_and_no_units_below(client, target, posting, bac_kan):
    page = client.get(*detail("library_services", view="map", unit=bac_kan.code))

    assert page.context["page"].tabs == []
    assert page.context["page"].trend is not None


@pytest.mark.parametrize("chart", ["trend", "ranking", "map", "units"])
@pytest.mark.parametrize("form", ["svg", "csv", "xlsx"])
def test_every_chart_of_an_indicator_can_be_taken_away(client, target, posting, bac_kan, chart, form):
    address = reverse("portal:indicators-indicator-chart", args=["library_services", chart, form])

    answer = client.get(address, {"unit": "VN"})

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="library_services-VN-')
    assert client.get(address, {"unit": "VN"}, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.slow
def test_picture_is_fetched_by_what_it_shows_and_never_changes(client, target, posting, bac_kan):
    shown = client.get(*detail("library_services", unit=bac_kan.code)).context["page"].trend.picture

    answer = client.get(shown.url)

    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert answer.content.startswith(b"<svg")


def test_picture_of_which_no_page_spoke_is_not_found(client, db):
    assert client.get(reverse("portal:indicators-picture", args=["0" * 32])).status_code == 404


@pytest.mark.slow
def test_chart_as_a_picture(client, target, posting, bac_kan):
    answer = client.get(reverse("portal:indicators-indicator-chart", args=["library_services", "trend", "png"]))

    assert answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(("chart", "form"), [("trend", "exe"), ("smiles", "svg")])
def test_chart_or_form_that_there_is_not_is_not_found(client, target, posting, chart, form):
    address = reverse("portal:indicators-indicator-chart", args=["library_services", chart, form])
    assert client.get(address).status_code == 404


def test_chart_of_an_indicator_without_a_target_or_of_a_commune_is_not_found(client, target, posting, bac_kan):
    untargeted = reverse("portal:indicators-indicator-chart", args=["museum_education", "trend", "svg"])
    ranking = reverse("portal:indicators-indicator-chart", args=["library_services", "ranking", "svg"])
    assert client.get(untargeted).status_code == 404
    assert client.get(ranking, {"unit": bac_kan.code}).status_code == 404


@pytest.mark.parametrize(("view", "queries"), [("years", 58), ("map", 30), ("units", 29)])
@pytest.mark.parametrize("times", [1, 3])
def test_every_view_takes_the_same_queries_with_one_and_three_communes(
    client, target, posting, thai_nguyen, day, django_assert_num_queries, view, times, queries
):
    for at in range(times):
        make_posting(InstitutionFactory(unit=commune(f"0900{at}", thai_nguyen)), day)
    query = detail("library_services", view=view, unit="VN", year=2026)
    client.get(*query)
    with django_assert_num_queries(queries):
        client.get(*query)


def test_unknown_indicator_is_not_found(client, definitions):
    assert client.get(*detail("no-such")).status_code == 404


def test_lineage_leads_from_country_to_ward_to_institution_to_posting_and_shows_no_name(
    client, target, posting, country, thai_nguyen, bac_kan, library_of_bac_kan, day
):
    assert lineage(thai_nguyen, day.year) in client.get(lineage(country, day.year)).content.decode()
    assert lineage(bac_kan, day.year) in client.get(lineage(thai_nguyen, day.year)).content.decode()
    institution = reverse(
        "portal:indicators-institution-lineage", args=[library_of_bac_kan.code, day.year, "library_services"]
    )
    assert institution in client.get(lineage(bac_kan, day.year)).content.decode()
    postings = reverse("portal:indicators-posting-list", args=[library_of_bac_kan.code, day.year, "programme_session"])
    assert postings in client.get(institution).content.decode()
    assert reverse("portal:indicators-posting-detail", args=[posting.pk]) in client.get(postings).content.decode()


@pytest.mark.parametrize(
    ("indicator", "cohort"),
    [
        ("library_users_growth", "library_all"),
        ("commune_centre", "commune"),
        ("village_house_equipped", "village"),
        ("population_participation", "population_urban"),
        ("district_centre_facilities", "district"),
        ("museum_education", "museum_all"),
    ],
)
def test_lineage_of_every_kind_of_figure_opens(client, target, posting, thai_nguyen, day, indicator, cohort):
    assert client.get(lineage(thai_nguyen, day.year, indicator, cohort)).status_code == 404
    TargetFactory(clause=target.clause, indicator_id=indicator, cohort_id=cohort, ordinal=2)
    assert client.get(lineage(thai_nguyen, day.year, indicator, cohort)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "told"), [("abc", "“abc” không phải"), ("31/02/2025", "31/02/2025"), ("9999-12-31", "chưa biết được")]
)
def test_a_day_without_a_map_is_told_and_today_is_shown(client, target, posting, bac_kan, day, asked, told):
    address, query = detail("library_services", unit=bac_kan.code)
    pages = [
        client.get(lineage(bac_kan, day.year), {"on": asked}),
        client.get(
            reverse("portal:indicators-measure-lineage", args=[bac_kan.code, day.year, "library_visit"]), {"on": asked}
        ),
        client.get(address, {**query, "on": asked}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert told in page.context["doubt"]
        assert page.context["doubt"] in page.text
        assert bac_kan.name in page.text


@pytest.mark.parametrize("asked", [None, "", "2025-07-01"])
def test_a_day_of_which_the_map_is_known_is_no_matter_for_words(client, target, posting, bac_kan, day, asked):
    page = client.get(lineage(bac_kan, day.year), {"on": asked} if asked is not None else {})
    assert (page.status_code, page.context["doubt"]) == (200, "")


def test_lineage_of_what_does_not_exist_is_not_found(client, target, posting, bac_kan, library_of_bac_kan, day):
    assert client.get(lineage(bac_kan, day.year)).status_code == 200
    assert client.get(lineage(bac_kan, day.year, "no-such")).status_code == 404
    assert client.get(lineage(bac_kan, day.year, cohort="no-such")).status_code == 404
    assert client.get(lineage(bac_kan, 9999)).status_code == 404
    assert client.get(lineage(bac_kan, day.year).replace(bac_kan.code, "99999")).status_code == 404
    for arguments in [
        ("no-such", day.year, "library_services"),
        (library_of_bac_kan.code, day.year, "no-such"),
        (library_of_bac_kan.code, day.year, "museum_education"),
        (library_of_bac_kan.code, day.year + 1, "library_services"),
    ]:
        assert client.get(reverse("portal:indicators-institution-lineage", args=arguments)).status_code == 404


def test_institution_lineage_shows_what_was_found_and_what_was_stated(
    client, posting, library_of_bac_kan, manager_of_bac_kan, librarian_of_bac_kan, day
):
    AnswerFactory(
        institution=library_of_bac_kan,
        indicator_code="library_services",
        criterion_code="adviser_assigned",
        year=day.year,
        value=AnswerValue.YES,
        note="Chị Lan phụ trách",
    )
    url = reverse("portal:indicators-institution-lineage", args=[library_of_bac_kan.code, day.year, "library_services"])
    answer = reverse("workspace:indicators-criteria-answer", args=[library_of_bac_kan.code, day.year])

    text = client.get(url).content.decode()
    assert "Chị Lan phụ trách" in text
    assert answer not in text

    client.force_login(librarian_of_bac_kan)
    assert answer not in client.get(url).content.decode()
    client.force_login(manager_of_bac_kan)
    assert answer in client.get(url).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_lineage_takes_the_same_queries_with_one_and_three_institutions(
    client, target, posting, bac_kan, day, django_assert_num_queries, times
):
    for _ in range(times):
        make_posting(InstitutionFactory(unit=bac_kan), day)
    client.get(lineage(bac_kan, day.year))
    with django_assert_num_queries(29):
        client.get(lineage(bac_kan, day.year))
