"""Rows of the running programme as the database takes them, for tests that break one rule at a time."""

import datetime as dt
import uuid
from typing import Any

from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.models import Assignment, MoneyLine
from hocsuotdoi.reporting.models import Cycle, Report, Snapshot
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory, TaskFactory

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
SOMEBODY, SOMEBODY_ELSE = uuid.UUID(int=1), uuid.UUID(int=2)


def make_assignment(**fields: Any) -> Assignment:
    given: dict[str, Any] = {"handed_at": NOW, "year": 2026}
    if "title" not in fields:
        given["task"] = fields.pop("task", None) or TaskFactory()
    given["agency"] = fields.pop("agency", None) or AgencyFactory()
    return Assignment.objects.create(**{**given, **fields})


def make_line(**fields: Any) -> MoneyLine:
    given: dict[str, Any] = {"year": 2026, "source": "commune_budget", "purpose": "Mua sách"}
    given["plan"] = fields.pop("plan", None) or PlanFactory()
    given["agency"] = fields.pop("agency", None) or AgencyFactory()
    if fields.get("estimated") is not None:
        given |= {"estimated_by": SOMEBODY, "estimated_at": NOW}
    return MoneyLine.objects.create(**{**given, **fields})


def make_cycle(**fields: Any) -> Cycle:
    given: dict[str, Any] = {
        "code": f"nam-2026-{uuid.uuid4().hex[:6]}",
        "title": "Báo cáo năm 2026",
        "kind": "yearly",
        "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2027, 1, 1),
        "counted_until": dt.date(2026, 11, 20),
        "map_on": dt.date(2026, 11, 1),
        "opens_on": dt.date(2026, 11, 1),
        "due_on": dt.date(2026, 11, 25),
        "sections": ["targets", "words"],
        "state": "open",
        "opened_at": NOW,
    }
    given["owner"] = fields.pop("owner", None) or AgencyFactory()
    return Cycle.objects.create(**{**given, **fields})


def make_report(cycle: Cycle, agency: Agency, **fields: Any) -> Report:
    given: dict[str, Any] = {"year": 2026, "due_on": cycle.due_on, "state": "expected", "changed_at": NOW}
    return Report.objects.create(cycle=cycle, agency=agency, unit=agency.unit, **{**given, **fields})


def make_snapshot(report: Report | None, **fields: Any) -> Snapshot:
    given: dict[str, Any] = {"number": f"BC-{uuid.uuid4().hex[:12]}", "content": {}, "digest": "0" * 64}
    return Snapshot.objects.create(report=report, frozen_at=NOW, **{**given, **fields})


def submit(report: Report) -> Snapshot:
    """Straight in the table, past the operation."""
    snapshot = make_snapshot(report)
    if report.state == "expected":
        Report.objects.filter(pk=report.pk).update(state="draft")
    Report.objects.filter(pk=report.pk).update(
        state="submitted", submitted=snapshot, submitted_at=NOW, submitted_by=SOMEBODY
    )
    report.refresh_from_db()
    return snapshot
