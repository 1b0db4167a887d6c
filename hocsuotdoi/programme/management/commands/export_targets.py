"""Prints every target of every plan, with its clause."""

import csv
import json
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandParser

from hocsuotdoi.programme.models import Target

FIELDS = ("plan", "number", "clause", "indicator", "cohort", "year", "operator", "low", "high", "unit")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("json", "csv"), default="json")

    def handle(self, *args: object, **options: object) -> None:
        columns = ("plan__code", "plan__number", "clause__path", "indicator_id", "cohort_id", *FIELDS[5:])
        targets = Target.objects.issued().order_by("plan__issued_on", "plan__code", "ordinal").values_list(*columns)
        rows = [dict(zip(FIELDS, map(_number, row), strict=True)) for row in targets]
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            writer = csv.DictWriter(self.stdout, FIELDS)
            writer.writeheader()
            writer.writerows(rows)


def _number(value: object) -> object:
    """A Decimal as the JSON number a person would write: 60, 12.5."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
