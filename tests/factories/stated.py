"""Figures that are typed in, by the way an officer takes: previewed, looked at, confirmed."""

import datetime as dt

from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.operations.stated import Sent, plan_of, preview_figures, state_figures
from hocsuotdoi.indicators.queries.stated import Asked
from hocsuotdoi.places.models import AdminUnit, Institution
from tests.factories.accounts import PersonFactory


def state(institution: Institution, unit: AdminUnit, period: Period, at: dt.datetime, **figures: int) -> None:
    """`figures`: name of the column to what is typed, each in addition to what was recorded."""
    officer, today = PersonFactory(), timezone.localdate(at)
    asked = [Asked(institution.code, StatedColumn[name], quantity) for name, quantity in figures.items()]
    sent = Sent(StatingWay.FORM, "Báo cáo giấy")
    preview = preview_figures(unit, period=period, asked=asked, sent=sent, by=officer, at=at)
    seen = plan_of(preview, today).digest
    state_figures(preview, seen=seen, in_addition=True, reason="Chép lại", by=officer, at=at)
