"""The one letter a day, played day by day with the acts of the real jobs: who is told, and quiet once it is done."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import Wording, enter_paper, send_paper, withdraw_paper
from hocsuotdoi.papers.operations.reading import note_read
from hocsuotdoi.papers.queries.unread import unread_today
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus
from hocsuotdoi.programme.enums import AssignmentState as State
from hocsuotdoi.programme.models import Assignment, Digest
from hocsuotdoi.programme.operations import digest
from hocsuotdoi.programme.operations.assignment import report_progress
from hocsuotdoi.programme.queries.papers_to_tell import URL, paper_lines
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.running import make_assignment

DUE = dt.date(2026, 11, 20)
SENT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)  # 15:00 in Viet Nam


def morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(7)))


def letters(day: dt.date) -> dict[str, str]:
    """What the jobs of one morning send: bodies of letters by address."""
    before = len(mail.outbox)
    digest.climb(day=day, at=morning(day))
    digest.write_digests(day=day, at=morning(day))
    digest.send_digests(at=morning(day) + dt.timedelta(minutes=5))
    return {letter.to[0]: letter.body for letter in mail.outbox[before:]}


# -- late tasks --


@pytest.fixture
def chairman(bac_kan, office_of_bac_kan):
    """Of the office above the one that is to do it."""
    body = AgencyFactory(kind="peoples_committee", unit=bac_kan, name="Ủy ban nhân dân phường Bắc Kạn")
    office_of_bac_kan.lines_up.create(superior=body, kind="administrative")
    person = PersonFactory(full_name="Chủ tịch phường", email="chu-tich@mau.example")
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=body)
    return person


def test_late_task_climbs_from_the_unit_to_its_office_to_the_province_and_is_then_quiet(
    assignment, officer_of_bac_kan, chairman, province_officer, librarian_of_bac_kan, auditor
):
    told = {days: sorted(letters(DUE + dt.timedelta(days=days))) for days in range(25)}
    unit, office, province = officer_of_bac_kan.email, chairman.email, province_officer.email
    assert {days: who for days, who in told.items() if who} == {1: [unit], 7: [office], 14: [province]}
    assert Digest.objects.count() == 3


@pytest.mark.parametrize("done_after", [0, 3, 10])
def test_who_has_done_it_is_left_in_peace_and_so_is_everybody_above(
    done_after, assignment, officer_of_bac_kan, chairman, province_officer
):
    told = []
    for days in range(20):
        day = DUE + dt.timedelta(days=days)
        if days == done_after:
            row = Assignment.objects.get(pk=assignment.pk)
            report_progress(row, state=State.DONE, version=row.version, by=officer_of_bac_kan, at=morning(day))
        told += [days for _letter in letters(day)]
    assert told == [days for days in (1, 7, 14) if days < done_after]


def test_ten_late_tasks_are_one_letter(assignment, reading_task, officer_of_bac_kan, bac_kan, office_of_bac_kan):
    for number in range(9):
        make_assignment(
            title=f"Việc {number}", agency=office_of_bac_kan, due_on=DUE, handed_at=assignment.handed_at, task=None
        )
    (body,) = letters(DUE + dt.timedelta(days=1)).values()
    assert body.count("/workspace/tasks/") == 11  # each task, and the list
    assert letters(DUE + dt.timedelta(days=2)) == {}


# -- papers --


@pytest.fixture
def paper(department_of_thai_nguyen, province_officer, library_of_bac_kan, library_of_duc_xuan, office_of_bac_kan):
    """Sent in the afternoon of 2 March to the communes' bodies and libraries, to be read by the 10th."""
    for library in (library_of_bac_kan, library_of_duc_xuan):
        InstitutionStatus.objects.create(institution=library, state=InstitutionState.ACTIVE)
    return sent(department_of_thai_nguyen, province_officer, read_by=dt.date(2026, 3, 10))


def sent(sender, by, **more) -> Paper:
    given = {
        "title": "Hướng dẫn tổ chức ngày hội đọc sách",
        "number": "12/HD-SVHTTDL",
        "kind": "guideline",
        "issuer": "Sở VHTTDL",
        "text": "Điều 1. Tổ chức hằng năm.",
        "to_tiers": ["commune"],
        "to_classes": ["library_commune"],
    }
    draft = enter_paper(sender, wording=Wording(**{**given, **more}), by=by, at=SENT)
    send_paper(draft, version=draft.version, by=by, at=SENT, day=SENT.date())
    return Paper.objects.get(pk=draft.pk)


