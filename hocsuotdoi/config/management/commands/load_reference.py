"""Loads the real territory, the definitions and the programme's documents, where they have changed."""

from typing import Any

from django.core.management.base import BaseCommand

from hocsuotdoi.config.loading import REFERENCE, load


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        load(REFERENCE, lambda line: self.stdout.write(f"• {line}"))
