"""What shows that a task was done: read live, and counted for boards; both must say the same."""

import datetime as dt
import uuid

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.models import Session
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, InstitutionAgency, UnitReading
from hocsuotdoi.programme.enums import EvidenceVerdict as Verdict
from hocsuotdoi.programme.models import Assignment, AssignmentTally
from hocsuotdoi.programme.operations.assignment import decide_evidence
from hocsuotdoi.programme.operations.tally import count_evidence, count_for
from hocsuotdoi.programme.queries.evidence import SESSION, SHOWN, candidates, evidence_of
from tests.factories.accounts import make_unit, place
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.programme.conftest import held
from tests.support.depth import cases

APRIL = dt.date(2026, 4, 21)


def read(assignment, today):
    row = Assignment.objects.select_related("task__plan", "agency__unit").get(pk=assignment.pk)
    return evidence_of(row, today)


def counted(assignment, now) -> tuple:
    count_evidence(at=now, everything=True)
    tally = AssignmentTally.objects.get(assignment=assignment)
    return tally.happenings, tally.last_on, tally.met_on


def both(assignment, today, now) -> tuple:
    """What is read live, once it is known that the count says the same."""
    reading = read(assignment, today)
    live = reading.count, reading.last_on, reading.met_on
    assert counted(assignment, now) == live
    return live


@pytest.mark.parametrize(
    ("task", "activity", "counts"),
    [
        ({}, {}, 1),
        ({}, {"kind": "contest"}, 0),
        ({"themes": ["heritage"]}, {"themes": ["reading"]}, 0),
        ({"themes": ["heritage"]}, {"themes": ["reading", "heritage"]}, 1),
        ({"observances": ["book_day"]}, {}, 0),
        ({"observances": ["book_day"]}, {"kind": "contest", "observance": "book_day"}, 1),
        ({"programmes": ["new_rural"]}, {"programmes": ["reading_culture"]}, 0),
        ({"programmes": ["new_rural"]}, {"programmes": ["reading_culture", "new_rural"]}, 1),
        ({"activity_kinds": [], "programmes": ["new_rural"]}, {"kind": "contest", "programmes": ["new_rural"]}, 1),
    ],
)
def test_rule_finds_what_matches(task, activity, counts, assignment, reading_task, library_of_bac_kan, today, now):
    type(reading_task).objects.filter(pk=reading_task.pk).update(**task)
    held(library_of_bac_kan, **activity)
    assert both(assignment, today, now)[0] == counts


@pytest.mark.parametrize(
    ("day", "counts"),
    [(dt.date(2025, 12, 31), 0), (dt.date(2026, 1, 1), 1), (dt.date(2026, 12, 31), 1), (dt.date(2027, 1, 1), 0)],
)
def test_rule_counts_what_was_held_in_the_year(day, counts, assignment, library_of_bac_kan, today, now):
    held(library_of_bac_kan, day)
    assert both(assignment, today, now)[0] == counts


def test_rule_counts_from_the_day_it_begins(assignment, library_of_bac_kan, today, now):
    held(library_of_bac_kan)
    Assignment.objects.filter(pk=assignment.pk).update(starts_on=dt.date(2026, 5, 1))
    assert both(assignment, today, now)[0] == 0


def test_rule_counts_only_what_is_closed_and_in_the_ward(
    assignment, library_of_bac_kan, library_of_duc_xuan, today, now
):
    held(library_of_duc_xuan)
    planned = held(library_of_bac_kan)
    Session.objects.filter(pk=planned.pk).update(status="planned", closed_at=None, attended=None, revision=0)
    assert both(assignment, today, now)[0] == 0


def test_province_counts_what_its_wards_held(
    reading_task, department_of_thai_nguyen, library_of_bac_kan, library_of_duc_xuan, today, now
):
    held(library_of_bac_kan)
    held(library_of_duc_xuan)
    of_province = make_assignment(task=reading_task, agency=department_of_thai_nguyen)
    assert both(of_province, today, now)[0] == 2


def test_other_lines_count_only_what_they_run(
    reading_task, thai_nguyen, library_of_bac_kan, library_of_duc_xuan, today, now
):
    education = AgencyFactory(kind="education", unit=thai_nguyen)
    library_of_bac_kan.agencies.create(agency=education)
    held(library_of_bac_kan)
    held(library_of_duc_xuan)
    assert both(make_assignment(task=reading_task, agency=education), today, now)[0] == 1


