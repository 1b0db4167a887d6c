"""Drafts, versions and what they hold: acts without pages."""

import datetime as dt
import itertools

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.indicators import rules
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.operations.drafts import (
    ChangeNotTold,
    DayNotPossible,
    DefinitionRefused,
    DraftPublished,
    KindChanged,
    NotAnOwner,
    NothingChanged,
    NotOurs,
    discard_draft,
    publish_draft,
    retire_indicator,
    save_draft,
)
from hocsuotdoi.indicators.queries.definitions import content_of, definitions_on, history
from hocsuotdoi.indicators.queries.profiles import TOLD_BY_PERSON
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.support.depth import cases

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
LIBRARY = InstitutionClass.LIBRARY_COMMUNE
CONTENT = {
    "name": "Lượt mượn về",
    "short_name": "Lượt mượn",
    "definition": "Số lượt mượn trong năm.",
    "numerator": "Số lượt mượn",
    "denominator": "",
    "unit": "lượt",
    "source": "Sổ mượn",
    "legal_basis": "Kế hoạch thử",
    "kind": IndicatorKind.COUNT,
    "direction": "up",
    "measures": [MeasureCode.LOAN],
    "over": [],
    "purposes": [],
    "channels": [],
    "age_bands": [],
    "sexes": [],
    "criterion": "",
    "at_least": 1,
}


def draft_of(owner, person, indicator=None, note="", **content):
    cohort = Cohort.objects.filter(classes=[LIBRARY]).first() or CohortFactory()
    return save_draft(
        None,
        content={**CONTENT, **content},
        cohort=cohort,
        owner=owner,
        indicator=indicator,
        change_note=note,
        by=person,
        at=NOW,
    )


@pytest.fixture
def person(db):
    return PersonFactory()


@pytest.fixture
def published(viet_nam, person):
    return publish_draft(draft_of(viet_nam.north, person), starts_on=None, by=person, at=NOW).indicator


def test_published_draft_becomes_the_first_version_that_holds_always(published, viet_nam, person):
    (period,) = history(published)
    assert (period.version.number, period.version.starts_on, period.ends_on) == (1, None, None)
    assert content_of(period.version) == content_of(Indicator.objects.get())
    assert (published.code, published.owner) == ("luot-muon", viet_nam.north)


def test_publishing_again_gives_the_same_version(viet_nam, person):
    draft = draft_of(viet_nam.north, person)

    first = publish_draft(draft, starts_on=None, by=person, at=NOW)

    assert publish_draft(draft, starts_on=None, by=person, at=NOW) == first
    assert IndicatorVersion.objects.count() == 1


def test_two_indicators_of_one_name_have_two_codes(viet_nam, person):
    codes = [
        publish_draft(draft_of(viet_nam.north, person), starts_on=None, by=person, at=NOW).indicator_id
        for _ in range(2)
    ]

    assert codes == ["luot-muon", "luot-muon-2"]


