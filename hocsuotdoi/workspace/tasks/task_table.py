"""Tasks of a year as tables to hand in: in a place by body and task, in the country by province."""

import datetime as dt
from collections.abc import Iterable

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.assignments import Grid, PartOfCountry
from hocsuotdoi.programme.queries.standing import LATE, SHOWN, days_over, standing_on
from hocsuotdoi.reporting.formats.table_book import Column, Table

_STATES: dict[str, str] = {
    AssignmentState.TO_DO: "Chưa thực hiện",
    AssignmentState.DOING: "Đang thực hiện",
    AssignmentState.DONE: "Đã thực hiện",
    AssignmentState.CANNOT: "Không thực hiện được",
    AssignmentState.DROPPED: "Không yêu cầu nữa",
    SHOWN: "Đã có minh chứng, chưa báo hoàn thành",
}
_OF_BODIES = [
    Column("TT", 6, "number"),
    Column("Đơn vị", 40),
    Column("Kế hoạch", 40),
    Column("Mục", 10),
    Column("Nhiệm vụ", 60),
    Column("Thời hạn", 14),
    Column("Tình trạng", 22),
    Column("Chậm (ngày)", 10, "number"),
]
_OF_PROVINCES = [
    Column("TT", 6, "number"),
    Column("Tỉnh, thành phố", 36),
    Column("Được giao", 12, "number", is_summed=True),
    Column("Đã thực hiện", 12, "number", is_summed=True),
    Column("Tỷ lệ đã thực hiện", 12, "percent", share=(3, 2)),
    Column("Đã có minh chứng, chưa báo hoàn thành", 16, "number", is_summed=True),
    Column("Đang thực hiện", 12, "number", is_summed=True),
    Column("Không thực hiện được", 14, "number", is_summed=True),
    Column("Chậm", 12, "number", is_summed=True),
]


def task_table(unit: AdminUnit, grid: Grid, year: int, day: dt.date) -> Table:
    asked = [each for row in grid.rows for each in row.cells if each is not None]
    rows = [[ordinal, *_row(each, day)] for ordinal, each in enumerate(asked, start=1)]
    return Table(_title(year), _until(unit, day), _OF_BODIES, rows, sheet="Nhiệm vụ", tallied=(6, 1))


def country_table(unit: AdminUnit, parts: Iterable[PartOfCountry], year: int, day: dt.date) -> Table:
    rows = [
        [ordinal, each.unit.name, each.asked, each.done, None, each.shown, each.doing, each.cannot, each.late]
        for ordinal, each in enumerate(parts, start=1)
    ]
    return Table(_title(year), _until(unit, day), _OF_PROVINCES, rows, sheet="Nhiệm vụ")


def _row(assignment: Assignment, day: dt.date) -> list[str | int | None]:
    """Days late: until it was done or shown, else until today."""
    due, task, tally = assignment.due_on, assignment.task, getattr(assignment, "tally", None)
    assert task is not None  # a grid's columns are tasks
    met_on = tally.met_on if tally else None
    standing = standing_on(day, said=assignment.state, due_on=due, done_on=assignment.done_on, met_on=met_on)
    until = {LATE: day, SHOWN: met_on, AssignmentState.DONE: assignment.done_on}.get(standing)
    words = f"{due:%d/%m/%Y}" if due else ""
    state = _STATES[assignment.state if standing == LATE else standing]
    return [assignment.agency.name, task.plan.name, task.clause.path, task.text, words, state,
            days_over(due, until) or None]  # fmt: skip


def _title(year: int) -> str:
    return f"Tình hình thực hiện nhiệm vụ năm {year}"


def _until(unit: AdminUnit, day: dt.date) -> str:
    return f"{unit.name}, đến ngày {day:%d/%m/%Y}"
