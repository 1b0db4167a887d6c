import datetime as dt

import pytest
import yaml
from django.utils import translation

from hocsuotdoi.core.two_languages import english_words
from hocsuotdoi.indicators.enums import AnswerSource, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Cohort, CriteriaSet, Criterion, Indicator, IndicatorVersion, Measure
from hocsuotdoi.indicators.operations.definitions import (
    DATA,
    BadDefinition,
    UsedDefinitionChanged,
    load_definitions,
)
from hocsuotdoi.indicators.queries.answers import RULES
from hocsuotdoi.indicators.queries.definitions import definitions_on
from hocsuotdoi.indicators.rules import problem_of
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.indicators import IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A copy of the data files that a test may spoil."""
    for name in ("measures", "cohorts", "indicators", "criteria"):
        (tmp_path / f"{name}.yaml").write_text((DATA / f"{name}.yaml").read_text())
    return tmp_path


def rewrite(folder, name, change):
    path = folder / f"{name}.yaml"
    rows = yaml.safe_load(path.read_text())
    change(rows)
    path.write_text(yaml.safe_dump(rows, allow_unicode=True))


def counts():
    return [model.objects.count() for model in (Measure, Cohort, Indicator, CriteriaSet, Criterion)]


def test_load_definitions_twice_changes_nothing():
    load_definitions()
    first, ids = counts(), set(CriteriaSet.objects.values_list("pk", flat=True))

    load_definitions()

    assert counts() == first
    assert set(CriteriaSet.objects.values_list("pk", flat=True)) == ids


def test_load_definitions_defines_every_measure():
    load_definitions()

    assert set(Measure.objects.values_list("code", flat=True)) == {*MeasureCode.values, *StockCode.values}


def test_measures_that_are_never_added_say_so_both_ways():
    load_definitions()
    apart = {measure.code: set(measure.never_added_to) for measure in Measure.objects.all()}

    assert {code: {other for other in others if code not in apart[other]} for code, others in apart.items()} == {
        code: set() for code in apart
    }


def test_every_indicator_adds_only_what_may_be_added():
    load_definitions()
    apart = {measure.code: set(measure.never_added_to) for measure in Measure.objects.all()}

    for indicator in Indicator.objects.all():
        for code in indicator.measures:
            assert not apart[code] & set(indicator.measures), indicator.code


def test_every_class_of_a_checked_cohort_has_one_checklist_on_a_day():
    load_definitions()
    for indicator in Indicator.objects.filter(criteria_sets__isnull=False).distinct():
        classes = [c for s in indicator.criteria_sets.on(dt.date(2026, 11, 23)) for c in s.classes]
        assert len(classes) == len(set(classes)), indicator.code


def test_checklists_ask_for_no_more_than_they_hold():
    load_definitions()

    for criteria_set in CriteriaSet.objects.prefetch_related("criteria"):
        assert 0 < criteria_set.needed <= len(criteria_set.criteria.all())


def test_parameters_name_things_that_exist():
    load_definitions()
    for criterion in Criterion.objects.exclude(answered_by=AnswerSource.STAFF):
        parameters = criterion.parameters
        measures = {parameters["measure"]} if "measure" in parameters else set(parameters.get("measures", ()))
        assert RULES[criterion.rule].accepts(parameters)
        assert measures <= set(MeasureCode.values)
        assert set(parameters.get("purposes", ())) <= set(Purpose.values)


def test_word_mended_in_place_is_taken_over(folder):
    load_definitions()

    rewrite(folder, "criteria", lambda rows: rows[0]["criteria"][0].update(question="Câu hỏi rõ hơn?"))
    load_definitions(folder)

    assert Criterion.objects.filter(question="Câu hỏi rõ hơn?").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[0].update(needed=1),
        lambda rows: rows[0]["criteria"][0]["parameters"].update(quantity=2),
        lambda rows: rows[0]["criteria"].pop(),
    ],
)
def test_substance_changed_without_a_new_version_is_refused(folder, change):
    load_definitions()
    before = counts()
    rewrite(folder, "criteria", change)

    with pytest.raises(UsedDefinitionChanged):
        load_definitions(folder)

    assert counts() == before


def test_indicator_whose_substance_changed_without_a_new_version_is_refused(folder):
    load_definitions()
    rewrite(folder, "indicators", lambda rows: rows[2].update(measures=["loan"]))

    with pytest.raises(UsedDefinitionChanged):
        load_definitions(folder)


def test_word_of_an_indicator_mended_in_place_is_taken_over_by_its_version(folder):
    load_definitions()
    rewrite(folder, "indicators", lambda rows: rows[2].update(source="Sổ cái"))

    load_definitions(folder)

    code = "library_users_growth"
    assert Indicator.objects.get(code=code).source == "Sổ cái"
    assert IndicatorVersion.objects.get(indicator=code).source == "Sổ cái"


def test_next_version_of_an_indicator_holds_from_its_day_and_the_old_one_before(folder):
    load_definitions()

    def add_version(rows):
        rows.append(
            {**rows[2], "version": 2, "measures": ["loan"], "starts_on": dt.date(2027, 1, 1), "change_note": "Đổi"}
        )

    rewrite(folder, "indicators", add_version)
    load_definitions(folder)
    load_definitions(folder)

    code = "library_users_growth"
    assert definitions_on([code], dt.date(2026, 12, 31))[code].measures == ["library_visit"]
    assert definitions_on([code], dt.date(2027, 1, 1))[code].measures == ["loan"]
    assert (Indicator.objects.get(code=code).version, IndicatorVersion.objects.filter(indicator=code).count()) == (2, 2)


def test_code_of_an_indicator_made_on_a_page_is_not_taken_by_a_file(viet_nam, folder):
    IndicatorFactory(code="library_it", owner=viet_nam.north)

    with pytest.raises(BadDefinition):
        load_definitions(folder)


def test_new_version_stands_beside_the_old_one(folder):
    load_definitions()

    def add_version(rows):
        successor = {**rows[0], "version": 2, "needed": 5, "starts_on": dt.date(2027, 1, 1)}
        rows[0]["ends_on"] = dt.date(2027, 1, 1)
        rows.append(successor)

    rewrite(folder, "criteria", add_version)
    load_definitions(folder)

    sets = CriteriaSet.objects.filter(indicator="library_services", classes__contains=["library_province"])
    assert [s.needed for s in sets.on(dt.date(2026, 12, 31))] == [4]
    assert [s.needed for s in sets.on(dt.date(2027, 1, 1))] == [5]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("measures", lambda rows: rows.pop()),
        ("measures", lambda rows: rows[0].update(colour="red")),
        ("criteria", lambda rows: rows[0]["criteria"][0].update(rule="guess")),
        ("criteria", lambda rows: rows[0]["criteria"][0].update(parameters={"quantity": 1})),
        ("criteria", lambda rows: rows[0]["criteria"][4].update(rule="rooms_known")),
    ],
)
def test_bad_file_is_refused_and_changes_nothing(folder, name, change):
    rewrite(folder, name, change)

    with pytest.raises(BadDefinition):
        load_definitions(folder)

    assert counts() == [0] * 5


def test_dimensions_fit_their_columns():
    for choices, length in ((Sex, 8), (AgeBand, 8), (Channel, 12), (Purpose, 16), (MeasureCode, 32)):
        assert max(map(len, choices.values)) <= length


WORDS = {
    Measure: ("name", "definition", "unit", "source"),
    Cohort: ("name",),
    Indicator: ("name", "short_name", "definition", "numerator", "denominator", "unit", "source", "legal_basis"),
    CriteriaSet: ("rule", "source"),
    Criterion: ("question",),
}


def test_every_definition_has_its_words_in_both_languages():
    load_definitions()
    stored = {words for model, names in WORDS.items() for row in model.objects.values_list(*names) for words in row}
    assert stored - {""} == set(english_words(DATA / "english.yaml"))


def test_definition_reads_in_the_language_of_the_page_and_is_stored_in_vietnamese():
    with translation.override("en"):
        load_definitions()
        indicator = Indicator.objects.get(code="commune_centre")
        assert (indicator.short_name, str(indicator)) == (
            "Communes with a culture and sport centre",
            "Communes with a culture and sport centre of the commune",
        )
    assert indicator.short_name == "Xã có trung tâm văn hóa - thể thao"
    assert Indicator.objects.filter(short_name="Xã có trung tâm văn hóa - thể thao").exists()


def test_class_joined_by_a_plan_reads_by_its_classes_in_english():
    joined = Cohort(code="x", name="Thư viện xã, trường", classes=["library_commune", "library_school"])
    with translation.override("en"):
        assert joined.name.startswith("Public library of a commune, Library of a school")
    assert joined.name == "Thư viện xã, trường"


def test_pages_of_indicators_are_english_where_the_words_are_ours(client, country):
    load_definitions()
    client.cookies["django_language"] = "en"
    for address in ("/indicators/", "/indicators/commune_centre/"):
        page = client.get(address).content.decode()
        assert "Communes with a culture and sport centre" in page
        assert "Xã có trung tâm" not in page


def test_the_documents_figures_use_every_kind_of_indicator():
    load_definitions()

    assert set(Indicator.objects.values_list("kind", flat=True)) == set(IndicatorKind.values)


def test_every_definition_says_what_it_is_in_what_unit_and_from_where():
    load_definitions()
    for measure in Measure.objects.all():
        assert all([measure.name, measure.definition, measure.unit, measure.source]), measure.code
    for indicator in Indicator.objects.select_related("cohort"):
        said = [indicator.definition, indicator.numerator, indicator.unit, indicator.source, indicator.legal_basis]
        assert all(said), indicator.code
        assert indicator.denominator or indicator.kind in (IndicatorKind.COUNT, IndicatorKind.YES_NO), indicator.code
        problem = problem_of(indicator, indicator.cohort) if indicator.cohort else None
        assert problem is None, (indicator.code, problem)


def test_all_institutions_are_all_classes():
    load_definitions()

    assert set(Cohort.objects.get(code="institution_all").classes) == set(InstitutionClass.values)
