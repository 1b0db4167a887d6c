"""The words of a report, as typed on its page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import WordsContent

FIELDS = ("results", "difficulties", "proposals")
LONGEST = 20_000  # characters: some ten printed pages


def _words(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
    )


def _suggested() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """Three fields of words and, hidden, what each was prefilled with: a suggestion that nobody touched is not kept as
    somebody's words, so that it goes on following the figures."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    results = _words(_("Results in general"), _("Each line becomes a paragraph of part I.5 of the report."))
    difficulties = _words(_("Difficulties and their causes"), _("Part II. What held the work up, and why."))
    proposals = _words(_("Proposals"), _("Part III. What you ask of the level above."))
    results_suggested = _suggested()
    difficulties_suggested = _suggested()
    proposals_suggested = _suggested()

    @classmethod
    def of(cls, report: Report, words: WordsContent) -> "WordsForm":
        """Prefilled with what was written, else with what the figures say."""
        initial: dict[str, Any] = {"version": report.version}
        for field in FIELDS:
            shown = "\n".join(words[field])  # type: ignore[literal-required]
            initial[field] = shown
            initial[f"{field}_suggested"] = shown if field in words["suggested"] else ""
        return cls(initial=initial)

    def words(self) -> dict[str, str]:
        """The words to keep; an untouched suggestion counts as nothing written. Call after `is_valid`."""
        data = self.cleaned_data
        return {
            field: "" if data[field].split() == data[f"{field}_suggested"].split() else data[field] for field in FIELDS
        }
