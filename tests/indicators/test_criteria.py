import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from hocsuotdoi.indicators.enums import AnswerSource, AnswerValue, Outcome
from hocsuotdoi.indicators.models import CriteriaSet, CriterionAnswer
from hocsuotdoi.indicators.operations.answers import (
    Answer,
    ReasonMissing,
    UnknownCriterion,
    YearNotBegun,
    state_answers,
)
from hocsuotdoi.indicators.queries.criteria import Checklists, outcome_of, readings_of
from hocsuotdoi.indicators.queries.frame import expected_institutions, frame_of
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Purpose
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from hocsuotdoi.places.models import Equipment, OpeningHours, Room
from hocsuotdoi.places.queries.institutions import institutions_expected
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import AnswerFactory, CriteriaSetFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory, RoomFactory

TODAY = dt.date(2026, 11, 23)
YES, NO, NOT_APPLICABLE = AnswerValue.YES, AnswerValue.NO, AnswerValue.NOT_APPLICABLE
CLASSES = {InstitutionClass.LIBRARY_COMMUNE}


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(unit=viet_nam.xa)


def read(viet_nam, library, rule="", parameters=None, year=2026):
    """The reading of a checklist of one criterion at the library."""
    criteria_set = CriteriaSetFactory(criteria=[("asked", rule, parameters or {})])
    frame = frame_of(viet_nam.xa, year, TODAY)
    expected = {each.institution_id: each for each in expected_institutions(frame, CLASSES)}
    checklists = Checklists(frame, [criteria_set.indicator_id], list(expected.values()))
    reading = checklists.reading(criteria_set.indicator_id, expected[library.pk])
    assert reading.outcome == checklists.outcome(criteria_set.indicator_id, expected[library.pk])
    return reading


def computed(viet_nam, library, rule, parameters=None, year=2026):
    answer = read(viet_nam, library, rule, parameters, year).answers[0].computed
    return None if answer is None else (answer.is_met, answer.found)


def test_expected_institutions_are_those_of_the_register(viet_nam, library):
    for unit, state in [
        (viet_nam.old_b, InstitutionState.ACTIVE),
        (viet_nam.phuong, InstitutionState.SUSPENDED),
        (viet_nam.nam, InstitutionState.ACTIVE),
    ]:
        InstitutionFactory(unit=unit, state=state)
    for unit in [viet_nam.xa, viet_nam.north, viet_nam.country]:
        mine = {each.institution_id for each in expected_institutions(frame_of(unit, 2026, TODAY), CLASSES)}
        theirs = set(institutions_expected(unit, 2026, CLASSES, TODAY).values_list("pk", flat=True))
        assert mine == theirs


# -- rules --

SESSIONS = {"measure": MeasureCode.PROGRAMME_SESSION, "quantity": 2}


def test_quantity_of_a_silent_institution_is_not_known(viet_nam, library):
    assert computed(viet_nam, library, "quantity_at_least", SESSIONS) is None


def test_quantity_counts_the_year_only_and_not_what_was_taken_back(viet_nam, library):
    make_posting(library, dt.date(2025, 12, 31), measure=MeasureCode.PROGRAMME_SESSION)
    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    second = make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    assert computed(viet_nam, library, "quantity_at_least", SESSIONS) == (True, 2)

    reverse(second, reason="nhầm", by=None, at=noon(TODAY))

    assert computed(viet_nam, library, "quantity_at_least", SESSIONS) == (False, 1)


def test_quantity_with_purpose_and_tags_counts_only_those(viet_nam, library):
    make_posting(library, TODAY, measure=MeasureCode.MUSEUM_VISIT, quantity=4, purpose=Purpose.SIGHTSEEING)
    make_posting(library, TODAY, measure=MeasureCode.MUSEUM_VISIT, quantity=3, purpose=Purpose.STUDY_RESEARCH)
    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION, tags=["club", "arts"])
    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION, tags=["talk"])

    study = {"measure": MeasureCode.MUSEUM_VISIT, "purposes": ["study_research"], "quantity": 3}
    clubs = {"measure": MeasureCode.PROGRAMME_SESSION, "tags": ["class", "club"], "quantity": 1}

    assert computed(viet_nam, library, "quantity_at_least", study) == (True, 3)
    assert computed(viet_nam, library, "quantity_at_least", clubs) == (True, 1)


def test_any_of_never_adds_loans_and_visits(viet_nam, library):
    make_posting(library, TODAY, measure=MeasureCode.LOAN, quantity=3)
    make_posting(library, TODAY, measure=MeasureCode.LIBRARY_VISIT, quantity=4)
    parameters = {"measures": [MeasureCode.LOAN, MeasureCode.LIBRARY_VISIT], "quantity": 5}

    assert computed(viet_nam, library, "any_of_at_least", parameters) == (False, 4)


