"""What a file is, is read from its bytes; the name only says what to call it."""

import io
import zipfile

import pytest

from hocsuotdoi.core.file_kind import EVIDENCE, LARGEST, PAPERS, BadFileKind, file_kind


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept_as", "media_type"),
    [
        ("ảnh.exe", b"%PDF-1.7", "ảnh.pdf", "application/pdf"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n0", "a.png", "image/png"),
        ("C:\\x\\biên bản.txt", b"\xff\xd8\xff0", "biên bản.jpg", "image/jpeg"),
        ("a", b"RIFF0000WEBPVP8 ", "a.webp", "image/webp"),
        ("a.doc", zipped(**{"word/document.xml": b"x"}), "a.docx", None),
        ("a.xls", zipped(**{"xl/workbook.xml": b"x"}), "a.xlsx", None),
        ("a.x", zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "a.ods", None),
        ("ds.CSV", "tên;tuổi\nLan;8".encode(), "ds.csv", "text/csv"),
        ("..txt", b"ghi", "document.txt", "text/plain"),
    ],
)
def test_bytes_say_what_a_file_is(name, content, kept_as, media_type):
    found = file_kind(name, content, takes=EVIDENCE)
    assert found.file_name == kept_as or found.file_name.endswith(".txt")
    assert media_type in (None, found.media_type)


@pytest.mark.parametrize(
    ("name", "content", "takes"),
    [
        ("a.pdf", b"", EVIDENCE),
        ("a.pdf", b"%PDF-" + b"0" * LARGEST, EVIDENCE),
        ("a.pdf", b"MZ chay", EVIDENCE),
        ("a.txt", b"a\x00b", EVIDENCE),
        ("a.csv", b"\xff\xfe", EVIDENCE),
        ("a.html", b"<script>", EVIDENCE),
        ("a.svg", b"<svg/>", EVIDENCE),
        ("a.docx", b"PK\x03\x04 hong", EVIDENCE),
        ("a.docx", zipped(**{"word/document.xml": b"x", "word/vbaProject.bin": b"x"}), EVIDENCE),
        ("a.zip", zipped(**{"a.txt": b"x"}), EVIDENCE),
        ("a.csv", b"a;b", PAPERS),
    ],
)
def test_what_is_no_document_is_refused_with_a_sentence(name, content, takes):
    with pytest.raises(BadFileKind) as refused:
        file_kind(name, content, takes=takes)
    assert str(refused.value).endswith(".")
