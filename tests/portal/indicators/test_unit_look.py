"""A unit to look at: its trends, its days, who took part; nothing from which a person could be found."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Cohort, Indicator, Reporting, ReportingMonth
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.ledger.operations.posting import reverse as take_back
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.factories.programme import TargetFactory
from tests.indicators.test_quality_rules import state


def look(unit, **query):
    return reverse("portal:indicators-unit-look", args=[unit.code]), query


def chart(unit, name, form="csv"):
    return reverse("portal:indicators-unit-chart", args=[unit.code, name, form])


def attendances(institution, day, *counted):
    """`counted`: (age band, sex, number)."""
    lines = [Line(MeasureCode.PROGRAMME_ATTENDANCE, number, sex=sex, age_band=band) for band, sex, number in counted]
    return make_posting(institution, day, Line(MeasureCode.PROGRAMME_SESSION, 1), *lines)


def test_unit_shows_each_figure_asked_of_it_with_state_and_story(client, target, posting, bac_kan, day):
    page = client.get(*look(bac_kan))

    (indicator, cards), *_without_a_target = page.context["groups"]
    assert indicator == target.indicator.short_name
    assert cards[0].title == target.cohort.name
    assert page.context["states"] == [(cards[0].state, 1)]
    assert f"Năm {day.year}" in cards[0].story
    assert cards[0].url.startswith(reverse("portal:indicators-indicator-detail", args=[target.indicator_id]))
    assert page.content.decode().count('loading="lazy"') >= 2


def test_unit_without_plan_and_without_happenings_says_so(client, definitions, bac_kan):
    text = client.get(*look(bac_kan)).content.decode()

    assert "Chưa có kế hoạch nào đang hiệu lực" in text
    assert "Chưa ghi nhận gì trong năm này" in text
    assert "Chưa ghi nhận lượt tham gia nào" in text


def test_figure_that_does_not_apply_is_named_apart(client, target, bac_kan):
    page = client.get(*look(bac_kan))

    assert target.indicator.short_name not in [name for name, _cards in page.context["groups"]]
    assert page.context["states"] == []
    assert f"{target.indicator.short_name} ({target.cohort.name})" in page.context["left_out"]


def test_calendar_counts_sessions_day_by_day_and_takes_off_what_was_taken_back(
    client, posting, library_of_bac_kan, bac_kan, day
):
    other = dt.date(day.year, 1, 1)
    make_posting(library_of_bac_kan, other, Line(MeasureCode.PROGRAMME_SESSION, 2))
    gone = make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_SESSION, 5))
    take_back(gone, reason="Đếm nhầm", by=None, at=noon(day))

    rows = client.get(chart(bac_kan, "calendar")).content.decode("utf-8-sig").splitlines()

    assert f"{other},2" in rows
    assert f"{day},1" in rows
    assert len(rows) == (day - other).days + 2


@pytest.mark.parametrize("which", ["today", "reported"])
def test_calendar_tells_no_day_what_was_typed_in_for_a_month_or_a_year(
    client, posting, library_of_bac_kan, bac_kan, day, which
):
    at = timezone.now()
    state(library_of_bac_kan, bac_kan, Period(day.year), StatedColumn.SESSION, 300, at=at)
    other = InstitutionFactory(unit=bac_kan)
    state(other, bac_kan, Period(day.year, month=day.month), StatedColumn.SESSION, 20, at=at)

    rows = client.get(chart(bac_kan, "calendar"), {"map": which}).content.decode("utf-8-sig").splitlines()

    page = client.get(reverse("portal:indicators-unit-look", args=[bac_kan.code]), {"map": which})
    assert "Chưa gồm 320 buổi nhập theo kỳ, không rõ ngày." in page.content.decode()
    assert f"{day},1" in rows
    assert sum(int(row.split(",")[1] or 0) for row in rows[1:]) == 1


@pytest.mark.closed_book
def test_pyramid_tells_no_number_below_five(client, definitions, library_of_bac_kan, bac_kan, day):
    attendances(
        library_of_bac_kan,
        day,
        (AgeBand.CHILD, Sex.FEMALE, 3),
        (AgeBand.CHILD, Sex.MALE, 20),
        (AgeBand.ADULT, Sex.FEMALE, 30),
        (AgeBand.ADULT, Sex.MALE, 41),
        (None, None, 12),
    )

    page = client.get(*look(bac_kan, year=day.year))
    told = page.context["pyramid"]

    assert "106 lượt tham gia" in told.story
    rows = {row[0]: row[1:] for row in told.chart.rows}
    assert rows["6–10 tuổi"][0] == "dưới 5"
    hidden = [cell for row in told.chart.rows for cell in row[1:] if cell in ("dưới 5", "không nêu")]
    assert len(hidden) >= 4
    assert rows["Cộng"][-1] == "106"


@pytest.mark.closed_book
def test_so_few_that_nothing_can_be_told_are_not_told(client, definitions, library_of_bac_kan, bac_kan, day):
    attendances(library_of_bac_kan, day, (AgeBand.CHILD, Sex.FEMALE, 3))

    page = client.get(*look(bac_kan, year=day.year))

    assert page.context["pyramid"].chart is None
    assert "quá ít" in page.content.decode()
    assert client.get(chart(bac_kan, "pyramid"), {"year": day.year}).status_code == 404


def test_who_took_part_in_a_running_year_is_not_told_by_age_and_sex(client, posting, bac_kan, day):
    """Else whoever asks today and again tomorrow sees who came in between."""
    page = client.get(*look(bac_kan))

    assert page.context["pyramid"].chart is None
    assert f"1/2/{day.year + 1}" in page.context["pyramid"].story
    assert client.get(chart(bac_kan, "pyramid")).status_code == 404


@pytest.mark.closed_book
@pytest.mark.parametrize("form", ["svg", "csv", "xlsx"])
def test_charts_of_a_unit_can_be_taken_away(client, posting, bac_kan, day, form):
    assert client.get(chart(bac_kan, "calendar", form), {"year": day.year}).status_code == 200
    assert client.get(chart(bac_kan, "pyramid", form), {"year": day.year}).status_code == 200


def test_what_there_is_not_is_not_found(client, posting, bac_kan):
    assert client.get(chart(bac_kan, "smiles")).status_code == 404
    assert client.get(chart(bac_kan, "calendar", "exe")).status_code == 404
    assert client.get(reverse("portal:indicators-unit-look", args=["99999"])).status_code == 404


@pytest.mark.parametrize("year", ["abc", "1800", "9999", ""])
def test_year_that_cannot_be_asked_for_is_this_year(client, posting, bac_kan, day, year):
    assert client.get(*look(bac_kan, year=year)).context["year"] == day.year


def test_earlier_year_is_told_whole(client, target, posting, bac_kan, day):
    page = client.get(*look(bac_kan, year=day.year - 1))

    assert page.context["until"] is None


def test_places_page_leads_to_the_figures(client, posting, bac_kan, day):
    text = client.get(reverse("portal:places-unit-detail", args=[bac_kan.code])).content.decode()

    assert reverse("portal:indicators-unit-look", args=[bac_kan.code]) in text


@pytest.mark.parametrize("times", [1, 3])
def test_unit_takes_the_same_queries_with_one_and_three_of_everything(
    client, target, posting, bac_kan, day, django_assert_num_queries, times
):
    for at in range(times):
        attendances(InstitutionFactory(unit=bac_kan), day, (AgeBand.ADULT, Sex.MALE, 9))
        TargetFactory(
            clause=target.clause,
            indicator=Indicator.objects.get(code="library_it"),
            cohort=Cohort.objects.get(code=["library_commune", "library_school", "library_all"][at]),
            year=2030,
            operator="at_least",
            low=60,
            high=60,
            unit="percent",
            written="60%",
            ordinal=2 + at,
        )
    client.get(*look(bac_kan, year=2026))
    with django_assert_num_queries(49):
        client.get(*look(bac_kan, year=2026))


# -- how complete, and in time --


def counted(bac_kan, day, expected, reported, on_time):
    month = dt.date(day.year, 11, 1)
    for number in range(1, 13):
        ReportingMonth.objects.create(month=dt.date(day.year, number, 1), counted_at=timezone.now())
    Reporting.objects.create(
        month=month, measure="", place_id=bac_kan.pk, expected=expected, reported=reported, on_time=on_time
    )


@pytest.mark.closed_book
def test_shares_of_many_institutions_are_told_to_everybody(client, definitions, bac_kan, library_of_bac_kan, day):
    counted(bac_kan, day, 200, 150, 123)

    text = client.get(*look(bac_kan, year=day.year)).content.decode()

    assert "75%" in text and "61,5%" in text and "150 trên 200" in text
    assert library_of_bac_kan.name not in text.partition('id="reports"')[2].partition("</section>")[0]


@pytest.mark.closed_book
def test_of_a_few_institutions_no_share_is_told(client, definitions, bac_kan, day):
    """Twelve months of four institutions: who is missing would be known by name."""
    counted(bac_kan, day, 59, 40, 30)

    page = client.get(*look(bac_kan, year=day.year))

    assert page.context["reports"].too_few
    assert "40" not in page.content.decode().partition('id="reports"')[2].partition("</section>")[0]


def test_months_that_nobody_has_counted_say_nothing(client, definitions, bac_kan):
    assert client.get(*look(bac_kan)).context["reports"] is None
