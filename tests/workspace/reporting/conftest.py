"""A cycle with reports of every line, and everybody of the role table."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Cycle, Report, Snapshot
from hocsuotdoi.reporting.operations.approval import approve_report, return_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.report import begin_report, word_report
from hocsuotdoi.reporting.operations.submission import submit_report
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.running import make_cycle, make_report
from tests.reporting.conftest import bac_kan, library, plan, silent_library

__all__ = ["bac_kan", "library", "plan", "silent_library"]


def holder(role: RoleName, **where: Any) -> Person:
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=role, **where)
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def cycle(db, department_of_thai_nguyen) -> Cycle:
    return make_cycle(sections=["activities", "targets", "tasks", "money", "words"])


@pytest.fixture
def ministry(country) -> Agency:
    return Agency.objects.create(
        code="bvhttdl-thu", name="Bộ Văn hóa, Thể thao và Du lịch", kind=AgencyKind.MINISTRY, unit=country
    )


@pytest.fixture
def province_report(cycle, department_of_thai_nguyen, ministry) -> Report:
    return make_report(cycle, department_of_thai_nguyen, above=[ministry.pk])


@pytest.fixture
def report(cycle, bac_kan, office_of_bac_kan, province_report, department_of_thai_nguyen, ministry) -> Report:
    """The ward's, not begun."""
    return make_report(
        cycle, office_of_bac_kan, goes_to=province_report, above=[department_of_thai_nguyen.pk, ministry.pk]
    )


@pytest.fixture
def ministry_officer(ministry) -> Person:
    return holder(RoleName.AGENCY_OFFICER, agency=ministry)


@pytest.fixture
def planner_of_bac_kan(bac_kan) -> Person:
    return holder(RoleName.PLANNER, unit=bac_kan)


@pytest.fixture
def second_officer(office_of_bac_kan) -> Person:
    return holder(RoleName.AGENCY_OFFICER, agency=office_of_bac_kan)


def answered(report: Report, by: Person) -> None:
    """Says that everything odd is so."""
    now = timezone.now()
    report = Report.objects.select_related("cycle", "agency", "unit").get(pk=report.pk)
    day = timezone.localdate(now)
    found = exceptions_of(report, cycle_content(report, day), day)
    answers = [Answer(each.key, each.numbers) for each in found if each.answer is None]
    answer_exceptions(report, answers=answers, by=by, at=now)


def fresh(report: Report) -> Report:
    return Report.objects.select_related("cycle", "agency", "unit", "goes_to", "submitted", "approved").get(
        pk=report.pk
    )


def begun(report: Report, by: Person) -> Report:
    begin_report(report, by=by, at=timezone.now())
    return fresh(report)


def worded(report: Report, by: Person, **words: str) -> Report:
    given = {"results": "", "difficulties": "", "causes": "", "proposals": "", **words}
    word_report(report, version=report.version, **given, by=by, at=timezone.now())
    return fresh(report)


def submitted(report: Report, by: Person) -> Report:
    report = begun(report, by)
    answered(report, by)
    report = fresh(report)
    submit_report(report, version=report.version, by=by, at=timezone.now())
    return fresh(report)


def returned(report: Report, by: Person, above: Person, reason: str = "Thiếu số liệu") -> Report:
    report = submitted(report, by)
    return_report(report, version=report.version, reason=reason, by=above, at=timezone.now())
    return fresh(report)


def approved(report: Report, by: Person, above: Person) -> Report:
    report = submitted(report, by)
    approve_report(report, version=report.version, by=above, at=timezone.now())
    return fresh(report)


@dataclass(frozen=True)
class Doors:
    """The addresses of one report and of what was frozen of it."""

    report: Report
    snapshot: Snapshot | None

    def page(self, part: str = "") -> str:
        return f"/workspace/reports/{self.report.pk}/{part}"