def test_rule_is_met_on_the_day_of_the_last_that_was_needed(assignment, reading_task, library_of_bac_kan, today, now):
    type(reading_task).objects.filter(pk=reading_task.pk).update(at_least=2)
    held(library_of_bac_kan)
    assert both(assignment, today, now) == (1, APRIL, None)
    held(library_of_bac_kan, dt.date(2026, 6, 1))
    held(library_of_bac_kan, dt.date(2026, 7, 1))
    assert both(assignment, today, now) == (3, dt.date(2026, 7, 1), dt.date(2026, 6, 1))


def test_observance_days_are_met_when_something_was_held_for_each(
    assignment, reading_task, library_of_bac_kan, officer_of_bac_kan, today, now
):
    type(reading_task).objects.filter(pk=reading_task.pk).update(observances=["book_day", "museum_day"])
    held(library_of_bac_kan, observance="book_day")
    held(library_of_bac_kan, observance="book_day")
    assert both(assignment, today, now) == (2, APRIL, None)
    assert len(read(assignment, today).missing) == 1
    other = held(library_of_bac_kan, dt.date(2026, 5, 18))
    decide_evidence(
        assignment,
        source_kind=SESSION,
        source_id=other.pk,
        verdict=Verdict.ADDED,
        reason="Đúng Ngày Bảo tàng",
        by=officer_of_bac_kan,
        at=now,
    )
    assert both(assignment, today, now) == (3, dt.date(2026, 5, 18), dt.date(2026, 5, 18))


def test_session_of_two_programmes_is_evidence_of_each_once(plan, office_of_bac_kan, library_of_bac_kan, today, now):
    held(library_of_bac_kan, programmes=["new_rural", "reading_culture"])
    for programmes in (["new_rural"], ["reading_culture"], ["new_rural", "reading_culture"]):
        task = TaskFactory(plan=plan, clause__plan=plan, programmes=programmes)
        assert both(make_assignment(task=task, agency=office_of_bac_kan), today, now)[0] == 1


def test_people_reject_add_and_leave_to_the_rule_again(
    assignment, library_of_bac_kan, library_of_duc_xuan, officer_of_bac_kan, today, now
):
    own, others = held(library_of_bac_kan), held(library_of_duc_xuan, kind="contest")

    def say(session, verdict, minute):
        at = now + dt.timedelta(minutes=minute)
        decide_evidence(
            assignment,
            source_kind=SESSION,
            source_id=session.pk,
            verdict=verdict,
            reason="Vì",
            by=officer_of_bac_kan,
            at=at,
        )
        return both(assignment, today, now)[0]

    assert say(own, Verdict.REJECTED, 1) == 0
    assert [each.source_id for each in read(assignment, today).rejected] == [own.pk]
    assert say(own, Verdict.RESTORED, 2) == 1
    assert say(others, Verdict.ADDED, 3) == 2
    assert say(others, Verdict.RESTORED, 4) == 1


def test_ledger_shows_what_is_no_session_unless_it_was_taken_back(
    assignment, reading_task, library_of_bac_kan, today, now
):
    type(reading_task).objects.filter(pk=reading_task.pk).update(source_kinds=["library.rotation"], activity_kinds=[])
    posting = Posting.objects.create(
        institution=library_of_bac_kan,
        source_kind="library.rotation",
        source_id=uuid.uuid4(),
        occurred_on=APRIL,
        posted_at=now,
    )
    assert both(assignment, today, now)[0] == 1
    Posting.objects.create(
        institution=library_of_bac_kan,
        kind="reversal",
        source_kind="library.rotation",
        source_id=posting.source_id,
        occurred_on=APRIL,
        posted_at=now,
        reverses=posting,
        reason="Nhầm",
    )
    assert both(assignment, today, now)[0] == 0


def test_task_without_a_rule_is_shown_by_nothing(assignment, reading_task, today, now):
    type(reading_task).objects.filter(pk=reading_task.pk).update(activity_kinds=[])
    assert not read(assignment, today).has_rule
    assert count_evidence(at=now, everything=True) == 0


def test_candidates_are_what_the_rule_did_not_find(assignment, library_of_bac_kan, library_of_duc_xuan, today):
    held(library_of_duc_xuan)
    found, other = held(library_of_bac_kan), held(library_of_bac_kan, kind="contest")
    shown = candidates(assignment, today, but=[(SESSION, found.pk)])
    assert [each.source_id for each in shown] == [other.pk]
    assert (shown[0].title, shown[0].institution) == ("Ngày hội đọc sách", "Thư viện phường Bắc Kạn")


