"""Which unit an address of figures speaks of."""

import datetime as dt
import re

from django.http import HttpRequest

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.day import DayForm

_ENDED = re.compile(r"(.+)_(\d{4})(\d{2})(\d{2})", re.ASCII)


def asked_unit(request: HttpRequest, code: str, today: dt.date) -> AdminUnit | None:
    """The unit that bears `code` on the day asked for (`?on=`), else the last that bore it; None where nobody did. In a
    form a unit that has ended is chosen by its key (`open_data.unit_key`), since its code may be another's now."""
    asked = request.GET
    if key := _ENDED.fullmatch(code):
        code, asked = key[1], {"on": "-".join(key.groups()[1:])}
    bearing = AdminUnit.objects.visible_to(request.user).filter(code=code)
    return bearing.on(DayForm(asked).day(today)).first() or bearing.order_by("-ends_on").first()