def test_months_count_those_in_which_something_stands(viet_nam, library):
    for month in (1, 1, 3):
        make_posting(library, dt.date(2026, month, 5), measure=MeasureCode.PROGRAMME_SESSION)
    taken_back = make_posting(library, dt.date(2026, 5, 5), measure=MeasureCode.PROGRAMME_SESSION)
    reverse(taken_back, reason="nhầm", by=None, at=noon(TODAY))
    make_posting(library, dt.date(2026, 7, 5), measure=MeasureCode.LOAN)

    sessions = {"measure": MeasureCode.PROGRAMME_SESSION, "months": 2}

    assert computed(viet_nam, library, "months_at_least", sessions) == (True, 2)
    assert computed(viet_nam, library, "months_at_least", {"months": 4}) == (False, 3)


def test_age_bands_count_known_ones(viet_nam, library):
    for band in (AgeBand.CHILD, AgeBand.CHILD, AgeBand.SENIOR, None):
        make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_ATTENDANCE, age_band=band)

    parameters = {"measure": MeasureCode.PROGRAMME_ATTENDANCE, "bands": 2}

    assert computed(viet_nam, library, "age_bands_at_least", parameters) == (True, 2)


@pytest.mark.parametrize(
    ("weekday", "closes_at", "answer"), [(0, "17:00", False), (0, "20:00", True), (6, "11:00", True)]
)
def test_opening_outside_office_hours_comes_from_the_opening_calendar(viet_nam, library, weekday, closes_at, answer):
    assert computed(viet_nam, library, "opens_evening_or_weekend") is None
    assert computed(viet_nam, library, "opening_hours_known") == (False, None)

    OpeningHours.objects.create(institution=library, weekday=weekday, opens_at="07:30", closes_at=closes_at)

    assert computed(viet_nam, library, "opens_evening_or_weekend") == (answer, None)
    assert computed(viet_nam, library, "opening_hours_known") == (True, None)


def test_register_answers_know_nothing_of_an_empty_register_entry(viet_nam, library):
    assert computed(viet_nam, library, "rooms_known") is None
    assert computed(viet_nam, library, "website_known") is None
    assert computed(viet_nam, library, "equipment_usable", {"kinds": ["sound"]}) is None

    RoomFactory(institution=library)
    library.website = "https://thuvien.example"
    library.save()

    assert computed(viet_nam, library, "rooms_known") == (True, None)
    assert computed(viet_nam, library, "website_known") == (True, None)


def test_equipment_counts_when_each_kind_can_be_used(viet_nam, library):
    both = {"kinds": ["sound", "light"]}
    Equipment.objects.create(institution=library, kind="sound", quantity=1, usable=1, checked_on=TODAY)
    light = Equipment.objects.create(institution=library, kind="light", quantity=4, usable=0, checked_on=TODAY)
    assert computed(viet_nam, library, "equipment_usable", both) == (False, None)

    light.usable = 3
    light.save()

    assert computed(viet_nam, library, "equipment_usable", both) == (True, None)


def known_at(year: int, entry: Equipment | Room, **values: object) -> None:
    """As the trail would have it, had somebody written so in that year."""
    row = {each.column: getattr(entry, each.attname) for each in entry._meta.concrete_fields} | values
    row |= {"pgh_obj_id": entry.pk, "pgh_label": "insert", "pgh_created_at": noon(dt.date(year, 6, 1))}
    holes = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:  # the model itself would write the moment of now
        cursor.execute(
            f"INSERT INTO {entry._meta.db_table}event ({', '.join(row)}) VALUES ({holes})", list(row.values())
        )


def test_what_is_bought_or_broken_later_rewrites_no_earlier_year(viet_nam, library):
    old = Equipment.objects.create(institution=library, kind="computer", quantity=1, usable=0, checked_on=TODAY)
    new = RoomFactory(institution=library)
    known_at(2023, old, usable=1)
    known_at(2026, old)
    known_at(2025, new)
    computers = {"kinds": ["computer"]}
    years = (2022, 2023, 2025, 2026)

    usable = [computed(viet_nam, library, "equipment_usable", computers, year=year) for year in years]
    assert usable == [(True, None)] * 3 + [(False, None)], "before the first entry, what the first entry says"

    other = RoomFactory(institution=library)
    known_at(2024, other)
    known = [computed(viet_nam, library, "rooms_known", year=year) for year in years]
    assert known == [(True, None)] * 4


