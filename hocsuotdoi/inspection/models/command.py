"""Whose inspections a person may see."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import institutions_on_line
from hocsuotdoi.accounts.rules import Someone, roles_held
from hocsuotdoi.places.models import Institution


def institutions_seen(person: Someone, day: dt.date) -> QuerySet[Institution]:
    """Those whose inspections the person may see, along their line of command. `rules.rights_on` says the same of one
    visit; a test holds the two against each other."""
    return institutions_on_line(person, Permission.VIEW_INSPECTION, day)


def institutions_one_works_at(person: Someone, day: dt.date) -> QuerySet[Any, Any]:
    """Keys of those at which the person holds any role itself: they learn of a visit that is not announced when the
    team is there, whatever else they are."""
    return roles_held(person, None, day).filter(institution__isnull=False).values("institution")
