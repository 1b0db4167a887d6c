"""The most memory that an export or a rebuild takes, in a process of its own:

python -m bench.rollup_peak export|rebuild DIR [quarter]
"""

import dataclasses
import datetime as dt
import subprocess
import sys
from pathlib import Path

SMALL = "192MB"
"""A limit that a quarter of a million rows fills already."""


def peak(what: str, folder: Path, *, quarter: bool = False) -> int:
    """Bytes, beside what the program takes before it has begun."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.rollup_peak", what, str(folder), *(["quarter"] if quarter else [])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(said.stdout)


def main() -> None:
    import django

    django.setup()
    from hocsuotdoi.indicators.operations.exporting import export, read_export
    from hocsuotdoi.indicators.operations.rebuilding import made_by_duckdb

    what, folder = sys.argv[1], Path(sys.argv[2])
    before = _highest()
    if what == "export":
        export(folder, at=dt.datetime.now(dt.UTC), day=dt.date(2026, 1, 15))
    else:
        exported = read_export(folder)
        if "quarter" in sys.argv:
            months = sorted(exported.months)[: len(exported.months) // 4]
            exported = dataclasses.replace(exported, months={first: exported.months[first] for first in months})
        with made_by_duckdb(exported, memory=SMALL):
            pass
    print(_highest() - before)


def _highest() -> int:
    """Of this program's own memory: what getrusage() tells begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


if __name__ == "__main__":
    main()
