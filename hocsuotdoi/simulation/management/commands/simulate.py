"""Makes a country of sample institutions, with years of what happened in it, and tells the right answers."""

import datetime as dt
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.simulation.operations import Plan, simulate

WRONG_USE = 2  # the exit code of a wrong argument
TELL_EVERY = 2.0
"""Seconds between two lines of progress."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institutions", required=True, type=int, metavar="N")
        parser.add_argument(
            "--years", type=int, default=4, metavar="Y", help="how many, ending with --until; default 4"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same gives the same rows; default 1")
        parser.add_argument("--until", metavar="YYYY-MM-DD", help="the last day; default: of the last full year")
        parser.add_argument("--first-year", type=int, metavar="YEAR", help="instead of --years")
        parser.add_argument("--provinces", default="", metavar="01,24", help="only these, by today's codes")
        parser.add_argument("--entries", type=int, metavar="E", help="about so many ledger entries in all")
        parser.add_argument("--writers", type=int, metavar="W", help="connections writing at once; default: processors")
        parser.add_argument("--truth", type=Path, metavar="FILE.jsonl[.gz]", help="where the right answers are written")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        truth: Path | None = options["truth"]
        if truth is not None:
            _check_writable(truth)
        self.started = self.told = time.monotonic()
        summary = simulate(
            _plan(options, timezone.localdate(now)), at=now, writers=options["writers"], progress=self._tell
        )
        seconds = time.monotonic() - self.started
        if truth is not None:
            summary.write(truth)
            self.stdout.write(_("The right answers stand in {file}.").format(file=truth))
        counts = summary.counts
        self.stdout.write(
            _(
                "{postings} postings with {entries} entries; {reversals} taken back, {late} late, {stated} typed in, "
                "{resent} sent twice and refused."
            ).format(
                **{
                    name: _number(getattr(counts, name))
                    for name in ("postings", "entries", "reversals", "late", "stated", "resent")
                }
            )
        )
        self.stdout.write(
            _("{seconds} seconds, {rate} entries a second.").format(
                seconds=f"{seconds:.1f}", rate=_number(int(counts.entries / seconds))
            )
        )

    def _tell(self, month: dt.date, entries: int) -> None:
        moment = time.monotonic()
        if moment - self.told < TELL_EVERY:
            return
        self.told = moment
        self.stdout.write(
            "• "
            + _("{month}: {entries} entries, {rate} a second").format(
                month=f"{month:%m/%Y}",
                entries=_number(entries),
                rate=_number(int(entries / (moment - self.started))),
            )
        )
        self.stdout.flush()


def _plan(options: dict[str, Any], today: dt.date) -> Plan:
    try:
        until = dt.date.fromisoformat(options["until"]) if options["until"] else dt.date(today.year - 1, 12, 31)
    except ValueError:
        raise CommandError(_("--until wants a day as YYYY-MM-DD."), returncode=WRONG_USE) from None
    if options["years"] < 1:
        raise CommandError(_("--years wants a number from 1 up."), returncode=WRONG_USE)
    return Plan(
        institutions=options["institutions"],
        first_year=options["first_year"] or until.year - options["years"] + 1,
        until=until,
        seed=options["seed"],
        entries=options["entries"],
        provinces=tuple(filter(None, options["provinces"].replace(" ", "").split(","))),
    )


def _check_writable(path: Path) -> None:
    """Before minutes of work, not after."""
    try:
        path.touch()
    except OSError as problem:
        raise CommandError(
            _("{file} cannot be written: {problem}").format(file=path, problem=problem.strerror), returncode=WRONG_USE
        ) from None


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
