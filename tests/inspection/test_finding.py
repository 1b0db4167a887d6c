"""Findings, opinion, closing, tasks that follow, looking again."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from hocsuotdoi.inspection.enums import Severity, VisitState
from hocsuotdoi.inspection.models import VisitFinding
from hocsuotdoi.inspection.operations import closing
from hocsuotdoi.inspection.operations import finding as acts
from hocsuotdoi.inspection.operations.seeing import begin_visit
from hocsuotdoi.inspection.queries import answering
from hocsuotdoi.places.models import InstitutionAgency
from hocsuotdoi.programme.models import Assignment
from tests.factories.places import AgencyFactory
from tests.inspection.conftest import answer_all


@pytest.fixture
def going_on(visit, inspector, now):
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    return visit


def shortcoming(visit, by, at, **given):
    said = {"severity": Severity.SHORTCOMING, "text": "Chưa mở buổi tối", "demand": "Mở cửa một buổi tối"}
    said["due_on"] = at.date() + dt.timedelta(days=30)
    return acts.add_finding(visit, **{**said, **given}, by=by, at=at)


def close(visit, by, at, **given):
    said = {"conclusion": "Cơ bản tốt", "met": "Bà Lan, phụ trách", "version": visit.version}
    closing.close_visit(visit, **{**said, **given}, by=by, at=at)


def test_what_is_to_be_mended_becomes_one_task_of_whoever_runs_the_institution(going_on, inspector, now, bac_kan):
    office = AgencyFactory(unit=bac_kan)
    InstitutionAgency.objects.create(institution=going_on.institution, agency=office)
    found = shortcoming(going_on, inspector, now)
    acts.add_finding(going_on, severity=Severity.PRAISE, text="Sổ sách tốt", by=inspector, at=now)
    close(going_on, inspector, now)
    task = Assignment.objects.get()
    assert (task.origin, task.agency, task.due_on) == (f"inspection.finding:{found.pk}", office, found.due_on)
    assert "Mở cửa một buổi tối" in task.title
    assert (going_on.state, going_on.closed_by) == (VisitState.CLOSED, inspector.pk)


def test_without_a_body_of_its_own_the_nearest_office_for_culture_answers(
    going_on, inspector, now, office_of_bac_kan, department_of_thai_nguyen
):
    shortcoming(going_on, inspector, now)
    close(going_on, inspector, now)
    assert Assignment.objects.get().agency == office_of_bac_kan


def test_nobody_to_answer_holds_the_closing_up_with_the_way_out(going_on, inspector, now, monkeypatch):
    shortcoming(going_on, inspector, now)
    monkeypatch.setattr(answering, "ANSWERING", [])
    with pytest.raises(closing.NotClosed, match="sổ đăng ký"):
        close(going_on, inspector, now)
    going_on.refresh_from_db()
    assert going_on.state == VisitState.UNDER_WAY


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"demand": ""}, "demand"),
        ({"due_on": None}, "due_on"),
        ({"due_on": dt.date(2020, 1, 1)}, "due_on"),
    ],
)
def test_a_shortcoming_says_what_and_until_when(going_on, inspector, now, given, field):
    with pytest.raises(acts.BadFinding) as refusal:
        shortcoming(going_on, inspector, now, **given)
    assert refusal.value.field == field


def test_closing_asks_for_conclusion_partner_answers_and_the_newest_version(visit, inspector, now):
    with pytest.raises(acts.NotOpen):
        close(visit, inspector, now)
    begin_visit(visit, by=inspector, at=now)
    with pytest.raises(closing.NotClosed, match="câu hỏi"):
        close(visit, inspector, now)
    answer_all(visit, inspector, now)
    for given in ({"conclusion": ""}, {"met": " "}):
        with pytest.raises(closing.NotClosed):
            close(visit, inspector, now, **given)
    with pytest.raises(acts.NotOpen):
        close(visit, inspector, now, version=visit.version + 1)
    close(visit, inspector, now)
    with pytest.raises(acts.NotOpen):
        close(visit, inspector, now)


def test_the_institution_speaks_until_the_visit_is_closed(going_on, inspector, manager_of_bac_kan, now):
    say = {"met": "Nông Văn Dũng", "opinion": "Chúng tôi nhất trí", "by": manager_of_bac_kan, "at": now}
    acts.state_opinion(going_on, **say, version=going_on.version)
    assert going_on.opinion == "Chúng tôi nhất trí"
    with pytest.raises(acts.NotOpen):
        acts.state_opinion(going_on, **say, version=going_on.version - 1)
    close(going_on, inspector, now)
    with pytest.raises(acts.NotOpen):
        acts.state_opinion(going_on, **say, version=going_on.version)


def test_after_closing_nothing_is_written_and_the_database_says_so_too(going_on, inspector, now, office_of_bac_kan):
    found = shortcoming(going_on, inspector, now)
    removed = shortcoming(going_on, inspector, now, text="Nhầm")
    acts.remove_finding(removed, by=inspector, at=now)
    close(going_on, inspector, now)
    with pytest.raises(acts.NotOpen):
        shortcoming(going_on, inspector, now)
    with pytest.raises(acts.NotOpen):
        acts.remove_finding(found, by=inspector, at=now)
    with pytest.raises(DatabaseError, match="is finished"), transaction.atomic():
        VisitFinding.objects.filter(pk=found.pk).update(text="Khác")


def test_only_looking_again_mends_a_finding(going_on, inspector, now, office_of_bac_kan):
    found = shortcoming(going_on, inspector, now)
    praise = acts.add_finding(going_on, severity=Severity.PRAISE, text="Tốt", by=inspector, at=now)
    look = {"by": inspector, "at": now}
    with pytest.raises(acts.NotOpen):
        acts.check_finding(found, is_mended=True, words="Đã mở", **look)
    close(going_on, inspector, now)
    with pytest.raises(acts.NotOpen):
        acts.check_finding(praise, is_mended=True, words="Tốt", **look)
    with pytest.raises(acts.BadFinding):
        acts.check_finding(found, is_mended=True, words=" ", **look)
    acts.check_finding(found, is_mended=False, words="Vẫn đóng", **look)
    acts.check_finding(found, is_mended=True, words="Đã mở tối thứ Sáu", by=inspector, at=now + dt.timedelta(days=1))
    with pytest.raises(acts.NotOpen):
        acts.check_finding(found, is_mended=True, words="Vẫn mở", by=inspector, at=now + dt.timedelta(days=2))
    assert [each.is_mended for each in found.checks.all()] == [False, True]


def test_minutes_are_numbered_once_closed(going_on, inspector, now):
    with pytest.raises(acts.NotOpen):
        acts.number_minutes(going_on, "BB-1", by=inspector, at=now)
