"""Prints the administrative units of a day as data: code, name, tier, parent."""

import csv
import datetime as dt
import json

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM, unit_rows


class Command(BaseCommand):
    help = "Prints the administrative units of a day as data: code, name, tier, parent (a code, or null)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", help="the day, as 2025-06-30; today if left out")
        parser.add_argument("--format", choices=["json", "csv"], default="json")

    def handle(self, *args: object, **options: str | None) -> None:
        try:
            day = _day(options["as_of"])
        except ValueError:
            self.stderr.write(f"«{options['as_of']}» is not a date; write it as year-month-day: 2025-06-30.")
            raise SystemExit(2) from None
        if not MAP_KNOWN_FROM <= day <= timezone.localdate():
            self.stderr.write(f"The units of {day} are not known: ask for a day from {MAP_KNOWN_FROM} to today.")
            raise SystemExit(2)
        rows = unit_rows(day)
        if options["format"] == "csv":
            writer = csv.DictWriter(self.stdout, ["code", "name", "tier", "parent"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        else:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))


def _day(text: str | None) -> dt.date:
    return timezone.localdate() if text is None else dt.date.fromisoformat(text)
