"""PDF by LibreOffice, signed with a certificate, checked by pyHanko's own validator."""

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.utils import timezone

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.office import page_count, to_pdf
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState
from hocsuotdoi.reporting.formats.context import Seal
from hocsuotdoi.reporting.formats.docx import render_document
from hocsuotdoi.reporting.operations.documents import ask_document, write_one
from hocsuotdoi.reporting.operations.signing import CannotSign, can_sign, sign_pdf
from tests.factories.documents import certificate, cycle_content, frozen_report

needs_office = pytest.mark.usefixtures("office")


@pytest.fixture
def signing(settings, tmp_path, office_of_bac_kan):
    settings.SIGNING_DIR, settings.SIGNING_PASSWORD = tmp_path, "mat-khau"
    certificate(tmp_path, office_of_bac_kan.code)
    return settings


def _apart(judge: Callable[..., Any], *given: Any) -> Any:
    """The validator runs an event loop of its own, and a browser's may run in this thread."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(judge, *given).result()


@pytest.mark.slow
@needs_office
def test_signed_document_is_valid_and_shown_in_the_signature_block(signing, office_of_bac_kan, officer_of_bac_kan):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    now = timezone.now()
    asked = ask_document(frozen_report(office_of_bac_kan), DocumentFormat.SIGNED_PDF, by=officer_of_bac_kan, at=now)
    write_one(asked, at=now)
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (DocumentState.MADE, "")
    assert "Sở Văn hóa" in asked.signed_by
    assert asked.signed_at is not None
    with open_kept(asked.digest) as file:
        body = file.read()
    reader = PdfFileReader(io.BytesIO(body))
    (signature,) = reader.embedded_signatures
    trusted = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = _apart(validate_pdf_signature, signature, trusted)
    assert status.bottom_line, status.pretty_print_details()
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    # The stamp lies on the page of the signature block, on its right half.
    left, _bottom, right, _top = (float(each) for each in signature.sig_field["/Rect"])
    assert 250 < left < right < 595
    broken = PdfFileReader(io.BytesIO(body.replace(b"/Creator", b"/Kreator", 1)))
    changed = _apart(validate_pdf_signature, broken.embedded_signatures[0], trusted)
    assert not changed.bottom_line


@needs_office
@pytest.mark.slow
def test_several_documents_become_pdf_in_one_call_and_a_broken_one_is_left_out():
    word = render_document(DocumentKind.UNIT_REPORT, cycle_content(), Seal("0" * 64))
    made = to_pdf({"a.docx": word, "b.docx": b"\x00 khong phai van ban", "c.docx": word})
    assert {"a.docx", "c.docx"} <= set(made)
    assert page_count(made["a.docx"]) == 3


@pytest.mark.django_db
def test_signing_is_refused_without_certificate_with_a_wrong_password_and_after_its_last_day(
    signing, tmp_path, office_of_bac_kan, department_of_thai_nguyen
):
    now = timezone.now()
    assert can_sign(office_of_bac_kan)
    assert not can_sign(department_of_thai_nguyen)
    assert not can_sign(None)
    with pytest.raises(CannotSign):
        sign_pdf(b"%PDF-1.7", agency=department_of_thai_nguyen, at=now)
    with pytest.raises(CannotSign):
        sign_pdf(b"%PDF-1.7", agency=office_of_bac_kan, at=now + dt.timedelta(days=500))
    (tmp_path / f"{office_of_bac_kan.code}.password").write_text("sai\n")
    with pytest.raises(CannotSign):
        sign_pdf(b"%PDF-1.7", agency=office_of_bac_kan, at=now)
