"""Growth says from which year it is measured: where it is defined, looked at, published and read."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorDraft, IndicatorVersion
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.programme.models import Plan
from tests.factories.indicators import IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import ClauseFactory, TargetFactory

NEW = reverse("workspace:indicators-definition-new")


@pytest.fixture
def form(thai_nguyen):
    return {
        "kind": "growth",
        "happenings": ["loan"],
        "classes": ["library_commune"],
        "name": "Tăng lượt mượn",
        "short_name": "Tăng lượt mượn",
        "definition": "Mức tăng bình quân mỗi năm.",
        "numerator": "Lượt mượn",
        "unit": "%/năm",
        "direction": "up",
        "source": "Sổ mượn",
        "legal_basis": "Kế hoạch 12/KH-UBND ngày 5/1/2026",
        "owner": thai_nguyen.code,
        "look_unit": thai_nguyen.code,
        "look_year": "2026",
    }


@pytest.fixture
def library(country):
    return InstitutionFactory(unit=country)


@pytest.fixture
def lent(posting, library_of_bac_kan):
    for year, quantity in ((2025, 100), (2026, 110)):
        make_posting(library_of_bac_kan, dt.date(year, 8, 1), measure=MeasureCode.LOAN, quantity=quantity)


def test_growth_without_a_base_year_is_refused(client, form, definitions, planner):
    client.force_login(planner)
    for base_year in ("", "1999", str(timezone.localdate().year)):
        page = client.post(NEW, {**form, "base_year": base_year, "act": "save"})
        assert list(page.context["form"].errors) == ["base_year"]
    assert not IndicatorDraft.objects.exists()
    assert client.get(NEW).context["form"]["base_year"].value() == 2022


def test_base_year_is_seen_before_and_after_it_is_published(client, form, definitions, planner, lent):
    client.force_login(planner)
    shape = {**form, "base_year": "2025"}
    look = client.post(NEW, {**shape, "act": "preview"}).context["look"]
    assert look["value"].words.startswith("+10")
    assert "năm gốc 2025" in look["value"].note

    client.post(NEW, {**shape, "act": "save"})
    draft = IndicatorDraft.objects.get()
    publish = reverse("workspace:indicators-draft-publish", args=[draft.pk])
    assert ("Năm gốc", "2025") in client.get(publish).context["facts"]
    page = client.post(publish, follow=True)

    assert IndicatorVersion.objects.get(indicator__owner__isnull=False).base_year == 2025
    assert "Năm gốc" in page.content.decode()


@pytest.fixture
def target(definitions, country):
    plan = Plan.objects.create(code="thu", title="Kế hoạch thử", issuer="Thử", unit=country, source="thử")
    return TargetFactory(
        clause=ClauseFactory(plan=plan, path="I.1", ordinal=1),
        indicator=Indicator.objects.get(code="library_users_growth"),
        cohort=Cohort.objects.get(code="library_all"),
        unit="percent_per_year",
    )


def test_an_early_figure_of_one_place_takes_no_growth_from_the_country(client, target, library, country):
    """Somebody typed 2021 for one library, and the whole country had no growth any more."""
    other = InstitutionFactory(unit=country)
    for year, quantity in ((2022, 1000), (2025, 1331)):
        make_posting(library, dt.date(year, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=quantity)
    page = reverse("portal:indicators-indicator-detail", args=["library_users_growth"])

    def shown():
        return client.get(page, {"cohort": "library_all", "year": "2025"}).context["page"].value

    before = shown()
    make_posting(other, dt.date(2021, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=42_000)

    assert (before.base_year, before.words[:3]) == (2022, "+10")
    assert shown() == before


def test_the_database_has_no_growth_without_a_base_year(db):
    with pytest.raises(IntegrityError, match="growth_has_a_base_year"), transaction.atomic():
        IndicatorFactory(kind="growth", measures=["loan"], base_year=None)


def test_what_was_defined_before_keeps_its_base(library, country):
    """On a page: the first year of which anybody had figures then; with the program: the year before its period."""
    make_posting(library, dt.date(2024, 3, 1), measure=MeasureCode.LOAN)
    made = [IndicatorFactory(kind="growth", measures=["loan"], owner=owner) for owner in (country, None)]
    constraints = [(model, model._meta.constraints) for model in (Indicator, IndicatorVersion)]
    growing = [(model, each) for model, every in constraints for each in every if "base_year" in each.name]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE indicators_indicatorversion DISABLE TRIGGER USER")  # the migration makes it after
    with connection.schema_editor() as editor:
        for model, constraint in growing:
            editor.remove_constraint(model, constraint)
            model.objects.update(base_year=None)
        import_module("hocsuotdoi.indicators.migrations.0026_growth_says_from_which_year").keep_base_years(apps, editor)

    assert [Indicator.objects.get(pk=each.pk).base_year for each in made] == [2024, 2022]
    assert [each.versions.get().base_year for each in made] == [2024, 2022]
