"""What `hocsuotdoi doctor` says of reports."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.doctor import Finding, Level, check
from hocsuotdoi.reporting.queries.soundness import snapshots_apart


@check(gettext_lazy("Frozen reports"))
def frozen_reports() -> list[Finding]:
    """Figures that are added up are those that the documents print."""
    return [
        Finding(
            Level.BROKEN,
            _("The figures of %(number)s are not those of its content.") % {"number": number},
            _("Compare the database with a backup: rows were changed outside the program."),
        )
        for number in snapshots_apart()
    ]