# -- what holds --

YES_BY_BOOK = {"measure": MeasureCode.PROGRAMME_SESSION, "quantity": 1}


@pytest.mark.parametrize(
    ("book", "stated", "value", "basis"),
    [
        ("yes", None, YES, AnswerSource.LEDGER),
        ("yes", NO, YES, AnswerSource.LEDGER),
        ("yes", NOT_APPLICABLE, YES, AnswerSource.LEDGER),
        ("no", None, NO, AnswerSource.LEDGER),
        ("no", YES, NO, AnswerSource.LEDGER),
        ("no", NOT_APPLICABLE, NO, AnswerSource.LEDGER),
        ("silent", None, None, None),
        ("silent", YES, None, None),
        ("silent", NO, None, None),
        ("silent", NOT_APPLICABLE, None, None),
        ("never asked", YES, YES, AnswerSource.STAFF),
        ("never asked", NO, NO, AnswerSource.STAFF),
        ("never asked", NOT_APPLICABLE, None, None),
    ],
)
def test_statement_holds_by_itself_only_where_the_program_does_not_answer(
    viet_nam, library, book, stated, value, basis
):
    if book == "yes":
        make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    elif book == "no":
        make_posting(library, TODAY, measure=MeasureCode.LIBRARY_VISIT)
    rule, parameters = ("", {}) if book == "never asked" else ("quantity_at_least", YES_BY_BOOK)
    criteria_set = CriteriaSetFactory(criteria=[("asked", rule, parameters)])
    if stated:
        AnswerFactory(institution=library, indicator_code=criteria_set.indicator_id, value=stated)
    frame = frame_of(viet_nam.xa, 2026, TODAY)
    expected = expected_institutions(frame, CLASSES)

    answer = Checklists(frame, [criteria_set.indicator_id], expected).reading(criteria_set.indicator_id, expected[0])

    assert (answer.answers[0].value, answer.answers[0].basis) == (value, basis)
    found = {"yes": YES, "no": NO}.get(book)
    assert answer.answers[0].differ is (bool((rule or stated == NOT_APPLICABLE) and stated) and stated != found)


@pytest.mark.parametrize(
    ("values", "needed", "outcome"),
    [
        ([YES, YES, NO], 2, Outcome.MET),
        ([YES, YES, None], 2, Outcome.MET),
        ([YES, NO, None], 2, Outcome.UNKNOWN),
        ([YES, NO, NO], 2, Outcome.NOT_MET),
        ([None, None, None], 2, Outcome.UNKNOWN),
        ([None, NO, NO], 2, Outcome.NOT_MET),
        ([YES, NOT_APPLICABLE, NOT_APPLICABLE], 2, Outcome.MET),
        ([NOT_APPLICABLE, NOT_APPLICABLE], 1, Outcome.NOT_APPLICABLE),
    ],
)
def test_outcome_is_known_as_soon_as_nothing_can_change_it(values, needed, outcome):
    assert outcome_of(values, needed) == outcome


def test_criteria_set_of_another_time_is_not_used(viet_nam, library):
    criteria_set = CriteriaSetFactory(starts_on=dt.date(2027, 1, 1))
    frame = frame_of(viet_nam.xa, 2026, TODAY)

    assert Checklists(frame, [criteria_set.indicator_id], []).set_for(criteria_set.indicator_id, *CLASSES) is None


# -- stating --


@pytest.fixture
def asked(library):
    return CriteriaSetFactory(criteria=[("asked", "", {}), ("second", "", {})]).indicator_id


@pytest.fixture
def manager(db):
    return PersonFactory()


def test_stated_answer_is_kept_with_who_and_when_and_the_newest_holds(library, asked, manager):
    first = state_answers(library, year=2026, answers=[Answer(asked, "asked", NO)], by=manager, at=noon(TODAY))
    later = noon(TODAY) + dt.timedelta(minutes=1)
    state_answers(library, year=2026, answers=[Answer(asked, "asked", YES, "đã bổ sung")], by=manager, at=later)

    rows = CriterionAnswer.objects.order_by("answered_at")
    assert [row.value for row in rows] == [NO, YES]
    assert (first[0].answered_by, first[0].answered_at) == (manager.pk, noon(TODAY))


def test_stated_answer_repeated_adds_nothing(library, asked, manager):
    answers = [Answer(asked, "asked", YES)]
    state_answers(library, year=2026, answers=answers, by=manager, at=noon(TODAY))

    assert state_answers(library, year=2026, answers=answers, by=manager, at=noon(TODAY)) == []
    assert len(state_answers(library, year=2025, answers=answers, by=manager, at=noon(TODAY))) == 1


