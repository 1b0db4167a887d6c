import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.enums import ActivityStatus, Face
from hocsuotdoi.activities.models import Rating
from hocsuotdoi.activities.operations.activity import cancel_session
from hocsuotdoi.activities.operations.rating import (
    LONGEST_NOTE,
    LONGEST_WORDS,
    BadRating,
    NotRatable,
    note_session,
    rate_session,
)
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.roll import close_session, set_tally
from hocsuotdoi.activities.queries.outcome import compared_with_last_time, ratings_of, words_about
from tests.factories.activities import ActivityFactory, RatingFactory, SessionFactory, local

KEY = uuid.UUID("0193a000-0000-7000-8000-000000000071")


def rate(session, at, face=Face.HAPPY, key=None, **more):
    return rate_session(session, face=face, form_key=key or uuid.uuid4(), at=at, **more)


def test_rate_session_keeps_a_face_and_words(morning, during):
    rate(morning, during, words="  Rất vui!\x00 ")

    rating = Rating.objects.get()
    assert (rating.session, rating.face, rating.words, rating.registration) == (morning, 3, "Rất vui!", None)


def test_rate_session_by_the_same_form_changes_the_face_and_keeps_the_words(morning, during):
    rate(morning, during, face=Face.SAD, key=KEY, words="Nóng quá")
    rate(morning, during, face=Face.HAPPY, key=KEY)

    assert [(rating.face, rating.words) for rating in Rating.objects.all()] == [(3, "Nóng quá")]


def test_rate_session_by_a_registration_counts_once_from_any_page(morning, now, during):
    mai = register(morning, name="Mai", form_key=uuid.uuid4(), at=now)
    rate(morning, during, face=Face.SAD, registration=mai)
    rate(morning, during, face=Face.SO_SO, registration=mai)

    assert ratings_of(morning).so_so == ratings_of(morning).all == 1


@pytest.mark.parametrize("face", [0, 4, -1])
def test_rate_session_with_no_such_face_is_refused(morning, during, face):
    with pytest.raises(BadRating):
        rate(morning, during, face=face)
    assert not Rating.objects.exists()


def test_rate_session_with_too_many_words_is_refused_and_changes_nothing(morning, during):
    rate(morning, during, key=KEY, words="Hay")
    with pytest.raises(BadRating):
        rate(morning, during, key=KEY, words="a" * (LONGEST_WORDS + 1))
    assert Rating.objects.get().words == "Hay"


def test_rate_session_before_it_starts_or_long_after_is_refused(morning, now):
    for at in (now, morning.ends_at + dt.timedelta(days=31)):
        with pytest.raises(NotRatable):
            rate(morning, at)


def test_rate_session_that_is_cancelled_or_a_draft_is_refused(morning, library_of_bac_kan, now, during):
    cancel_session(morning, reason="Mưa lũ", by=None, at=now)
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    for session in (morning, SessionFactory(activity=draft)):
        with pytest.raises(NotRatable):
            rate(session, during)


def test_rate_session_stops_without_a_registration_when_all_who_came_have_rated(morning, now, during):
    mai = register(morning, name="Mai", form_key=uuid.uuid4(), at=now)
    set_tally(morning, cells={(None, None): 2}, by=None, at=during)
    close_session(morning, by=None, at=during)
    rate(morning, during)
    rate(morning, during)
    with pytest.raises(NotRatable):
        rate(morning, during)
    rate(morning, during, registration=mai)
    assert ratings_of(morning).all == 3


def test_rating_with_an_impossible_face_is_refused_by_the_database(morning):
    with pytest.raises(IntegrityError, match="rating_has_a_face"), transaction.atomic():
        RatingFactory(session=morning, face=9)


def test_words_about_come_latest_first_without_empty_ones(morning, during):
    rate(morning, during, words="Một")
    rate(morning, during)
    rate(morning, during + dt.timedelta(minutes=1), words="Hai")

    assert [said.words for said in words_about(morning)] == ["Hai", "Một"]


def test_note_session_is_kept_also_after_closing(morning, during):
    close_session(morning, nobody_came=True, by=None, at=during)
    note_session(morning, note="Nên thuê thêm ghế", by=None, at=during)
    with pytest.raises(BadRating):
        note_session(morning, note="a" * (LONGEST_NOTE + 1), by=None, at=during)
    morning.refresh_from_db()
    assert morning.note == "Nên thuê thêm ghế"


def test_compared_with_last_time_finds_the_one_copied_or_the_same_title(reading_day, morning, during, now):
    set_tally(morning, cells={(None, None): 12}, by=None, at=during)
    close_session(morning, by=None, at=during)
    rate(morning, during)
    SessionFactory(activity=reading_day, starts_at=local(2026, 12, 1))
    again = ActivityFactory(
        institution=reading_day.institution, title=reading_day.title, created_at=now + dt.timedelta(days=1)
    )
    copied = ActivityFactory(institution=reading_day.institution, title="Khác", copied_from=reading_day)

    outcome = compared_with_last_time(reading_day)
    assert (outcome.now.planned, outcome.now.held, outcome.now.came, outcome.now.each) == (2, 1, 12, 12)
    assert (outcome.now.ratings.happy, outcome.last, outcome.more_each) == (1, None, None)
    for other in (again, copied):
        compared = compared_with_last_time(other)
        assert (compared.last.activity, compared.last.came, compared.now.held) == (reading_day, 12, 0)


@pytest.mark.parametrize("sessions", [1, 3])
def test_compared_with_last_time_needs_the_same_queries(reading_day, now, sessions, django_assert_num_queries):
    for _session in range(sessions):
        SessionFactory(activity=reading_day)
    with django_assert_num_queries(4):
        compared_with_last_time(reading_day)
