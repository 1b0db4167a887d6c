"""Whether what was frozen is still what it was, and whether somebody holds the paper."""

import hmac

from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.formats.printed import paper_key
from hocsuotdoi.reporting.models import Document, Snapshot
from hocsuotdoi.reporting.queries.verification import figures_fit, is_opened_by_paper, tidy_code


def is_intact(snapshot: Snapshot) -> bool:
    """The digest fits the content, and the rows of figures say the same."""
    return digest_of(snapshot.content) == snapshot.digest and figures_fit(snapshot)


def key_of(document: Document) -> str:
    """What the document prints for who has it in hand; empty where that would open nothing."""
    return paper_key(document.snapshot.content, document.code) if is_opened_by_paper(document.snapshot) else ""


def has_paper(document: Document, typed: str) -> bool:
    """Whether `typed` is the key that the document prints, as people type it."""
    key = key_of(document)
    return bool(key) and hmac.compare_digest(tidy_code(typed).encode(), key.encode())
