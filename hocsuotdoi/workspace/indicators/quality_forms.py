"""What findings are narrowed by, and how one is answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.templatetags.house import day_short, moment
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import FindingState, QualityRule
from hocsuotdoi.ledger.models import Posting

YEARS_BACK = 10
EVERY = "all"


@dataclass(frozen=True, slots=True)
class Narrowing:
    text: str = ""
    rule: str = ""
    states: tuple[str, ...] = ()
    year: int | None = None


class FindingsForm(forms.Form):
    """What an address cannot mean narrows nothing."""

    q = forms.CharField(label=_("Institution or place"), required=False)
    rule = forms.ChoiceField(label=_("What was found"), required=False)
    state = forms.ChoiceField(label=_("Settled or not"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__(data)
        self.fields["rule"].choices = [("", _("anything")), *QualityRule.choices]
        self.fields["state"].choices = [("", _("not settled yet")), *FindingState.choices, (EVERY, _("all"))]
        years = range(today.year, today.year - YEARS_BACK, -1)
        self.fields["year"].choices = [("", _("any year")), *((str(each), str(each)) for each in years)]

    def asked(self) -> Narrowing:
        self.is_valid()
        cleaned = self.cleaned_data
        state = cleaned.get("state", "")
        return Narrowing(
            normalise(cleaned.get("q", "")).strip(),
            cleaned.get("rule", ""),
            tuple(FindingState.values) if state == EVERY else (state,) if state else (),
            int(cleaned["year"]) if cleaned.get("year") else None,
        )


class FindingForm(forms.Form):
    """The three answers. `corrected` names what was taken back; of population nothing is, it is entered anew."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            ("right", _("Right: the figures are what happened")),
            ("corrected", _("Wrong, and corrected by now")),
            ("checking", _("I am looking into it")),
        ],
        widget=forms.RadioSelect,
    )
    correction = forms.ChoiceField(
        label=_("What was taken back"),
        required=False,
        help_text=_("Only where it was wrong: entries of this period that were taken back."),
    )
    reason = forms.CharField(
        label=_("Because…"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you looked at and what came out. Whoever may see the finding reads it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, corrections: Sequence[Posting], of_unit: bool, seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        if of_unit:
            del self.fields["correction"]
            return
        self.fields["correction"].choices = [
            ("", _("nothing was taken back")),
            *(
                (
                    str(each.pk),
                    _("{day}: {reason} (taken back {at})").format(
                        day=day_short(each.occurred_on), reason=each.reason, at=moment(each.posted_at)
                    ),
                )
                for each in corrections
            ),
        ]
