import datetime as dt

import pytest

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.recording import MOST_VIEWS, BadViews, RecordingRefused, count_recording_views
from hocsuotdoi.activities.operations.roll import close_session, correct_session, set_tally
from hocsuotdoi.activities.operations.wording import Unreadable
from hocsuotdoi.activities.queries.outcome import compared_with_last_time
from hocsuotdoi.activities.queries.recording import recording_postings, views_by_activity, views_of
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.soundness import contradictions
from tests.factories.activities import ActivityFactory, SessionFactory, local


@pytest.fixture
def closed(morning, during) -> Session:
    """Twelve came."""
    set_tally(morning, cells={(None, None): 12}, by=None, at=during)
    return close_session(morning, by=None, at=during)[0]


def figures() -> dict[str, int]:
    sums: dict[str, int] = {}
    for entry in Entry.objects.all():
        sums[entry.measure] = sums.get(entry.measure, 0) + entry.quantity
    return {measure: number for measure, number in sums.items() if number}


ROLL = {"programme_session": 1, "programme_attendance": 12, "library_visit": 12}


def test_views_are_a_figure_of_their_own(closed, afterwards, librarian_of_bac_kan):
    posting = count_recording_views(closed, views=340, by=librarian_of_bac_kan, at=afterwards)

    assert figures() == ROLL | {"recording_view": 340}
    entry = Entry.objects.get(measure="recording_view")
    assert (entry.channel, entry.occurred_on, entry.sex, entry.learner_key) == ("online", closed.held_on, None, None)
    assert set(entry.tags) == {"reading_day", "reading", "heritage_day"}
    assert posting.posted_by == librarian_of_bac_kan.pk
    closed.refresh_from_db()
    assert closed.attended == 12
    outcome = compared_with_last_time(closed.activity).now
    assert (outcome.came, outcome.recording_views, views_of(closed)) == (12, 340, 340)


def test_the_same_number_again_counts_once(closed, afterwards):
    for _twice in range(2):
        count_recording_views(closed, views=340, by=None, at=afterwards)

    assert Posting.objects.filter(source_kind="activities.recording").count() == 1


def test_another_number_takes_the_first_back_with_a_reason(closed, afterwards):
    count_recording_views(closed, views=340, by=None, at=afterwards)

    with pytest.raises(Unreadable):
        count_recording_views(closed, views=410, by=None, at=afterwards)
    late = afterwards + dt.timedelta(days=90)
    count_recording_views(closed, views=410, reason="Đếm lại sau 30 ngày", by=None, at=late)

    assert figures() == ROLL | {"recording_view": 410}
    assert [(line.people, line.reason) for line in recording_postings(closed)] == [
        (340, ""),
        (-340, "Đếm lại sau 30 ngày"),
        (410, ""),
    ]
    assert contradictions() == []


def test_a_number_is_taken_back_and_given_again(closed, afterwards):
    count_recording_views(closed, views=340, by=None, at=afterwards)
    assert count_recording_views(closed, views=0, reason="Nhầm buổi", by=None, at=afterwards) is None
    assert figures() == ROLL

    count_recording_views(closed, views=5, reason="Đúng buổi này", by=None, at=afterwards)

    assert figures() == ROLL | {"recording_view": 5}


def test_a_first_number_is_taken_until_the_thirtieth_day(closed):
    with pytest.raises(RecordingRefused):
        count_recording_views(closed, views=1, by=None, at=local(2026, 12, 24, 0))
    count_recording_views(closed, views=1, by=None, at=local(2026, 12, 23, 23))

    assert figures()["recording_view"] == 1


@pytest.mark.parametrize("views", [-1, MOST_VIEWS + 1, 10**30])
def test_a_number_that_nobody_can_have_counted_is_refused(closed, afterwards, views):
    with pytest.raises(BadViews):
        count_recording_views(closed, views=views, by=None, at=afterwards)
    assert figures() == ROLL


def test_a_session_that_is_not_closed_has_no_recording(morning, afterwards):
    with pytest.raises(RecordingRefused):
        count_recording_views(morning, views=3, by=None, at=afterwards)
    assert not Posting.objects.exists()


def test_a_corrected_roll_and_the_recording_leave_each_other_alone(closed, afterwards):
    count_recording_views(closed, views=340, by=None, at=afterwards)

    correct_session(closed, cells={(None, None): 15}, reason="Đếm sót", by=None, at=afterwards)

    assert figures()["recording_view"] == 340
    assert figures()["programme_attendance"] == 15


def test_views_of_several_activities_are_told_apart_in_one_query(
    closed, reading_day, afterwards, django_assert_num_queries
):
    other = SessionFactory(activity=ActivityFactory(institution=reading_day.institution), starts_at=closed.starts_at)
    close_session(other, nobody_came=True, by=None, at=afterwards)
    count_recording_views(closed, views=340, by=None, at=afterwards)
    count_recording_views(other, views=7, by=None, at=afterwards)

    with django_assert_num_queries(1):
        views = views_by_activity([reading_day, other.activity])

    assert views == {reading_day.pk: 340, other.activity_id: 7}
