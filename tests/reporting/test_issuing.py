"""A document went out: number, day, signer and the signed file are noted beside what was frozen."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.reporting.formats import signed_pdf as signed_pdf_format
from hocsuotdoi.reporting.formats.signed_pdf import Trust, UnreadableFile
from hocsuotdoi.reporting.models import IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.approval import reopen_report
from hocsuotdoi.reporting.operations.issuing import (
    BadIssue,
    BroughtBack,
    NotToIssue,
    note_issued,
    withdraw_issued,
)
from hocsuotdoi.reporting.operations.signatures import signatures_in
from hocsuotdoi.reporting.operations.signing import STAMP, sign_pdf, trusted_files
from tests.factories.documents import certificate, frozen_report

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def snapshot(office_of_bac_kan) -> Snapshot:
    return frozen_report(office_of_bac_kan)


@pytest.fixture
def note(snapshot, officer_of_bac_kan):
    def noted(**changes) -> IssuedDocument:
        given = {
            "number": " 12/BC-UBND ",
            "issued_on": timezone.localdate(snapshot.frozen_at),
            "signer": "Nguyễn Thị Hoa, Phó Chủ tịch",
            "file": None,
            "by": officer_of_bac_kan,
            "at": snapshot.frozen_at + DAY,
        }
        return note_issued(snapshot, **{**given, **changes})

    return noted


@pytest.fixture
def plain_pdf() -> bytes:
    return typeset(STAMP, {"subject": "Ủy ban nhân dân phường Bắc Kạn", "moment": "27/11/2026"})


@pytest.fixture
def signed_pdf(plain_pdf, settings, tmp_path, office_of_bac_kan) -> bytes:
    """As a token signs it elsewhere: behind the bytes that were there."""
    settings.SIGNING_DIR, settings.SIGNING_PASSWORD = tmp_path, "mat-khau"
    certificate(tmp_path, office_of_bac_kan.code)
    return sign_pdf(plain_pdf, agency=office_of_bac_kan, at=timezone.now()).content


def test_number_day_and_signer_are_noted_without_a_file(note):
    issued = note()
    assert (issued.number, issued.signer, issued.digest) == ("12/BC-UBND", "Nguyễn Thị Hoa, Phó Chủ tịch", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "  "}, "number"),
        ({"signer": ""}, "signer"),
        ({"file": BroughtBack("a.docx", b"PK\x03\x04")}, "file"),
        ({"file": BroughtBack("a.pdf", b"")}, "file"),
        ({"number": "về khen ông A"}, "number"),
        ({"number": "12/TTr khen ông A, bà B"}, "number"),
        ({"file": BroughtBack("a.png", b"\x89PNG\r\n\x1a\nhong")}, "file"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(note, changes, field):
    with pytest.raises(BadIssue) as refused:
        note(**changes)
    assert refused.value.field == field
    assert not IssuedDocument.objects.exists()


@pytest.mark.parametrize("days", [-1, 2])
def test_no_day_before_the_figures_were_frozen_or_to_come(note, snapshot, days):
    with pytest.raises(BadIssue) as refused:
        note(issued_on=timezone.localdate(snapshot.frozen_at) + days * DAY)
    assert refused.value.field == "issued_on"


def test_noted_once_and_anew_after_it_was_taken_back_with_a_reason(note, officer_of_bac_kan, now):
    first = note()
    with pytest.raises(NotToIssue, match="12/BC-UBND"):
        note(number="13/BC-UBND")
    with pytest.raises(BadIssue):
        withdraw_issued(first, reason=" ", by=officer_of_bac_kan, at=now)
    withdraw_issued(first, reason="Nhầm số", by=officer_of_bac_kan, at=now)
    withdraw_issued(first, reason="Lần nữa", by=officer_of_bac_kan, at=now)
    assert note(number="13/BC-UBND").number == "13/BC-UBND"
    assert list(IssuedDocument.objects.order_by("number").values_list("number", "reason")) == [
        ("12/BC-UBND", "Nhầm số"),
        ("13/BC-UBND", ""),
    ]


def test_version_that_does_not_stand_does_not_go_out(note, snapshot, planner):
    reopen_report(
        snapshot.report, version=snapshot.report.version, reason="Số liệu phải tính lại", by=planner, at=timezone.now()
    )
    with pytest.raises(NotToIssue):
        note()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"number": ""}, "issued_says_number_and_signer"),
        ({"file_name": "a.pdf"}, "issued_file_is_whole"),
        ({"signatures": [{}]}, "issued_file_is_whole"),
        ({"reason": "Vì"}, "issued_withdrawn_says_why"),
        ({}, "issued_once"),
    ],
)
def test_the_database_refuses_what_breaks(note, snapshot, changes, rule):
    issued = note()
    given = {"snapshot": snapshot, "number": "1/BC", "issued_on": issued.issued_on, "signer": "Hoa"}
    given |= {"noted_at": issued.noted_at, "noted_by": issued.noted_by}
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        IssuedDocument.objects.create(**{**given, **changes})


def test_what_was_noted_is_never_changed_or_removed(note):
    issued = IssuedDocument.objects.filter(pk=note().pk)
    gone = {"withdrawn_at": timezone.now(), "withdrawn_by": issued[0].noted_by}
    for change in (
        lambda: issued.update(number="1/BC"),
        lambda: issued.update(issued_on=dt.date(2020, 1, 1)),
        lambda: issued.update(digest="a" * 64),
        lambda: issued.update(**gone),
        issued.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    issued.update(**gone, reason="Nhầm")
    with pytest.raises(DatabaseError), transaction.atomic():
        issued.update(withdrawn_at=None, withdrawn_by=None, reason="")


def test_scan_is_kept_without_what_the_camera_wrote(note):
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[271] = "Máy của chị Hoa"
    Image.new("RGB", (40, 60), "white").save(picture, "JPEG", exif=exif)
    issued = note(file=BroughtBack("Bản ký.jpg", picture.getvalue()))
    assert (issued.file_name, issued.signatures) == ("Bản ký.jpg", [])
    with open_kept(issued.digest) as kept:
        assert not Image.open(kept).getexif()


@pytest.mark.parametrize("number", ["Số: 12/BC-UBND", "số 12/BC-UBND", "12 /BC- UBND"])
def test_number_is_kept_as_registers_write_it(note, number):
    assert note(number=number).number == "12/BC-UBND"


def test_electronic_signature_is_found_with_name_and_moment_and_no_more(note, signed_pdf):
    (signature,) = note(file=BroughtBack("ky.pdf", signed_pdf)).signatures
    assert signature["signer"] == "Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên"
    assert dt.datetime.fromisoformat(signature["moment"]).date() <= timezone.localdate()
    assert (signature["trust"], signature["is_followed"]) == ("no_root", False)


def _trusted(folder: Path, place: Path) -> None:
    made = pkcs12.load_pkcs12(place.read_bytes(), b"mat-khau").cert
    (folder / "trusted").mkdir(exist_ok=True)
    (folder / "trusted" / f"{place.stem}.pem").write_bytes(made.certificate.public_bytes(Encoding.PEM))


def test_signature_is_trusted_where_its_root_is_and_no_other(note, tmp_path, signed_pdf, office_of_bac_kan):
    other = tmp_path / "khac"
    other.mkdir()
    _trusted(tmp_path, certificate(other, "khac"))
    first = note(file=BroughtBack("ky.pdf", signed_pdf))
    assert [each["trust"] for each in first.signatures] == ["not_proved"]
    _trusted(tmp_path, tmp_path / f"{office_of_bac_kan.code}.p12")
    assert [each.trust for each in signatures_in(signed_pdf, trusted_files())] == [Trust.TRUSTED]


def _changed_behind(pdf: bytes) -> bytes:
    """Something else than a signature is written behind what was signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, _resources = writer.prev.find_page_for_modification(0)
    page.get_object()["/Rotate"] = generic.NumberObject(90)
    writer.mark_update(page.reference)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _signed_again(pdf: bytes, folder: Path) -> bytes:
    signer = signers.SimpleSigner.load_pkcs12(str(certificate(folder, "nguoi-hai")), passphrase=b"mat-khau")
    told = signers.PdfSignatureMetadata(field_name="ChuKyHai")
    with ThreadPoolExecutor(max_workers=1) as apart:  # the library runs an event loop of its own
        out = apart.submit(signers.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(pdf)), told, signer).result()
    return bytes(out.getbuffer())


