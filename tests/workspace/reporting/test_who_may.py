"""Who may do what with a report in which state: thirteen kinds of people, every state, through every door.

The table says it in words of the programme; what is not named is refused. Who may read nothing finds nothing (404)."""

import json
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import ReportState as State
from hocsuotdoi.reporting.models import CountedInstitution, Report, Snapshot
from hocsuotdoi.reporting.operations.report import excuse_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.typed import typed_rows
from hocsuotdoi.reporting.rules import may_read
from tests.factories.accounts import PersonFactory
from tests.factories.places import AgencyFactory
from tests.factories.running import make_cycle, make_report
from tests.support.depth import some
from tests.workspace.reporting.conftest import (
    answered,
    approved,
    begun,
    fresh,
    holder,
    returned,
    signed_in,
    submitted,
)

READ = {"page", "api", "draft", "now"}
FROZEN = {"snapshot", "document", "annex"}  # kept files
WRITE = {"word", "api words", "answer", "total"}
SUBMIT = {"submit", "api submit"}
WITHDRAW = {"withdraw", "api withdraw"}
DECIDE = {"approve", "return", "api approve", "api return"}
ACTS = WRITE | SUBMIT | WITHDRAW | DECIDE | {"begin", "addendum", "reopen", "excuse", "resume", "move"}
BEFORE = (State.EXPECTED, State.DRAFT, State.RETURNED)

# For each state: what may be done. A frozen state also opens what was frozen.
R = READ | FROZEN
TABLE: dict[str, dict[State, set[str]]] = {
    "officer at the reporter": {
        State.EXPECTED: R | WRITE | {"begin"},
        State.DRAFT: R | WRITE | SUBMIT | {"begin"},
        State.SUBMITTED: R | WITHDRAW | {"begin"},
        State.RETURNED: R | WRITE | SUBMIT | {"begin"},
        State.APPROVED: R | {"addendum", "begin"},
        State.EXCUSED: R | {"begin"},
    },
    "planner at the reporter": {
        State.EXPECTED: R | WRITE | {"begin"},
        State.DRAFT: R | WRITE | {"begin"},
        State.SUBMITTED: R | {"begin"},
        State.RETURNED: R | WRITE | {"begin"},
        State.APPROVED: R | {"begin"},
        State.EXCUSED: R | {"begin"},
    },
    "officer at goes_to": {
        State.EXPECTED: R | {"excuse", "move"},
        State.DRAFT: R | {"excuse", "move"},
        State.SUBMITTED: R | DECIDE,
        State.RETURNED: R | {"excuse", "move"},
        State.APPROVED: R | {"reopen"},
        State.EXCUSED: R | {"resume"},
    },
    "officer further above": dict.fromkeys(State, R),
    "auditor": dict.fromkeys(State, R),
    "culture officer of another commune": {},
    "officer of another line": {},
    "body in copies_to": {State.SUBMITTED: R, State.APPROVED: R},
    "manager of an institution": {},
    "staff of an institution": {},
    "finance officer": {},
    "inspector": {},
    "reader": {},
    "nobody": {},
}
STATES = (State.EXPECTED, State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.EXCUSED)
ARMY_TABLE = {
    "officer at the reporter": TABLE["officer at the reporter"],
    "officer at goes_to": TABLE["officer at goes_to"],
    "culture officer of the province": {State.SUBMITTED: R, State.APPROVED: R},
    "culture officer of the ministry": {},
    "planner of the province": {},
    "culture officer of another commune": {},
    "auditor": dict.fromkeys(State, R),
    "nobody": {},
}


