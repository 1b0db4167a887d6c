"""The story of inspection: a department plans visits, its inspector and a colleague go to a ward's library."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import ItemKind
from hocsuotdoi.inspection.models import ChecklistItem, InspectionPlan, Visit
from hocsuotdoi.inspection.operations.checklists import load_checklists
from hocsuotdoi.inspection.operations.plan import Planned, make_plan, plan_visits
from hocsuotdoi.inspection.operations.seeing import Noted, take_answer
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, InstitutionStatus
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import InstitutionFactory


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def today(now) -> dt.date:
    return timezone.localdate(now)


def inspector_at(agency: Agency | None = None, name: str = "Dương Văn Nam", **where: object) -> Person:
    person = PersonFactory(full_name=name)
    RoleAssignmentFactory(person=person, role=RoleName.INSPECTOR, **({"agency": agency} if agency else where))
    return person


@pytest.fixture
def inspector(department_of_thai_nguyen) -> Person:
    return inspector_at(department_of_thai_nguyen)


@pytest.fixture
def colleague(department_of_thai_nguyen) -> Person:
    return inspector_at(department_of_thai_nguyen, "Lường Thị Nga")


@pytest.fixture
def outsider(department_of_thai_nguyen) -> Person:
    """Inspects in the territory, but is in no team."""
    return inspector_at(department_of_thai_nguyen, "Ma Văn Đức")


@pytest.fixture
def checklists(db, now) -> None:
    load_checklists(at=now - dt.timedelta(days=400), progress=lambda line: None)


@pytest.fixture
def plan(checklists, department_of_thai_nguyen, inspector, now) -> InspectionPlan:
    return make_plan(
        department_of_thai_nguyen,
        year=timezone.localdate(now).year,
        title="Kiểm tra thư viện",
        decision="Quyết định số 12/QĐ-SVHTTDL",
        by=inspector,
        at=now,
    )


def opened(institution: Institution) -> Institution:
    InstitutionStatus.objects.create(institution=institution, state="active")
    return institution


@pytest.fixture
def visit(plan, library_of_bac_kan, inspector, colleague, today, now) -> Visit:
    planned = [Planned(opened(library_of_bac_kan), today)]
    return plan_visits(plan, planned, team=[inspector.pk, colleague.pk], by=inspector, at=now)[0]


def noted(visit: Visit, item: ChecklistItem, **given: object) -> Noted:
    said: dict = {"id": uuid7(), "seen": "yes", "number": None, "words": "", "seen_at": timezone.now()}
    return Noted(**{**said, "visit": visit.pk, "item": item.pk, **given})


def answer_all(visit: Visit, by: Person, at: dt.datetime) -> None:
    for item in visit.checklist.items.all():
        number = Decimal(12) if item.kind == ItemKind.NUMBER else None
        words = "Đã xem" if item.kind == ItemKind.WORDS else ""
        seen = "yes" if item.kind == ItemKind.YES_NO else ""
        take_answer(visit, noted(visit, item, seen=seen, number=number, words=words, seen_at=at), by=by, at=at)


@pytest.fixture
def army_library(bac_kan: AdminUnit) -> Institution:
    return InstitutionFactory(institution_class="library_armed_forces", unit=bac_kan)