def test_value_of_a_past_year_is_computed_by_the_version_of_its_time(viet_nam, person, published):
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(library, dt.date(2026, 3, 1), measure=MeasureCode.LOAN, quantity=4)
    make_posting(library, dt.date(2026, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=9)
    make_posting(library, dt.date(2027, 3, 1), measure=MeasureCode.LIBRARY_VISIT, quantity=20)
    second = draft_of(viet_nam.north, person, published, "Đếm lượt đến", measures=[MeasureCode.LIBRARY_VISIT])
    publish_draft(second, starts_on=dt.date(2027, 1, 1), by=person, at=NOW)
    pair = (published.code, published.cohort_id)

    found = {year: values_for(viet_nam.north, year, [pair], dt.date(2027, 6, 1))[pair] for year in (2025, 2026, 2027)}

    assert {year: (each.numerator, each.version) for year, each in found.items()} == {
        2025: (None, 1),
        2026: (4, 1),
        2027: (20, 2),
    }


def test_retired_indicator_is_computed_for_the_years_before_only(viet_nam, person, published):
    make_posting(InstitutionFactory(unit=viet_nam.xa), dt.date(2026, 3, 1), measure=MeasureCode.LOAN, quantity=4)
    retire_indicator(
        published, owner=viet_nam.north, ends_on=dt.date(2027, 1, 1), reason="Không dùng nữa", by=person, at=NOW
    )
    pair = (published.code, published.cohort_id)

    def state(year):
        return values_for(viet_nam.north, year, [pair], dt.date(2027, 6, 1))[pair].state

    assert (state(2026), state(2027)) == (ValueState.VALUE, ValueState.NOT_APPLICABLE)
    with pytest.raises(NotOurs):
        retire_indicator(published, owner=viet_nam.north, ends_on=dt.date(2028, 1, 1), reason="x", by=person, at=NOW)
    with pytest.raises(NotOurs):
        publish_draft(
            draft_of(viet_nam.north, person, published, "x", measures=[MeasureCode.RENEWAL]),
            starts_on=dt.date(2028, 1, 1),
            by=person,
            at=NOW,
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"measures": [MeasureCode.LOAN, MeasureCode.LIBRARY_VISIT]}, DefinitionRefused),
        ({"measures": []}, DefinitionRefused),
        ({"measures": ["no_such"]}, DefinitionRefused),
        ({"measures": [StockCode.ROOMS]}, DefinitionRefused),
        ({"kind": IndicatorKind.STOCK}, DefinitionRefused),
        ({"kind": IndicatorKind.STOCK, "measures": [StockCode.ROOMS, StockCode.ROOM_PLACES]}, DefinitionRefused),
        ({"kind": IndicatorKind.STOCK, "measures": [StockCode.ROOMS], "sexes": ["female"]}, DefinitionRefused),
        ({"kind": IndicatorKind.SHARE_OF_INSTITUTIONS, "measures": []}, DefinitionRefused),
        ({"kind": IndicatorKind.YES_NO, "criterion": "no/such", "measures": []}, DefinitionRefused),
        ({"kind": IndicatorKind.SHARE_OF_POPULATION}, DefinitionRefused),
        ({"kind": IndicatorKind.SHARE_OF_UNITS}, DefinitionRefused),
        ({"kind": IndicatorKind.GROWTH}, DefinitionRefused),
        ({"kind": IndicatorKind.GROWTH, "base_year": 2022, "over": [MeasureCode.RENEWAL]}, DefinitionRefused),
        ({"over": [StockCode.ROOMS]}, DefinitionRefused),
        ({"over": [MeasureCode.LOAN, MeasureCode.RENEWAL]}, DefinitionRefused),
        (
            {"kind": IndicatorKind.SHARE_OF_INSTITUTIONS, "measures": [MeasureCode.LOAN], "sexes": ["female"]},
            DefinitionRefused,
        ),
        ({"kind": IndicatorKind.YES_NO, "measures": [MeasureCode.LOAN], "age_bands": ["60+"]}, DefinitionRefused),
        ({"kind": IndicatorKind.STOCK, "measures": [StockCode.ACTIVE_USERS], "sexes": ["male"]}, DefinitionRefused),
        ({"measures": [MeasureCode.PROGRAMME_SESSION], "sexes": ["female"]}, DefinitionRefused),
    ],
)
def test_definition_that_says_nothing_or_adds_what_is_never_added_is_refused(viet_nam, person, change, refusal):
    load_definitions()

    with pytest.raises(refusal):
        draft_of(viet_nam.north, person, **change)


def test_what_is_not_ours_or_another_thing_is_refused(viet_nam, person, published):
    with pytest.raises(NotAnOwner):
        draft_of(viet_nam.xa, person)
    with pytest.raises(NotOurs):
        draft_of(viet_nam.south, person, published, "x", measures=[MeasureCode.RENEWAL])
    with pytest.raises(NotOurs):
        draft_of(viet_nam.north, person, IndicatorFactory(kind=IndicatorKind.COUNT, unit="lượt"), "x")
    with pytest.raises(KindChanged):
        draft_of(viet_nam.north, person, published, "x", kind=IndicatorKind.GROWTH, base_year=2022)
    with pytest.raises(KindChanged):
        draft_of(viet_nam.north, person, published, "x", unit="%")


def test_further_version_without_a_day_a_word_or_a_change_is_refused(viet_nam, person, published):
    changed = draft_of(viet_nam.north, person, published, "Đếm gia hạn", measures=[MeasureCode.RENEWAL])
    for day in (None, TODAY - dt.timedelta(days=1)):
        with pytest.raises(DayNotPossible):
            publish_draft(changed, starts_on=day, by=person, at=NOW)
    publish_draft(changed, starts_on=TODAY, by=person, at=NOW)
    again = draft_of(viet_nam.north, person, published, "", measures=[MeasureCode.LOAN])
    with pytest.raises(DayNotPossible):
        publish_draft(again, starts_on=TODAY, by=person, at=NOW)
    with pytest.raises(ChangeNotTold):
        publish_draft(again, starts_on=TODAY + dt.timedelta(days=1), by=person, at=NOW)
    same = draft_of(viet_nam.north, person, published, "x", measures=[MeasureCode.RENEWAL])
    with pytest.raises(NothingChanged):
        publish_draft(same, starts_on=TODAY + dt.timedelta(days=1), by=person, at=NOW)
    assert IndicatorVersion.objects.count() == 2


