"""The electronic signatures of a PDF that was signed elsewhere (ISO 32000, ETSI EN 319 142), read by pyHanko.

Run as a module with the PDF on its input and the files of trusted roots as arguments, it writes them as JSON, within
limits of its own: a small file can be made to keep a reader busy for hours.
"""

import io
import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

SECONDS = 20
_MEMORY = 2_000_000_000
_MOST_SIGNATURES = 20
_PLAIN_RANGE = 4
"""Numbers in the range of a signature that signs all but itself; a longer list is hashed for hours."""


class Trust(StrEnum):
    """Whether the certificate is whose it says. What authorities take back is not asked for."""

    TRUSTED = "trusted"
    NO_ROOT = "no_root"
    """No authority is trusted here."""
    NOT_PROVED = "not_proved"
    """It leads to none of them, has run out, or is of a kind that is no longer relied on."""
    NOT_READ = "not_read"
    """The signature is of a kind that cannot be read here."""


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """`signer`: name and organisation in the certificate, nothing else of it: certificates also hold people's identity
    numbers. `moment`: ISO, as the signature states it; empty: it states none. `is_followed`: after it something else
    than signatures came to the file, and a later signature stands for that."""

    signer: str
    moment: str
    trust: Trust
    is_followed: bool = False


class UnreadableFile(ValueError):
    """Damaged, locked by a password, or it takes longer to read than any honest file."""


class ChangedAfterwards(ValueError):
    """A signature does not fit what it signs, or something was changed behind the last one."""


def read(pdf: bytes, roots: Sequence[str]) -> list[FoundSignature]:
    """In the order in which they were put. Within this process and without limits: what comes from outside is given to
    `operations.signatures`. Raises `UnreadableFile`, `ChangedAfterwards`, whatever pyHanko does."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - optional dependency
    from pyhanko.sign.fields import enumerate_sig_fields  # noqa: PLC0415 - optional dependency

    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    if reader.encrypted:
        reader.decrypt(b"")  # locked against changes only: whoever opens it needs no password
    signed = sum(1 for _each in enumerate_sig_fields(reader, filled_status=True))
    signatures = list(reader.embedded_signatures)
    if signed > _MOST_SIGNATURES or any(len(each.byte_range) != _PLAIN_RANGE for each in signatures):
        raise UnreadableFile("ranges")
    trusted = _certificates(roots)
    found = []
    for number, each in enumerate(signatures, start=1):
        one = _judged(each, trusted, is_last=number == len(signatures))
        if one is not None:
            found.append(one)
    return found + [FoundSignature("", "", Trust.NOT_READ)] * (signed - len(signatures))


def _judged(signature: "EmbeddedPdfSignature", roots: list[Any], *, is_last: bool) -> FoundSignature | None:
    """None: a time stamp of the document, which says nothing of who signed."""
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415 - optional dependency
    from pyhanko.sign.validation import (  # noqa: PLC0415 - optional dependency
        validate_pdf_signature,
        validate_pdf_timestamp,
    )
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - optional dependency

    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    is_stamp = signature.sig_object_type == "/DocTimeStamp"
    status: Any = (validate_pdf_timestamp if is_stamp else validate_pdf_signature)(signature, context)
    level = status.modification_level
    is_followed = (level is not None and level > ModificationLevel.FORM_FILLING) or status.docmdp_ok is False
    if not (status.intact and status.valid) or (is_last and is_followed):
        raise ChangedAfterwards
    if is_stamp:
        return None
    trust = Trust.TRUSTED if status.trusted else Trust.NOT_PROVED if roots else Trust.NO_ROOT
    moment = status.signer_reported_dt
    return FoundSignature(
        _signer(signature.signer_cert), moment.isoformat() if moment is not None else "", trust, is_followed
    )


def _signer(certificate: Any) -> str:
    names = certificate.subject.native
    parts = (names.get(part) for part in ("common_name", "organization_name"))
    words = ["".join(letter for letter in str(each) if letter.isprintable()) for each in parts if each]
    return ", ".join(dict.fromkeys(words))[:300]


def _certificates(files: Sequence[str]) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder  # noqa: PLC0415 - optional dependency

    return list(load_certs_from_pemder(files))


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    problem, found = "", []
    try:
        found = read(sys.stdin.buffer.read(), sys.argv[1:])
    except Exception as error:  # whatever a damaged or hostile file does to the library
        problem = type(error).__name__
    json.dump({"problem": problem, "signatures": [asdict(each) for each in found]}, sys.stdout)


if __name__ == "__main__":
    _main()
