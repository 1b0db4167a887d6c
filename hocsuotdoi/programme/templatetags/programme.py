"""Words for what a task names by code."""

from django import template

from hocsuotdoi.activities.enums import ActivityKind, Observance, Theme
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.programme.models import Task

register = template.Library()


@register.filter
def observances(task: Task) -> str:
    """The observance days a task names, in words."""
    return "; ".join(str(Observance(code).label) for code in task.observances)


@register.filter
def activity_kinds(task: Task) -> str:
    """The kinds of activity that show a task was done, in words."""
    return ", ".join(str(ActivityKind(code).label) for code in task.activity_kinds)


@register.filter
def measures(task: Task) -> str:
    """The figures of which whatever is posted or typed in shows it, in words."""
    return ", ".join(str(MeasureCode(code).label) for code in task.measures)


@register.filter
def themes(task: Task) -> str:
    """The themes that an activity must have to show it, in words."""
    return ", ".join(str(Theme(code).label) for code in task.themes)
