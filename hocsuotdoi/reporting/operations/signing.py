"""PDF documents signed with a body's own certificate (PAdES, EN 319 142), where the library is installed (the extra
`sign`) and the body's file lies in SIGNING_DIR."""

import datetime as dt
import importlib.util
import io
import logging
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.places.models import Agency

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

logger = logging.getLogger(__name__)
MARK = "chuky"
"""The place in the document where the signature is shown; a template without it is signed at the foot of its last
page."""
STAMP = Path(__file__).resolve().parent.parent / "formats" / "signature.typ"
_STAMP_SIZE = (190, 56)  # points, as the stamp's page
_FOOT = (330, 90)
_FIELD = "ChuKySo"


TRUSTED = "trusted"
"""Folder within SIGNING_DIR: root certificates (.pem, .cer). Where it is, signatures carry what proves them later."""


class CannotSign(Refused):
    """No certificate, a wrong password, a certificate that is not valid now or was taken back."""


class NoTimestamp(Refused):
    """The time-stamping service does not answer, or says no."""


@dataclass(frozen=True, slots=True)
class Signed:
    content: bytes
    subject: str


def can_sign(agency: Agency | None) -> bool:
    return agency is not None and is_installed() and (_place_of(agency) is not None)


def is_installed() -> bool:
    return importlib.util.find_spec("pyhanko") is not None


def sign_pdf(pdf: bytes, *, agency: Agency, at: dt.datetime) -> Signed:
    """The same document with the body's signature, shown in the signature block, and a timestamp where a service is set
    (SIGNING_TIMESTAMP_URL). What was signed stays byte by byte: the signature is added behind it. Where roots are
    trusted, the chain and what its authorities say of it are put in, so that a reader can prove the signature after the
    certificate has run out (PAdES B-LT; B-LTA with a timestamp).

    Refused (`CannotSign`): the library or the certificate is not there, the password is wrong, the certificate is not
    valid at this moment, was taken back, or nobody can be asked whether it was. `NoTimestamp`: that service does not
    answer. Nothing is half signed.
    """
    signer = _signer_of(agency)
    _refuse_not_valid(signer, at)
    subject = _subject_of(signer)
    stamp = typeset(STAMP, {"subject": _name_of(signer), "moment": f"{timezone.localtime(at):%d/%m/%Y %H:%M:%S %z}"})
    roots = _trusted_roots()
    # The library runs an event loop of its own: in a thread, since the caller's may have one that runs.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return Signed(apart.submit(_told, pdf, signer, stamp, subject, roots).result(), subject)


def _told(*given: Any) -> bytes:
    """`_signed`, its library's refusals in words that say what to do."""
    from pyhanko.sign.general import SigningError  # noqa: PLC0415 - optional dependency
    from pyhanko.sign.timestamps import TimestampRequestError  # noqa: PLC0415 - optional dependency

    try:
        return _signed(*given)
    except (TimestampRequestError, OSError) as error:
        logger.warning("Timestamp: %s", error)
        raise NoTimestamp(
            _(
                "The time-stamping service does not answer, so nothing was signed. "
                "Try again later, or take the Word document."
            )
        ) from None
    except SigningError as error:
        logger.warning("Signature: %s", error)
        raise CannotSign(
            _(
                "The certificate could not be proved valid: it was taken back, or its authority does not answer. "
                "Nothing was signed; ask whoever runs the program."
            )
        ) from None


