"""The marked sample: this year's yearly report, opened for the whole country; nothing in it has been begun."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly

OWNER = "bo-vhttdl"


@transaction.atomic
def load_sample(*, at: dt.datetime, day: dt.date, progress: Callable[[str], Any] = print) -> None:
    """Opens it once; nothing where it is there already or the Ministry is not. Opened early in the year it stands on
    that day's map."""
    code = f"nam-{day.year}-mau"
    owner = Agency.objects.filter(code=OWNER).select_related("unit").first()
    if owner is None or Cycle.objects.filter(code=code).exists():
        return
    given = yearly(day.year, owner)
    given = replace(
        given,
        title=f"{given.title} (mẫu)",
        opens_on=min(given.opens_on, day),
        map_on=min(given.map_on, day),
    )
    cycle = make_cycle(code, owner=owner, given=given, by=None, at=at)
    opened = open_cycle(cycle, by=None, at=at)
    progress(_("%(number)d reports are asked for") % {"number": opened.reports})
