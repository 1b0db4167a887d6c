"""Making the assignments that follow from the plans themselves, without anybody handing them down."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from hocsuotdoi.core.audit import many_rows
from hocsuotdoi.programme.enums import AssignmentState, AssignmentStepKind
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.asked import BODIES, decisions_of, params_of

_MAKE = f"""{BODIES}, made AS (
    INSERT INTO programme_assignment
           (task_id, title, origin, agency_id, part, year, due_on, remark, state, version, handed_at)
    SELECT task_id, '', '', agency_id, part, year, due_on, '', '{AssignmentState.TO_DO}', 1, %(at)s FROM wanted
        ON CONFLICT DO NOTHING
    RETURNING id, due_on
), told AS (
    INSERT INTO programme_assignmentstep (assignment_id, kind, state, due_on, note, at)
    SELECT id, '{AssignmentStepKind.HANDED_DOWN}', '{AssignmentState.TO_DO}', due_on, '', %(at)s FROM made
)
SELECT count(*) FROM made
"""


@transaction.atomic
def make_assignments(*, year: int, day: dt.date, at: dt.datetime, plans: Iterable[Plan] | None = None) -> int:
    """For each task of a plan in force (of `plans`, if named) one assignment for the responsible body of each unit that
    it asks on `day`, and for the bodies that it names; return how many were new. Made again, nothing changes.

    The body that answers for the programme in a unit does; where the clause names a branch, that branch's, where the
    unit has one. A plan of a unit that has ended goes on asking what its land became (as `queries.binding`). What a
    recorded decision says of a task goes before both. The plans are locked: one that is being ended is read as it is
    afterwards, one that is ended later drops what was made here.
    """
    current = Plan.objects.asking(day)
    if plans is not None:
        current = current.filter(pk__in=[plan.pk for plan in plans])
    locked = current.select_for_update(of=("self",), no_key=True).order_by("pk")
    in_force = list(locked.select_related("unit"))
    tasks = list(Task.objects.filter(plan__in=in_force).prefetch_related("agencies").order_by("plan", "ordinal"))
    params = params_of(in_force, tasks, year, day, decisions_of(tasks, in_force, day))
    if params is None:
        return 0
    with many_rows(), connection.cursor() as cursor:
        cursor.execute(_MAKE, params | {"at": at})
        return int(cursor.fetchone()[0])
