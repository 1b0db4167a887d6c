"""Adds what was posted to the stored totals; makes them anew; exports the ledger and proves them from its files."""

import re
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.operations.rolling import fold, follow_map, pending, rebuild

OPERATIONS = "hocsuotdoi.indicators.operations"
"""Those that read and write files are imported when asked for: they need packages that serving does not."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--rebuild", action="store_true", help="make every total anew, while people go on reading")
        act.add_argument("--export", metavar="DIR", type=Path, help="bring the files in DIR to the ledger's state")
        act.add_argument("--verify", metavar="DIR", type=Path, help="read all files in DIR and check their sums")
        act.add_argument("--compare", metavar="DIR", type=Path, help="make the totals from DIR and compare them")
        act.add_argument("--rebuild-from", metavar="DIR", type=Path, help="put totals made from DIR in place")
        parser.add_argument("--memory", type=_memory, help="what DuckDB may take of it, such as 2GB")
        parser.add_argument("--spill", metavar="DIR", type=Path, help="where DuckDB puts what does not fit")
        parser.add_argument("--spark", metavar="ADDRESS", help="let this Spark cluster make them: spark://host:7077")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for name in ("export", "verify", "compare", "rebuild_from"):
                if options[name]:
                    self._require("duckdb", "pyarrow", extra="engines")
                    getattr(self, f"_{name}")(options[name], options)
                    return
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["rebuild"]:
            entries = rebuild(timezone.localdate())
            self.stdout.write(_("Made anew from {entries} entries of the ledger.").format(entries=entries))
        else:
            folded = self._fold()
            self.stdout.write(_("Added: {folded}. Waiting: {waiting}.").format(folded=folded, waiting=pending()))

    def _fold(self) -> int:
        follow_map(timezone.localdate())
        folded = 0
        while taken := fold():
            folded += taken
        return folded

    def _export(self, folder: Path, options: dict[str, Any]) -> None:
        exported, written = import_module(f"{OPERATIONS}.exporting").export(
            folder, at=timezone.now(), day=timezone.localdate()
        )
        self.stdout.write(
            _("The export holds {entries} entries. Months: {months}, written now: {written}.").format(
                entries=exported.rows, months=len(exported.months), written=len(written)
            )
        )

    def _verify(self, folder: Path, options: dict[str, Any]) -> None:
        exported = self._checked(folder, options)
        self.stdout.write(_("All files are as they were written: {entries} entries.").format(entries=exported.rows))
        if reason := import_module(f"{OPERATIONS}.rebuilding").why_out_of_date(exported):
            self.stdout.write(reason)

    def _compare(self, folder: Path, options: dict[str, Any]) -> None:
        exported = self._checked(folder, options)
        with self._made(exported, options) as engine:
            self._fold()
            differences = import_module(f"{OPERATIONS}.rebuilding").compare(engine, exported)
        for difference in differences:
            self.stdout.write(
                _("{table} {key}: {here} from the files, {there} stored").format(
                    table=difference.table, key=difference.key, here=difference.here, there=difference.there
                )
            )
        if differences:
            raise CommandError(_("The stored totals are not what the files say. --rebuild makes them anew."))
        self.stdout.write(_("The stored totals are exactly what the files say."))

    def _rebuild_from(self, folder: Path, options: dict[str, Any]) -> None:
        exported = self._checked(folder, options)
        with self._made(exported, options) as engine:
            waiting = import_module(f"{OPERATIONS}.rebuilding").load(engine, exported)
        self.stdout.write(
            _("Made anew from {entries} entries; {waiting} that came later wait.").format(
                entries=exported.rows, waiting=waiting
            )
        )

    def _checked(self, folder: Path, options: dict[str, Any]) -> Any:
        exported = import_module(f"{OPERATIONS}.exporting").read_export(folder)
        import_module(f"{OPERATIONS}.rebuilding").verify(exported, **_given(options, "memory"))
        return exported

    @contextmanager
    def _made(self, exported: Any, options: dict[str, Any]) -> Iterator[Any]:
        rebuilding = import_module(f"{OPERATIONS}.rebuilding")
        if not options["spark"]:
            with rebuilding.made_by_duckdb(exported, **_given(options, "memory", "spill")) as engine:
                yield engine
            return
        self._require("pyspark", extra="spark")
        # Beside the files: where the whole cluster sees those, it sees this too.
        with TemporaryDirectory(prefix="made-", dir=exported.folder) as folder:
            tables = import_module(f"{OPERATIONS}.cluster").made_by_spark(
                exported, master=options["spark"], into=Path(folder)
            )
            with rebuilding.made_elsewhere(tables, **_given(options, "memory")) as engine:
                yield engine

    def _require(self, *packages: str, extra: str) -> None:
        if not all(find_spec(package) for package in packages):
            raise CommandError(
                _("This needs packages that are not installed: {command}").format(
                    command=f"pip install 'hocsuotdoi[{extra}]'"
                )
            )


def _memory(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[MG]B", text):
        raise ArgumentTypeError(f"{text}: a number with MB or GB, such as 2GB")
    return text


def _given(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names if options[name] is not None}
