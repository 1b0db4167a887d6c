"""Reports through the interface for programs: read, written, sent, decided, each refusal a status and a sentence."""

import datetime as dt
import json

import pytest
from django.test import Client

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.factories.places import AgencyFactory
from tests.factories.reporting import ReportFactory
from tests.factories.running import make_assignment, make_cycle, make_report
from tests.workspace.reporting.conftest import answered, begun, fresh, holder, signed_in, submitted, worded


@pytest.fixture
def report(office_of_bac_kan, department_of_thai_nguyen) -> Report:
    cycle = make_cycle(sections=["activities", "targets", "tasks", "money", "words"])
    above = make_report(cycle, department_of_thai_nguyen)
    return make_report(cycle, office_of_bac_kan, goes_to=above, above=[department_of_thai_nguyen.pk])


def sent(person: Person, method: str, path: str, **body: object):
    client: Client = signed_in(person)
    return getattr(client, method)(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_list_narrows_to_what_is_mine_and_to_what_waits_for_me(report, officer_of_bac_kan, province_officer):
    def ids(person, **asked):
        return {each["id"] for each in signed_in(person).get("/api/v1/reports", asked).json()["items"]}

    above = report.goes_to_id
    assert ids(officer_of_bac_kan) == {report.pk}
    assert ids(province_officer) == {report.pk, above}
    assert ids(province_officer, mine=True) == {above}
    assert ids(province_officer, to_approve=True) == set()
    submitted(report, officer_of_bac_kan)
    assert ids(province_officer, to_approve=True) == {report.pk}
    assert ids(province_officer, state="approved") == set()
    assert ids(province_officer, cycle=report.cycle.code, agency=report.agency.code) == {report.pk}


def test_report_of_one_and_of_three_takes_the_same_queries(
    report, province_officer, duc_xuan, thai_nguyen, django_assert_num_queries
):
    client = signed_in(province_officer)
    with django_assert_num_queries(6):
        assert client.get("/api/v1/reports", {"mine": True}).json()["count"] == 1
    for kind in ("peoples_committee", "culture_society"):
        make_report(report.cycle, AgencyFactory(kind=kind, unit=thai_nguyen))
    with django_assert_num_queries(6):
        assert client.get("/api/v1/reports", {"mine": True}).json()["count"] == 3


def test_report_is_worded_answered_submitted_returned_and_approved(report, officer_of_bac_kan, province_officer):
    path = f"/reports/{report.pk}"
    told = sent(officer_of_bac_kan, "put", f"{path}/words", version=1, results="Tốt.").json()
    assert (told["state"], told["results"], told["version"]) == ("draft", "Tốt.", 2)
    for each in told["odd"]:
        assert each["answer"] is None
    if told["odd"]:
        keys = [{"key": each["key"], "seen": each["seen"], "reason": ""} for each in told["odd"]]
        assert sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=keys).status_code == 200
    told = sent(officer_of_bac_kan, "post", f"{path}/submit", version=fresh(report).version).json()
    assert told["state"] == "submitted"
    assert told["number"].startswith("BC-")
    told = sent(province_officer, "post", f"{path}/return", version=told["version"], reason="Thiếu.").json()
    assert told["state"] == "returned"
    assert told["steps"][0]["reason"] == "Thiếu."
    report = submitted(report, officer_of_bac_kan)
    told = sent(officer_of_bac_kan, "post", f"{path}/withdraw", version=report.version).json()
    assert told["state"] == "draft"
    report = submitted(report, officer_of_bac_kan)
    told = sent(province_officer, "post", f"{path}/approve", version=report.version).json()
    assert told["state"] == "approved"


def test_older_version_is_refused_with_a_sentence(report, officer_of_bac_kan, planner_of_bac_kan):
    report = begun(report, officer_of_bac_kan)
    old = report.version
    worded(report, planner_of_bac_kan, results="Của người kia.")
    path = f"/reports/{report.pk}"
    answer = sent(officer_of_bac_kan, "put", f"{path}/words", version=old, results="Của tôi.")
    assert answer.status_code == 409
    assert answer.json()["message"]
    assert fresh(report).results == "Của người kia."
    answered(report, officer_of_bac_kan)
    answer = sent(officer_of_bac_kan, "post", f"{path}/submit", version=old)
    assert answer.status_code == 409
    assert fresh(report).state == ReportState.DRAFT


def test_words_that_are_left_out_stay(report, officer_of_bac_kan, planner_of_bac_kan):
    report = worded(begun(report, officer_of_bac_kan), officer_of_bac_kan, causes="Thiếu người.", proposals="Thêm.")
    old = report.version
    path = f"/reports/{report.pk}/words"
    told = sent(officer_of_bac_kan, "put", path, version=old, results="Tốt.").json()
    kept = (told["results"], told["causes"], told["proposals"])
    assert kept == ("Tốt.", "Thiếu người.", "Thêm.")
    assert sent(officer_of_bac_kan, "put", path, version=told["version"]).json()["version"] == told["version"]
    beside = sent(planner_of_bac_kan, "put", path, version=old, causes="").json()
    assert (beside["results"], beside["causes"], beside["proposals"]) == ("Tốt.", "", "Thêm.")
    assert sent(planner_of_bac_kan, "put", path, version=old, results="Kém.").status_code == 409
    assert sent(planner_of_bac_kan, "put", path, version=old, results="x" * 20_001).status_code == 422


