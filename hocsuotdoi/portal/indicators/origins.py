"""Where a figure comes from, and what about it waits to be checked, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import AnswerSource
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.quality import measure_words, waiting_words
from hocsuotdoi.indicators.queries.quality_origin import Asked, Origin, Trust
from hocsuotdoi.indicators.queries.results import IndicatorValue, percent_of


@dataclass(frozen=True, slots=True)
class ShownOrigin:
    """`traced_at`: where the traced part ends on a bar of 100."""

    of: str
    traced: str
    typed: str
    traced_at: float


@dataclass(frozen=True, slots=True)
class ShownTrust:
    """`rests`: what decides, in a sentence; empty where something is counted. `waiting` empty: nothing waits."""

    rests: str = ""
    origins: Sequence[ShownOrigin] = ()
    waiting: str = ""


def shown_trust(trust: Trust, value: IndicatorValue, definition: Indicator, cohort: Cohort) -> ShownTrust | None:
    """None where there is nothing to say: of what is no figure nothing is the origin."""
    definition, cohort = value.defined or (definition, cohort)
    shown = ShownTrust(waiting=waiting_words(trust.waiting_for(definition, cohort)))
    if value.has_value:
        origins = tuple(_shown(each) for each in trust.origins_of(definition, cohort) if each.total)
        shown = ShownTrust(_rests(trust, definition, cohort), origins, shown.waiting)
    return shown if shown != ShownTrust() else None


def _rests(trust: Trust, definition: Indicator, cohort: Cohort) -> str:
    if trust.is_of_register(definition, cohort):
        return _("From the register: who is open counts.")
    return _asked_words(trust.asked_by(definition, cohort))


def _asked_words(asked: Asked) -> str:
    if not asked:
        return ""
    words = {
        AnswerSource.LEDGER: _("{count} from what happened"),
        AnswerSource.REGISTER: _("{count} from the register"),
        AnswerSource.STAFF: _("{count} stated by staff"),
    }
    parts = [said.format(count=number(asked[source])) for source, said in words.items() if asked[source]]
    total = sum(asked.values())
    return ngettext(
        "It is decided by {total} question of a checklist: {parts}.",
        "It is decided by {total} questions of checklists: {parts}.",
        total,
    ).format(total=number(total), parts=", ".join(parts))


def _shown(origin: Origin) -> ShownOrigin:
    share, rest = percent_of(origin.traced, origin.total), percent_of(origin.typed, origin.total)
    of = ", ".join(measure_words(each) for each in origin.measures)
    return ShownOrigin(
        of=of[:1].upper() + of[1:],
        traced=_("traced to happenings: {figure} ({share}%)").format(
            figure=number(origin.traced), share=number(share, 0)
        ),
        typed=_("typed in: {figure} ({share}%)").format(figure=number(origin.typed), share=number(rest, 0)),
        traced_at=float(share or 0),
    )
