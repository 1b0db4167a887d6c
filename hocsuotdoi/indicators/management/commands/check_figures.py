"""Looks for odd figures of past months and counts anew who has reported for them."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.periods import months_from, parse_period
from hocsuotdoi.indicators.operations.quality import check_figures
from hocsuotdoi.indicators.operations.quality_reporting import count_months

MONTHS = 24


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", help="The first month, as 2024-01; two years back if not said.")

    def handle(self, *args: object, first: str | None, **options: object) -> None:
        at = timezone.now()
        today = timezone.localdate(at)
        month = months_from(_month(first), 0) if first else months_from(today, -MONTHS)
        months = [month]
        while months[-1] < today.replace(day=1):
            months.append(months_from(months[-1], 1))
        checked = check_figures(months, at=at)
        count_months(months, at=at)
        self.stdout.write(
            _("%(months)s months: %(found)s findings, %(opened)s opened, %(closed)s closed.")
            % {"months": len(months), "found": checked.found, "opened": checked.opened, "closed": checked.closed}
        )


def _month(code: str) -> dt.date:
    try:
        return parse_period(code).starts_on
    except ValueError:
        raise CommandError(_("“%(code)s” is no month; write 2024-01.") % {"code": code}, returncode=2) from None
