"""A training of staff counts as staff trained, and as nothing else."""

import datetime as dt
import uuid
from collections import Counter

import pytest
from django.urls import reverse as address

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.roll import (
    SOURCE_KIND,
    WalkIn,
    close_session,
    correct_session,
    mark_all_present,
    posting_of,
    set_tally,
)
from hocsuotdoi.indicators.enums import ValueState
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.queries.values import counts_for, values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus
from hocsuotdoi.programme.enums import Recurrence
from hocsuotdoi.programme.models import AssignmentTally
from hocsuotdoi.programme.operations.tally import count_evidence
from hocsuotdoi.programme.queries.evidence import evidence_of
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.programme import PlanFactory, TaskFactory
from tests.factories.running import make_assignment

KEY = uuid.UUID("0193a000-0000-7000-8000-000000000009")


@pytest.fixture
def training(library_of_bac_kan) -> Session:
    activity = ActivityFactory(institution=library_of_bac_kan, kind="staff_training", title="Tập huấn nghiệp vụ")
    return SessionFactory(activity=activity, number=1)


def figures(session: Session) -> Counter:
    total: Counter = Counter()
    for entry in Entry.objects.filter(posting__in=Posting.objects.filter(source_id=session.pk)):
        total[entry.measure] += entry.quantity
    return Counter({measure: quantity for measure, quantity in total.items() if quantity})


def test_close_session_posts_each_who_came_as_trained_and_nothing_else(training, now, during):
    mai = register(training, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now, learner_key=KEY)
    mark_all_present(training, by=None, at=during)
    set_tally(training, cells={("female", "18-34"): 25, ("male", "35-59"): 4}, by=None, at=during)

    _session, posting = close_session(training, by=None, at=during)

    rows = Entry.objects.filter(posting=posting)
    assert {(e.measure, e.sex, e.age_band, e.learner_key, e.channel, e.purpose): e.quantity for e in rows} == {
        ("staff_trained", None, None, KEY, "on_site", None): 1,
        ("staff_trained", "female", "18-34", None, "on_site", None): 25,
        ("staff_trained", "male", "35-59", None, "on_site", None): 4,
    }
    assert {tuple(e.tags) for e in rows} == {("staff_training",)}
    training.refresh_from_db()
    assert (mai.pk, training.attended) == (training.attendances.get().pk, 30)


def test_the_yearly_indicator_of_trained_staff_is_told_and_the_publics_are_not_touched(
    training, bac_kan, library_of_bac_kan, during
):
    load_definitions()
    InstitutionStatus.objects.create(institution=library_of_bac_kan, state=InstitutionState.ACTIVE)
    trained = "staff_trained_yearly", "institution_all"
    before = values_for(bac_kan, 2026, [trained], during.date())[trained]
    set_tally(training, cells={(None, None): 30}, by=None, at=during)

    close_session(training, by=None, at=during)

    after = values_for(bac_kan, 2026, [trained], during.date())[trained]
    assert (before.state, after.state, after.numerator) == (ValueState.NOT_REPORTED, ValueState.VALUE, 30)
    of_public = [MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE, MeasureCode.LIBRARY_VISIT]
    counts = counts_for(bac_kan, 2026, during.date())
    assert [counts[measure] for measure in of_public] == [0, 0, 0]


def test_a_training_that_nobody_came_to_is_closed_with_nothing_and_put_right_later(training, during, afterwards):
    close_session(training, nobody_came=True, by=None, at=during)
    assert (figures(training), training.status) == ({}, "planned")
    training.refresh_from_db()
    assert (training.status, training.attended) == ("closed", 0)

    walk_in = WalkIn(name="Páo", form_key=KEY)
    correct_session(training, reason="Có người đến", walk_ins=[walk_in], by=None, at=afterwards)
    assert figures(training) == {"staff_trained": 1}

    (line,) = training.attendances.all()
    correct_session(training, reason="Nhầm", present={line.pk: 0}, by=None, at=afterwards)
    assert (figures(training), posting_of(Session.objects.get(pk=training.pk)).revision) == ({}, 3)


def test_a_training_posted_as_a_session_for_the_public_is_put_right_when_its_roll_is(training, during, afterwards):
    """As it was counted before decision 0135."""
    set_tally(training, cells={(None, None): 30}, by=None, at=during)
    Session.objects.filter(pk=training.pk).update(status="closed", closed_at=during, attended=30, revision=1)
    post(
        training.institution,
        source_kind=SOURCE_KIND,
        source_id=training.pk,
        occurred_on=training.held_on,
        lines=[Line("programme_session", 1), Line("programme_attendance", 30), Line("library_visit", 30)],
        by=None,
        at=during,
    )

    correct_session(training, reason="Đếm lại", cells={(None, None): 29}, by=None, at=afterwards)

    assert figures(training) == {"staff_trained": 29}


def test_a_task_to_hold_trainings_finds_it_and_boards_count_it(training, thai_nguyen, office_of_bac_kan, during):
    plan = PlanFactory(unit=thai_nguyen, code="kh-tap-huan")
    asked = {"clause__plan": plan, "plan": plan, "recurrence": Recurrence.YEARLY, "tiers": ["commune"]}
    tasks = [
        TaskFactory(text="Tổ chức tập huấn", activity_kinds=["staff_training"], **asked),
        TaskFactory(text="Cán bộ được tập huấn", activity_kinds=[], measures=["staff_trained"], **asked),
        TaskFactory(text="Tổ chức buổi đọc sách", activity_kinds=[], measures=["programme_session"], **asked),
    ]
    handed = {"due_on": during.date(), "handed_at": during - dt.timedelta(days=90)}
    assignments = [make_assignment(task=task, agency=office_of_bac_kan, **handed) for task in tasks]
    set_tally(training, cells={(None, None): 30}, by=None, at=during)
    close_session(training, by=None, at=during)

    count_evidence(at=during, everything=True)

    live = [evidence_of(assignment, during.date()).count for assignment in assignments]
    counted = [AssignmentTally.objects.get(assignment=assignment).happenings for assignment in assignments]
    assert live == counted == [1, 1, 0]


def test_page_says_before_closing_what_it_counts_as(client, librarian_of_bac_kan, training):
    client.force_login(librarian_of_bac_kan)
    close = address("workspace:activities-session-close", args=[training.pk])
    page = client.get(close).content.decode()
    assert "tính là lượt cán bộ được tập huấn" in page
    assert "tính là một buổi" not in page

    client.post(close, {"nobody_came": "1"})

    training.refresh_from_db()
    assert (training.status, figures(training)) == ("closed", {})
