"""Where a figure comes from, and what about it waits to be checked, as pages show it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.models import Cohort, Definition
from hocsuotdoi.indicators.queries.quality import measure_words, waiting_words
from hocsuotdoi.indicators.queries.quality_origin import Trust
from hocsuotdoi.indicators.queries.results import percent_of


@dataclass(frozen=True, slots=True)
class ShownTrust:
    """`traced_at`: where the traced part ends on a bar of 100; None where nothing was counted, or there are no parts.
    `waiting` empty: nothing waits."""

    of: str = ""
    traced: str = ""
    typed: str = ""
    traced_at: float | None = None
    waiting: str = ""


def shown_trust(trust: Trust, definition: Definition, cohort: Cohort) -> ShownTrust | None:
    """None where there is nothing to say."""
    waiting = waiting_words(trust.waiting_for(definition, cohort))
    origin = trust.origin_of(definition, cohort)
    share = percent_of(origin.traced, origin.total) if origin else None
    if origin is None or share is None:
        return ShownTrust(waiting=waiting) if waiting else None
    of = ", ".join(measure_words(each) for each in origin.measures)
    rest = percent_of(origin.typed, origin.total)
    return ShownTrust(
        of=of[:1].upper() + of[1:],
        traced=_("traced to happenings: {figure} ({share}%)").format(
            figure=number(origin.traced), share=number(share, 0)
        ),
        typed=_("typed in: {figure} ({share}%)").format(figure=number(origin.typed), share=number(rest, 0)),
        traced_at=float(share),
        waiting=waiting,
    )
