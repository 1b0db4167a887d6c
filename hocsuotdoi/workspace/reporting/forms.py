"""What is asked of people about a report: its words, its totals, reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.places.models import Institution
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.totals import Total
from hocsuotdoi.reporting.queries.typed import Typed, TypedRow, seen_of
from hocsuotdoi.reporting.queries.wording import number_words
from hocsuotdoi.workspace.number_field import NumberField

FIELDS = ("results", "difficulties", "causes", "proposals")
LONGEST = 20_000  # characters: some ten printed pages
LONGEST_REASON = 2_000


def _words(label: str | Promise, help_text: str | Promise) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WordsForm(forms.Form):
    """Four fields of words. One that stays empty says what the figures say: the suggestion stands beside it on the page
    and follows the figures. `use`: the field that takes over its suggestion."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    results = _words(_("Results in general"), _("What was achieved. Each line becomes a paragraph."))
    difficulties = _words(_("Difficulties"), _("What held the work up."))
    causes = _words(_("Causes"), _("Why it was so."))
    proposals = _words(_("Proposals"), _("What you ask of the level above."))

    @classmethod
    def of(cls, report: Report, **changes: Any) -> "WordsForm":
        written = {field: getattr(report, field) for field in FIELDS}
        return cls(initial={"version": report.version, **written, **changes})

    def words(self) -> dict[str, str]:
        """Call after `is_valid`."""
        return {field: self.cleaned_data[field] for field in FIELDS}


RETURN_POINTS = (
    _("Figures differ much from the year before: please check or explain them."),
    _("Institutions are missing: please have them report, or say why they cannot."),
    _("The difficulties and their causes are not clear enough."),
    _("Proposals should be more concrete: what, how much, by whom."),
    _("Tasks that are late need an explanation."),
)


class ReasonForm(forms.Form):
    """Why something is done to somebody else's report; they read it."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("They read this. Say what to put right."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class VersionedReasonForm(ReasonForm):
    """Of an act on the report as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """What is to be put right: points of the list, words of one's own, or both."""

    points = forms.MultipleChoiceField(
        label=_("What is to be put right?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=pgettext_lazy("a return", "In your words"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].choices = [(str(number), point) for number, point in enumerate(RETURN_POINTS)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("points") and not given.get("reason", "").strip():
            self.add_error("reason", gettext("Choose a point or say it in your words: they have to know what to do."))
        return given

    def whole_reason(self) -> str:
        points = [str(RETURN_POINTS[int(number)]) for number in self.cleaned_data["points"]]
        return "\n".join(part for part in [*points, self.cleaned_data["reason"].strip()] if part)


class MoveForm(forms.Form):
    """Institutions that are counted in another report from now on."""

    institutions = forms.ModelMultipleChoiceField(
        label=_("Which institutions?"), queryset=Institution.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    to = forms.ModelChoiceField(
        label=_("In whose report are they counted?"), queryset=Report.objects.none(), empty_label=_("not chosen yet")
    )
    reason = forms.CharField(label=_("Why?"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, institutions: QuerySet[Institution], targets: QuerySet[Report], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institutions"].queryset = institutions
        self.fields["to"].queryset = targets
        self.fields["to"].label_from_instance = lambda report: str(report.agency)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else saved in a row meanwhile. `by` empty: they took it out."""

    words: str
    by: str
    at: str


class TotalForm(forms.Form):
    """One total: how many (of how many), and where the number is from. `seen` stands for the row as it was shown, so
    that a row is written only where somebody has changed it, and over nothing that they have not seen. `theirs`: where
    what stands there was saved by somebody else while this was typed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    numerator = NumberField(label=pgettext_lazy("of a total", "How many"))
    denominator = NumberField(label=_("Of how many"))
    source = forms.CharField(label=_("Where the number is from"), required=False, max_length=300)

    def __init__(
        self, data: Any, *, row: TypedRow, mine: Total | None = None, theirs: Theirs | None = None, **kwargs: Any
    ) -> None:
        """`mine`: what was typed, to be shown again instead of what stands there."""
        self.row, self.theirs = row, theirs
        total = mine or row.total
        initial = {
            "seen": row.seen,
            "numerator": _written(total.numerator) if total else "",
            "denominator": _written(total.denominator) if total else "",
            "source": total.source if total else "",
        }
        # Fields are named by the figure: places move when a plan comes into force while somebody types.
        super().__init__(data, initial=initial, prefix=row.key, **kwargs)
        if not row.has_parts:
            del self.fields["denominator"]
        elif not row.is_share:
            self.fields["denominator"].label = _("In the base year")

    def clean_source(self) -> str:
        """Words without a number would stand nowhere."""
        given: str = self.cleaned_data["source"]
        has_number = any(self.cleaned_data.get(name) is not None for name in ("numerator", "denominator"))
        if given and not has_number and not self.errors:
            raise forms.ValidationError(_("Enter the number too, or leave this empty."))
        return given

    def total(self) -> Total:
        given = self.cleaned_data
        return Total(self.row.key, given["numerator"], given.get("denominator"), given["source"], given["seen"])

    @property
    def is_other(self) -> bool:
        """Than what was shown. Call after `is_valid`."""
        return seen_of(self.total()) != self.cleaned_data["seen"]

    @property
    def written(self) -> str:
        """As it was typed, also where it can be read as no number."""
        number = "/".join(text for name in ("numerator", "denominator") if (text := self._text(name)))
        return ": ".join(text for text in (self.row.label, _with_source(number, self._text("source"))) if text)

    def _text(self, name: str) -> str:
        return (self[name].value() or "").strip() if name in self.fields else ""


def total_forms(rows: Iterable[TypedRow], data: Mapping[str, str] | None = None) -> list[TotalForm]:
    """One for each row, in their order; bound only where the row was sent."""
    return [TotalForm(data if data and f"{row.key}-numerator" in data else None, row=row) for row in rows]


def forms_without_row(rows: Iterable[TypedRow], data: Mapping[str, str]) -> list[TotalForm]:
    """Of what was sent and is not typed here any more."""
    sent = {name.removesuffix("-numerator") for name in data if name.endswith("-numerator")}
    gone = sorted(sent - {row.key for row in rows})
    return [TotalForm(data, row=TypedRow(key, "", f"{key}-denominator" in data, False)) for key in gone]


def total_words(total: Typed) -> str:
    """«12/30, sổ thư viện»"""
    number = "/".join(number_words(part) for part in (total.numerator, total.denominator) if part is not None)
    return _with_source(number, total.source)


def _with_source(number: str, source: str) -> str:
    return ", ".join(part for part in (number, source) if part)


def _written(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}".replace(".", ",")