@pytest.mark.parametrize(
    ("criterion", "value", "note", "year", "refusal"),
    [
        ("no-such", YES, "", 2026, UnknownCriterion),
        ("asked", NOT_APPLICABLE, "  ", 2026, ReasonMissing),
        ("asked", YES, "", 2027, YearNotBegun),
    ],
)
def test_stated_answer_that_makes_no_sense_is_refused_with_all_others(
    library, asked, manager, criterion, value, note, year, refusal
):
    answers = [Answer(asked, "second", YES), Answer(asked, criterion, value, note)]

    with pytest.raises(refusal):
        state_answers(library, year=year, answers=answers, by=manager, at=noon(TODAY))

    assert not CriterionAnswer.objects.exists()


def test_stated_answer_changed_in_the_database_is_refused(library, asked):
    AnswerFactory(institution=library, indicator_code=asked)

    with pytest.raises(DatabaseError), transaction.atomic():
        CriterionAnswer.objects.update(value=NO)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnswerFactory(institution=library, indicator_code=asked, value=NOT_APPLICABLE, note="")


# -- versions of a checklist within a year --

SECOND = dt.date(2026, 7, 1)


def versions(*questions: str) -> str:
    """A checklist of one staff question, worded anew in July, and in August; the indicator's code."""
    indicator = IndicatorFactory()
    for at, question in enumerate(questions):
        starts_on = None if at == 0 else SECOND.replace(month=SECOND.month + at - 1)
        ends_on = None if at == len(questions) - 1 else SECOND.replace(month=SECOND.month + at)
        made = CriteriaSetFactory(indicator=indicator, version=at + 1, starts_on=starts_on, ends_on=ends_on)
        made.criteria.update(question=question)
    return indicator.code


def stated_value(library, indicator, day):
    ((answer,),) = [each.answers for each in readings_of([library], 2026, day, indicator)[library.pk]]
    return answer.stated and answer.stated.value


def say(library, indicator, manager, day, value=YES):
    return state_answers(library, year=2026, answers=[Answer(indicator, "asked", value)], by=manager, at=noon(day))


@pytest.mark.parametrize(
    ("second", "carries"), [("Có tủ sách không?", True), ("Có  tủ sách\nkhông?", True), ("Có máy tính không?", False)]
)
def test_answer_carries_over_to_the_next_version_of_a_checklist_in_the_same_words_only(
    library, manager, second, carries
):
    indicator = versions("Có tủ sách không?", second)
    say(library, indicator, manager, dt.date(2026, 3, 1))

    assert stated_value(library, indicator, dt.date(2026, 6, 30)) == YES
    assert stated_value(library, indicator, TODAY) == (YES if carries else None)

    again = say(library, indicator, manager, TODAY)

    assert len(again) == (0 if carries else 1), "the same word about another question is an answer of its own"
    assert stated_value(library, indicator, TODAY) == YES


def test_words_that_come_back_bring_their_answer_back(library, manager):
    indicator = versions("Có tủ sách không?", "Có máy tính không?", "Có tủ sách không?")
    say(library, indicator, manager, dt.date(2026, 3, 1), YES)
    say(library, indicator, manager, dt.date(2026, 7, 15), NO)

    told = [stated_value(library, indicator, day) for day in (dt.date(2026, 6, 1), dt.date(2026, 7, 20), TODAY)]

    assert told == [YES, NO, YES]


def test_answer_about_a_year_that_is_over_answers_the_version_of_its_last_day(library, manager):
    """Stated in the next year, when the checklist asks something else already."""
    indicator = versions("Có tủ sách không?", "Có máy tính không?")
    CriteriaSet.objects.filter(indicator=indicator, version=1).update(ends_on=dt.date(2027, 1, 1))
    CriteriaSet.objects.filter(indicator=indicator, version=2).update(starts_on=dt.date(2027, 1, 1))
    january = dt.date(2027, 1, 15)

    say(library, indicator, manager, january)

    assert stated_value(library, indicator, january) == YES


def test_outcome_counts_no_answer_to_other_words(viet_nam, library, manager):
    indicator = versions("Có tủ sách không?", "Có máy tính không?")
    say(library, indicator, manager, dt.date(2026, 3, 1))
    outcomes = []
    for day in (dt.date(2026, 6, 30), TODAY):
        frame = frame_of(viet_nam.xa, 2026, day)
        expected = expected_institutions(frame, CLASSES)
        outcomes += [Checklists(frame, [indicator], expected).outcome(indicator, each) for each in expected]

    assert outcomes == [Outcome.MET, Outcome.UNKNOWN]
