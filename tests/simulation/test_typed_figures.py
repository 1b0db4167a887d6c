"""What a simulated country types in is what the program writes: figures of sheets, with their postings."""

import datetime as dt

import pytest
from django.db import connections
from django.db.models import Count, Exists, OuterRef, Sum

from hocsuotdoi.core.periods import parse_period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay, columns_of
from hocsuotdoi.indicators.models import StatedFigure, Statement
from hocsuotdoi.indicators.queries.stated import SOURCE_KIND, newest_figures, sheet_of, slot_of
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.places.enums import LIBRARIES
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.places.queries.units import reading_of
from hocsuotdoi.simulation.operations import Plan, simulate
from hocsuotdoi.simulation.queries.territory import key_of
from tests.simulation.conftest import AT
from tests.support import databases

pytestmark = pytest.mark.slow

TODAY = AT.date()
PLAN = Plan(institutions=400, first_year=2022, until=dt.date(2025, 12, 31), seed=5, entries=100_000, provinces=("19",))


@pytest.fixture(scope="module")
def _typing(_clone, django_db_blocker):
    with django_db_blocker.unblock():
        name = _clone("typing")
        databases.use_database(name)
        truth = simulate(PLAN, at=AT, writers=2).truth()
        connections.close_all()
        return name, truth


@pytest.fixture
def country(_typing, django_db_blocker):
    """One in which many type, to be looked at and not to be changed."""
    with django_db_blocker.unblock():
        databases.use_database(_typing[0])
        yield _typing[1]
        connections.close_all()


def test_every_figure_has_its_posting_and_every_typed_posting_its_figure(country):
    figures = list(StatedFigure.objects.select_related("posting", "institution", "statement"))
    assert len(figures) > 100
    for each in figures:
        period, column = parse_period(each.period), StatedColumn(each.column)
        assert (each.starts_on, each.ends_on) == (period.starts_on, period.ends_on)
        assert each.slot == slot_of(each.institution_id, column, period)
        assert column in columns_of(each.institution.institution_class)
        assert each.statement.period == each.period
        if each.posting is not None:
            posting = each.posting
            assert (posting.kind, posting.source_kind, posting.source_id, posting.revision, posting.occurred_on) == (
                PostingKind.STATED, SOURCE_KIND, each.slot, each.revision, period.last_day,
            )  # fmt: skip
            assert posting.posted_at == each.statement.stated_at
            assert each.statement.unit == place_of(each.institution, period.last_day)
    typed = Posting.objects.filter(kind=PostingKind.STATED)
    assert typed.count() == len([each for each in figures if each.posting_id])
    assert not Posting.objects.filter(source_kind="simulation.return").exists()


def test_what_stands_in_the_book_is_what_was_stated_last_without_sexes_or_ages(country):
    entries = Entry.objects.filter(posting__source_kind=SOURCE_KIND)
    assert not entries.exclude(sex=None, age_band=None, channel=None, residence=None, learner_key=None).exists()
    booked = dict(entries.values_list("posting__source_id").annotate(Sum("quantity")).order_by())
    newest = newest_figures(StatedFigure.objects.all())
    assert {each.slot: each.quantity or 0 for each in newest} == {
        each.slot: booked.get(each.slot, 0) for each in newest
    }


def test_months_quarters_years_zeros_corrections_and_undone_sheets_are_drawn(country):
    assert {len(each) for each in StatedFigure.objects.values_list("period", flat=True)} == {4, 7}
    assert StatedFigure.objects.filter(period__contains="Q").exists()
    assert StatedFigure.objects.filter(period__regex=r"-\d\d$").exists()
    assert StatedFigure.objects.filter(quantity=0, posting__isnull=False).exists()
    again = StatedFigure.objects.filter(revision=2, quantity__isnull=False)
    assert again.exists() and not again.filter(statement__reason="").exists()
    first = StatedFigure.objects.filter(slot=OuterRef("slot"), revision=1, quantity=OuterRef("quantity") * 10)
    assert not again.exclude(Exists(first)).exists()
    for undoing in Statement.objects.filter(way=StatingWay.UNDO):
        undone = undoing.undoes.figures.values_list("slot", flat=True)
        assert set(undoing.figures.values_list("slot", "quantity")) == {(slot, None) for slot in undone}


def test_no_two_periods_of_one_institution_and_column_overlap(country):
    other = StatedFigure.objects.filter(
        institution=OuterRef("institution"), column=OuterRef("column"),
        starts_on__lt=OuterRef("ends_on"), ends_on__gt=OuterRef("starts_on"),
    ).exclude(slot=OuterRef("slot"))  # fmt: skip
    assert not StatedFigure.objects.filter(Exists(other)).exists()


def test_sheet_shows_what_stands_of_a_house(country):
    rows = newest_figures(StatedFigure.objects.filter(starts_on__gte=dt.date(2025, 7, 1))).values("pk")
    figure = StatedFigure.objects.filter(pk__in=rows, quantity__gt=0).select_related("institution").first()
    period = parse_period(figure.period)
    unit = reading_of(place_of(figure.institution, period.last_day), TODAY)

    sheet = sheet_of(unit, period, TODAY)

    assert sheet.quantity((figure.institution_id, StatedColumn(figure.column))) == figure.quantity


def test_figures_of_one_sheet_come_together(country):
    sheets = Statement.objects.annotate(houses=Count("figures__institution", distinct=True))
    assert not sheets.exclude(houses=1).exists()
    assert sheets.annotate(many=Count("figures")).filter(many__gt=1, way=StatingWay.FORM).exists()
    assert not StatedFigure.objects.exclude(recorded=0).exists()


def test_who_types_a_count_is_waited_for_in_the_program_and_in_the_truth(country):
    """One that typed visits last year and records them now tells only what stands."""
    pair = "library_users_growth", "library_all"
    province = AdminUnit.objects.on(TODAY).get(code="19")
    value = values_for(province, 2025, [pair], TODAY)[pair]

    told = country.growth(key_of(province.code, province.starts_on), "library_visit", 2025, sorted(LIBRARIES))

    assert (value.reporting, value.numerator, value.denominator) == (told.institutions, told.now, told.base)
