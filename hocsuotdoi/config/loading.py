"""What a fresh database is filled with, in order: the reference data always, the marked sample data on demand.

Each step is idempotent. A step whose sources have not changed since it last succeeded is not run again: the fingerprint
of its data files, its code and the packages it reads is kept in the database.
"""

import hashlib
import importlib.metadata
import inspect
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.config.models import LoadedStep
from hocsuotdoi.indicators.operations.rolling import fold, follow_map

PACKAGE = Path(__file__).resolve().parent.parent
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """`sources` are the folders and files whose change calls for a new run of `function`.

    Of `progress`, `at` and `day` (now, today) the function is given those that it asks for.
    """

    title: str | Promise
    function: str
    sources: tuple[str, ...]
    packages: tuple[str, ...] = ()

    def run(self, progress: Progress) -> None:
        function = import_string(self.function)
        offered = {
            "progress": lambda line: progress(f"  {line}"),
            "at": timezone.now(),
            "day": timezone.localdate(),
        }
        wanted = inspect.signature(function).parameters
        function(**{name: value for name, value in offered.items() if name in wanted})

    def fingerprint(self) -> str:
        digest = fingerprint([PACKAGE / source for source in self.sources])
        return ":".join([digest, *(f"{name}={importlib.metadata.version(name)}" for name in self.packages)])


REFERENCE = (
    Step(
        _("Units, agencies and institutions"),
        "hocsuotdoi.places.operations.load_reference",
        ("places/operations", "places/formats", "places/data", "places/enums.py", "core/vietnamese.py"),
        ("vietnam-provinces", "vietnamadminunits"),
    ),
    Step(
        _("Measures, indicators and criteria"),
        "hocsuotdoi.indicators.operations.load_definitions",
        ("indicators/operations", "indicators/formats", "indicators/data", "indicators/enums.py"),
    ),
    Step(
        _("The programme's documents"),
        "hocsuotdoi.programme.operations.load_documents",
        ("programme/operations", "programme/formats", "programme/data", "programme/enums.py"),
    ),
    Step(
        _("Checklists of inspections"),
        "hocsuotdoi.inspection.operations.checklists.load_checklists",
        ("inspection/operations/checklists.py", "inspection/data/checklists.yaml", "inspection/enums.py"),
    ),
)
SAMPLE = (
    Step(_("Sample institutions"), "hocsuotdoi.places.operations.load_sample", ("places/operations", "places/data")),
    Step(
        _("Sample people"),
        "hocsuotdoi.accounts.operations.sample.load_sample",
        ("accounts/operations", "accounts/roles.py"),
    ),
    Step(_("Sample activities"), "hocsuotdoi.activities.operations.sample.load_sample", ("activities/operations",)),
    Step(
        _("A sample session with a waiting list"),
        "hocsuotdoi.activities.operations.sample_waiting.load_sample",
        ("activities/operations/sample_waiting.py", "activities/data/sample_waiting.yaml"),
    ),
    Step(
        _("Sample programmes for schools"),
        "hocsuotdoi.activities.operations.sample_schools.load_sample",
        ("activities/operations/sample_schools.py", "activities/data/sample_schools.yaml"),
    ),
    Step(
        _("Sample papers to read"),
        "hocsuotdoi.papers.operations.sample.load_sample",
        ("papers/operations", "papers/data"),
    ),
    Step(
        _("Sample plans through time"),
        "hocsuotdoi.programme.operations.sample_plans.load_sample",
        ("programme/operations/sample_plans.py", "programme/data_samples/plans.yaml"),
    ),
    Step(
        _("Tasks of the plans"),
        "hocsuotdoi.programme.operations.sample.load_sample",
        ("programme/operations/sample.py", "programme/operations/making.py", "programme/data"),
    ),
    Step(
        _("Sample money"),
        "hocsuotdoi.programme.operations.sample_money.load_sample",
        ("programme/operations/sample_money.py", "programme/data_samples"),
    ),
    Step(
        _("Sample inspections"),
        "hocsuotdoi.inspection.operations.sample.load_sample",
        ("inspection/operations/sample.py", "inspection/data/checklists.yaml"),
    ),
    Step(
        _("A sample reporting cycle"),
        "hocsuotdoi.reporting.operations.sample_cycle.load_sample",
        ("reporting/operations/sample_cycle.py", "reporting/operations/presets.py"),
    ),
    Step(
        _("Sample reports in the cycle"),
        "hocsuotdoi.reporting.operations.sample_reports.load_sample",
        ("reporting/operations/sample_reports.py",),
    ),
)


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest of all files at or under `paths`; what is missing counts as empty."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path, path.with_suffix(".py")]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(PACKAGE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def took(title: str | Promise, started: float) -> str:
    """A line of progress: what was done, and in how many seconds since `started` (of the monotonic clock)."""
    return _("%(step)s: %(seconds).1f s") % {"step": title, "seconds": time.monotonic() - started}


def add_up(progress: Progress) -> None:
    """The totals hold everything that was loaded, on today's map, so that the first page is as quick as any."""
    started = time.monotonic()
    follow_map(timezone.localdate())
    while fold():
        pass
    progress(took(_("Totals of the figures"), started))


def load(steps: Iterable[Step], progress: Progress) -> None:
    """Runs the steps whose sources have changed; `progress` gets a line for each."""
    done = dict(LoadedStep.objects.values_list("function", "mark"))
    for step in steps:
        mark = step.fingerprint()
        if done.get(step.function) == mark:
            progress(_("%(step)s: unchanged") % {"step": step.title})
            continue
        started = time.monotonic()
        step.run(progress)
        LoadedStep.objects.update_or_create(function=step.function, defaults={"mark": mark})
        progress(took(step.title, started))
