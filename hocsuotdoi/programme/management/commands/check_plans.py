"""Prints what the plan check finds, for one plan or all."""

import csv
import json

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.plan_check import check_plans

FIELDS = ("plan", "rule", "clause", "indicator", "cohort", "year", "message")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("json", "csv"), default="json")
        parser.add_argument("--plan", metavar="CODE")

    def handle(self, *args: object, plan: str | None, **options: object) -> None:
        plans = Plan.objects.issued().order_by("issued_on", "code")
        if plan:
            plans = plans.filter(code=plan)
            if not plans:
                raise CommandError(_("There is no plan with the code %(code)s.") % {"code": plan}, returncode=2)
        rows = [
            {
                "plan": finding.plan,
                "rule": str(finding.rule),
                "clause": finding.clause,
                "indicator": finding.indicator or None,
                "cohort": finding.cohort or None,
                "year": finding.year,
                "message": f"{finding.message} {finding.suggestion}",
            }
            for found in check_plans(plans).values()
            for finding in found
        ]
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            writer = csv.DictWriter(self.stdout, FIELDS)
            writer.writeheader()
            writer.writerows(rows)