def told_in_march(until: int = 15) -> dict[int, list[str]]:
    found = {number: sorted(letters(dt.date(2026, 3, number))) for number in range(2, until)}
    return {number: who for number, who in found.items() if who}


def test_unread_paper_is_told_when_it_comes_before_its_day_and_after_it(
    paper, officer_of_bac_kan, librarian_of_bac_kan, reader, planner
):
    """Everybody at a place that got it, once each time; nobody who got nothing."""
    both = sorted([officer_of_bac_kan.email, librarian_of_bac_kan.email])
    assert told_in_march() == {3: both, 8: both, 11: both}
    first, _soon, late = (m.body for m in mail.outbox if m.to == [officer_of_bac_kan.email])
    assert "Hướng dẫn tổ chức ngày hội đọc sách" in first
    assert reverse("portal:papers-paper-detail", args=[paper.pk]) in first
    assert first != late
    assert URL.format(pk=paper.pk) == reverse("portal:papers-paper-detail", args=[paper.pk])


def test_read_paper_is_not_told_again_to_anybody_there(
    paper, officer_of_bac_kan, librarian_of_bac_kan, library_of_bac_kan
):
    colleague = PersonFactory(full_name="Bế Thị Lan")
    RoleAssignmentFactory(person=colleague, role=RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan)
    assert len(letters(dt.date(2026, 3, 3))) == 3
    note_read(paper, by=colleague, at=SENT + dt.timedelta(days=2), day=dt.date(2026, 3, 4))
    assert set(letters(dt.date(2026, 3, 8))) == {officer_of_bac_kan.email}
    note_read(paper, by=officer_of_bac_kan, at=SENT + dt.timedelta(days=8), day=dt.date(2026, 3, 10))
    assert letters(dt.date(2026, 3, 11)) == {}


def test_paper_read_between_writing_and_sending_is_not_told(paper, officer_of_bac_kan):
    day = dt.date(2026, 3, 3)
    assert digest.write_digests(day=day, at=morning(day)) == 1
    note_read(paper, by=officer_of_bac_kan, at=morning(day), day=day)
    digest.send_digests(at=morning(day))
    assert (Digest.objects.get().state, mail.outbox) == ("dropped", [])


def test_withdrawn_paper_and_one_that_holds_no_more_are_not_told(
    paper, officer_of_bac_kan, province_officer, department_of_thai_nguyen
):
    sent(department_of_thai_nguyen, province_officer, number="13/HD", ends_on=dt.date(2026, 3, 3))
    withdraw_paper(paper, reason="Nhầm", by=province_officer, at=SENT)
    assert told_in_march() == {}


def test_paper_that_asks_for_no_receipt_is_told_once(
    library_of_bac_kan, officer_of_bac_kan, province_officer, department_of_thai_nguyen
):
    sent(department_of_thai_nguyen, province_officer, must_read=False, read_by=dt.date(2026, 3, 10))
    assert told_in_march() == {3: [officer_of_bac_kan.email]}


def test_paper_and_late_task_are_one_letter(paper, assignment, officer_of_bac_kan):
    Assignment.objects.filter(pk=assignment.pk).update(due_on=dt.date(2026, 3, 2), handed_at=SENT)
    (body,) = letters(dt.date(2026, 3, 3)).values()
    assert "Tổ chức ngày hội đọc sách" in body
    assert "12/HD-SVHTTDL" in body
    assert Digest.objects.get().sources == ["tasks", "papers"]


@pytest.mark.parametrize("number", [1, 3])
def test_people_are_found_in_a_fixed_number_of_queries(
    number, paper, library_of_bac_kan, office_of_bac_kan, django_assert_num_queries
):
    for _each in range(number):
        RoleAssignmentFactory(person=PersonFactory(), role=RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan)
        RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, unit=office_of_bac_kan.unit)
    with django_assert_num_queries(3):
        assert len(unread_today(dt.date(2026, 3, 3))) == 2 * number
    one = next(iter(unread_today(dt.date(2026, 3, 3))))
    assert set(paper_lines(dt.date(2026, 3, 3), [one])) == {one}
