"""Who may do what with a plan."""

import datetime as dt

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import reading_of
from hocsuotdoi.programme.models import Plan


def responsible_unit(plan: Plan, day: dt.date) -> AdminUnit:
    """Where a person must hold a permission to act on `plan`: its unit, or the main successor of one that has ended."""
    return plan.unit if plan.unit.holds_on(day) else reading_of(plan.unit, day)
