"""What criteria find and what a count is made of, read from the roll-up, against the book added up entry by entry."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.operations.rolling import fold
from hocsuotdoi.indicators.queries.answers import Asked, computed_answers
from hocsuotdoi.indicators.queries.frame import Expected, frame_of
from hocsuotdoi.indicators.queries.lineage import measure_total
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import children_of, units_reading_as
from tests.factories.indicators import CriteriaSetFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state
from tests.indicators.book import TODAY, found, play, step
from tests.support.depth import cases

VISIT, ATTENDANCE = MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_ATTENDANCE
CRITERIA = [
    ("visits", "quantity_at_least", {"measure": VISIT, "quantity": 4}),
    ("learning", "quantity_at_least", {"measure": ATTENDANCE, "purposes": ["learning"], "quantity": 3}),
    ("tagged", "quantity_at_least", {"measure": VISIT, "tags": ["club"], "quantity": 1}),
    ("either", "any_of_at_least", {"measures": [VISIT, ATTENDANCE], "quantity": 5}),
    ("months", "months_at_least", {"measure": VISIT, "months": 2}),
    ("any month", "months_at_least", {"months": 2}),
    ("ages", "age_bands_at_least", {"measure": ATTENDANCE, "bands": 2}),
]
DAYS = [TODAY, dt.date(2026, 1, 15), dt.date(2025, 12, 31), dt.date(2025, 6, 30), dt.date(2025, 8, 17)]


def asked_of(houses, unit: AdminUnit, day: dt.date) -> Asked:
    return Asked(frame_of(unit, day.year, day), [Expected(each.pk, each.institution_class, 0) for each in houses])


def added_up(criterion, institution: int, entries: list[Entry]) -> int:
    """The number a criterion rests on, from entries, one by one."""
    own, parameters = [each for each in entries if each.institution_id == institution], criterion.parameters
    if criterion.rule in ("quantity_at_least", "any_of_at_least"):
        sums: Counter[str] = Counter()
        for each in own:
            if parameters.get("purposes") and each.purpose not in parameters["purposes"]:
                continue
            if parameters.get("tags") and not set(parameters["tags"]) & set(each.tags):
                continue
            sums[each.measure] += each.quantity
        return max(sums[measure] for measure in parameters.get("measures", [parameters.get("measure")]))
    left: Counter[tuple] = Counter()
    for each in own:
        if "measure" not in parameters and PostingKind.HAPPENING not in kinds_of(each):
            continue  # what is asked without a measure is what was recorded here
        kind = each.occurred_on.month if criterion.rule == "months_at_least" else each.age_band
        if kind is not None and each.measure == parameters.get("measure", each.measure):
            left[each.measure, kind] += each.quantity
    return len({kind for (_measure, kind), quantity in left.items() if quantity > 0})


NEEDED = {
    "quantity_at_least": "quantity",
    "any_of_at_least": "quantity",
    "months_at_least": "months",
    "age_bands_at_least": "bands",
}


def knows(criterion, institution: int, entries: list[Entry]) -> bool:
    """Whether a no can be said: what is asked for stands there, or the institution records here. Visits and attendances
    are recorded together."""
    sums: Counter[str] = Counter()
    recorded, own, parameters = 0, [e for e in entries if e.institution_id == institution], criterion.parameters
    for each in own:
        recorded += (1 if each.quantity > 0 else -1) * (PostingKind.HAPPENING in kinds_of(each))
        if each.purpose in parameters.get("purposes", [each.purpose]):
            sums[each.measure] += each.quantity
    if recorded > 0 or ("measure" not in parameters and "measures" not in parameters and sums.total() > 0):
        return True
    measures = parameters.get("measures", [parameters.get("measure")])
    return all(sums[measure] > 0 for measure in measures)


def kinds_of(entry: Entry) -> set[str]:
    return {entry.posting.kind, entry.posting.reverses.kind if entry.posting.reverses else ""}


@pytest.mark.slow
@pytest.mark.django_db
class TestAgainstTheBook(TestCase):
    @given(st.lists(step, max_size=14))
    @settings(max_examples=cases(15), deadline=None, suppress_health_check=list(HealthCheck))
    def test_criteria_find_what_the_entries_add_up_to(self, steps):
        there, houses = found()
        play(steps, houses)
        criteria_set = CriteriaSetFactory(criteria=CRITERIA, classes=["library_commune", "museum_province", "bookcase"])
        criteria = list(criteria_set.criteria.select_related("criteria_set"))
        for day in DAYS:
            entries = list(
                Entry.objects.filter(occurred_on__range=(dt.date(day.year, 1, 1), day)).select_related(
                    "posting__reverses"
                )
            )
            answers = computed_answers(criteria, asked_of(houses, there.country, day))
            for criterion in criteria:
                there_is = {house.pk: added_up(criterion, house.pk, entries) for house in houses}
                assert {key: answer.found for key, answer in answers[criterion.pk].items()} == {
                    key: found
                    for key, found in there_is.items()
                    if found >= criterion.parameters[NEEDED[criterion.rule]] or knows(criterion, key, entries)
                }, (criterion.code, day)

    @given(st.lists(step, max_size=14))
    @settings(max_examples=cases(15), deadline=None, suppress_health_check=list(HealthCheck))
    def test_a_count_is_made_of_what_the_entries_add_up_to(self, steps):
        there, houses = found()
        play(steps, houses)
        for day in DAYS:
            entries = list(Entry.objects.filter(measure=VISIT, occurred_on__range=(dt.date(day.year, 1, 1), day)))
            for unit in (there.country, there.north, there.xa, there.old_north, there.old_b):
                total = measure_total(VISIT, unit, day.year, day)
                on = total.frame.map_day
                inside = {place.pk for place in units_reading_as(unit, on)}
                below = {
                    child.pk: {place.pk for place in units_reading_as(child, on)} for child in children_of(unit, on)
                }
                assert total.total == sum(each.quantity for each in entries if each.place_id in inside)
                assert {child.pk: quantity for child, quantity in total.children} == {
                    child: sum(each.quantity for each in entries if each.place_id in places)
                    for child, places in below.items()
                }
                here = inside - set().union(*below.values()) if below else inside
                at: Counter[int] = Counter()
                for each in entries:
                    if each.place_id in here:
                        at[each.institution_id] += each.quantity
                assert {house.pk: quantity for house, quantity in total.institutions} == {
                    key: at[key] for key in {each.institution_id for each in entries if each.place_id in here}
                }


def test_book_is_asked_for_marks_ages_and_broken_months_only(viet_nam, django_assert_num_queries):
    """Whatever the number of institutions and of criteria of a rule."""
    criteria_set = CriteriaSetFactory(criteria=CRITERIA)
    criteria = list(criteria_set.criteria.select_related("criteria_set"))
    houses = [InstitutionFactory(unit=viet_nam.xa)]
    make_posting(houses[0], TODAY, measure=VISIT)
    for more in range(2):
        fold()
        asked = asked_of(houses, viet_nam.xa, TODAY)
        with django_assert_num_queries(8):  # who reports (3), what was typed, quantities, of several, months, ages
            computed_answers(criteria, asked)
        houses += [InstitutionFactory(unit=viet_nam.xa) for _ in range(2 * (1 - more))]


def test_stated_zero_is_a_report_and_counts_as_nothing(viet_nam):
    """An institution that said it had nobody is not silent: the answer is no, and not unknown."""
    house = InstitutionFactory(unit=viet_nam.xa)
    silent = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2026), noon(TODAY), LIBRARY_VISIT=0)
    criteria_set = CriteriaSetFactory(criteria=CRITERIA[:1])
    criteria = list(criteria_set.criteria.select_related("criteria_set"))

    (answers,) = computed_answers(criteria, asked_of([house, silent], viet_nam.xa, TODAY)).values()

    assert {key: (answer.is_met, answer.found) for key, answer in answers.items()} == {house.pk: (False, 0)}
