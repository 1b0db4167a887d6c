"""Which electronic signatures a PDF holds that was signed elsewhere, and whether they fit what they sign. Where the
library is not installed (the extra `sign`), a file is kept as it is and nothing is said of its signatures."""

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.operations.signing import is_installed, trusted_roots

logger = logging.getLogger(__name__)


class BrokenSignature(Refused):
    """The file was changed after it was signed, or cannot be read."""


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """`moment`: ISO, as the signature states it; empty: it states none. `is_trusted`: its chain leads to a root that
    this installation trusts (`SIGNING_DIR/trusted`)."""

    subject: str
    moment: str
    is_trusted: bool


def signatures_in(pdf: bytes) -> list[FoundSignature]:
    """In the order in which they were put. Refused (`BrokenSignature`): one that does not fit its content, something
    changed behind the last one, a file that cannot be read."""
    if not is_installed():
        return []
    # The library runs an event loop of its own: in a thread, since the caller's may have one that runs.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(_read, pdf).result()


def _read(pdf: bytes) -> list[FoundSignature]:
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - optional dependency
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 - optional dependency
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - optional dependency

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        signatures = list(reader.embedded_regular_signatures)
    except Exception as error:  # whatever a damaged or hostile file does to the library
        logger.info("A PDF that was brought back: %s", error)
        raise BrokenSignature(_("The file cannot be opened: it seems to be damaged.")) from None
    found = []
    for signature in signatures:
        try:
            context = ValidationContext(trust_roots=trusted_roots(), allow_fetching=False)
            status = validate_pdf_signature(signature, context)
        except Exception as error:  # as above
            logger.info("A signature that was brought back: %s", error)
            raise _broken() from None
        if not (status.intact and status.valid):
            raise _broken()
        found.append(FoundSignature(_subject(signature), _moment(status), bool(status.trusted)))
    if signatures and not _nothing_behind(status):
        raise _broken()
    return found


def _nothing_behind(status: Any) -> bool:
    """Behind the last signature stands nothing, or only what proves it later."""
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415 - optional dependency

    level = status.modification_level
    return level is None or level <= ModificationLevel.LTA_UPDATES


def _broken() -> BrokenSignature:
    return BrokenSignature(
        _("The file was changed after it was signed: its signature no longer fits. Bring the file as it was signed.")
    )


def _subject(signature: Any) -> str:
    certificate = signature.signer_cert
    return str(certificate.subject.human_friendly)[:300] if certificate is not None else ""


def _moment(status: Any) -> str:
    moment = status.signer_reported_dt
    return moment.isoformat() if moment is not None else ""
