"""What the preview of a typed sheet asks to be looked at again: also of a house of which nothing is known yet."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.models import Population, Statement
from hocsuotdoi.indicators.operations.stated import Sent, plan_of, preview_figures
from hocsuotdoi.indicators.queries.stated import Asked
from hocsuotdoi.indicators.queries.stated_looks import with_looks
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state

C = StatedColumn
NOW = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
TODAY = NOW.date()
SEPTEMBER = Period(2026, month=9)


@pytest.fixture
def library(library_of_bac_kan):
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    return library_of_bac_kan


@pytest.fixture
def preview(bac_kan, library, officer_of_bac_kan):
    def made(period=SEPTEMBER, institution=library, **figures):
        asked = [Asked(institution.code, C[name], quantity) for name, quantity in figures.items()]
        sent = Sent(StatingWay.FORM, "Báo cáo giấy")
        return preview_figures(bac_kan, period=period, asked=asked, sent=sent, by=officer_of_bac_kan, at=NOW)

    return made


@pytest.fixture
def looks(preview):
    def found(period=SEPTEMBER, **figures) -> dict[str, list[str]]:
        changes = with_looks(plan_of(preview(period, **figures), TODAY))
        return {each.column.name: [*filter(None, [each.history]), *each.bounds] for each in changes}

    return found


def others(unit, how_many, monthly, measure, institution_class=InstitutionClass.LIBRARY_COMMUNE) -> None:
    for _each in range(how_many):
        house = InstitutionFactory(unit=unit, institution_class=institution_class)
        make_posting(house, dt.date(2026, 7, 10), measure=measure, quantity=monthly)


def test_two_columns_swapped_are_asked_about_at_both_and_written_only_once_looked_at(
    client, officer_of_bac_kan, preview
):
    client.force_login(officer_of_bac_kan)
    url = reverse("workspace:indicators-stated-preview", args=[preview(SESSION=1200, ATTENDANCE=8, LOAN=3).pk])
    page = client.get(url)
    text = page.content.decode()
    swapped = "1.200 buổi mà 8 lượt tham gia. Có phải hai cột bị điền đổi chỗ?"
    assert (text.count(swapped), "Có 2 số khó có thể đúng" in text) == (2, True)
    assert "nhiều hơn 10 mỗi ngày trong suốt 30 ngày" in text
    assert [each.column for each in page.context["page_obj"]] == [C.SESSION, C.ATTENDANCE, C.LOAN]
    seen = page.context["plan"].digest

    refused = client.post(url, {"seen": seen})
    assert (refused.status_code, "looked_at" in refused.context["form"].errors) == (422, True)
    assert not Statement.objects.exists()

    client.post(url, {"seen": seen, "looked_at": "on"})
    assert Statement.objects.get().figures.count() == 3


def test_what_is_likely_asks_nothing(client, officer_of_bac_kan, preview, looks):
    assert looks(SESSION=4, ATTENDANCE=80, LIBRARY_VISIT=900, LOAN=0) == {
        "SESSION": [],
        "ATTENDANCE": [],
        "LIBRARY_VISIT": [],
        "LOAN": [],
    }
    client.force_login(officer_of_bac_kan)
    page = client.get(reverse("workspace:indicators-stated-preview", args=[preview(SESSION=4).pk]))
    assert "looked_at" not in page.context["form"].fields


@pytest.mark.parametrize(
    ("figures", "asks"),
    [
        ({"SESSION": 301}, True),
        ({"SESSION": 300}, False),
        ({"SESSION": 3, "ATTENDANCE": 2}, True),
        ({"SESSION": 3, "ATTENDANCE": 0}, True),
        ({"SESSION": 2, "ATTENDANCE": 1}, False),
        ({"SESSION": 2, "ATTENDANCE": 4001}, True),
        ({"SESSION": 2, "ATTENDANCE": 4000}, False),
        ({"LIBRARY_VISIT": 45_000_000}, True),
        ({"LOAN": 1_500_000}, False),
        ({"LOAN": 1_500_001}, True),
    ],
)
def test_bounds_without_any_history(looks, figures, asks):
    assert any(looks(**figures).values()) == asks


def test_days_of_a_period_that_runs_are_those_so_far(looks):
    november = Period(2026, month=11)
    assert looks(november, SESSION=230) == {"SESSION": []}
    assert looks(november, SESSION=231) != {"SESSION": []}


def test_attendance_that_was_recorded_counts_with_sessions_that_are_typed(library, looks):
    make_posting(library, dt.date(2026, 9, 3), measure="programme_attendance", quantity=2)
    assert "3 buổi mà 2 lượt" in looks(SESSION=3)["SESSION"][0]


def test_far_beyond_houses_of_its_class_nearby_else_of_its_kind(bac_kan, duc_xuan, looks):
    others(duc_xuan, 9, 100, "library_visit")
    assert looks(LIBRARY_VISIT=1001) == {"LIBRARY_VISIT": []}  # too few to go by
    others(duc_xuan, 1, 100, "library_visit", InstitutionClass.BOOKCASE)
    assert "trong 10 cơ sở cùng loại" in looks(LIBRARY_VISIT=1001)["LIBRARY_VISIT"][0]
    assert looks(LIBRARY_VISIT=1000) == {"LIBRARY_VISIT": []}
    assert looks(Period(2026, quarter=3), LIBRARY_VISIT=3000) == {"LIBRARY_VISIT": []}
    others(duc_xuan, 1, 5000, "library_visit")
    assert looks(LIBRARY_VISIT=1001) == {"LIBRARY_VISIT": []}  # now ten of its own class, one of them large


def test_far_too_many_for_the_residents(bac_kan, looks):
    Population.objects.create(unit=bac_kan, year=2024, urban=600, rural=0, source="Niên giám")
    assert looks(LIBRARY_VISIT=1000, LOAN=5000) == {"LIBRARY_VISIT": [], "LOAN": []}
    assert "600 người dân" in looks(LIBRARY_VISIT=1001)["LIBRARY_VISIT"][0]
    assert looks(Period(2025), LIBRARY_VISIT=12_000) == {"LIBRARY_VISIT": []}


def test_month_is_held_beside_the_median_of_earlier_months_as_at_night(bac_kan, library, looks):
    """Eight months, neither the same of the year before nor the one just before among them."""
    for back in range(2, 10):
        first = months_from(SEPTEMBER.starts_on, -back)
        state(library, bac_kan, Period(first.year, month=first.month), NOW, SESSION=1 + back % 2)
    assert looks(SESSION=35)["SESSION"] == ["Hãy xem lại: các tháng trước của cơ sở thường là 2, tháng này là 35"]
    assert looks(SESSION=5, LOAN=900) == {"SESSION": [], "LOAN": []}


def test_quarter_is_held_beside_earlier_quarters_as_at_night(bac_kan, library, looks):
    for quarter in (1, 2):
        state(library, bac_kan, Period(2026, quarter=quarter), NOW, LOAN=100 + quarter)
    state(library, bac_kan, Period(2025, quarter=3), NOW, LOAN=99)
    third = Period(2026, quarter=3)
    assert "các kỳ trước cùng độ dài" in looks(third, LOAN=900)["LOAN"][0]
    assert looks(third, LOAN=200) == {"LOAN": []}


def test_changed_month_is_judged_by_what_it_would_be(bac_kan, library, looks):
    for back in range(1, 10):
        first = months_from(SEPTEMBER.starts_on, -back)
        state(library, bac_kan, Period(first.year, month=first.month), NOW, LOAN=100)
    state(library, bac_kan, SEPTEMBER, NOW, LOAN=950)
    assert looks(LOAN=105) == {"LOAN": []}
    assert looks(LOAN=901) != {"LOAN": []}


def test_number_of_queries_does_not_grow(bac_kan, officer_of_bac_kan, library, django_assert_num_queries):
    houses = [library, *(InstitutionFactory(unit=bac_kan) for _each in range(2))]
    for some in (houses[:1], houses):
        asked = [Asked(each.code, column, 40) for each in some for column in (C.LOAN, C.SESSION, C.ATTENDANCE)]
        sent = Sent(StatingWay.CSV, "Giấy")
        made = preview_figures(bac_kan, period=SEPTEMBER, asked=asked, sent=sent, by=officer_of_bac_kan, at=NOW)
        plan = plan_of(made, TODAY)
        with django_assert_num_queries(6):
            assert len(with_looks(plan)) == len(asked)
