"""An institution that can post."""

import datetime as dt

import pytest

from hocsuotdoi.places.models import AdminUnit, Institution, UnitAncestry, UnitReading
from tests.factories.places import InstitutionFactory, UnitFactory


def make_library() -> Institution:
    """A library that has stood in its ward since the reform."""
    ward = UnitFactory(name="Phường Bắc Kạn", starts_on=dt.date(2025, 7, 1))
    library = InstitutionFactory(name="Thư viện phường Bắc Kạn", unit=ward)
    library.placements.update(starts_on=dt.date(2025, 7, 1))
    return library


def stood_always(library: Institution) -> None:
    """As if the ward had been there for ever."""
    library.placements.update(starts_on=None)
    AdminUnit.objects.update(starts_on=None)
    UnitAncestry.objects.update(starts_on=None)
    UnitReading.objects.update(starts_on=None)


@pytest.fixture
def library(db: None) -> Institution:
    return make_library()
