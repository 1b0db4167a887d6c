"""A document went out: number, day, signer and the signed file are noted beside what was frozen."""

import datetime as dt
import io

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.reporting.enums import DocumentState
from hocsuotdoi.reporting.models import Document, IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.approval import reopen_report
from hocsuotdoi.reporting.operations.issuing import (
    BadIssue,
    BroughtBack,
    NotToIssue,
    note_issued,
    withdraw_issued,
)
from hocsuotdoi.reporting.operations.signatures import signatures_in
from hocsuotdoi.reporting.operations.signing import STAMP, sign_pdf
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
        ({"file": BroughtBack("a.pdf", b"%PDF-1.7 khong phai van ban")}, "file"),
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
    reopen_report(snapshot.report, reason="Số liệu phải tính lại", by=planner, at=timezone.now())
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
    assert (issued.file_name, issued.signatures, issued.continues) == ("Bản ký.jpg", [], None)
    with open_kept(issued.digest) as kept:
        assert not Image.open(kept).getexif()


def test_electronic_signature_is_found_and_what_was_signed_is_known_again(note, snapshot, plain_pdf, signed_pdf):
    from hocsuotdoi.core.attachments import keep_file

    digest, size = keep_file(plain_pdf)
    asked = {"kind": "unit_report", "format": "pdf", "asked_at": snapshot.frozen_at}
    ours = Document.objects.create(
        snapshot=snapshot, state=DocumentState.MADE, digest=digest, size=size, file_name="a.pdf",
        made_at=snapshot.frozen_at, **asked,
    )  # fmt: skip
    issued = note(file=BroughtBack("ky.pdf", signed_pdf))
    (signature,) = issued.signatures
    assert "Sở Văn hóa" in signature["subject"]
    assert (signature["is_trusted"], issued.continues) == (False, ours)


def test_signature_whose_root_is_trusted_here_is_told_as_such(settings, tmp_path, plain_pdf, office_of_bac_kan):
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    settings.SIGNING_DIR, settings.SIGNING_PASSWORD = tmp_path, "mat-khau"
    place = certificate(tmp_path, office_of_bac_kan.code)
    signed = sign_pdf(plain_pdf, agency=office_of_bac_kan, at=timezone.now()).content
    assert [each.is_trusted for each in signatures_in(signed)] == [False]
    made = pkcs12.load_pkcs12(place.read_bytes(), b"mat-khau").cert
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "goc.pem").write_bytes(made.certificate.public_bytes(Encoding.PEM))
    assert [each.is_trusted for each in signatures_in(signed)] == [True]


def test_file_that_was_changed_after_it_was_signed_is_refused(note, signed_pdf):
    for changed in (signed_pdf.replace(b"/Creator", b"/Kreator", 1), signed_pdf.replace(b"/Count 1", b"/Count 2", 1)):
        assert changed != signed_pdf
        with pytest.raises(BadIssue, match=r"không còn khớp|hỏng"):
            note(file=BroughtBack("ky.pdf", changed))
    assert not IssuedDocument.objects.exists()


def test_what_was_written_behind_the_signature_is_refused(note, signed_pdf):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed_pdf))
    page, _resources = writer.prev.find_page_for_modification(0)
    content = page.get_object()
    content["/Rotate"] = writer.prev.trailer["/Root"]["/Pages"]["/Count"].__class__(90)
    writer.mark_update(page.reference)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(BadIssue, match="không còn khớp"):
        note(file=BroughtBack("ky.pdf", out.getvalue()))
