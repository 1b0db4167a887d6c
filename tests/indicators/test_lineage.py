import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome
from hocsuotdoi.indicators.queries.lineage import lineage, measure_total, rows_for
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.values import counts_for, values_for, values_from
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.ledger.queries.entries import posting_lines, posting_story
from hocsuotdoi.places.enums import Tier
from tests.factories.indicators import AnswerFactory, CohortFactory, CriteriaSetFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import Country
from tests.support.depth import cases

TODAY = dt.date(2026, 11, 23)
VISIT = MeasureCode.LIBRARY_VISIT


def test_lineage_leads_from_the_country_to_provinces_and_institutions(viet_nam):
    criteria_set, cohort = CriteriaSetFactory(), CohortFactory()
    good, bad = InstitutionFactory(name="A", unit=viet_nam.xa), InstitutionFactory(name="B", unit=viet_nam.nam)
    AnswerFactory(institution=good, indicator_code=criteria_set.indicator_id, value="yes")
    AnswerFactory(institution=bad, indicator_code=criteria_set.indicator_id, value="no")

    found = lineage(criteria_set.indicator_id, cohort.code, viet_nam.country, 2026, TODAY)

    assert (found.value.numerator, found.value.denominator) == (1, 2)
    assert {child.unit.name: child.numerator for child in found.children} == {"Bắc": 1, "Nam": 0}
    assert [(row.institution_id, row.outcome) for row in found.rows] == [
        (good.pk, Outcome.MET),
        (bad.pk, Outcome.NOT_MET),
    ]


def test_lineage_of_growth_shows_both_years_and_who_is_not_compared(viet_nam):
    cohort = CohortFactory()
    indicator = IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[VISIT], base_year=2025)
    steady, new, silent = (InstitutionFactory(name=name, unit=viet_nam.xa) for name in "ABC")
    closed = InstitutionFactory(name="D", unit=viet_nam.xa, state="closed")
    for library, day, quantity in [
        (steady, dt.date(2025, 3, 1), 10),
        (steady, dt.date(2026, 3, 1), 12),
        (new, dt.date(2026, 3, 1), 7),
        (closed, dt.date(2025, 3, 1), 4),
    ]:
        make_posting(library, day, measure=VISIT, quantity=quantity)

    for unit in (viet_nam.xa, viet_nam.country):
        rows = lineage(indicator.code, cohort.code, unit, 2026, TODAY).rows

        assert [(row.institution_id, row.base_quantity, row.quantity, row.is_compared) for row in rows] == [
            (steady.pk, 10, 12, True),
            (new.pk, None, 7, False),
            (silent.pk, None, None, False),
            (closed.pk, 4, None, False),
        ]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": IndicatorKind.COUNT},
        {"kind": IndicatorKind.COUNT, "sexes": ["female"]},
        {"kind": IndicatorKind.GROWTH},
        {"kind": IndicatorKind.STOCK, "measures": ["institutions_open"]},
        {"kind": IndicatorKind.SHARE_OF_INSTITUTIONS, "at_least": 3},
        {"kind": IndicatorKind.YES_NO},
        {"kind": IndicatorKind.SHARE_OF_INSTITUTIONS, "measures": []},
    ],
    ids=str,
)
def test_country_page_by_page_has_the_rows_that_all_have_together(viet_nam, asked):
    """Whoever moved, closed, has changed its class or has everything taken back is in the same place of both."""
    cohort, indicator = CohortFactory(), IndicatorFactory(**{"measures": [VISIT], **asked})
    CriteriaSetFactory(indicator=indicator)
    houses = [InstitutionFactory(name=name, unit=unit) for name, unit in zip("ABC", viet_nam.communes, strict=True)]
    houses.append(InstitutionFactory(name="D", unit=viet_nam.north, state="closed"))
    for number, house in enumerate(houses):
        for day in (dt.date(2025, 3, 1), dt.date(2026, 3, 1)):
            posting = make_posting(house, day, measure=VISIT, quantity=number + 2, sex="female")
    reverse(posting, reason="nhầm", by=None, at=noon(TODAY))

    found = lineage(indicator.code, cohort.code, viet_nam.country, 2026, TODAY)

    material = Material(found.frame, [viet_nam.country], [(indicator.code, cohort.code)])
    assert list(found.rows) == rows_for(material, viet_nam.country, found.indicator, found.cohort)
    assert [found.rows[1], *found.rows[1:3]] == [found.rows[1], *list(found.rows)[1:3]]
    assert found.value == values_from(material)[indicator.code, cohort.code][viet_nam.country.pk]


def test_lineage_takes_the_same_queries_for_one_and_three_institutions(viet_nam, django_assert_max_num_queries):
    criteria_set, cohort = CriteriaSetFactory(), CohortFactory()
    InstitutionFactory(unit=viet_nam.xa)
    with django_assert_max_num_queries(23):
        lineage(criteria_set.indicator_id, cohort.code, viet_nam.country, 2026, TODAY)
    for unit in viet_nam.communes:
        InstitutionFactory(unit=unit)
    with django_assert_max_num_queries(23):
        lineage(criteria_set.indicator_id, cohort.code, viet_nam.country, 2026, TODAY)


