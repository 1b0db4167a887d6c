"""As reported a unit that has ended stands beside one of its name: pictures and tables tell them apart."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionState, Tier, UnitKind
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory

REFORM = dt.date(2025, 7, 1)


@pytest.fixture
def both(country, thai_nguyen, library_of_bac_kan):
    """Thái Nguyên before and after the reform, each with sessions in 2025."""
    names = {"name": "Tỉnh Thái Nguyên", "short_name": "Thái Nguyên"}
    old = UnitFactory(code="19", tier=Tier.PROVINCE, kind=UnitKind.PROVINCE, ends_on=REFORM, parent=country, **names)
    library = InstitutionFactory(unit=old)
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    IndicatorFactory(
        code="so_buoi", kind=IndicatorKind.COUNT, measures=[MeasureCode.PROGRAMME_SESSION], cohort=CohortFactory()
    )
    make_posting(library, dt.date(2025, 3, 4), measure=MeasureCode.PROGRAMME_SESSION)
    make_posting(library_of_bac_kan, dt.date(2025, 9, 4), measure=MeasureCode.PROGRAMME_SESSION)


def test_they_are_told_apart(client, both):
    page = client.get(
        reverse("portal:indicators-indicator-detail", args=["so_buoi"]),
        {"unit": "VN", "year": 2025, "map": "reported"},
    )
    drawn = page.context["page"].ranking.spec["data"]["values"]
    names = [row["name"] for row in drawn if "name" in row]
    assert len(set(names)) == len(names) == 2
    assert any(name.endswith(" (cũ)") for name in names)

    cohort = page.context["taken"].cohort.code
    address = reverse("portal:indicators-value-lineage", args=["VN", 2025, "so_buoi", cohort])
    shown = client.get(address, {"map": "reported"})
    assert {each.name for each in shown.context["children"]} == {
        "Tỉnh Thái Nguyên",
        "Tỉnh Thái Nguyên (đến 30/6/2025)",
    }
