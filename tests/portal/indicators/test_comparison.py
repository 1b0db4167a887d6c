"""Places and figures side by side; the address holds the choice."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.models import Cohort, Indicator
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import TargetFactory

HERE = reverse("portal:indicators-comparison")
FIGURE = "library_services.library_commune"


def test_nothing_chosen_says_what_to_do_and_offers_places_and_figures(client, target, thai_nguyen):
    page = client.get(HERE)

    assert 'class="empty"' in page.content.decode()
    assert [option.label for option in page.context["unit_options"]] == ["Việt Nam", "Tỉnh Thái Nguyên"]
    offered = {indicator: [each.value for each in options] for indicator, options in page.context["figure_options"]}
    assert offered[target.indicator.short_name] == [FIGURE]


def test_without_any_indicator_there_is_nothing_to_choose(client, country):
    assert "chưa có chỉ số để so sánh" in client.get(HERE).content.decode()


def test_units_of_all_tiers_stand_beside_each_other(client, target, posting, thai_nguyen, bac_kan):
    page = client.get(HERE, {"unit": ["VN", "19", "01843"], "figure": FIGURE})

    ((compared, files),) = page.context["compared"]
    assert compared.chart.spec["facet"]["sort"] == ["Việt Nam", "Tỉnh Thái Nguyên", "Phường Bắc Kạn"]
    assert len(compared.stories) == 3
    assert all("unit=VN&unit=19&unit=01843" in each["url"] for each in files)


def test_figures_of_one_unit_stand_beside_each_other(client, target, posting, bac_kan):
    page = client.get(HERE, {"unit": "01843", "figure": FIGURE})

    ((compared, _files),) = page.context["compared"]
    assert compared.chart.title.startswith(f"{target.indicator.short_name}, {bac_kan.name}, 20")
    assert compared.chart.spec["facet"]["sort"] == [target.cohort.name]


def test_what_figures_of_one_unit_share_is_said_once(client, target, posting, bac_kan):
    def told(indicator: str, cohort: str) -> tuple[str, list[str]]:
        TargetFactory(
            clause=target.clause,
            indicator_id=indicator,
            cohort_id=cohort,
            **{name: getattr(target, name) for name in ("year", "operator", "low", "high", "unit")},
        )
        figures = [FIGURE, f"{indicator}.{cohort}"]
        ((compared, _files),) = client.get(HERE, {"unit": "01843", "figure": figures}).context["compared"]
        names = [" ".join(each.replace("|", " ").split()) for each in compared.chart.spec["facet"]["sort"]]
        return compared.chart.title.rpartition(", ")[0], names

    services, communes = target.indicator.short_name, target.cohort.name
    it, schools = Indicator.objects.get(code="library_it").short_name, Cohort.objects.get(code="library_school").name
    assert told("library_it", "library_commune") == (f"{communes}, {bac_kan.name}", [services, it])
    assert told("library_services", "library_school") == (f"{services}, {bac_kan.name}", [communes, schools])
    assert told("library_it", "library_school") == (
        bac_kan.name,
        [f"{services}: {communes}", f"{it}: {schools}"],
    )


def test_wrong_and_repeated_choices_are_left_out(client, target, posting, bac_kan):
    page = client.get(HERE, {"unit": ["01843", "99999", "01843"], "figure": [FIGURE, "no.such"], "year": "x"})

    assert [unit.code for unit in page.context["choice"].units] == ["01843"]
    assert len(page.context["choice"].figures) == 1


def test_more_than_fit_are_cut_and_the_page_says_so(client, target, thai_nguyen, bac_kan, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.portal.indicators.compare.MOST_UNITS", 1)

    page = client.get(HERE, {"unit": ["19", "01843"], "figure": FIGURE})

    assert len(page.context["choice"].units) == 1
    assert "Chỉ so được nhiều nhất" in page.content.decode()


def test_commune_is_found_by_its_name_without_marks_and_added_to_the_choice(client, target, thai_nguyen, bac_kan):
    page = client.get(HERE, {"unit": "19", "figure": FIGURE, "add": "bac kan"})

    ((unit, url),) = page.context["found"]
    assert unit == bac_kan
    assert "unit=19&unit=01843" in url
    assert [each.code for each in client.get(url).context["choice"].units] == ["19", "01843"]


def test_place_that_is_not_found_says_so(client, target):
    assert "Không tìm thấy địa bàn nào khác" in client.get(HERE, {"add": "zzz"}).content.decode()


def test_comparison_can_be_taken_away(client, target, posting, bac_kan):
    query = {"unit": ["VN", "01843"], "figure": FIGURE}
    answer = client.get(reverse("portal:indicators-comparison-chart", args=[0, "csv"]), query)

    rows = answer.content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["Việt Nam", "Phường Bắc Kạn"]
    assert client.get(reverse("portal:indicators-comparison-chart", args=[1, "csv"]), query).status_code == 404
    assert client.get(reverse("portal:indicators-comparison-chart", args=[0, "csv"])).status_code == 404


@pytest.mark.parametrize("units", [["01843", "01840"], ["01843"]])
def test_comparison_takes_the_same_queries_with_one_and_more_units(
    client, target, posting, duc_xuan, day, django_assert_num_queries, units
):
    make_posting(InstitutionFactory(unit=duc_xuan), day)
    query = {"unit": units, "figure": FIGURE, "year": 2026}
    client.get(HERE, query)
    with django_assert_num_queries(32):
        client.get(HERE, query)
