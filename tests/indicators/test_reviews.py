"""Decisions about statements against the book: what the act refuses, what the database keeps."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from hocsuotdoi.indicators.enums import AnswerValue, OverrideState, Verdict
from hocsuotdoi.indicators.models import CriterionReview
from hocsuotdoi.indicators.operations.answers import Answer, OverrideWithoutReason, ReasonMissing, state_answers
from hocsuotdoi.indicators.operations.reviews import (
    AlreadyReviewed,
    NothingToReview,
    OwnStatement,
    ReviewReasonMissing,
    review_answer,
)
from hocsuotdoi.indicators.queries.criteria import reading_of
from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CriteriaSetFactory, ReviewFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
TWO_SESSIONS = {"measure": MeasureCode.PROGRAMME_SESSION, "quantity": 2}


@pytest.fixture
def library(viet_nam):
    """Held one session of the two that are asked for."""
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    return library


@pytest.fixture
def indicator(library):
    return CriteriaSetFactory(criteria=[("asked", "quantity_at_least", TWO_SESSIONS)]).indicator_id


@pytest.fixture
def staff(db):
    return PersonFactory()


@pytest.fixture
def reviewer(db):
    return PersonFactory()


def state(library, indicator, staff, value=AnswerValue.YES, note="Một buổi chưa ghi", minutes=0):
    (answer,) = state_answers(
        library,
        year=2026,
        answers=[Answer(indicator, "asked", value, note)],
        by=staff,
        at=NOW + dt.timedelta(minutes=minutes),
    )
    return answer


def accept(answer, reviewer, verdict=Verdict.ACCEPTED, reason="Có biên bản"):
    return review_answer(answer, verdict=verdict, reason=reason, by=reviewer, at=NOW)


def holds(answer):
    reading = reading_of(answer, TODAY)
    return reading.value, reading.override


def test_statement_against_the_book_needs_a_reason(library, indicator, staff):
    with pytest.raises(OverrideWithoutReason):
        state(library, indicator, staff, note=" ")
    state(library, indicator, staff, value=AnswerValue.NO, note="")  # says what was found


@pytest.mark.parametrize(
    ("verdict", "value", "override"),
    [
        (None, AnswerValue.NO, OverrideState.AWAITING),
        (Verdict.ACCEPTED, AnswerValue.YES, OverrideState.ACCEPTED),
        (Verdict.REJECTED, AnswerValue.NO, OverrideState.REJECTED),
    ],
)
def test_statement_holds_only_when_accepted(library, indicator, staff, reviewer, verdict, value, override):
    answer = state(library, indicator, staff)
    if verdict:
        review = accept(answer, reviewer, verdict)
        assert (review.found, review.found_quantity, review.found_needed) == (AnswerValue.NO, 1, 2)

    assert holds(answer) == (value, override)


def test_accepted_statement_lapses_when_the_book_finds_something_else(library, indicator, staff, reviewer):
    answer = state(library, indicator, staff, value=AnswerValue.NOT_APPLICABLE)
    accept(answer, reviewer)
    assert holds(answer) == (AnswerValue.NOT_APPLICABLE, OverrideState.ACCEPTED)

    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)

    assert holds(answer) == (AnswerValue.YES, OverrideState.LAPSED)


def test_who_states_again_after_the_book_changed_asks_for_a_decision_again(library, indicator, staff, reviewer):
    accept(state(library, indicator, staff, value=AnswerValue.NOT_APPLICABLE), reviewer)
    make_posting(library, TODAY, measure=MeasureCode.PROGRAMME_SESSION)

    again = state(library, indicator, staff, value=AnswerValue.NOT_APPLICABLE, minutes=1)

    assert holds(again) == (AnswerValue.YES, OverrideState.AWAITING)
    accept(again, reviewer)
    assert holds(again) == (AnswerValue.NOT_APPLICABLE, OverrideState.ACCEPTED)


# -- where the program would answer and has found nothing --


@pytest.fixture
def silent(viet_nam):
    return InstitutionFactory(unit=viet_nam.xa)


@pytest.mark.parametrize("value", AnswerValue.values)
def test_nobody_says_alone_what_the_book_would_say(silent, indicator, staff, reviewer, value):
    """The institution has recorded nothing: its word about what the book counts needs a second one."""
    with pytest.raises((OverrideWithoutReason, ReasonMissing)):
        state(silent, indicator, staff, value=AnswerValue(value), note=" ")
    answer = state(silent, indicator, staff, value=AnswerValue(value))
    assert holds(answer) == (None, OverrideState.AWAITING)
    with pytest.raises(OwnStatement):
        accept(answer, staff)

    review = accept(answer, reviewer)

    assert (review.found, review.found_quantity, review.found_needed) == ("", None, None)
    assert holds(answer) == (value, OverrideState.ACCEPTED)


def test_a_word_that_was_not_accepted_leaves_it_unknown(silent, indicator, staff, reviewer):
    answer = state(silent, indicator, staff)
    accept(answer, reviewer, Verdict.REJECTED)

    assert holds(answer) == (None, OverrideState.REJECTED)


def test_what_was_accepted_of_a_silent_book_lapses_when_it_speaks(silent, indicator, staff, reviewer):
    answer = state(silent, indicator, staff)
    accept(answer, reviewer)
    make_posting(silent, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    assert holds(answer) == (AnswerValue.NO, OverrideState.LAPSED)

    make_posting(silent, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    assert holds(answer) == (AnswerValue.YES, None)


def test_review_that_must_not_be_is_refused(library, indicator, staff, reviewer):
    answer = state(library, indicator, staff)
    with pytest.raises(OwnStatement):
        accept(answer, staff)
    with pytest.raises(ReviewReasonMissing):
        accept(answer, reviewer, reason=" ")
    newer = state(library, indicator, staff, note="Có ảnh chụp", minutes=1)
    with pytest.raises(NothingToReview):
        accept(answer, reviewer)
    accept(newer, reviewer)
    with pytest.raises(AlreadyReviewed):
        accept(newer, reviewer, Verdict.REJECTED)
    same = state(library, indicator, staff, value=AnswerValue.NO, note="", minutes=2)
    with pytest.raises(NothingToReview):
        accept(same, reviewer)
    assert CriterionReview.objects.get().answer_id == newer.pk


def test_database_keeps_reviews_and_the_second_pair_of_eyes(library, indicator, staff):
    answer = state(library, indicator, staff)
    for wrong in ({"reviewed_by": staff.pk}, {"reason": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewFactory(answer=answer, **wrong)
    ReviewFactory(answer=answer)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewFactory(answer=answer)
    with pytest.raises(DatabaseError), transaction.atomic():
        CriterionReview.objects.update(verdict=Verdict.REJECTED)
    with pytest.raises(DatabaseError), transaction.atomic():
        CriterionReview.objects.all().delete()
