"""What `hocsuotdoi doctor` says of the territory."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hocsuotdoi.core.doctor import Finding, Level, check
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.models import AdminUnit, TerritoryReform
from hocsuotdoi.places.queries.doubts import broken_laws, doubts
from hocsuotdoi.places.queries.institutions import left_alone

_NAMED = 5


@check(gettext_lazy("Territory"))
def territory() -> list[Finding]:
    """Nothing loaded, broken laws, then what is uncertain."""
    if not AdminUnit.objects.exists():
        return [Finding(Level.BROKEN, _("No territory is loaded."), _("Run `hocsuotdoi demo` once."))]
    found = doubts()
    today = timezone.localdate()
    yesterday = today - dt.timedelta(days=1)
    where = _("The whole list is in docs/territory.md.")
    return [
        *(Finding(Level.BROKEN, sentence, _("Load the reference data anew.")) for sentence in broken_laws()),
        *(
            Finding(
                Level.BROKEN,
                _("The reform of {day} by {act} is due and is not written.").format(
                    day=day_short(reform.day), act=reform.legal_act.number
                ),
                _("Look for job places.write_due_reforms in the worker's log: it says what does not fit."),
            )
            for reform in TerritoryReform.objects.due(yesterday).select_related("legal_act")
        ),
        *_run_by_nobody(today),
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


def _run_by_nobody(day: dt.date) -> list[Finding]:
    left = list(left_alone(day))
    if not left:
        return []
    sentence = ngettext(
        "{count} institution is run by nobody since its body ended with its unit: {names}.",
        "{count} institutions are run by nobody since their bodies ended with their units: {names}.",
        len(left),
    )
    names = "; ".join(each.institution.name for each in left[:_NAMED]) + ("…" if len(left) > _NAMED else "")
    mend = _("Say on the page of each in the register who runs it.")
    return [Finding(Level.UNCERTAIN, sentence.format(count=len(left), names=names), mend)]