@pytest.mark.parametrize("how", ["class", "run by"])
def test_what_the_armed_forces_held_shows_no_task_of_the_ward(how, assignment, bac_kan, today, now):
    """They are asked, and report, on their own line; but what the armed forces' own body runs shows its own tasks."""
    command = AgencyFactory(unit=bac_kan, kind=AgencyKind.MILITARY)
    of_class = "library_armed_forces" if how == "class" else "library_commune"
    library = InstitutionFactory(institution_class=of_class, unit=bac_kan)
    InstitutionAgency.objects.create(institution=library, agency=command)
    held(library)
    assert both(assignment, today, now)[0] == 0
    assert candidates(assignment, today, but=()) == []
    assert both(make_assignment(task=assignment.task, agency=command), today, now)[0] == 1


def test_what_comes_from_no_clause_is_not_counted_and_keeps_nothing_from_being_counted(
    assignment, library_of_bac_kan, now
):
    alone = make_assignment(task=None, title="Gửi danh sách cộng tác viên", agency=assignment.agency)
    held(library_of_bac_kan)
    assert count_evidence(at=now) == 1
    assert not AssignmentTally.objects.filter(assignment=alone).exists()
    assert AssignmentTally.objects.get(assignment=assignment).happenings == 1


def _noted(institution, quantity: int, *, source_kind: str = "library.rotation") -> uuid.UUID:
    """Straight in the book, as a service posts it."""
    posting = post(
        source_kind=source_kind,
        source_id=uuid.uuid4(),
        institution=institution,
        occurred_on=APRIL,
        lines=[Line(measure="loan", quantity=quantity)],
        by=None,
        at=timezone.now(),
    )
    return posting.source_id


def test_candidates_are_of_any_service_where_something_was(
    assignment, library_of_bac_kan, library_of_duc_xuan, officer_of_bac_kan, today, now
):
    """Not another place's; once added it counts and is offered no more."""
    rotation = _noted(library_of_bac_kan, 40)
    _noted(library_of_duc_xuan, 7)
    (offered,) = candidates(assignment, today, but=())
    assert offered.key == ("library.rotation", rotation)
    decide_evidence(
        assignment,
        source_kind=offered.source_kind,
        source_id=offered.source_id,
        verdict=Verdict.ADDED,
        reason="Luân chuyển sách phục vụ ngày hội",
        by=officer_of_bac_kan,
        at=now,
    )
    assert both(assignment, today, now)[0] == 1
    assert candidates(assignment, today, but=read(assignment, today).known) == []


def test_candidates_beyond_the_latest_are_found_by_words(assignment, library_of_bac_kan, today):
    old = held(library_of_bac_kan, kind="contest", title="Thi kể chuyện Bác Hồ")
    for _each in range(SHOWN):
        held(library_of_bac_kan, kind="contest")
    Session.objects.filter(pk=old.pk).update(
        starts_at=F("starts_at") - dt.timedelta(days=9), ends_at=F("ends_at") - dt.timedelta(days=9)
    )
    latest = candidates(assignment, today, but=())
    assert (len(latest), old.pk in {each.source_id for each in latest}) == (SHOWN, False)
    assert [each.source_id for each in candidates(assignment, today, but=(), words="ke chuyen")] == [old.pk]
    assert candidates(assignment, today, but=(), words="kể chuyện cổ tích") == []


def test_what_the_rule_found_beyond_what_is_shown_is_no_candidate(assignment, library_of_bac_kan, today):
    for _each in range(SHOWN + 2):
        held(library_of_bac_kan)
    reading = read(assignment, today)
    assert (len(reading.shown), reading.count) == (SHOWN, SHOWN + 2)
    assert candidates(assignment, today, but=reading.known) == []


@pytest.fixture
def ended_ward(bac_kan, thai_nguyen, library_of_bac_kan) -> AdminUnit:
    """In which the library stood until May, when it became the ward of today."""
    ended_on = dt.date(2026, 5, 1)
    ward = make_unit("01841", "Phường trước đó", parent=thai_nguyen, ends_on=ended_on)
    UnitReading.objects.filter(unit=ward).delete()
    UnitReading.objects.create(unit=ward, reads_as=ward, ends_on=ended_on)
    UnitReading.objects.create(unit=ward, reads_as=bac_kan, starts_on=ended_on)
    library_of_bac_kan.placements.update(starts_on=ended_on)
    place(library_of_bac_kan, ward, ends_on=ended_on)
    return ward


