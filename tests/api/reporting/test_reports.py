"""Reports through the interface for programs: read, written, sent, decided, each refusal a status and a sentence."""

import json

import pytest
from django.test import Client

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.factories.places import AgencyFactory
from tests.factories.reporting import ReportFactory
from tests.factories.running import make_cycle, make_report
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
        keys = [{"key": each["key"], "reason": ""} for each in told["odd"]]
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
    answers = [{"key": "zero|measure:none", "reason": ""}]
    answer = sent(officer_of_bac_kan, "post", f"/reports/{report.pk}/exceptions", answers=answers)
    assert answer.status_code in (409, 422)
    assert fresh(report).exception_answers.count() == 0


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


def test_report_outside_any_cycle_is_not_told_to_programs(bac_kan, officer_of_bac_kan):
    report = ReportFactory(unit=bac_kan)
    assert signed_in(officer_of_bac_kan).get(f"/api/v1/reports/{report.pk}").status_code == 404


@pytest.fixture
def planner_of_bac_kan(bac_kan):
    return holder(RoleName.PLANNER, unit=bac_kan)
