"""Whose report it is to read: along its line of command, not by the map alone."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, units_read_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.reporting.enums import CommandLine, ReportState

READ_ALONG = (ReportState.SUBMITTED, ReportState.APPROVED)
"""A body that gets a copy reads what was submitted, no draft."""


def on_the_line(
    person: Someone, permission: Permission, day: dt.date | None = None, *, path: str = "", with_copies: bool = True
) -> Q:
    """The condition that `person` may read a report (`path` leads to it) by a role with `permission`.

    - The line of local authorities and culture follows the map: who covers the report's unit, or that as which it is
    read once it has ended.
    - Any other line: who holds the role at the very body, or at one that the report goes up to. A culture department
    does not read the army's draft because it leads the territory.
    - Bodies that get a copy read it once it is submitted (not asked for without `with_copies`).
    - Who may read every line reads every line of the territory that the role covers.
    `rules.may_read` says the same of one report; a test holds the two against each other.
    """
    held = agencies_held(person, permission, day)
    copied = Q(**{f"{path}state__in": READ_ALONG, f"{path}copies_to__overlap": held.values("pk")})
    return (
        Q(**{f"{path}line": CommandLine.TERRITORY, f"{path}unit__in": units_read_covered(person, permission, day)})
        | ~Q(**{f"{path}line": CommandLine.TERRITORY})
        & (Q(**{f"{path}agency__in": held}) | Q(**{f"{path}above__overlap": held.values("pk")}))
        | (copied if with_copies else Q(pk__in=[]))
        | Q(**{f"{path}unit__in": units_read_covered(person, Permission.VIEW_EVERY_LINE, day)})
    )


def on_the_line_for_trail(path: str) -> Callable[[Someone, dt.date], Q]:
    """The trail of a report holds its drafts: it is read by who may read these, not by who gets a copy of the end."""
    return lambda person, day: on_the_line(person, Permission.VIEW_REPORT, day, path=path, with_copies=False)
