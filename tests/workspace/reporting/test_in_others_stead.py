"""A body at which nobody sits: those that its report goes to write and submit in its stead, on the same line only."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.reporting.enums import ReportState as State
from hocsuotdoi.reporting.enums import ReportStepKind
from hocsuotdoi.reporting.models import Report, ReportStep
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.inbox import in_others_stead
from hocsuotdoi.reporting.rules import rights_on, stands_in
from tests.factories.places import AgencyFactory
from tests.factories.running import make_report
from tests.workspace.reporting.conftest import answered, begun, fresh, holder, signed_in, submitted
from tests.workspace.reporting.test_who_may import ask

LIST = "/workspace/reports/"
WRITES = {"word", "api words"}
SUBMITS = {"submit", "api submit"}
WITHDRAWS = {"withdraw", "api withdraw"}


@pytest.fixture
def above(province_report) -> Person:
    return holder(RoleName.AGENCY_OFFICER, agency=province_report.agency)


@pytest.fixture
def another_above(province_report) -> Person:
    return holder(RoleName.AGENCY_OFFICER, agency=province_report.agency)


def done(client: Client, door: str, report: Report) -> bool:
    """Whether it does something; what it does is undone."""
    before, row = transaction.savepoint(), Report.objects.filter(pk=report.pk).values()
    was = row.get()
    status = ask(client, door, report, report.snapshots.first())
    has_changed = row.all().get() != was
    transaction.savepoint_rollback(before)
    assert has_changed <= (status in (200, 302))
    return has_changed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "opens"),
    [
        (State.EXPECTED, WRITES | {"begin"}),
        (State.DRAFT, WRITES | SUBMITS),
        (State.SUBMITTED, WITHDRAWS),
    ],
)
def test_office_above_acts_while_nobody_sits_there(report, above, another_above, plan, state, opens):
    if state != State.EXPECTED:
        report = begun(report, another_above) if state == State.DRAFT else submitted(report, another_above)
    if state == State.DRAFT:
        answered(report, another_above)
        report = fresh(report)
    client = signed_in(above)
    doors = WRITES | SUBMITS | WITHDRAWS | {"begin"}
    assert {door for door in sorted(doors) if done(client, door, report)} == opens


@pytest.mark.slow
@pytest.mark.parametrize("state", [State.EXPECTED, State.DRAFT])
@pytest.mark.parametrize("seat", ["officer", "planner of the unit", "officer of another body that leads"])
def test_as_soon_as_somebody_sits_there_the_office_above_only_reads(report, above, bac_kan, plan, state, seat):
    if state == State.DRAFT:
        report = begun(report, above)
    match seat:
        case "officer":
            holder(RoleName.AGENCY_OFFICER, agency=report.agency)
        case "planner of the unit":
            holder(RoleName.PLANNER, unit=bac_kan)
        case _:
            committee = AgencyFactory(kind=AgencyKind.PEOPLES_COMMITTEE, unit=bac_kan)
            holder(RoleName.AGENCY_OFFICER, agency=committee)
    client = signed_in(above)
    assert client.get(f"{LIST}{report.pk}/").status_code == 200
    assert not any(done(client, door, report) for door in ("word", "begin", "api words"))


def test_who_has_left_or_is_shut_out_does_not_sit_there(report, above):
    officer = holder(RoleName.AGENCY_OFFICER, agency=report.agency)
    day = timezone.localdate()
    assert not stands_in(above, Permission.WRITE_REPORT, report, day)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert stands_in(above, Permission.WRITE_REPORT, report, day)
    Person.objects.filter(pk=officer.pk).update(is_active=True)
    RoleAssignment.objects.filter(person=officer).update(ends_on=day)
    assert stands_in(above, Permission.WRITE_REPORT, report, day)


@pytest.mark.parametrize("who", ["further above", "another commune", "auditor", "reader", "inspector"])
def test_nobody_else_acts_in_its_stead(report, ministry_officer, country, duc_xuan, thai_nguyen, who, reader):
    person = {
        "further above": lambda: ministry_officer,
        "another commune": lambda: holder(
            RoleName.AGENCY_OFFICER, agency=AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=duc_xuan)
        ),
        "auditor": lambda: holder(RoleName.AUDITOR, unit=country),
        "inspector": lambda: holder(RoleName.INSPECTOR, unit=thai_nguyen),
        "reader": lambda: reader,
    }[who]()
    rights = rights_on(person, report, timezone.localdate())
    assert (rights.write, rights.submit, rights.instead) == (False, False, False)
    assert not any(done(signed_in(person), door, report) for door in ("word", "begin", "api words"))


@pytest.mark.parametrize(("line", "kind"), [("military", AgencyKind.MILITARY), ("police", AgencyKind.POLICE)])
def test_armed_forces_are_never_stood_in_for_by_the_culture_department(
    cycle, province_report, thai_nguyen, above, line, kind
):
    command = AgencyFactory(kind=kind, unit=thai_nguyen)
    report = make_report(
        cycle, command, line=line, detail="totals", goes_to=province_report, above=[province_report.agency_id]
    )
    rights = rights_on(above, report, timezone.localdate())
    assert (rights.write, rights.submit, rights.instead) == (False, False, False)
    assert report not in in_others_stead(above, timezone.localdate())


def test_education_is_not_stood_in_for_by_another_line(cycle, province_report, thai_nguyen, above):
    school = make_report(
        cycle,
        AgencyFactory(kind=AgencyKind.EDUCATION, unit=thai_nguyen),
        line="education",
        goes_to=province_report,
        above=[province_report.agency_id],
    )
    assert not rights_on(above, school, timezone.localdate()).write


def test_what_was_done_in_its_stead_is_said_in_trail_content_and_queue_and_approved_by_another(
    report, above, another_above, plan
):
    report = submitted(report, above)
    assert [(each.kind, each.instead) for each in ReportStep.objects.filter(report=report).order_by("pk")] == [
        (ReportStepKind.OPENED, report.goes_to.agency),
        (ReportStepKind.SUBMITTED, report.goes_to.agency),
    ]
    content = report.submitted.content
    assert content["report"]["written_instead_by"] == report.goes_to.agency.name
    assert content["opening"].endswith("vì tại " + report.agency.name + " chưa có người được giao lập báo cáo.")
    (row,) = waiting([report], another_above)
    assert not row.is_plain and report.goes_to.agency.name in row.gaps[-1]
    assert ask(signed_in(above), "approve", report, None) != 200 and fresh(report).state == State.SUBMITTED
    assert ask(signed_in(another_above), "approve", report, None) == 302 and fresh(report).state == State.APPROVED
    page = signed_in(another_above).get(f"{LIST}{report.pk}/").content.decode()
    assert "làm thay" in page


def test_page_says_so_and_the_list_has_them_apart(report, above, plan):
    client = signed_in(above)
    assert "làm thay" in client.get(f"{LIST}{report.pk}/").content.decode()
    listed = client.get(LIST, {"view": "instead"}).content.decode()
    assert report.agency.name in listed and "Làm thay" in listed
    holder(RoleName.AGENCY_OFFICER, agency=report.agency)
    assert "Làm thay" not in client.get(LIST).content.decode()
    assert report.agency.name not in client.get(LIST, {"view": "instead"}).content.decode()


@pytest.mark.parametrize("seated", [False, True])
def test_list_and_rule_say_the_same(report, above, ministry_officer, seated):
    if seated:
        holder(RoleName.PLANNER, agency=report.agency)
    day = timezone.localdate()
    for person in (above, ministry_officer):
        assert (report in in_others_stead(person, day)) == rights_on(person, report, day).instead


def test_step_of_a_decision_has_nobody_s_stead(report, above, plan):
    report = submitted(report, above)
    with pytest.raises(IntegrityError, match="report_step_instead_of_who_owes_it"), transaction.atomic():
        ReportStep.objects.create(
            report=report,
            kind=ReportStepKind.RETURNED,
            snapshot=report.submitted,
            reason="Thiếu",
            instead=report.agency,
            by=above.pk,
            at=timezone.now(),
        )
