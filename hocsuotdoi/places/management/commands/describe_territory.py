"""Writes what is known and what is uncertain of the territory, as docs/territory.md holds it."""

from typing import Any

from django.core.management.base import BaseCommand

from hocsuotdoi.places.operations.describe_territory import territory_document


class Command(BaseCommand):
    help = "Writes what is known and what is uncertain of the territory, as docs/territory.md holds it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(territory_document(), ending="")
