"""Adds what was posted to the stored totals; with --rebuild makes them anew from the ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.indicators.operations.rolling import fold, follow_map, pending, rebuild


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make every total anew, while people go on reading")

    def handle(self, *args: Any, **options: Any) -> None:
        day = timezone.localdate()
        if options["rebuild"]:
            entries = rebuild(day)
            self.stdout.write(_("Made anew from {entries} entries of the ledger.").format(entries=entries))
            return
        follow_map(day)
        folded = 0
        while taken := fold():
            folded += taken
        self.stdout.write(_("Added: {folded}. Waiting: {waiting}.").format(folded=folded, waiting=pending()))