@pytest.fixture
def world(report, province_report, bac_kan, duc_xuan, thai_nguyen, country, library_of_bac_kan, ministry):
    """The ward's report, with a reading copy for the education department; and everybody of the table."""
    education = AgencyFactory(kind=AgencyKind.EDUCATION, unit=thai_nguyen)
    youth = AgencyFactory(kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=thai_nguyen)
    Report.objects.filter(pk=report.pk).update(copies_to=[education.pk])
    officer = RoleName.AGENCY_OFFICER
    people = {
        "officer at the reporter": holder(officer, agency=report.agency),
        "planner at the reporter": holder(RoleName.PLANNER, unit=bac_kan),
        "officer at goes_to": holder(officer, agency=province_report.agency),
        "officer further above": holder(officer, agency=ministry),
        "auditor": holder(RoleName.AUDITOR, unit=country),
        "culture officer of another commune": holder(
            officer, agency=AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=duc_xuan)
        ),
        "officer of another line": holder(officer, agency=youth),
        "body in copies_to": holder(officer, agency=education),
        "manager of an institution": holder(RoleName.INSTITUTION_MANAGER, institution=library_of_bac_kan),
        "staff of an institution": holder(RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan),
        "finance officer": holder(RoleName.FINANCE_OFFICER, unit=thai_nguyen),
        "inspector": holder(RoleName.INSPECTOR, unit=thai_nguyen),
        "reader": PersonFactory(),
    }
    return report, people


@pytest.fixture
def army(thai_nguyen, country, duc_xuan, department_of_thai_nguyen, ministry):
    """The army's report, which goes up its own chain; the province's culture department gets a copy."""
    cycle = make_cycle(sections=["activities", "targets", "tasks", "money", "words"])
    command = Agency.objects.create(code="bchqs-thu", name="BCHQS tỉnh", kind=AgencyKind.MILITARY, unit=thai_nguyen)
    defence = Agency.objects.create(code="bqp-thu", name="Bộ Quốc phòng", kind=AgencyKind.MILITARY, unit=country)
    above = make_report(cycle, defence, line="military", detail="totals")
    report = make_report(
        cycle,
        command,
        line="military",
        detail="totals",
        goes_to=above,
        above=[defence.pk],
        copies_to=[department_of_thai_nguyen.pk],
    )
    officer = RoleName.AGENCY_OFFICER
    people = {
        "officer at the reporter": holder(officer, agency=command),
        "officer at goes_to": holder(officer, agency=defence),
        "culture officer of the province": holder(officer, agency=department_of_thai_nguyen),
        "culture officer of the ministry": holder(officer, agency=ministry),
        "planner of the province": holder(RoleName.PLANNER, unit=thai_nguyen),
        "culture officer of another commune": holder(
            officer, agency=AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=duc_xuan)
        ),
        "auditor": holder(RoleName.AUDITOR, unit=country),
    }
    return report, people


def brought(report: Report, state: State, officer, above) -> Report:
    """To that state by the acts themselves, so that what was frozen is real."""
    match state:
        case State.DRAFT:
            return begun(report, officer)
        case State.SUBMITTED:
            return submitted(report, officer)
        case State.RETURNED:
            return returned(report, officer, above)
        case State.APPROVED:
            return approved(report, officer, above)
        case State.EXCUSED:
            return excuse_report(report, version=report.version, reason="Đã nhập", by=above, at=timezone.now())
    return report


def ask(client: Client, door: str, report: Report, snapshot: Snapshot | None) -> int:
    page, api = f"/workspace/reports/{report.pk}/", f"/api/v1/reports/{report.pk}"
    frozen = f"/workspace/reports/snapshots/{snapshot.number}/" if snapshot else ""
    version = report.version
    words = {"version": version, "results": "Tốt", "difficulties": "", "causes": "", "proposals": ""}
    reads = {
        "page": page,
        "api": api,
        "draft": f"{page}draft.docx",
        "now": f"{page}now/",
        "snapshot": frozen,
        "document": f"{frozen}report.docx",
        "annex": f"{frozen}annex.xlsx",
    }
    if door in reads:
        return client.get(reads[door]).status_code
    if door.startswith("api "):
        act = door.removeprefix("api ")
        body = words if act == "words" else {"version": version, **({"reason": "Vì vậy"} if act == "return" else {})}
        method = client.put if act == "words" else client.post
        return method(f"{api}/{act}", json.dumps(body), content_type="application/json").status_code
    given = {
        "word": words,
        "answer": {},
        "begin": {},
        "submit": {"version": version},
        "withdraw": {"version": version},
        "approve": {"version": version},
        "return": {"version": version, "reason": "Vì vậy"},
        "reopen": {"version": version, "reason": "Vì vậy"},
        "excuse": {"version": version, "reason": "Vì vậy"},
        "resume": {"version": version, "reason": "Vì vậy"},
        "addendum": {"reason": "Vì vậy"},
        "total": {"version": version},
        "move": moved(report) if door == "move" else {},
    }[door]
    path = {"word": "words", "answer": "odd", "total": "totals"}.get(door, door)
    return client.post(f"{page}{path}/", given).status_code


