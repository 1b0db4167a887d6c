"""Takes in a plan from a file; a bad file gets line, field and reason, and changes nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.programme.formats.plan_file import BadPlanFile, Problem, parse_plan
from hocsuotdoi.programme.operations.plan import PlanIssued, PlanRefused, load_plan


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Only check the file.")

    def handle(self, *args: object, file: Path, dry_run: bool, **options: object) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("The file %(file)s cannot be read.") % {"file": file}, returncode=2) from error
        try:
            with transaction.atomic():
                plan = load_plan(parse_plan(content), by=None, at=timezone.now())
                figures, tasks = plan.targets.count(), plan.tasks.count()
                transaction.set_rollback(dry_run)
        except (BadPlanFile, PlanRefused) as error:
            raise CommandError("\n".join(_line(file, problem) for problem in error.problems), returncode=2) from error
        except PlanIssued as error:
            raise CommandError(str(error), returncode=2) from error
        sentence = _("%(plan)s can be taken in.") if dry_run else _("%(plan)s has been taken in.")
        counts = _("Targets: %(targets)s. Tasks: %(tasks)s.") % {"targets": figures, "tasks": tasks}
        self.stdout.write(f"{sentence % {'plan': plan.code}} {counts}")


def _line(file: Path, problem: Problem) -> str:
    return (
        f"{file}:{problem.line}: {problem.field}: {problem.reason}"
        if problem.field
        else f"{file}:{problem.line}: {problem.reason}"
    )
