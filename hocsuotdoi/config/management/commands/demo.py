"""Prepares the database and fills it with marked sample data; prints the sample sign-ins."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.operations.sample import load_sample as load_sample_people
from hocsuotdoi.config.loading import REFERENCE, SAMPLE, add_up, load, took
from hocsuotdoi.core.errors import Refused


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        self._say(took(_("Database"), started))
        load(REFERENCE, self._say)
        try:
            load(SAMPLE, self._say)
            add_up(self._say)
            sign_ins = load_sample_people(at=timezone.now(), day=timezone.localdate(), progress=lambda line: None)
        except Refused as refusal:
            self._say(str(refusal))
            return
        self.stdout.write("\n" + _("Sample sign-ins, with the same password for all:"))
        for sign_in in sign_ins:
            where = f", {sign_in.place}" if sign_in.place else ""
            self.stdout.write(f"  {sign_in.email:<34} {sign_in.password}   {sign_in.role}{where}")
        self.stdout.write("")

    def _say(self, line: str) -> None:
        self.stdout.write(f"• {line}")
        self.stdout.flush()