@pytest.mark.parametrize(
    ("who", "act", "body"),
    [
        ("officer_of_bac_kan", "withdraw", {}),
        ("province_officer", "approve", {}),
        ("province_officer", "return", {"reason": "Vì vậy"}),
    ],
)
def test_act_in_the_wrong_state_is_refused_with_a_sentence(report, officer_of_bac_kan, request, who, act, body):
    report = begun(report, officer_of_bac_kan)
    person = request.getfixturevalue(who)
    answer = sent(person, "post", f"/reports/{report.pk}/{act}", version=report.version, **body)
    assert answer.status_code == 409
    assert answer.json()["message"]
    assert fresh(report).state == ReportState.DRAFT


def test_question_that_is_not_put_is_refused(report, officer_of_bac_kan):
    begun(report, officer_of_bac_kan)
    answers = [{"key": "zero|measure:none", "seen": "0" * 16, "reason": ""}]
    answer = sent(officer_of_bac_kan, "post", f"/reports/{report.pk}/exceptions", answers=answers)
    assert answer.status_code in (409, 422)
    assert fresh(report).exception_answers.count() == 0


def test_only_numbers_that_were_seen_are_answered(report, officer_of_bac_kan):
    """No figure at all, and a task whose day is long past."""
    task = make_assignment(title="Sửa mái", agency=report.agency, due_on=dt.date(2026, 1, 10))
    begun(report, officer_of_bac_kan)
    path = f"/reports/{report.pk}"
    read = signed_in(officer_of_bac_kan).get(f"/api/v1{path}").json()["odd"]
    answers = [{"key": each["key"], "seen": each["seen"], "reason": "Vì mưa"} for each in read]
    blind = [{"key": each["key"], "reason": ""} for each in read]
    assert len(answers) == 2
    assert sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=blind).status_code == 422
    Assignment.objects.filter(pk=task.pk).update(due_on=dt.date(2026, 1, 20))
    late = sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=answers)
    assert (late.status_code, late.json()["error"]) == (409, "numbers_changed")
    assert not report.exception_answers.exists(), "none of them is kept"
    read = signed_in(officer_of_bac_kan).get(f"/api/v1{path}").json()["odd"]
    answers = [{"key": each["key"], "seen": each["seen"], "reason": "Vì mưa"} for each in read]
    told = sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=answers).json()["odd"]
    assert {each["answer"] for each in told} == {"explained"}


def _late_tasks(report: dict) -> list[dict]:
    """What is odd in it, beside that nothing is told."""
    return [each for each in report["odd"] if each["rule"] != "silent"]


def test_what_somebody_else_answered_meanwhile_is_not_written_over(report, officer_of_bac_kan):
    make_assignment(title="Sửa mái", agency=report.agency, due_on=dt.date(2026, 1, 10))
    begun(report, officer_of_bac_kan)
    path = f"/reports/{report.pk}"
    (read,) = _late_tasks(signed_in(officer_of_bac_kan).get(f"/api/v1{path}").json())
    mine = {"key": read["key"], "seen": read["seen"], "reason": "Thiếu thợ"}
    second = holder(RoleName.AGENCY_OFFICER, agency=report.agency)
    theirs = mine | {"reason": "Chờ kinh phí"}
    (told,) = _late_tasks(sent(second, "post", f"{path}/exceptions", answers=[theirs]).json())
    again = sent(second, "post", f"{path}/exceptions", answers=[theirs])
    assert again.status_code == 200, "the same, because the reply was lost"
    late = sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=[mine])
    assert (late.status_code, late.json()["error"]) == (409, "answered_meanwhile")
    assert report.exception_answers.get().reason == "Chờ kinh phí"
    seen = mine | {"seen": told["seen"]}
    assert sent(officer_of_bac_kan, "post", f"{path}/exceptions", answers=[seen]).status_code == 200


def test_totals_of_a_body_in_totals_are_entered_with_their_source(thai_nguyen, country):
    command = AgencyFactory(kind="military", unit=thai_nguyen)
    cycle = make_cycle(sections=["activities", "targets", "words"])
    report = make_report(cycle, command, line="military", detail="totals")
    officer = holder(RoleName.AGENCY_OFFICER, agency=command)
    row = next(each for each in typed_rows(fresh(report)) if not each.has_parts)
    path = f"/reports/{report.pk}/totals"
    wrong = sent(officer, "put", path, version=1, totals=[{"key": row.key, "numerator": 120, "source": ""}])
    assert wrong.status_code in (409, 422)
    total = {"key": row.key, "numerator": 120, "source": "Sổ thư viện"}
    told = sent(officer, "put", path, version=1, totals=[total]).json()
    figure = next(each for each in told["figures"] if each["key"] == row.key)
    assert (figure["numerator"], figure["origin"]) == ("120", "typed")


