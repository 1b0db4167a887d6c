"""Where the residents come from that a share is divided by: on its lineage and in its files."""

import uuid

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.accounts import make_unit
from tests.factories.indicators import PopulationFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import TargetFactory

FIGURE = ("population_participation", "population_urban")
OTHER = ("museum_education", "museum_all")


def lineage(unit, day):
    return reverse("portal:indicators-value-lineage", args=[unit.code, day.year, *FIGURE])


@pytest.fixture
def six_people(target, bac_kan, day):
    """In a ward, of whom a plan asks for the share; also for that of museums, which no residents stand behind."""
    for indicator, cohort in (FIGURE, OTHER):
        TargetFactory(
            clause=target.clause,
            indicator=Indicator.objects.get(code=indicator),
            cohort=Cohort.objects.get(code=cohort),
            year=2030,
            figure=50,
            unit="percent",
        )
    library = InstitutionFactory(unit=bac_kan)
    for number in range(6):
        key = uuid.UUID(int=number + 1)
        make_posting(library, day, measure=MeasureCode.PROGRAMME_ATTENDANCE, quantity=1, learner_key=key)


def test_lineage_tells_residents_and_where_they_were_read(client, six_people, thai_nguyen, bac_kan, duc_xuan, day):
    PopulationFactory(unit=thai_nguyen, year=day.year, urban=12_300, rural=45_600, source="Niên giám, trang 41")

    page = client.get(lineage(thai_nguyen, day))

    text = page.content.decode()
    for told in ("Toàn bộ dân số", "57.900", "12.300", "45.600", "Niên giám, trang 41"):
        assert told in text
    assert "Nguồn dân số: Niên giám, trang 41." in page.context["value"].note


def test_lineage_of_a_sum_tells_over_how_many_units_and_all_sources(
    client, six_people, thai_nguyen, bac_kan, duc_xuan, day
):
    third = make_unit("90001", "Phường Ba", parent=thai_nguyen, kind="phuong")
    sources = {bac_kan: "Công an phường", duc_xuan: "Báo cáo của phường", third: "Niên giám"}
    for unit, source in sources.items():
        PopulationFactory(unit=unit, year=day.year, urban=100, rural=0, source=source)

    page = client.get(lineage(thai_nguyen, day))

    assert page.context["residents"].entered == 3
    assert all(source in page.content.decode() for source in sources.values())
    assert "Dân số lấy từ 3 nguồn" in page.context["value"].note


def test_lineage_without_residents_and_of_other_figures_shows_none(client, six_people, bac_kan, day):
    other = reverse("portal:indicators-value-lineage", args=[bac_kan.code, day.year, *OTHER])
    for address in (lineage(bac_kan, day), other):
        assert client.get(address).context["residents"] is None