def test_file_that_was_changed_after_it_was_signed_is_refused(note, signed_pdf):
    for changed in (signed_pdf.replace(b"/Creator", b"/Kreator", 1), _changed_behind(signed_pdf)):
        assert changed != signed_pdf
        with pytest.raises(BadIssue, match="không còn khớp"):
            note(file=BroughtBack("ky.pdf", changed))
    assert not IssuedDocument.objects.exists()


def test_second_signature_is_no_change_and_what_came_between_is_told(signed_pdf, tmp_path):
    twice = signatures_in(_signed_again(signed_pdf, tmp_path))
    assert [each.is_followed for each in twice] == [False, False]
    between = signatures_in(_signed_again(_changed_behind(signed_pdf), tmp_path))
    assert [each.is_followed for each in between] == [True, False]


@pytest.mark.parametrize(
    "hostile",
    [
        b"%PDF-1.7 /ByteRange khong phai van ban",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>endobj\n2 0 obj<</Type/Pages/Kids[]"
        b"/Count 0>>endobj\n3 0 obj<</FT/Sig/T(a)/V 4 0 R>>endobj\n4 0 obj<</Type/Sig/Filter/Adobe.PPKLite"
        b"/SubFilter/adbe.pkcs7.detached/Contents<00>/ByteRange[0 9 0 9 0 9]>>endobj\ntrailer<</Root 1 0 R/Size 5>>",
    ],
)
def test_what_is_no_honest_file_is_refused_and_harms_nobody(note, hostile):
    with pytest.raises(BadIssue, match="Không kiểm tra được"):
        note(file=BroughtBack("ky.pdf", hostile))


def test_file_that_takes_too_long_is_given_up(monkeypatch, signed_pdf):
    monkeypatch.setattr(signed_pdf_format, "SECONDS", 0.01)
    with pytest.raises(UnreadableFile):
        signatures_in(signed_pdf)
