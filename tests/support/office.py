"""What documents are converted and read with in tests. Where it is not, they fail and are not skipped: `make test`
installs it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from hocsuotdoi.core.office import office_path


@pytest.fixture
def office() -> str:
    """LibreOffice, with poppler's programs by which its pages are read."""
    found = office_path()
    if found is None or shutil.which("pdftotext") is None:
        pytest.fail("LibreOffice or pdftotext is not here: run scripts/ensure-libreoffice, as `make test` does.")
    return found


def text_of(pdf: bytes, folder: Path) -> str:
    """The PDF's words, laid out as they stand, pages parted by form feeds."""
    place = folder / "read.pdf"
    place.write_bytes(pdf)
    command = ["pdftotext", "-layout", str(place), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
