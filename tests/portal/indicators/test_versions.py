"""An indicator that somebody made on a page, and whose second version speaks of others than the first."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.operations.drafts import KindChanged, save_draft
from hocsuotdoi.indicators.operations.parts import refresh
from hocsuotdoi.indicators.queries.definitions import cohort_of_units, content_of
from hocsuotdoi.indicators.queries.results import OWN
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import Institution
from tests.factories.accounts import PersonFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import ClauseFactory, PlanFactory, TargetFactory
from tests.indicators.test_quality_rules import state

VISITS = MeasureCode.LIBRARY_VISIT
WORDS = dict.fromkeys(("name", "short_name", "definition", "numerator", "source", "legal_basis"), "Lượt của tỉnh")
CODE, FIRST, SECOND = "luot-cua-tinh", "library_commune", "library_all"


@pytest.fixture
def this_year(definitions) -> int:
    return timezone.localdate().year


@pytest.fixture
def books(this_year, bac_kan, thai_nguyen) -> None:
    """Ten visits of the commune's library a year, a hundred of the province's."""
    of_the_province = InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    of_the_commune = InstitutionFactory(unit=bac_kan)
    for day in (dt.date(this_year - 1, 12, 2), dt.date(this_year, 1, 2)):
        make_posting(of_the_commune, day, measure=VISITS, quantity=10)
        make_posting(of_the_province, day, measure=VISITS, quantity=100)


def defined(**more) -> dict[str, object]:
    return {**WORDS, "unit": "lượt", "kind": "count", "measures": [VISITS], "cohort_id": FIRST, **more}


@pytest.fixture
def second(books, this_year, thai_nguyen):
    """Publishes the second version, which holds from this year on."""
    Indicator.objects.create(code=CODE, ordinal=1000, owner=thai_nguyen, **defined())
    IndicatorVersion.objects.create(indicator_id=CODE, number=1, **defined())

    def publish(starts_on: dt.date | None = None, **more: object) -> Indicator:
        fields = defined(cohort_id=SECOND, **more)
        IndicatorVersion.objects.create(
            indicator_id=CODE,
            number=2,
            starts_on=starts_on or dt.date(this_year, 1, 1),
            change_note="Mở rộng",
            **fields,
        )
        Indicator.objects.filter(pk=CODE).update(version=2, **fields)
        return Indicator.objects.get(pk=CODE)

    return publish


def page(client, year: int, cohort: str = ""):
    address = reverse("portal:indicators-indicator-detail", args=[CODE])
    return client.get(address, {"unit": "19", "year": year, **({"cohort": cohort} if cohort else {})})


def rows(client, first: int, last: int, **more: str) -> list[list[str]]:
    address = reverse("portal:indicators-indicator-file", args=[CODE, "csv"])
    answer = client.get(address, {"unit": "19", "first": first, "last": last, **more})
    lines = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    at = [lines[0].index(name) for name in ("period", "cohort", "value", "version")]
    return [[line[each] for each in at] for line in lines[1:]]


def test_each_year_is_of_whom_its_version_spoke_on_the_page(client, second, this_year):
    second()

    before, now = page(client, this_year - 1), page(client, this_year)

    assert (before.context["page"].value.words, before.context["taken"].cohort.code) == ("10", FIRST)
    assert (now.context["page"].value.words, now.context["taken"].cohort.code) == ("110", SECOND)
    assert before.context["indicator"].version == 1
    assert f"{this_year}: phiên bản 2" in now.content.decode()
    assert "tăng" not in now.context["page"].story


@pytest.mark.parametrize("cohort", [FIRST, SECOND])
def test_link_of_any_version_shows_what_held_in_its_year(client, second, this_year, cohort):
    second()

    assert page(client, this_year - 1, cohort).context["page"].value.words == "10"
    assert page(client, this_year, cohort).context["page"].value.words == "110"


@pytest.mark.parametrize("cohort", ["", FIRST, SECOND])
def test_file_and_api_say_of_whom_each_year_is(client, second, this_year, cohort):
    second()
    asked = {"cohort": cohort} if cohort else {}
    expected = [[str(this_year - 1), FIRST, "10", "1"], [str(this_year), SECOND, "110", "2"]]

    assert rows(client, this_year - 1, this_year, **asked) == expected
    address = f"/api/v1/indicators/{CODE}/values"
    answer = client.get(address, {"unit": "19", "first": this_year - 1, "last": this_year, **asked}).json()
    values = answer["items"][0]["values"]
    assert [[v["period"], v["cohort"], f"{v['value']:.0f}", str(v["version"])] for v in values] == expected
    assert [each["cohort"]["code"] for each in client.get(f"/api/v1/indicators/{CODE}").json()["versions"]] == [
        SECOND,
        FIRST,
    ]


def test_whom_no_version_speaks_of_is_refused(client, second, this_year):
    second()
    asked = {"unit": "19", "first": this_year, "cohort": "museum_public"}

    assert client.get(reverse("portal:indicators-indicator-file", args=[CODE, "csv"]), asked).status_code == 404
    assert client.get(f"/api/v1/indicators/{CODE}/values", asked).status_code == 422
    for cohort, status in ((FIRST, 200), ("museum_public", 404), ("no-such", 404)):
        opened = reverse("portal:indicators-value-lineage", args=["19", this_year, CODE, cohort])
        assert client.get(opened).status_code == status


@pytest.mark.parametrize("cohort", [FIRST, SECOND])
def test_lineage_opens_the_figure_of_the_version_that_held(client, second, this_year, cohort):
    second()

    def opened(year: int):
        return client.get(reverse("portal:indicators-value-lineage", args=["19", year, CODE, cohort])).context

    assert [opened(year)["value"].words for year in (this_year - 1, this_year)] == ["10", "110"]
    assert [opened(year)["cohort"].code for year in (this_year - 1, this_year)] == [FIRST, SECOND]


def test_quarters_are_of_whom_the_version_of_their_last_day_speaks(client, second, this_year):
    second()

    found = rows(client, this_year - 1, this_year, period="quarter")

    assert [found[3], found[4]] == [[f"{this_year - 1}-Q4", FIRST, "10", "1"], [f"{this_year}-Q1", SECOND, "110", "2"]]


def test_figure_of_a_year_within_which_the_version_changes_is_no_quarters(client, second, this_year, bac_kan):
    """Typed in for the whole year, by whose middle another version holds: it stands in the year, and beside each of its
    quarters, by whatever version, that it is not in it."""
    year = this_year - 1
    house = Institution.objects.get(placements__unit=bac_kan, institution_class="library_commune")
    state(house, bac_kan, Period(year), StatedColumn.LIBRARY_VISIT, 1200, at=timezone.now())
    second(starts_on=dt.date(year, 7, 1))

    assert rows(client, year, year) == [[str(year), SECOND, "1310", "2"]]
    assert rows(client, year, year, period="quarter") == [
        [f"{year}-Q1", FIRST, "", "1"],
        [f"{year}-Q2", FIRST, "", "1"],
        [f"{year}-Q3", SECOND, "", "2"],
        [f"{year}-Q4", SECOND, "110", "2"],
    ]
    asked = {"unit": "19", "first": year, "last": year, "period": "quarter"}
    answer = client.get(f"/api/v1/indicators/{CODE}/values", asked).json()
    values = answer["items"][0]["values"]
    assert [f"năm {year}" in each["note"] for each in values] == [True] * 4
    assert [each["longer"] for each in values] == [0, 0, 0, 1200]


def test_quarters_of_a_year_before_a_version_by_sex_are_told(client, second, this_year):
    second(sexes=["female"])

    assert rows(client, this_year - 1, this_year - 1, period="quarter")[3] == [f"{this_year - 1}-Q4", FIRST, "10", "1"]
    address = reverse("portal:indicators-indicator-file", args=[CODE, "csv"])
    refused = client.get(address, {"unit": "19", "first": this_year, "last": this_year, "period": "quarter"})
    assert refused.status_code == 422


def test_dhis2_keeps_an_element_for_each_of_whom_it_speaks_or_spoke(client, second, this_year):
    second()
    known = json.loads(client.get(reverse("portal:indicators-dhis2-metadata")).content)["dataElements"]
    adx = client.get(
        reverse("portal:indicators-indicator-file", args=[CODE, "adx"]),
        {"unit": "19", "first": this_year - 1, "last": this_year},
    ).content.decode()

    codes = {each["code"] for each in known}
    for cohort in (FIRST, SECOND):
        assert f"HSD_{CODE}.{cohort}_N" in codes
        assert f"HSD_{CODE}.{cohort}_N" in adx


def test_a_version_to_come_changes_nothing_yet(client, second, this_year):
    second(starts_on=timezone.localdate() + dt.timedelta(days=1))

    assert page(client, this_year).context["page"].value.words == "10"
    assert [row[1:] for row in rows(client, this_year - 1, this_year)] == [[FIRST, "10", "1"]] * 2
    assert client.get(f"/api/v1/indicators/{CODE}").json()["cohorts"][0]["code"] == FIRST


def test_what_a_plan_says_of_whom_stays(client, second, this_year, thai_nguyen):
    plan = PlanFactory(unit=thai_nguyen)
    TargetFactory(
        clause=ClauseFactory(plan=plan), indicator_id=CODE, cohort_id=FIRST, year=2030, unit="count", low=50, high=50
    )
    second()

    assert page(client, this_year, FIRST).context["page"].value.words == "10"
    assert page(client, this_year, SECOND).context["page"].value.words == "110"
    assert page(client, this_year - 1, SECOND).context["page"].value.words == "10"


def test_comparison_takes_it_by_the_code_of_any_version(client, second, this_year):
    second()

    for cohort in (FIRST, SECOND):
        asked = {"unit": ["19", "01843"], "figure": f"{CODE}.{cohort}", "year": this_year}
        shown = client.get(reverse("portal:indicators-comparison"), asked)
        ((compared, files),) = shown.context["compared"]
        assert Cohort.objects.get(code=SECOND).name in compared.chart.title
        assert "110" in dict(compared.stories)["Tỉnh Thái Nguyên"]
        assert client.get(files[0]["url"]).status_code == 200


NEW_NAME = "Lượt của tỉnh và xã"


@pytest.fixture
def renamed(second, this_year, thai_nguyen):
    """Under another name from this year on, and asked by a plan."""
    TargetFactory(
        clause=ClauseFactory(plan=PlanFactory(unit=thai_nguyen)),
        **{"indicator_id": CODE, "cohort_id": FIRST, "year": 2030, "unit": "count", "low": 50, "high": 50},
    )
    return second(short_name=NEW_NAME, name=NEW_NAME)


def test_what_is_chosen_and_compared_bears_the_name_of_its_year(client, renamed, this_year):
    for year, name in ((this_year - 1, "Lượt của tỉnh"), (this_year, NEW_NAME)):
        asked = {"unit": ["19", "01843"], "figure": f"{CODE}.{FIRST}", "year": year}
        shown = client.get(reverse("portal:indicators-comparison"), asked)
        ((compared, _files),) = shown.context["compared"]
        assert compared.chart.title.startswith(f"{name}: ")
        options = [label for label, options in shown.context["figure_options"] if any(o.is_chosen for o in options)]
        assert options == [name]


def test_pages_of_a_unit_bear_the_name_of_their_year(client, renamed, this_year):
    for year, name in ((this_year - 1, "Lượt của tỉnh"), (this_year, NEW_NAME)):
        look = client.get(reverse("portal:indicators-unit-look", args=["19"]), {"year": year})
        titles = [title for title, _cards in look.context["groups"]]
        assert {"Lượt của tỉnh", NEW_NAME} & {*titles} == {name}
        page = client.get(reverse("portal:places-unit-detail", args=["19"]), {"on": f"{year}-01-02"})
        assert [title for title, _targets in page.context["page"].targets] == [name]


@pytest.mark.parametrize("days", [0, 1])
def test_list_has_the_words_that_hold_today(client, second, days):
    second(starts_on=timezone.localdate() + dt.timedelta(days=days), short_name=NEW_NAME)
    shown = client.get(reverse("portal:indicators-indicator-list")).context["indicators"]
    assert [each.short_name for each in shown if each.code == CODE] == ["Lượt của tỉnh" if days else NEW_NAME]


def test_it_stands_on_the_pages_of_the_unit_that_made_it_and_below(client, second, this_year):
    second()

    def titles(unit: str) -> list[str]:
        shown = client.get(reverse("portal:indicators-unit-look", args=[unit]), {"year": this_year})
        return [name for name, _cards in shown.context["groups"]]

    assert titles("19")[-1] == titles("01843")[-1] == "Lượt của tỉnh"
    assert "Lượt của tỉnh" not in titles("VN")


def test_a_share_of_a_count_would_be_another_indicator(second, thai_nguyen, definitions):
    head = second()
    content = {k: v for k, v in content_of(head).items() if k != "cohort_id"} | {"over": [MeasureCode.LOAN]}
    with pytest.raises(KindChanged):
        save_draft(
            None,
            content=content,
            cohort=head.cohort,
            owner=thai_nguyen,
            by=PersonFactory(),
            at=timezone.now(),
            indicator=head,
            change_note="Tỷ lệ",
        )


def test_own_figures_are_kept_as_the_versions_have_them(second, this_year, thai_nguyen):
    second()
    pair = CODE, OWN
    live = {year: values_for(thai_nguyen, year, [pair])[pair] for year in (this_year - 1, this_year)}
    refresh(timezone.localdate())
    kept = {year: values_for(thai_nguyen, year, [pair])[pair] for year in (this_year - 1, this_year)}

    assert kept == live
    assert [each.cohort_code for each in kept.values()] == [FIRST, SECOND]


def test_sentence_of_units_that_somebody_chose_reads_as_one(client, books, this_year, thai_nguyen):
    with translation.override("en"):
        cohort = cohort_of_units("commune", ["library_commune", "library_province"])
    cohort.save()
    fields = defined(cohort_id=cohort.code, kind="share_of_units", at_least=5, short_name="Xã có thư viện đông bạn đọc")
    Indicator.objects.create(code=CODE, ordinal=1000, owner=thai_nguyen, **fields)
    IndicatorVersion.objects.create(indicator_id=CODE, number=1, **fields)

    shown = page(client, this_year)

    name = "Xã, phường (tính theo thư viện công cộng cấp tỉnh, thư viện công cộng cấp xã)"
    assert shown.context["taken"].cohort.name == name
    assert " xã, phường " in shown.context["page"].story
    assert "tính theo" not in shown.context["page"].story
    with translation.override("en"):
        assert cohort.name.startswith("Wards and communes (as seen by ")
    Cohort.objects.filter(pk=cohort.pk).update(name="Cấp xã: Thư viện công cộng cấp xã")
    load_definitions()
    assert Cohort.objects.get(pk=cohort.pk).name == name
