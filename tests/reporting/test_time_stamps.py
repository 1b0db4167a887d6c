"""Signatures with a timestamp and with their proof, from an authority that answers over HTTP; and where it does not."""

import asyncio
import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from django.utils import timezone, translation
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec, ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentState
from hocsuotdoi.reporting.operations.documents import ask_document, write_one
from hocsuotdoi.reporting.operations.signing import STAMP, TRUSTED, CannotSign, NoTimestamp, sign_pdf
from tests.factories.documents import frozen_report
from tests.support.trust_service import TrustService, asn1_of, trust_service


@pytest.fixture
def authority(settings, tmp_path: Path, office_of_bac_kan: Agency):
    with trust_service() as service:
        settings.SIGNING_DIR, settings.SIGNING_PASSWORD = tmp_path, "mat-khau"
        settings.SIGNING_TIMESTAMP_URL = f"{service.url}/tsa"
        service.given = service.give_certificate(tmp_path, office_of_bac_kan.code, "mat-khau")
        yield service


@pytest.fixture
def page() -> bytes:
    return typeset(STAMP, {"subject": "Một trang", "moment": "hôm nay"})


def judged(signed: bytes, service: TrustService, moment: dt.datetime | None = None):
    """As a reader that trusts the root and may ask nobody."""
    trusted = ValidationContext(trust_roots=[asn1_of(service.root)], allow_fetching=False, moment=moment)

    def judge():
        (signature, *_later) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
        return validate_pdf_signature(signature, trusted)

    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(judge).result()


@pytest.mark.slow
def test_timestamp_of_a_service_is_in_the_signature_and_valid(authority, office_of_bac_kan, page):
    signed = sign_pdf(page, agency=office_of_bac_kan, at=timezone.now())
    assert signed.content.startswith(page)
    assert set(authority.asked) == {"/tsa"}
    status = judged(signed.content, authority)
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity.valid
    assert abs(status.timestamp_validity.timestamp - timezone.now()) < dt.timedelta(minutes=5)


@pytest.mark.slow
def test_signature_with_its_proof_is_valid_after_the_certificate_has_run_out(
    authority, office_of_bac_kan, page, tmp_path
):
    plain = sign_pdf(page, agency=office_of_bac_kan, at=timezone.now()).content
    authority.trust_me(tmp_path / TRUSTED)
    proved = sign_pdf(page, agency=office_of_bac_kan, at=timezone.now()).content
    assert "/goc.crl" in authority.asked
    reader = PdfFileReader(io.BytesIO(proved))
    dss = reader.root["/DSS"]
    assert len(dss["/CRLs"]) >= 1
    assert len(dss["/Certs"]) >= 2
    _signature, stamp = reader.embedded_signatures
    assert stamp.sig_object["/Type"] == "/DocTimeStamp"
    later = timezone.now() + dt.timedelta(days=400)
    assert not judged(plain, authority, later).bottom_line
    assert judged_for_good(proved, authority, later) == AdESStatus.PASSED


def judged_for_good(signed: bytes, service: TrustService, moment: dt.datetime) -> AdESStatus:
    """By EN 319 102-1, long after: the stamping service is still trusted, the body's certificate has run out."""

    def trusting(certificate: x509.Certificate) -> CertValidationPolicySpec:
        trust = SimpleTrustManager.build(trust_roots=[asn1_of(certificate)])
        return CertValidationPolicySpec(trust, revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO))

    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=trusting(service.root), ts_cert_validation_policy=trusting(service.stamps_by)
        )
    )
    timing = ValidationTimingInfo(validation_time=moment, best_signature_time=moment, point_in_time_validation=False)

    def judge() -> AdESStatus:
        (signature, *_later) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
        return asyncio.run(ades_lta_validation(signature, spec, timing_info=timing)).ades_subindic.status

    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(judge).result()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["broken", "refuses", "page", "gone"])
def test_service_that_does_not_stamp_leaves_nothing_signed_and_says_so(
    authority, office_of_bac_kan, page, fault, settings
):
    if fault == "gone":
        settings.SIGNING_TIMESTAMP_URL = "http://127.0.0.1:9/tsa"
    authority.fault = fault
    with translation.override("vi"), pytest.raises(NoTimestamp, match="dấu thời gian"):
        sign_pdf(page, agency=office_of_bac_kan, at=timezone.now())


@pytest.mark.slow
def test_certificate_that_was_taken_back_or_cannot_be_asked_about_does_not_sign(
    authority, office_of_bac_kan, page, tmp_path
):
    authority.trust_me(tmp_path / TRUSTED)
    authority.revoked = [authority.given.serial_number]
    with translation.override("vi"), pytest.raises(CannotSign, match="thu hồi"):
        sign_pdf(page, agency=office_of_bac_kan, at=timezone.now())


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_document_waits_while_the_service_is_down_and_is_signed_when_it_is_back(
    authority, office_of_bac_kan, officer_of_bac_kan
):
    now = timezone.now()
    asked = ask_document(frozen_report(office_of_bac_kan), DocumentFormat.SIGNED_PDF, by=officer_of_bac_kan, at=now)
    authority.fault = "broken"
    with translation.override("vi"):
        write_one(asked, at=now)
    asked.refresh_from_db()
    assert (asked.state, asked.digest, asked.signed_by) == (DocumentState.WAITING, "", "")
    assert "dấu thời gian" in asked.problem
    authority.fault = ""
    write_one(asked, at=now)
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (DocumentState.MADE, "")
    assert "Sở Văn hóa" in asked.signed_by
