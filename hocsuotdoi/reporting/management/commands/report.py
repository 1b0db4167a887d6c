"""Freezes a unit's report and writes the document, or writes a frozen one again."""

import contextlib
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.formats.docx import render_report
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.operations.report import FIRST_YEAR, freeze_report, open_report
from hocsuotdoi.reporting.queries.content import unit_of_year

WRONG_USE = 2  # the exit code of a wrong argument


class Command(BaseCommand):
    help = "Freeze a unit's report of a year and write it as DOCX, with its annex as XLSX if asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, metavar="CODE", help="official code; the country is VN")
        parser.add_argument("--year", required=True)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.docx")
        parser.add_argument("--annex", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--snapshot", metavar="NUMBER", help="write this frozen report again; freeze nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        annex: Path | None = options["annex"]
        self._check(out, annex)
        year = _year(options["year"])
        # Writing comes before the commit: a file that cannot be written leaves no snapshot behind.
        with transaction.atomic():
            if options["snapshot"]:
                snapshot = self._frozen(options["unit"], year, options["snapshot"])
            else:
                snapshot = self._freeze(options["unit"], year)
            files = [(out, render_report(snapshot.content, snapshot.digest))]
            if annex is not None:
                files.append((annex, render_annex(snapshot.content, snapshot.digest)))
            with contextlib.ExitStack() as stack:
                ready = [stack.enter_context(_written_beside(path, body)) for path, body in files]
                for temporary, (path, _body) in zip(ready, files, strict=True):
                    with _refusing_unwritable(path):
                        os.replace(temporary, path)
        self.stdout.write(f"{snapshot.number} {out}" + (f" {annex}" if annex else ""))

    def _check(self, out: Path, annex: Path | None) -> None:
        if annex is not None and annex.absolute() == out.absolute():
            raise CommandError(_("The report and its annex need two different files."), returncode=WRONG_USE)
        for path in filter(None, (out, annex)):
            if not path.parent.is_dir():
                message = _("There is no folder %(folder)s to write %(file)s in.")
                raise CommandError(message % {"folder": path.parent, "file": path.name}, returncode=WRONG_USE)
            if path.is_dir():
                message = _("%(path)s is a folder; name a file in it.")
                raise CommandError(message % {"path": path}, returncode=WRONG_USE)

    def _freeze(self, code: str, year: int) -> Snapshot:
        now = timezone.now()
        try:
            unit = unit_of_year(code, year, timezone.localdate(now))
            return freeze_report(open_report(unit, year=year, by=None, at=now), by=None, at=now)
        except AdminUnit.DoesNotExist:
            message = _("No unit had the code %(code)s in %(year)s. See `hocsuotdoi export-units`.")
            raise CommandError(message % {"code": code, "year": year}, returncode=WRONG_USE) from None
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=WRONG_USE) from None

    def _frozen(self, code: str, year: int, number: str) -> Snapshot:
        try:
            return Snapshot.objects.get(number=number, report__unit__code=code, report__year=year)
        except Snapshot.DoesNotExist:
            message = _("No report %(number)s of unit %(code)s for %(year)s was ever frozen.")
            values = {"number": number, "code": code, "year": year}
            raise CommandError(message % values, returncode=WRONG_USE) from None


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text) >= FIRST_YEAR):
        message = _("«%(text)s» is not a year to report on: write it like 2026.")
        raise CommandError(message % {"text": text}, returncode=WRONG_USE)
    return int(text)


@contextlib.contextmanager
def _refusing_unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = _("%(path)s cannot be written: %(reason)s.")
        raise CommandError(message % {"path": path, "reason": error.strerror}, returncode=WRONG_USE) from None


@contextlib.contextmanager
def _written_beside(path: Path, body: bytes) -> Iterator[str]:
    """A finished file beside `path`, ready to be renamed; gone when it was not."""
    with _refusing_unwritable(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with _refusing_unwritable(path), os.fdopen(handle, "wb") as file:
            file.write(body)
            os.fchmod(handle, 0o644)
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
