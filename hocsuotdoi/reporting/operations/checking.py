"""Whether what was frozen is still what it was."""

from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.queries.verification import figures_fit


def is_intact(snapshot: Snapshot) -> bool:
    """The digest fits the content, and the rows of figures say the same."""
    return digest_of(snapshot.content) == snapshot.digest and figures_fit(snapshot)
