"""What shares of residents are divided by, and where it was read: for programs."""

import uuid

import pytest

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.accounts import make_unit
from tests.factories.indicators import PopulationFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.factories.programme import TargetFactory

SOURCE = "Niên giám thống kê 2026, trang 41"
SHARE = "/indicators/population_participation/values"


@pytest.fixture
def asked(target):
    """A plan asks for the share of urban residents."""
    of = {"indicator": Indicator.objects.get(code="population_participation")}
    of["cohort"] = Cohort.objects.get(code="population_urban")
    return TargetFactory(clause=target.clause, year=2030, figure=50, unit="percent", **of)


def test_residents_are_listed_with_their_source(anybody, thai_nguyen, bac_kan, duc_xuan, day):
    PopulationFactory(unit=thai_nguyen, year=day.year, urban=300, rural=500, source=SOURCE)
    PopulationFactory(unit=duc_xuan, year=day.year, urban=200, rural=0, villages=9, source=SOURCE)
    PopulationFactory(unit=duc_xuan, year=day.year - 1, urban=190, rural=0, source="cũ")
    PopulationFactory(unit=UnitFactory(), year=day.year)

    (own,) = anybody.get(f"/figures/population?unit={thai_nguyen.code}").json()["items"]
    page = anybody.get(f"/figures/population?unit={thai_nguyen.code}&level=communes").json()
    before = anybody.get(f"/figures/population?unit={duc_xuan.code}&year={day.year - 1}").json()["items"]

    assert (own["urban"], own["rural"], own["villages"], own["source"]) == (300, 500, None, SOURCE)
    (commune,) = page["items"]
    assert page["count"] == 1
    assert (commune["unit"]["code"], commune["year"], commune["villages"]) == (duc_xuan.code, day.year, 9)
    assert [(each["urban"], each["source"]) for each in before] == [(190, "cũ")]
    assert anybody.get("/figures/population?unit=99999").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries_for_one_and_three(
    anybody, thai_nguyen, bac_kan, duc_xuan, day, count, django_assert_num_queries
):
    third = make_unit("90001", "Phường Ba", parent=thai_nguyen, kind="phuong")
    for unit in (bac_kan, duc_xuan, third)[:count]:
        PopulationFactory(unit=unit, year=day.year, urban=200, rural=0)
    with django_assert_num_queries(4):
        told = anybody.get(f"/figures/population?unit={thai_nguyen.code}&level=communes").json()
    assert told["count"] == count


def test_value_says_what_it_is_divided_by_and_where_that_was_read(anybody, asked, bac_kan, day):
    PopulationFactory(unit=bac_kan, year=day.year - 1, urban=400, rural=0, source=SOURCE)
    library = InstitutionFactory(unit=bac_kan)
    for number in range(6):
        make_posting(
            library,
            day,
            measure=MeasureCode.PROGRAMME_ATTENDANCE,
            quantity=1,
            learner_key=uuid.UUID(int=number + 1),
        )

    told = anybody.get(f"{SHARE}?unit={bac_kan.code}&cohort=population_urban").json()
    ((value,),) = [each["values"] for each in told["items"]]

    assert (value["numerator"], value["denominator"], value["value"]) == (6, 400, 1.5)
    assert value["residents"] == {
        "year": day.year - 1,
        "urban": 400,
        "rural": 0,
        "everybody": 400,
        "sources": [SOURCE],
    }
    assert f"Nguồn dân số: {SOURCE}." in value["note"]


def test_value_without_residents_and_other_figures_have_none(anybody, asked, bac_kan):
    for path in (f"{SHARE}?unit={bac_kan.code}&cohort=population_urban", "/indicators/library_services/values?unit=VN"):
        (item,) = anybody.get(path).json()["items"]
        assert [each["residents"] for each in item["values"]] == [None]
