"""What `hocsuotdoi doctor` says of the trail of changes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.append_only import unguarded_tables
from hocsuotdoi.core.doctor import Finding, Level, check


@check(gettext_lazy("Trail of changes"))
def trail() -> list[Finding]:
    """Tables that only grow by what we promise, and would let a row be changed or removed."""
    return [
        Finding(
            Level.BROKEN,
            _("{table} would let rows be changed or removed.").format(table=table),
            _("Find out who switched its triggers off, then run `hocsuotdoi migrate` on a sound copy."),
        )
        for table in unguarded_tables()
    ]
