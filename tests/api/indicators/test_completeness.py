"""How complete a unit's figures are: as its page tells it, for programs."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.indicators.models import Reporting, ReportingMonth

ASKED = "/figures/completeness?unit=01843"


def counted(bac_kan, year: int, expected: int) -> None:
    for number in range(1, 13):
        ReportingMonth.objects.create(month=dt.date(year, number, 1), counted_at=timezone.now())
    month = dt.date(year, 11, 1)
    Reporting.objects.create(month=month, measure="", place_id=bac_kan.pk, expected=expected, reported=50, on_time=30)


@pytest.mark.closed_book
def test_reports_of_many_institutions_are_told(anybody, definitions, bac_kan, day):
    counted(bac_kan, day.year, 200)
    told = anybody.get(f"{ASKED}&year={day.year}").json()
    assert (told["state"], told["expected"], told["reported"], told["on_time"]) == ("value", 200, 50, 30)
    assert (told["unit"]["key"], told["year"], told["months"]) == ("01843", day.year, 12)
    assert told["counted_at"]


@pytest.mark.closed_book
def test_of_a_few_institutions_nothing_is_told(anybody, definitions, bac_kan, day):
    counted(bac_kan, day.year, 59)
    told = anybody.get(f"{ASKED}&year={day.year}").json()
    assert told["state"] == "kept_back"
    assert [told[name] for name in ("expected", "reported", "on_time", "months", "counted_at")] == [None] * 5


def test_what_nobody_has_counted_is_not_reported(anybody, definitions, bac_kan):
    assert anybody.get(ASKED).json()["state"] == "not_reported"
    assert set(anybody.get("/figures/completeness?unit=99999").json()["fields"]) == {"unit"}
    assert anybody.get(f"{ASKED}&year=1999").status_code == 422
