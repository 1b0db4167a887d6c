"""What the sender of a paper fills in."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.papers.enums import PaperKind, PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import LONGEST_TEXT, Wording
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.workspace.places.forms import day_input

MOST_SENDERS = 200


def senders_of(person: Person, day: dt.date) -> list[Agency]:
    """The bodies in whose name the person sends papers; at most `MOST_SENDERS`."""
    offices = offices_held(person, Permission.PUBLISH_PAPER, day)
    return list(offices.select_related("unit").order_by("name", "pk")[:MOST_SENDERS])


class PaperForm(forms.Form):
    sender = forms.TypedChoiceField(label=_("Sent down by"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=PaperKind.choices, initial=PaperKind.GUIDELINE)
    number = forms.CharField(
        label=_("Number and sign"), required=False, max_length=60, help_text=_("For example: 1520/QĐ-TTg")
    )
    title = forms.CharField(
        label=_("Title"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("As it is printed.")
    )
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    issued_on = forms.DateField(label=_("Issued on"), required=False, widget=day_input())
    starts_on = forms.DateField(label=_("Holds from"), required=False, widget=day_input())
    ends_on = forms.DateField(
        label=_("Holds no more from"), required=False, widget=day_input(), help_text=_("Empty: until further notice.")
    )
    summary = forms.CharField(
        label=_("What it is about, in plain words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who reads only this should know what to do."),
    )
    text = forms.CharField(
        label=_("Full text"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("It is found by its words and compared with the next one. The signed document is added as a file."),
    )
    replaces = forms.ModelChoiceField(
        label=_("Stands in place of"), required=False, queryset=Paper.objects.none(), empty_label=_("none")
    )
    change_note = forms.CharField(
        label=_("What has changed, in plain words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    to_tiers = forms.MultipleChoiceField(
        label=_("To bodies of these tiers"), required=False, choices=Tier.choices, widget=forms.CheckboxSelectMultiple
    )
    to_kinds = forms.MultipleChoiceField(
        label=_("To bodies of these kinds"),
        required=False,
        choices=AgencyKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every kind of the tiers chosen."),
    )
    to_classes = forms.MultipleChoiceField(
        label=_("To institutions of these kinds"),
        required=False,
        choices=InstitutionClass.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those of the armed forces get papers from their own command only: choose the command as a body."),
    )
    is_public = forms.BooleanField(label=_("Everybody may read it on the public site"), required=False)
    must_read = forms.BooleanField(label=_("Ask each of them to say that it was read"), required=False, initial=True)
    read_by = forms.DateField(label=_("To be read by"), required=False, widget=day_input())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: Person, day: dt.date, paper: Paper | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = {each.pk: each for each in ([paper.sender] if paper else senders_of(person, day))}
        self.fields["sender"].choices = [(pk, each.name) for pk, each in self.senders.items()]
        if Tier.DISTRICT not in (paper.to_tiers if paper else []):  # nobody is there any more
            self.fields["to_tiers"].choices = [choice for choice in Tier.choices if choice[0] != Tier.DISTRICT]
        ours = Paper.objects.filter(
            state=PaperState.SENT, sender__in=offices_held(person, Permission.PUBLISH_PAPER, day)
        )
        self.fields["replaces"].queryset = ours.defer("text", "search_text", "search_vector").order_by(
            "-issued_on", "-pk"
        )

    @property
    def chosen_sender(self) -> Agency:
        return self.senders[self.cleaned_data["sender"]]

    def wording(self) -> Wording:
        given = {key: value for key, value in self.cleaned_data.items() if key not in {"sender", "version"}}
        return Wording(**given)


def first_values(paper: Paper) -> dict[str, Any]:
    """What the form of a draft begins with."""
    names = [each for each in PaperForm.base_fields if each not in {"sender", "replaces"}]
    return {"sender": paper.sender_id, "replaces": paper.replaces_id} | {name: getattr(paper, name) for name in names}


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, Excel, PowerPoint, OpenDocument or a picture, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.xlsx,.pptx,.odt,.png,.jpg,.jpeg"}),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=300, help_text=_("Whoever got it reads this."))
