"""Growth says from which year it is measured: where it is defined, looked at, published and read."""

import datetime as dt
from importlib import import_module

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from hocsuotdoi.indicators.models import Indicator, IndicatorDraft, IndicatorVersion
from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.indicators import IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

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
        "look_year": "2025",
    }


@pytest.fixture
def lent(library_of_bac_kan):
    for year, quantity in ((2023, 100), (2025, 121)):
        make_posting(library_of_bac_kan, dt.date(year, 3, 1), measure=MeasureCode.LOAN, quantity=quantity)


def test_growth_without_a_base_year_is_refused(client, form, definitions, planner):
    client.force_login(planner)
    for base_year in ("", "1999", "2026"):
        page = client.post(NEW, {**form, "base_year": base_year, "act": "save"})
        assert list(page.context["form"].errors) == ["base_year"]
    assert not IndicatorDraft.objects.exists()
    assert client.get(NEW).context["form"]["base_year"].value() == 2022


def test_base_year_is_seen_before_and_after_it_is_published(
    client, form, definitions, planner, lent, django_db_blocker
):
    client.force_login(planner)
    shape = {**form, "base_year": "2023"}
    look = client.post(NEW, {**shape, "act": "preview"}).context["look"]
    assert look["value"].words.startswith("+10")
    assert "năm gốc 2023" in look["value"].note

    client.post(NEW, {**shape, "act": "save"})
    draft = IndicatorDraft.objects.get()
    publish = reverse("workspace:indicators-draft-publish", args=[draft.pk])
    assert ("Năm gốc", "2023") in client.get(publish).context["facts"]
    page = client.post(publish, follow=True)

    assert IndicatorVersion.objects.get(indicator__owner__isnull=False).base_year == 2023
    assert "Năm gốc" in page.content.decode()


def test_an_early_figure_of_one_place_takes_no_growth_from_the_country(client, definitions, viet_nam):
    """Somebody typed 2021 for one library, and the whole country had no growth any more."""
    library, other = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.nam)
    for year, quantity in ((2022, 1000), (2025, 1331)):
        make_posting(library, dt.date(year, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=quantity)
    page = reverse("portal:indicators-detail", args=["library_users_growth"])

    def shown():
        return client.get(page, {"cohort": "library_all", "year": "2025"}).context["page"].value

    before = shown()
    make_posting(other, dt.date(2021, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=42_000)

    assert (before.base_year, before.percent) == (2022, 10)
    assert shown() == before


def test_the_database_has_no_growth_without_a_base_year(viet_nam):
    with pytest.raises(IntegrityError, match="growth_has_a_base_year"), transaction.atomic():
        IndicatorFactory(kind="growth", measures=["loan"], base_year=None)


def test_what_was_defined_before_keeps_its_base(viet_nam):
    """On a page: the first year of which anybody had figures then; with the program: the year before its period."""
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(library, dt.date(2024, 3, 1), measure=MeasureCode.LOAN)
    made = [IndicatorFactory(kind="growth", measures=["loan"], owner=owner) for owner in (viet_nam.country, None)]
    constraints = [(model, model._meta.constraints) for model in (Indicator, IndicatorVersion)]
    growing = [(model, each) for model, every in constraints for each in every if "base_year" in each.name]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor, pgtrigger.ignore("indicators.IndicatorVersion:substance_kept"):
        for model, constraint in growing:
            editor.remove_constraint(model, constraint)
            model.objects.update(base_year=None)
        import_module("hocsuotdoi.indicators.migrations.0026_growth_says_from_which_year").keep_base_years(apps, editor)

    assert [Indicator.objects.get(pk=each.pk).base_year for each in made] == [2024, 2022]
    assert [each.versions.get().base_year for each in made] == [2024, 2022]
