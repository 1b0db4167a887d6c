"""Marked sample money of two offices (data_samples/money.yaml), said by the acts that people use."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.models import MoneyLine, Plan, Task
from hocsuotdoi.programme.operations.money import Spending, add_line, allocate, appraise, spend
from hocsuotdoi.programme.queries.binding import binding_plans

DATA = Path(__file__).resolve().parent.parent / "data_samples" / "money.yaml"


@transaction.atomic
def load_sample(*, at: dt.datetime, day: dt.date, progress: Callable[[str], Any] = print) -> None:
    """Writes the lines that are not there yet; nothing where office, plan or the sample people are missing."""
    appraiser = _sample_person(RoleName.FINANCE_OFFICER, AgencyKind.FINANCE)
    for office in read_yaml(DATA):
        agency = Agency.objects.on(day).filter(unit__code=office["unit"], kind=office["kind"]).first()
        officer = _sample_person(RoleName.AGENCY_OFFICER, office["kind"])
        if agency is None or agency.unit is None or officer is None or appraiser is None:
            continue
        plans = [each.plan for each in binding_plans(agency.unit, day)]
        if not plans or MoneyLine.objects.filter(agency=agency, purpose__endswith="(mẫu)").exists():
            continue
        for row in office["lines"]:
            _write(row, agency, plans, officer, appraiser, at=at, day=day)
        progress(agency.name)


def _task(row: dict[str, Any], plans: list[Plan]) -> Task | None:
    """The first that the clause asks for; None where the plan does not bind the office."""
    if (named := row.get("task")) is None:
        return None
    found = Task.objects.filter(plan__code=named["plan"], clause__path=named["clause"], plan__in=plans)
    return found.select_related("plan").order_by("ordinal").first()


def _sample_person(role: RoleName, kind: str) -> Person | None:
    return Person.objects.filter(is_sample=True, roles__role=role, roles__agency__kind=kind).first()


def _write(
    row: dict[str, Any],
    agency: Agency,
    plans: list[Plan],
    officer: Person,
    appraiser: Person,
    *,
    at: dt.datetime,
    day: dt.date,
) -> None:
    task = _task(row, plans)
    plan = task.plan if task else plans[0]
    spending = Spending(f"{row['purpose']} (mẫu)", MoneySource(row["source"]), row.get("giver", ""), task)
    line = add_line(agency, plan=plan, year=day.year, spending=spending, estimated=row["estimated"], by=officer, at=at)
    if "appraised" in row:
        remark = row.get("remark", "")
        line = appraise(line, version=line.version, amount=row["appraised"], remark=remark, by=appraiser, at=at)
    if "allocated" in row:
        line = allocate(line, version=line.version, amount=row["allocated"], act=row["act"], by=appraiser, at=at)
    if "spent" in row:
        spend(line, version=line.version, amount=row["spent"], by=officer, at=at)
