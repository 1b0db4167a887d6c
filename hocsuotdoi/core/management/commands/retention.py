"""Removes personal data that is older than its area keeps it; with --dry-run only counts it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from hocsuotdoi.core.retention import forget_all


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing, say what would be removed")

    def handle(self, *args: Any, **options: Any) -> None:
        for area, counts in forget_all(at=timezone.now(), dry_run=options["dry_run"]).items():
            for kind, count in counts.items():
                self.stdout.write(f"{area}: {kind}: {count}")
