"""Which kind of document bytes are: by what stands in them, not by the name they come under."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from hocsuotdoi.core.vietnamese import normalise

LARGEST = 20_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = {
    "word/document.xml": ("docx", f"{_OFFICE}wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "ppt/presentation.xml": ("pptx", f"{_OFFICE}presentationml.presentation"),
}
_BY_START = [
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
]
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


class BadPaperFile(ValueError):
    """The sentence says what to do."""


@dataclass(frozen=True, slots=True)
class FileKind:
    file_name: str
    media_type: str


def file_kind(name: str, content: bytes) -> FileKind:
    """The name to keep the file under, with the ending that fits, and its media type.

    Raises `BadPaperFile`: empty, larger than 20 MB, none of PDF, DOCX, XLSX, PPTX, ODT, PNG, JPEG, or with macros.
    """
    if not content:
        raise BadPaperFile(_("The file is empty."))
    if len(content) > LARGEST:
        raise BadPaperFile(_("The file is too large: at most 20 MB."))
    ending, media_type = _kind(content)
    stem = _UNSAFE.sub(" ", normalise(PurePath(name.replace("\\", "/")).stem)).strip(" .")[:150]
    return FileKind(f"{stem or _('document')}.{ending}", media_type)


def _kind(content: bytes) -> tuple[str, str]:
    for start, ending, media_type in _BY_START:
        if content.startswith(start):
            return ending, media_type
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    raise BadPaperFile(_("Only PDF, Word, Excel, PowerPoint, OpenDocument text and pictures (PNG, JPEG) can be added."))


def _kind_of_zip(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            is_odt = "mimetype" in names and archive.getinfo("mimetype").file_size < 100
            mimetype = archive.read("mimetype") if is_odt else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise BadPaperFile(_("The file cannot be opened: it seems to be damaged.")) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadPaperFile(_("The file has macros, which can do harm. Save it without them, or as PDF."))
    if mimetype == b"application/vnd.oasis.opendocument.text":
        return "odt", mimetype.decode()
    for inside, kind in _IN_ZIP.items():
        if inside in names:
            return kind
    raise BadPaperFile(_("Only PDF, Word, Excel, PowerPoint, OpenDocument text and pictures (PNG, JPEG) can be added."))