@pytest.fixture
def typing(thai_nguyen, country):
    """Two officers of a body that reports totals only; the address and the keys of two numbers."""
    command = AgencyFactory(kind="military", unit=thai_nguyen)
    cycle = make_cycle(sections=["activities", "targets", "words"])
    report = make_report(cycle, command, line="military", detail="totals")
    officers = [holder(RoleName.AGENCY_OFFICER, agency=command) for _each in range(2)]
    keys = [each.key for each in typed_rows(fresh(report)) if not each.has_parts]
    return officers, f"/reports/{report.pk}/totals", keys[:2]


def typed(officer, path) -> dict:
    return {each["key"]: each for each in signed_in(officer).get(f"/api/v1{path}").json()}


def test_who_says_what_they_saw_writes_beside_somebody_else(typing):
    (one, other), path, (first, second) = typing
    seen = {key: each["seen"] for key, each in typed(one, path).items()}
    mine = {"key": first, "numerator": 120, "source": "Sổ thư viện", "seen": seen[first]}
    assert sent(one, "put", path, version=1, totals=[mine]).status_code == 200
    beside = {"key": second, "numerator": 7, "source": "Sổ đội", "seen": seen[second]}
    assert sent(other, "put", path, version=1, totals=[beside]).status_code == 200
    found = typed(one, path)
    assert (found[first]["numerator"], found[second]["numerator"]) == ("120", "7")
    assert (found[second]["typed_by"], found[second]["source"]) == (other.full_name, "Sổ đội")


def test_of_one_number_typed_by_two_theirs_stands_beside_yours(typing):
    (one, other), path, (first, second) = typing
    seen = typed(one, path)[first]["seen"]
    theirs = {"key": first, "numerator": 120, "source": "Sổ thư viện", "seen": seen}
    assert sent(one, "put", path, version=1, totals=[theirs]).status_code == 200
    free = {"key": second, "numerator": 7, "source": "Sổ đội", "seen": seen}
    yours = {"key": first, "numerator": 130, "source": "Sổ đội", "seen": seen}
    refused = sent(other, "put", path, version=1, totals=[free, yours])
    assert refused.status_code == 409
    told = refused.json()
    assert told["error"] == "report_changed_meanwhile"
    assert list(told["fields"]) == ["totals.1"] and "120 (Sổ thư viện)" in told["fields"]["totals.1"]
    (both,) = told["both"]
    assert both["yours"] == {"numerator": "130", "denominator": None, "source": "Sổ đội"}
    assert (both["theirs"]["numerator"], both["theirs"]["typed_by"]) == ("120", one.full_name)
    assert typed(one, path)[second]["numerator"] is None, "nothing of it was written"
    again = {**yours, "seen": both["theirs"]["seen"]}
    assert sent(other, "put", path, version=1, totals=[again]).status_code == 200
    assert typed(one, path)[first]["numerator"] == "130"


def test_of_a_number_that_was_taken_out_meanwhile_it_is_said(typing):
    (one, other), path, (first, _second) = typing
    put = {"key": first, "numerator": 120, "source": "Sổ thư viện"}
    sent(one, "put", path, version=1, totals=[put])
    seen = typed(one, path)[first]["seen"]
    sent(one, "put", path, version=2, totals=[{"key": first, "seen": seen}])
    refused = sent(other, "put", path, version=2, totals=[{**put, "numerator": 5, "seen": seen}]).json()
    assert refused["both"][0]["theirs"]["numerator"] is None
    assert refused["fields"] == {"totals.0": "Trong lúc đó, số liệu ở dòng này đã bị xóa."}


def test_who_does_not_say_what_they_saw_is_held_to_the_version(typing):
    (one, other), path, (first, second) = typing
    sent(one, "put", path, version=1, totals=[{"key": first, "numerator": 120, "source": "Sổ thư viện"}])
    late = sent(other, "put", path, version=1, totals=[{"key": second, "numerator": 5, "source": "Sổ đội"}])
    assert late.status_code == 409 and late.json()["both"][0]["theirs"]["key"] == second


def test_totals_are_for_those_who_write_the_report(typing, planner_of_bac_kan):
    _officers, path, (first, _second) = typing
    client = signed_in(planner_of_bac_kan)
    assert client.get(f"/api/v1{path}").status_code in (403, 404)
    wrong = sent(planner_of_bac_kan, "put", path, version=1, totals=[{"key": first, "numerator": 1, "source": "Sổ"}])
    assert wrong.status_code in (403, 404)


def test_report_outside_any_cycle_is_not_told_to_programs(bac_kan, officer_of_bac_kan):
    report = ReportFactory(unit=bac_kan)
    assert signed_in(officer_of_bac_kan).get(f"/api/v1/reports/{report.pk}").status_code == 404


@pytest.fixture
def planner_of_bac_kan(bac_kan):
    return holder(RoleName.PLANNER, unit=bac_kan)
