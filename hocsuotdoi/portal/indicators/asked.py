"""Which unit an address of figures speaks of."""

import datetime as dt

from django.http import HttpRequest

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.day import DayForm


def asked_unit(request: HttpRequest, code: str, today: dt.date) -> AdminUnit | None:
    """The unit that bears `code` on the day asked for (`?on=`), else the last that bore it; None where nobody did."""
    bearing = AdminUnit.objects.visible_to(request.user).filter(code=code)
    return bearing.on(DayForm(request.GET).day(today)).first() or bearing.order_by("-ends_on").first()