def test_what_was_held_in_a_unit_until_it_ended_shows_the_task_of_its_office(
    reading_task, ended_ward, library_of_bac_kan, library_of_duc_xuan, today, now
):
    office = AgencyFactory(unit=ended_ward, ends_on=ended_ward.ends_on)
    held(library_of_bac_kan)
    held(library_of_duc_xuan)
    assignment = make_assignment(task=reading_task, agency=office)
    assert both(assignment, today, now)[:2] == (1, APRIL)
    afterwards = held(
        library_of_bac_kan, dt.date(2026, 9, 10)
    )  # by the new ward, whose office alone it shows as at work
    assert both(assignment, today, now)[:2] == (1, APRIL)
    assert afterwards.pk not in {each.source_id for each in candidates(assignment, today, but=())}
    afterwards.delete()
    count_evidence(at=timezone.now())
    later = held(library_of_bac_kan)
    at = timezone.now()
    Posting.objects.create(
        institution=library_of_bac_kan, source_kind=SESSION, source_id=later.pk, occurred_on=APRIL, posted_at=at
    )
    count_evidence(at=at)
    assert AssignmentTally.objects.get(assignment=assignment).happenings == 2


def test_what_a_body_of_another_line_ran_until_it_ended_shows_its_task(
    reading_task, thai_nguyen, library_of_bac_kan, today, now
):
    until = dt.date(2026, 5, 1)
    education = AgencyFactory(kind="education", unit=thai_nguyen, ends_on=until)
    library_of_bac_kan.agencies.create(agency=education, ends_on=until)
    held(library_of_bac_kan)
    assert both(make_assignment(task=reading_task, agency=education), today, now)[0] == 1
    handed_over = AgencyFactory(kind="education", unit=thai_nguyen)  # it stands, and runs the library no more
    library_of_bac_kan.agencies.create(agency=handed_over, ends_on=until)
    assert both(make_assignment(task=reading_task, agency=handed_over), today, now)[0] == 0


def test_count_looks_only_where_something_was_posted_since(
    assignment, reading_task, library_of_bac_kan, library_of_duc_xuan, duc_xuan, now
):
    make_assignment(task=reading_task, agency=AgencyFactory(unit=duc_xuan))
    at = timezone.now()
    assert count_evidence(at=at) == 2
    assert count_evidence(at=at) == 0
    session = held(library_of_bac_kan)
    Posting.objects.create(
        institution=library_of_bac_kan, source_kind=SESSION, source_id=session.pk, occurred_on=APRIL, posted_at=at
    )
    assert count_evidence(at=at) == 1
    assert AssignmentTally.objects.get(assignment=assignment).happenings == 1


def test_what_was_posted_long_before_a_decision_is_still_counted(
    assignment, reading_task, library_of_bac_kan, duc_xuan, officer_of_bac_kan, now
):
    """A decision about one assignment counts that one only: the others are still to be looked at."""
    other = make_assignment(task=reading_task, agency=AgencyFactory(unit=duc_xuan))
    at = timezone.now() - dt.timedelta(hours=3)
    count_evidence(at=at)
    session = held(library_of_bac_kan)
    Posting.objects.create(
        institution=library_of_bac_kan, source_kind=SESSION, source_id=session.pk, occurred_on=APRIL, posted_at=at
    )
    count_for([other.pk], at=timezone.now() + dt.timedelta(hours=1))
    count_evidence(at=timezone.now() + dt.timedelta(hours=1))
    assert AssignmentTally.objects.get(assignment=assignment).happenings == 1


@pytest.mark.slow
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(["reading_day", "contest"]),
            st.sampled_from(["", "book_day", "museum_day"]),
            st.integers(1, 12),
            st.sampled_from([None, Verdict.ADDED, Verdict.REJECTED]),
        ),
        max_size=6,
    ),
    st.sampled_from([[], ["book_day"], ["book_day", "museum_day"]]),
    st.integers(1, 3),
)
def test_count_is_what_is_read_live_whatever_was_held_and_said(
    assignment,
    reading_task,
    library_of_bac_kan,
    library_of_duc_xuan,
    officer_of_bac_kan,
    today,
    now,
    happened,
    observances,
    at_least,
):
    Session.objects.all().delete()
    assignment = make_assignment(
        task=TaskFactory(
            plan=reading_task.plan,
            clause=reading_task.clause,
            activity_kinds=["reading_day"],
            observances=observances,
            at_least=at_least,
        ),
        agency=assignment.agency,
    )
    for here, kind, observance, month, verdict in happened:
        where = library_of_bac_kan if here else library_of_duc_xuan
        session = held(where, dt.date(2026, month, 5), kind=kind, observance=observance)
        if verdict:
            decide_evidence(
                assignment,
                source_kind=SESSION,
                source_id=session.pk,
                verdict=verdict,
                reason="Vì",
                by=officer_of_bac_kan,
                at=now,
            )
    both(assignment, today, now)