def test_measure_total_is_made_of_the_units_below_and_at_the_commune_of_institutions(viet_nam):
    first, second = InstitutionFactory(name="A", unit=viet_nam.old_a), InstitutionFactory(name="B", unit=viet_nam.xa)
    at_province = InstitutionFactory(name="C", unit=viet_nam.north)
    for library, quantity in [(first, 3), (second, 4), (at_province, 5)]:
        make_posting(library, TODAY, measure=VISIT, quantity=quantity)

    country = measure_total(VISIT, viet_nam.country, 2026, TODAY)
    north = measure_total(VISIT, viet_nam.north, 2026, TODAY)
    commune = measure_total(VISIT, viet_nam.xa, 2026, TODAY)

    assert (country.total, country.children) == (12, [(viet_nam.north, 12), (viet_nam.south, 0)])
    assert (north.total, north.institutions) == (12, [(at_province, 5)])
    assert sorted(north.children, key=lambda each: each[1]) == [(viet_nam.phuong, 0), (viet_nam.xa, 7)]
    assert (commune.total, commune.institutions) == (7, [(first, 3), (second, 4)])


def test_posting_lines_of_an_institution_add_up_to_its_total_and_show_what_was_taken_back(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(library, TODAY, measure=VISIT, quantity=3)
    wrong = make_posting(library, TODAY, measure=VISIT, quantity=30)
    reversal = reverse(wrong, reason="thừa số 0", by=None, at=noon(TODAY))

    lines = list(posting_lines(library, dt.date(2026, 1, 1), TODAY, [VISIT]))

    assert sum(line["quantity"] for line in lines) == 3
    assert {line["posting_id"] for line in lines if line["is_reversed"]} == {wrong.pk}
    assert [line["posting__reason"] for line in lines if line["posting_id"] == reversal.pk] == ["thừa số 0"]


def test_posting_story_has_entries_and_the_reversal(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    wrong = make_posting(library, TODAY, measure=VISIT, quantity=30)
    assert posting_story(wrong).reversal is None
    reversal = reverse(wrong, reason="thừa số 0", by=None, at=noon(TODAY))

    story = posting_story(wrong)

    assert [entry.quantity for entry in story.entries] == [30]
    assert (story.reversal, story.others, story.source) == (reversal, [reversal], None)


happenings = st.lists(
    st.tuples(
        st.sampled_from(["old_a", "old_b", "old_c", "old_d", "xa", "phuong", "nam"]),
        st.sampled_from([dt.date(2024, 5, 1), dt.date(2025, 3, 1), dt.date(2025, 9, 1), dt.date(2026, 2, 1)]),
        st.integers(1, 90),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.slow
class TestLaws(TestCase):
    """Over a reform, in any order, with anything taken back."""

    @given(happenings, st.randoms(use_true_random=False))
    @settings(max_examples=cases(12), deadline=None, suppress_health_check=list(HealthCheck))
    def test_additive_totals_agree_on_every_map_and_in_every_order(self, happenings, order: random.Random):
        viet_nam = Country()
        libraries = {name: InstitutionFactory(unit=getattr(viet_nam, name)) for name in NAMES}
        for library in libraries.values():
            library.placements.update(starts_on=None, ends_on=None)
        order.shuffle(happenings)
        standing = {2024: 0, 2025: 0, 2026: 0}
        for name, day, quantity, stands in happenings:
            posting = make_posting(libraries[name], day, measure=VISIT, quantity=quantity)
            if stands:
                standing[day.year] += quantity
            else:
                reverse(posting, reason="nhầm", by=None, at=noon(TODAY))
        assert Posting.objects.filter(kind=PostingKind.REVERSAL).count() == sum(not h[3] for h in happenings)
        maps = [
            [viet_nam.country],
            viet_nam.provinces,
            viet_nam.communes,
            [viet_nam.old_north, viet_nam.old_south],
            [viet_nam.old_huyen, viet_nam.old_huyen_nam],
            [viet_nam.old_a, viet_nam.old_b, viet_nam.old_c, viet_nam.old_d],
        ]
        for year, total in standing.items():
            for units in maps:
                assert sum(counts_for(unit, year, TODAY)[VISIT] for unit in units) == total

    @given(st.lists(st.tuples(st.sampled_from(["xa", "phuong", "nam"]), st.sampled_from(["yes", "no", None]))))
    @settings(max_examples=cases(12), deadline=None, suppress_health_check=list(HealthCheck))
    def test_share_of_a_unit_is_made_from_its_childrens_numerators_and_denominators(self, libraries):
        viet_nam = Country()
        criteria_set, cohort = CriteriaSetFactory(), CohortFactory()
        units = CohortFactory(kind=CohortKind.UNITS, tier=Tier.COMMUNE)
        for name, answer in libraries:
            library = InstitutionFactory(unit=getattr(viet_nam, name))
            if answer:
                AnswerFactory(institution=library, indicator_code=criteria_set.indicator_id, value=answer)
        for code in (cohort.code, units.code):
            pair = (criteria_set.indicator_id, code)

            def parts(some, pair=pair):
                values = [values_for(unit, 2026, [pair], TODAY)[pair] for unit in some]
                return [
                    sum(getattr(value, part) or 0 for value in values)
                    for part in ("numerator", "denominator", "reporting", "expected")
                ]

            assert parts([viet_nam.country]) == parts(viet_nam.provinces) == parts(viet_nam.communes)


NAMES = ["old_a", "old_b", "old_c", "old_d", "xa", "phuong", "nam"]
