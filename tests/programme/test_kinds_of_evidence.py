"""What shows a task besides sessions: papers that were sent down, recordings that were watched."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.activities.queries.recording import RECORDING
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.programme.models import AssignmentTally
from hocsuotdoi.programme.operations.tally import count_for
from hocsuotdoi.programme.queries.evidence import evidence_of
from hocsuotdoi.programme.queries.kinds_of_evidence import PAPER_SENT, names_of_recordings, papers_sent, papers_sent_by
from hocsuotdoi.programme.registry import names_of_happenings
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import SOMEBODY, make_assignment
from tests.programme.conftest import held


def paper(sender, title: str, **fields) -> Paper:
    sent = {"state": PaperState.SENT, "sent_at": dt.datetime(2026, 5, 4, 3, tzinfo=dt.UTC), "sent_by": SOMEBODY}
    given = {
        "title": title,
        "is_public": True,
        "kind": "guideline",
        "issuer": "Sở",
        "sender": sender,
        "starts_on": dt.date(2026, 5, 4),
    }
    return Paper.objects.create(**{**given, **sent, **fields})


@pytest.fixture
def assignment(plan, department_of_thai_nguyen):
    task = TaskFactory(clause__plan=plan, plan=plan, evidence=PAPER_SENT, tiers=["province"])
    return make_assignment(task=task, agency=department_of_thai_nguyen)


def test_paper_sent_down_shows_the_task(assignment, department_of_thai_nguyen, office_of_bac_kan, thai_nguyen, today):
    paper(office_of_bac_kan, "Của phường")
    paper(department_of_thai_nguyen, "Còn soạn", state=PaperState.DRAFT, sent_at=None, sent_by=None)
    paper(department_of_thai_nguyen, "Năm trước", sent_at=dt.datetime(2025, 5, 4, tzinfo=dt.UTC))
    assert evidence_of(assignment, today).count == 0
    paper(department_of_thai_nguyen, "Hướng dẫn")
    reading = evidence_of(assignment, today)
    assert (reading.count, reading.named[0][0], reading.met_on) == (1, "Hướng dẫn", dt.date(2026, 5, 4))
    count_for([assignment.pk], at=timezone.now())
    assignment.refresh_from_db()
    assert (assignment.tally.happenings, assignment.tally.met_on) == (1, dt.date(2026, 5, 4))
    assert [each.title for each in papers_sent(thai_nguyen, 2026)] == ["Hướng dẫn"]


def test_paper_that_not_everybody_may_read_is_told_without_its_title(
    assignment, department_of_thai_nguyen, thai_nguyen, today
):
    command = AgencyFactory(unit=thai_nguyen, kind=AgencyKind.MILITARY)
    paper(command, "MẬT: của quân đội")
    assert evidence_of(assignment, today).count == 0
    paper(department_of_thai_nguyen, "Chỉ gửi các phòng", is_public=False, number="7/HD-SVHTTDL")
    paper(department_of_thai_nguyen, "Không số", is_public=False)
    titles = [title for title, *_rest in evidence_of(assignment, today).named]
    assert titles == ["Văn bản 7/HD-SVHTTDL", "Văn bản đã gửi xuống"]


@pytest.mark.parametrize("kind", [AgencyKind.EDUCATION, AgencyKind.MILITARY, AgencyKind.FINANCE])
def test_what_culture_sent_shows_no_task_of_another_branch(
    kind, assignment, department_of_thai_nguyen, thai_nguyen, today
):
    other = make_assignment(task=assignment.task, agency=AgencyFactory(unit=thai_nguyen, kind=kind))
    paper(department_of_thai_nguyen, "Hướng dẫn")
    count_for([assignment.pk, other.pk], at=timezone.now())
    assert (evidence_of(other, today).count, AssignmentTally.objects.get(assignment=other).happenings) == (0, 0)
    assert AssignmentTally.objects.get(assignment=assignment).happenings == 1


def test_what_was_sent_before_the_task_began_shows_nothing_and_what_is_asked_once_keeps_its_evidence(
    assignment, department_of_thai_nguyen, plan
):
    """4 May 2026 is the day of the papers."""
    type(assignment).objects.filter(pk=assignment.pk).update(starts_on=dt.date(2026, 6, 1))
    assignment.refresh_from_db()
    once = make_assignment(
        task=assignment.task, agency=department_of_thai_nguyen, year=None, starts_on=dt.date(2025, 1, 1)
    )
    paper(department_of_thai_nguyen, "Hướng dẫn")
    for day in (dt.date(2026, 12, 1), dt.date(2027, 1, 2)):
        assert evidence_of(assignment, day).count == 0
        assert evidence_of(once, day).count == 1
        count_for([assignment.pk, once.pk], at=timezone.make_aware(dt.datetime.combine(day, dt.time(8))))
        tallies = AssignmentTally.objects.filter(assignment__in=[assignment, once]).order_by("assignment")
        assert [each.happenings for each in tallies] == [0, 1]


@pytest.mark.parametrize("number", [1, 3])
def test_papers_of_many_units_in_one_query(
    number, department_of_thai_nguyen, office_of_bac_kan, today, django_assert_num_queries
):
    for each in range(number):
        paper(office_of_bac_kan, f"Văn bản {each}")
    with django_assert_num_queries(1):
        found = papers_sent_by([department_of_thai_nguyen.unit_id, office_of_bac_kan.unit_id], 2026)
    assert len(found[office_of_bac_kan.unit_id]) == number


def test_recording_is_called_as_its_activity(library_of_bac_kan):
    session = held(library_of_bac_kan, title="Đọc sách trên mạng")
    assert names_of_recordings([session.pk]) == {session.pk: "Đọc sách trên mạng"}
    assert names_of_happenings(RECORDING, [session.pk]) == {session.pk: "Đọc sách trên mạng"}
