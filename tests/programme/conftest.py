"""A province's plan with its tasks, and what was held in the two wards."""

import datetime as dt

import pytest

from hocsuotdoi.activities.models import Session
from hocsuotdoi.programme.enums import Recurrence
from hocsuotdoi.programme.models import Assignment, Task
from tests.factories.activities import ActivityFactory, SessionFactory, local
from tests.factories.programme import PlanFactory, TaskFactory
from tests.factories.running import make_assignment


def held(institution, day: dt.date = dt.date(2026, 4, 21), **activity) -> Session:
    """A session that was held and closed on that day."""
    starts_at = local(day.year, day.month, day.day)
    return SessionFactory(
        activity=ActivityFactory(institution=institution, **activity),
        starts_at=starts_at,
        status="closed",
        closed_at=starts_at,
        attended=12,
        revision=1,
    )


@pytest.fixture
def plan(thai_nguyen):
    return PlanFactory(unit=thai_nguyen, code="kh-thu-thai-nguyen")


@pytest.fixture
def reading_task(plan) -> Task:
    """Every year, a reading day or a book exhibition, in each commune."""
    return TaskFactory(
        clause__plan=plan,
        plan=plan,
        text="Tổ chức ngày hội đọc sách",
        recurrence=Recurrence.YEARLY,
        activity_kinds=["reading_day", "book_exhibition"],
        tiers=["commune"],
    )


@pytest.fixture
def assignment(reading_task, office_of_bac_kan, now) -> Assignment:
    """Of the ward of Bắc Kạn, due three days before «today»."""
    return make_assignment(
        task=reading_task, agency=office_of_bac_kan, due_on=dt.date(2026, 11, 20), handed_at=now - dt.timedelta(days=90)
    )
