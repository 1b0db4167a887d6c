"""What `hocsuotdoi doctor` says of the territory."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.doctor import Finding, Level, check
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.doubts import broken_laws, doubts


@check(gettext_lazy("Territory"))
def territory() -> list[Finding]:
    """Nothing loaded, broken laws, then what is uncertain."""
    if not AdminUnit.objects.exists():
        return [Finding(Level.BROKEN, _("No territory is loaded."), _("Run `hocsuotdoi demo` once."))]
    found = doubts()
    where = _("The whole list is in docs/territory.md.")
    return [
        *(Finding(Level.BROKEN, sentence, _("Load the reference data anew.")) for sentence in broken_laws()),
        Finding(
            Level.UNCERTAIN,
            _(
                "{count} former communes were divided between several new ones; what happened there is read at the "
                "main one."
            ).format(count=found.divided_units),
            where,
        ),
        Finding(
            Level.UNCERTAIN,
            _("{count} times the two sources of the territory disagree; the official name and code are kept.").format(
                count=sum(found.disagreements.values())
            ),
            where,
        ),
    ]