def test_published_draft_is_neither_changed_nor_thrown_away(viet_nam, person):
    draft = draft_of(viet_nam.north, person)
    publish_draft(draft, starts_on=None, by=person, at=NOW)

    with pytest.raises(DraftPublished):
        save_draft(draft, content=CONTENT, cohort=draft.cohort, owner=viet_nam.north, by=person, at=NOW)
    with pytest.raises(DraftPublished):
        discard_draft(draft, by=person, at=NOW)


def test_database_keeps_published_versions(published):
    version = published.versions.get()
    for change in ({"measures": ["renewal"]}, {"starts_on": TODAY}, {"number": 2}, {"kind": "growth"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            IndicatorVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()
    IndicatorVersion.objects.filter(pk=version.pk).update(name="Tên rõ hơn")


@pytest.mark.parametrize(
    ("number", "starts_on", "note"),
    [(1, None, ""), (2, None, "x"), (1, TODAY, ""), (2, TODAY, ""), (3, dt.date(2026, 1, 1), "x")],
)
def test_database_refuses_versions_that_would_overlap_or_say_nothing(published, number, starts_on, note):
    content = content_of(published.versions.get())
    IndicatorVersion.objects.create(
        indicator=published, number=2, starts_on=dt.date(2026, 6, 1), change_note="y", **content
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorVersion.objects.create(
            indicator=published, number=number, starts_on=starts_on, change_note=note, **content
        )


class VersionLaws(TestCase):
    """Whatever is published when, exactly one version holds on each day, and the head says what the newest says."""

    @settings(max_examples=cases(25))
    @given(st.lists(st.tuples(st.integers(-30, 700), st.integers(1, 50)), max_size=8))
    def test_versions_never_overlap(self, tries):
        unit, person = UnitFactory(tier="province"), PersonFactory()
        indicator = publish_draft(draft_of(unit, person), starts_on=None, by=person, at=NOW).indicator
        for days, at_least in tries:
            try:
                draft = draft_of(unit, person, indicator, "thay đổi", at_least=at_least)
                publish_draft(draft, starts_on=TODAY + dt.timedelta(days=days), by=person, at=NOW)
            except (DayNotPossible, NothingChanged):
                continue
        indicator.refresh_from_db()
        periods = history(indicator)[::-1]
        assert [each.version.number for each in periods] == list(range(1, len(periods) + 1))
        for one, other in itertools.pairwise(periods):
            assert one.ends_on == other.version.starts_on
            assert one.version.starts_on is None or one.version.starts_on < one.ends_on
        assert content_of(indicator) == content_of(periods[-1].version)
        for day in {TODAY, *(each.version.starts_on for each in periods if each.version.starts_on)}:
            holding = [
                each.version.number
                for each in periods
                if (each.version.starts_on is None or each.version.starts_on <= day)
                and (each.ends_on is None or day < each.ends_on)
            ]
            assert [definitions_on([indicator.code], day)[indicator.code].version] == holding


def test_new_joining_of_classes_is_kept_with_the_draft(viet_nam, person):
    from hocsuotdoi.indicators.queries.definitions import cohort_of_classes

    cohort = cohort_of_classes([InstitutionClass.MUSEUM_PROVINCE, LIBRARY])
    assert cohort._state.adding

    draft = save_draft(None, content=CONTENT, cohort=cohort, owner=viet_nam.north, by=person, at=NOW)

    assert draft.cohort.classes == [LIBRARY, InstitutionClass.MUSEUM_PROVINCE]
    assert draft.cohort.kind == CohortKind.INSTITUTIONS
    assert not cohort_of_classes([LIBRARY, InstitutionClass.MUSEUM_PROVINCE])._state.adding


def test_rules_and_queries_agree_on_which_kinds_are_told_by_sex_and_age():
    assert set(TOLD_BY_PERSON) == rules._BY_PERSON
