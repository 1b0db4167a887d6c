"""What `hocsuotdoi doctor` says of the account book."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.doctor import Finding, Level, check
from hocsuotdoi.ledger.queries.soundness import contradictions, unguarded_tables


@check(gettext_lazy("Account book"))
def account_book() -> list[Finding]:
    """Tables that would let a change through, and postings that contradict their entries."""
    return [
        *(
            Finding(
                Level.BROKEN,
                _("{table} would let rows be changed or removed.").format(table=table),
                _("Find out who switched its triggers off, then run `hocsuotdoi migrate` on a sound copy."),
            )
            for table in unguarded_tables()
        ),
        *(
            Finding(
                Level.BROKEN,
                _("Posting {posting} is not undone whole by its reversal.").format(posting=posting),
                _("Compare the book with a backup: entries were changed outside the program."),
            )
            for posting in contradictions()
        ),
    ]
