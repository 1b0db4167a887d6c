"""What the forms of portal and workspace share."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Choices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.formats.class_list import LARGEST_FILE, BadList, ListedPerson, parse_file, parse_names
from hocsuotdoi.activities.models import Activity, Enrolment, Participant, Question, Registration
from hocsuotdoi.activities.models.activity import CHILD_BANDS
from hocsuotdoi.activities.operations.party import LARGEST_GROUP, LONGEST_ANSWER, AnswerNeeded, GuardianNeeded
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.ledger.enums import Sex

Options = list[tuple[str, str]]

MOST_LINES_TOLD = 10
"""Of a list that cannot be read."""

LIST_HELP = _("One name a line; sex and age after a comma if you like, for example: Nông Thị Lan, nữ, 9")


def choices_of(choices: type[Choices], *, empty: str | Promise = "") -> Callable[[], Options]:
    """The choices as a select shows them: each with a capital letter, after `empty` (if any) for none of them.

    A function, so that the words are those of the person who asks.
    """

    def options() -> Options:
        first = [("", capfirst(str(empty)))] if empty else []
        return first + [(str(value), capfirst(str(label))) for value, label in choices.choices]

    return options


def form_key_field() -> forms.UUIDField:
    """The key by which a form is taken once."""
    sentence = _("was damaged on its way here. Open it anew and fill it in again.")
    return forms.UUIDField(
        label=_("This page"),
        widget=forms.HiddenInput,
        initial=uuid7,
        error_messages={"required": sentence, "invalid": sentence},
    )


class ContactForm(forms.Form):
    """Who can be reached about it."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=30,
        help_text=_("Only to tell you if something changes. Deleted afterwards."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Then we also write to you: confirmation, reminder, changes."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ListForm(ContactForm):
    """A group by its list, typed or as a file."""

    file = forms.FileField(
        label=_("The list as a file"),
        required=False,
        help_text=_("Excel (.xlsx) or CSV: name, sex, age or year of birth"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    people = forms.CharField(
        label=_("Or the names, one a line"),
        required=False,
        max_length=20_000,
        help_text=LIST_HELP,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    consent = forms.BooleanField(
        label=_("I answer for the children of this list, and their parents agree that they take part."),
        required=False,
        help_text=_("Needed when somebody who comes is under 16."),
    )

    needs_list = False

    def __init__(self, *args, questions: Sequence[Question], **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[answer_name(question.pk)] = answer_field(question)

    def ages_on(self) -> dt.date:
        """The day for which ages are told."""
        return timezone.localdate()

    def clean(self) -> dict:
        super().clean()
        good = self.cleaned_data
        file, text = good.get("file"), good.get("people", "")
        if {"file", "people"} & self.errors.keys():
            return good
        if (file and text) or (self.needs_list and not file and not text):
            self.add_error("file", _("Give the list once: as a file, or typed below."))
        elif file or text:
            try:
                good["people"] = (
                    parse_file(file.read(LARGEST_FILE + 1), file_name=file.name, on=self.ages_on())
                    if file
                    else parse_names(text, on=self.ages_on())
                )
            except BadList as refusal:
                add_list_errors(self, "file" if file else "people", refusal)
        return good

    def who(self) -> dict:
        """What the act wants to know, from a form that is valid."""
        good = self.cleaned_data
        return {
            **{name: good[name] for name in ("name", "phone", "email", "consent")},
            "people": good["people"] or (),
            "guardian_name": good["name"] if good["consent"] else "",
            "answers": {str(question.pk): good[answer_name(question.pk)] for question in self.questions},
        }


class ChangeForm(ContactForm):
    """What can be changed of a registration or of an enrolment in a series: who can be reached, the number or the
    names, the answers. The grown-up who answers for children stands there once one does, or must (`asks_guardian`)."""

    group_size = forms.IntegerField(
        label=_("How many people are coming?"),
        min_value=1,
        max_value=LARGEST_GROUP,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    people = forms.CharField(
        label=_("Names of those who come"),
        max_length=20_000,
        help_text=LIST_HELP,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    guardian_name = forms.CharField(
        label=_("Parent or guardian"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    consent = forms.BooleanField(
        label=_("I am the child’s parent or guardian, or act for them, and agree that the child takes part.")
    )

    def __init__(
        self,
        *args,
        party: Registration | Enrolment,
        listed: Sequence[Participant],
        questions: Sequence[Question],
        activity: Activity,
        on: dt.date,
        asks_guardian: bool = False,
        **kwargs,
    ):
        """`on`: the day for which ages are told."""
        fields = ("name", "phone", "email", "group_size", "guardian_name")
        initial = {
            **{name: getattr(party, name) for name in fields},
            "people": "\n".join(listed_line(person) for person in listed),
            **{answer_name(question.pk): party.answers.get(str(question.pk), "") for question in questions},
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.listed, self.questions, self.on = listed, questions, on
        if activity.is_for_children:
            self.fields["name"].label = _("The child’s name")
            self.fields["group_size"].label = _("How many children are coming?")
        self.is_led = party.is_led
        if self.is_led:
            self.fields["name"].label = _("Teacher or leader of the group")
            self.fields["phone"].required = True
            del self.fields["guardian_name"]
        elif party.guardian_name or asks_guardian:
            self.fields["phone"].label = _("Phone of the parent or guardian")
            self.fields["phone"].required = True
        else:
            del self.fields["guardian_name"]
        if party.consent_at or not asks_guardian:
            del self.fields["consent"]
        del self.fields["group_size" if listed else "people"]
        for question in questions:
            self.fields[answer_name(question.pk)] = answer_field(question)

    def clean(self) -> dict:
        good = super().clean() or self.cleaned_data
        if text := good.get("people"):
            try:
                good["people"] = with_known(parse_names(text, on=self.on), self.listed)
            except BadList as refusal:
                add_list_errors(self, "people", refusal)
        return good

    def wanted(self) -> dict:
        """What the act is to put in, from a form that is valid."""
        good = self.cleaned_data
        names = ("name", "phone", "email", "group_size", "people", "guardian_name", "consent")
        answers = {str(question.pk): good[answer_name(question.pk)] for question in self.questions}
        wanted = {name: good[name] for name in names if name in good}
        if self.is_led:
            wanted["guardian_name"] = good["name"]
        return {**wanted, **({"answers": answers} if answers else {})}


def listed_line(person: Participant) -> str:
    words: dict[str | None, str] = {Sex.FEMALE: "nữ", Sex.MALE: "nam", Sex.OTHER: "khác"}
    sex = words.get(person.sex, "")
    return ", ".join(filter(None, [person.name, sex]))


def with_known(people: list[ListedPerson], listed: Sequence[Participant]) -> list[ListedPerson]:
    """A name that stood on the list keeps its age, which the list on the form does not show."""
    known = {person.name: person for person in listed}
    return [
        replace(person, age_band=known[person.name].age_band, is_child=known[person.name].age_band in CHILD_BANDS)
        if person.age_band is None and person.name in known
        else person
        for person in people
    ]


def answer_name(question: uuid.UUID) -> str:
    return f"answer-{question}"


def answer_field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.text, "required": question.is_required}
    match question.kind:
        case QuestionKind.YES_NO:
            return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **common)
        case QuestionKind.CHOICE:
            options = [(option, option) for option in question.options]
            return forms.ChoiceField(choices=[("", _("Choose")), *options], **common)
        case _:
            return forms.CharField(max_length=LONGEST_ANSWER, **common)


def add_list_errors(form: forms.Form, field: str, refusal: BadList) -> None:
    """The lines that cannot be read, the first ones in full."""
    form.add_error(field, str(refusal))
    for number, sentence in refusal.lines[:MOST_LINES_TOLD]:
        form.add_error(field, _("Line {number}: {sentence}").format(number=number, sentence=sentence))
    more = len(refusal.lines) - MOST_LINES_TOLD
    if more > 0:
        form.add_error(field, ngettext("And {n} more line.", "And {n} more lines.", more).format(n=more))


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """The refusal of an act where the person can mend it."""
    if isinstance(refusal, BadList):
        add_list_errors(form, "people" if "file" not in form.fields or form["people"].value() else "file", refusal)
    elif isinstance(refusal, GuardianNeeded):
        fields = [name for name in ("guardian_name", "consent") if name in form.fields]
        form.is_valid()
        form.add_error(fields[-1] if fields else None, str(refusal))
    elif isinstance(refusal, AnswerNeeded) and answer_name(refusal.question) in form.fields:
        form.add_error(answer_name(refusal.question), str(refusal))
    else:
        form.add_error(None, str(refusal))
