"""Reads the signatures of a PDF from outside, in a process of its own that may take little time and memory."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hocsuotdoi.reporting.formats import signed_pdf
from hocsuotdoi.reporting.formats.signed_pdf import ChangedAfterwards, FoundSignature, Trust, UnreadableFile


def signatures_in(pdf: bytes, roots: Sequence[Path] = ()) -> list[FoundSignature]:
    """In the order in which they were put. Raises `UnreadableFile`, `ChangedAfterwards`."""
    if b"/ByteRange" not in pdf:  # always in plain words, where there is a signature
        return []
    asked = [sys.executable, "-m", signed_pdf.__name__, *map(str, roots)]
    try:
        done = subprocess.run(asked, input=pdf, capture_output=True, timeout=2 * signed_pdf.SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnreadableFile(str(error)) from None
    told = json.loads(done.stdout)
    if told["problem"] == ChangedAfterwards.__name__:
        raise ChangedAfterwards
    if told["problem"]:
        raise UnreadableFile(told["problem"])
    return [FoundSignature(**{**each, "trust": Trust(each["trust"])}) for each in told["signatures"]]
