"""Takes in population and villages of units from a file; a wrong cell is named, and changes nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import BadFile, read_table
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.formats.population_sheet import is_population_sheet, parse_population
from hocsuotdoi.indicators.operations.population import CannotBeEntered, plan_population, write_population
from hocsuotdoi.indicators.queries.population import PopulationChange
from hocsuotdoi.indicators.queries.population_doubts import PopulationDoubt, population_doubts
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import COUNTRY_CODE, unit_by_code


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit", default=COUNTRY_CODE, help="Code of the unit in which the rows lie.")
        parser.add_argument("--year", type=int, help="Of rows that give none.")
        parser.add_argument("--source", default="", help="Of rows that give none.")
        parser.add_argument("--dry-run", action="store_true", help="Only check the file.")

    def handle(
        self,
        *args: object,
        file: Path,
        unit: str,
        year: int | None,
        source: str,
        dry_run: bool,
        **options: object,
    ) -> None:
        today = timezone.localdate()
        try:
            within = unit_by_code(unit, today)
            table = read_table(file.read_bytes(), file.name, is_population_sheet)
            rows, problems = parse_population(table)
            if problems:
                raise BadFile(problems)
            plan = plan_population(within, year=year, rows=rows, source=source, today=today)
        except OSError as error:
            raise CommandError(_("The file %(file)s cannot be read.") % {"file": file}, returncode=2) from error
        except AdminUnit.DoesNotExist as error:
            raise CommandError(_("There is no unit with the code %(code)s.") % {"code": unit}, returncode=2) from error
        except (BadFile, CannotBeEntered) as error:
            lines = [f"{file}:{each.at}: {each.reason}" for each in error.problems]
            raise CommandError("\n".join(lines), returncode=2) from error
        except Refused as error:
            raise CommandError(str(error), returncode=2) from error
        doubts = population_doubts(plan.effective, within, today)
        for each in plan.effective:
            if (doubt := doubts.get((each.unit.pk, each.year))) is not None:
                self.stderr.write(_words(each, doubt))
        counts = {"new": plan.new, "changed": plan.changed}
        if dry_run:
            self.stdout.write(_("Can be taken in: %(new)s new, %(changed)s changed.") % counts)
            return
        write_population(plan.effective)
        self.stdout.write(_("Taken in: %(new)s new, %(changed)s changed.") % counts)


def _words(change: PopulationChange, doubt: PopulationDoubt) -> str:
    """What should be looked at before it is used."""
    if doubt.known is not None:
        said = _("Look at it again: {unit} had {known} residents in {year}, this time {total}.")
    else:
        said = _("Look at it again: {people} different people took part in {unit}, of {total} residents.")
    return said.format(
        unit=change.unit.name,
        known=number(doubt.known),
        year=doubt.year,
        total=number(change.total),
        people=number(doubt.people),
    )