def moved(report: Report) -> dict[str, object]:
    """To another report of the cycle, whatever is counted here."""
    other = Report.objects.filter(cycle=report.cycle_id, line=report.line).exclude(pk=report.pk).first()
    counted = list(report.counted.values_list("institution", flat=True))
    return {"reason": "Vì vậy", "to": other.pk if other else "", "institutions": counted}


def refused_and_read(table, who: str, state: State, report: Report, people) -> None:
    """What the table does not name is refused and changes nothing (a run tries half of the acts, of each person and in
    each state other ones); everything to read is read or not."""
    snapshot = report.snapshots.first()
    client = signed_in(people[who]) if who in people else Client()
    allowed = table[who].get(state, set())
    for door in sorted(READ | (FROZEN if snapshot else set())):
        status = ask(client, door, report, snapshot)
        expected = (200,) if door in allowed else (302, 401) if who == "nobody" else (403, 404)
        assert status in expected, (who, door, status)
    before = Report.objects.filter(pk=report.pk).values().get()
    for door in some(sorted(ACTS - allowed)):
        status = ask(client, door, report, snapshot)
        # Not one's own: 403, or 404 where one may not even read. One's own in the wrong state: a sentence.
        if allowed:
            assert status in (302, 403, 404, 409, 422), (who, door, status)
        else:
            assert status in ((302, 401) if who == "nobody" else (403, 404)), (who, door, status)
        assert Report.objects.filter(pk=report.pk).values().get() == before, (who, door)


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_who_reads_and_is_refused_in_which_state(state, world, plan):
    report, people = world
    report = brought(report, state, people["officer at the reporter"], people["officer at goes_to"])
    for who in TABLE:
        refused_and_read(TABLE, who, state, report, people)


@pytest.mark.slow
@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED])
def test_who_reads_the_army_s_report_in_which_state(state, army, typed_for_the_army):
    report, people = army
    report = brought(report, state, people["officer at the reporter"], people["officer at goes_to"])
    for who in ARMY_TABLE:
        refused_and_read(ARMY_TABLE, who, state, report, people)


@pytest.fixture
def typed_for_the_army(army):
    """A total, for a report in totals is not submitted without one."""
    report, people = army
    rows = typed_rows(fresh(report))
    if not rows:
        pytest.skip("no totals are asked for yet")
    first = rows[0]
    total = Total(first.key, Decimal(3), Decimal(4) if first.has_parts else None, "Sổ thư viện đơn vị")
    report = fresh(report)
    type_totals(report, version=report.version, rows=[total], by=people["officer at the reporter"], at=timezone.now())


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_who_may_does_it(state, world, plan, library_of_bac_kan):
    """Each act that the table allows is done, and undone for the next. An addendum without changed figures is refused
    in words, which is not the question here."""
    report, people = world
    report = brought(report, state, people["officer at the reporter"], people["officer at goes_to"])
    for who, states in TABLE.items():
        for door in sorted(states.get(state, set()) & ACTS):
            before = transaction.savepoint()
            if door in SUBMIT:  # what is odd has to be answered first
                answered(report, people[who])
                report = fresh(report)
            if door == "move":  # something that can be moved
                CountedInstitution.objects.create(cycle=report.cycle, report=report, institution=library_of_bac_kan)
            status = ask(signed_in(people[who]), door, report, report.snapshots.first())
            transaction.savepoint_rollback(before)
            assert status in ((422,) if door == "addendum" else (200, 302)), (who, door, status)


@pytest.mark.parametrize("state", STATES)
def test_rule_and_condition_say_the_same(world, state, plan):
    report, people = world
    report = brought(report, state, people["officer at the reporter"], people["officer at goes_to"])
    day = timezone.localdate()
    for who, person in people.items():
        by_rule = may_read(person, report, day)
        assert by_rule == Report.objects.visible_to(person, day).filter(pk=report.pk).exists(), who
        assert by_rule == ("page" in TABLE[who].get(state, set())), who