def _signed(pdf: bytes, signer: "SimpleSigner", stamp: bytes, subject: str, roots: list[Any]) -> bytes:
    from pyhanko.pdf_utils.content import ImportedPdfPage  # noqa: PLC0415 - optional dependency
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - optional dependency
    from pyhanko.sign import fields, signers, timestamps  # noqa: PLC0415 - optional dependency
    from pyhanko.stamp import StaticStampStyle  # noqa: PLC0415 - optional dependency
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - optional dependency

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, left, top = _place_in(writer)
    width, height = _STAMP_SIZE
    box = (int(left), int(top - height), int(left + width), int(top))
    tsa = timestamps.HTTPTimeStamper(settings.SIGNING_TIMESTAMP_URL) if settings.SIGNING_TIMESTAMP_URL else None
    context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="require") if roots else None
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:  # read from there while it is written
        file.write(stamp)
        file.flush()
        out = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=_FIELD,
                subfilter=fields.SigSeedSubFilter.PADES,
                md_algorithm="sha256",
                name=subject[:200],
                validation_context=context,
                embed_validation_info=context is not None,
                use_pades_lta=context is not None and tsa is not None,
            ),
            signer=signer,
            timestamper=tsa,
            stamp_style=StaticStampStyle(background=ImportedPdfPage(file.name), border_width=0, background_opacity=1),
            new_field_spec=fields.SigFieldSpec(_FIELD, on_page=page, box=box),
        ).sign_pdf(writer)
        return bytes(out.getbuffer())


def _place_in(writer: Any) -> tuple[int, float, float]:
    """Page (from 0), left and top of the stamp: at the mark, else at the foot of the last page."""
    root = writer.prev.root
    pages = int(root["/Pages"]["/Count"])
    named = root["/Dests"] if "/Dests" in root else {}  # noqa: SIM401 - `get` does not follow the reference
    if f"/{MARK}" not in named:
        return pages - 1, *_FOOT
    place = named[f"/{MARK}"]
    for number in range(pages):
        reference, _resources = writer.prev.find_page_for_modification(number)
        if reference.reference == place.raw_get(0).reference:
            return number, max(float(place[2]) - _STAMP_SIZE[0] / 2, 20), float(place[3])
    return pages - 1, *_FOOT


def _signer_of(agency: Agency) -> "SimpleSigner":
    place = _place_of(agency)
    if not is_installed() or place is None:
        raise CannotSign(
            _("There is no certificate of {agency} here. Whoever runs the program puts it in place.").format(
                agency=agency.name
            )
        )
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 - optional dependency

    beside = place.with_suffix(".password")
    password = beside.read_text().strip() if beside.is_file() else settings.SIGNING_PASSWORD
    signer = SimpleSigner.load_pkcs12(str(place), passphrase=password.encode())
    if signer is None:
        raise CannotSign(
            _("The certificate of {agency} cannot be opened: is its password right?").format(agency=agency.name)
        )
    return signer


def trusted_files() -> list[Path]:
    """The files of the root certificates that are trusted here."""
    if settings.SIGNING_DIR is None:
        return []
    folder = settings.SIGNING_DIR / TRUSTED
    return sorted(place for place in folder.glob("*") if place.suffix in {".pem", ".cer", ".crt", ".der"})


def _trusted_roots() -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder  # noqa: PLC0415 - optional dependency

    return list(load_certs_from_pemder([str(place) for place in trusted_files()]))


def _place_of(agency: Agency) -> Path | None:
    if settings.SIGNING_DIR is None:
        return None
    place: Path = settings.SIGNING_DIR / f"{agency.code}.p12"
    return place if place.is_file() else None


def _refuse_not_valid(signer: "SimpleSigner", at: dt.datetime) -> None:
    assert signer.signing_cert is not None
    validity = signer.signing_cert["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= at <= validity["not_after"].native:
        raise CannotSign(
            _("The certificate is valid from {first} to {last} only: a new one has to be put in place.").format(
                first=f"{validity['not_before'].native:%d/%m/%Y}", last=f"{validity['not_after'].native:%d/%m/%Y}"
            )
        )


def _subject_of(signer: "SimpleSigner") -> str:
    assert signer.signing_cert is not None
    return str(signer.signing_cert.subject.human_friendly)[:300]


def _name_of(signer: "SimpleSigner") -> str:
    assert signer.signing_cert is not None
    names = signer.signing_cert.subject.native
    return str(names.get("common_name") or names.get("organization_name") or _subject_of(signer))
