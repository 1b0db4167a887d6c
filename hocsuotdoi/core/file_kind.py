"""Which kind of document bytes are: by what stands in them, not by the name they come under.

The one home for what people hand in and send down. Whoever takes files says which endings it takes (`PAPERS`,
`EVIDENCE`); the name to keep a file under gets the ending that fits its bytes.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from hocsuotdoi.core.vietnamese import normalise

LARGEST = 20_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
}
PAPERS = frozenset({"pdf", "docx", "xlsx", "pptx", "odt", "png", "jpg"})
"""What is sent down to be read."""
EVIDENCE = frozenset(MEDIA_TYPES) - {"pptx"}
"""What an office hands in; nothing that runs."""
_WORDS = frozenset({"csv", "txt"})  # text says nothing of itself: here the name decides, once the bytes are text
_IN_ZIP = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_BY_START = [(b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg")]
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


class BadFileKind(ValueError):
    """The sentence says what to do."""


@dataclass(frozen=True, slots=True)
class FileKind:
    file_name: str
    media_type: str


def file_kind(name: str, content: bytes, *, takes: frozenset[str] = PAPERS) -> FileKind:
    """The name to keep the file under, with the ending that fits, and its media type.

    Raises `BadFileKind`: empty, larger than 20 MB, none of what `takes` names, or with macros.
    """
    if not content:
        raise BadFileKind(_("The file is empty."))
    if len(content) > LARGEST:
        raise BadFileKind(_("The file is too large: at most 20 MB."))
    path = PurePath(normalise(name).replace("\\", "/"))
    ending = _ending(content) or _ending_of_text(path.suffix, content)
    if ending not in takes:
        raise BadFileKind(_not_taken(takes))
    stem = " ".join(_UNSAFE.sub(" ", path.stem).split()).strip(" .")[:150]
    return FileKind(f"{stem or _('document')}.{ending}", MEDIA_TYPES[ending])


def _ending(content: bytes) -> str:
    for start, ending in _BY_START:
        if content.startswith(start):
            return ending
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return _ending_of_zip(content) if content.startswith(b"PK\x03\x04") else ""


def _ending_of_text(suffix: str, content: bytes) -> str:
    ending = suffix.lower().removeprefix(".")
    if ending not in _WORDS or b"\x00" in content:
        return ""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return ending


def _ending_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            is_open = "mimetype" in names and archive.getinfo("mimetype").file_size < 100
            mimetype = archive.read("mimetype").decode("ascii", "replace") if is_open else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise BadFileKind(_("The file cannot be opened: it seems to be damaged.")) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadFileKind(_("The file has macros, which can do harm. Save it without them, or as PDF."))
    for ending in ("odt", "ods"):
        if mimetype == MEDIA_TYPES[ending]:
            return ending
    return next((ending for inside, ending in _IN_ZIP.items() if inside in names), "")


def _not_taken(takes: frozenset[str]) -> str:
    if takes == PAPERS:
        return _("Only PDF, Word, Excel, PowerPoint, OpenDocument text and pictures (PNG, JPEG) can be added.")
    return _("Only these kinds of files can be added: {kinds}.").format(kinds=", ".join(sorted(takes)).upper())
