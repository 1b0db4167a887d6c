"""Office documents to PDF by LibreOffice, where the machine has it (setting SOFFICE). Without it documents stay as Word
files and no page offers PDF."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

MOST_AT_ONCE = 50
"""Files in one call: starting the program costs more than most documents."""
_PDF = 'pdf:writer_pdf_Export:{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}'
_SHEET = "xlsx:Calc MS Excel 2007 XML"
_SECONDS_TO_START, _SECONDS_EACH = 60, 10


class NoOffice(LookupError):
    """LibreOffice is not there, or was not wanted."""


class NotConverted(RuntimeError):
    """LibreOffice did not do it: it took too long, or a file is not what its name says."""


def office_path() -> str | None:
    """The program that converts, None where there is none."""
    return shutil.which(settings.SOFFICE) if settings.SOFFICE else None


def to_pdf(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each file's PDF under the file's own name. What could not be converted is left out.

    Every call has a profile of its own, since two programs that share one wait for each other; a call that takes too
    long is ended with all its children. Bookmarks become named places of the PDF. Raises `NoOffice`, and `NotConverted`
    when it came to no end.
    """
    return {name: body for name, body in _convert(files, _PDF).items() if body.startswith(b"%PDF-")}


def recalculated(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each workbook as LibreOffice works it out anew, whatever values stood beside its formulas. Raises as `to_pdf`."""
    return _convert(files, _SHEET)


def page_count(pdf: bytes) -> int:
    """Of a PDF that LibreOffice has made, whose pages stand as plain objects."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def _convert(files: Mapping[str, bytes], to: str) -> dict[str, bytes]:
    office = office_path()
    if office is None:
        raise NoOffice
    if len(files) > MOST_AT_ONCE:
        raise ValueError(f"{len(files)} files at once")
    ending = to.partition(":")[0]
    with tempfile.TemporaryDirectory(prefix="hsd-office-") as folder:
        inside, outside = Path(folder, "in"), Path(folder, "out")
        inside.mkdir()
        outside.mkdir()
        places = {}
        for ordinal, (name, body) in enumerate(files.items()):
            place = inside / f"{ordinal:03d}{Path(name).suffix}"
            place.write_bytes(body)
            places[name] = place
        command = [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", to),
            *("--outdir", str(outside), *map(str, places.values())),
        ]
        _run(command, _SECONDS_TO_START + _SECONDS_EACH * len(files), folder)
        made = {name: outside / f"{place.stem}.{ending}" for name, place in places.items()}
        return {name: place.read_bytes() for name, place in made.items() if place.is_file()}


def _run(command: list[str], seconds: int, home: str) -> None:
    environment = {**os.environ, "HOME": home}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NotConverted(f"LibreOffice took longer than {seconds} seconds") from None
    finally:
        # Its children live on when only the starter is ended; the group is ours alone.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
