"""Says what is wrong with this installation and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from hocsuotdoi.core.doctor import Level, examine

SIGNS = {Level.GOOD: "✓", Level.UNCERTAIN: "!", Level.BROKEN: "✗"}


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--language", choices=["vi", "en"], default="vi")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = False
        with translation.override(options["language"]):
            for title, findings in examine():
                if not findings:
                    self.stdout.write(f"✓ {title}")
                for finding in findings:
                    broken |= finding.level is Level.BROKEN
                    self.stdout.write(f"{SIGNS[finding.level]} {title}: {finding.message}")
                    if finding.mend:
                        self.stdout.write(f"    → {finding.mend}")
            self.stdout.write(_("Something is broken.") if broken else _("Nothing is broken."))
        if broken:
            sys.exit(1)
