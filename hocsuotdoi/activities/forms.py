"""What the forms of portal and workspace share."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Choices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.formats.class_list import LARGEST_FILE, BadList, parse_file, parse_names
from hocsuotdoi.activities.models import Question
from hocsuotdoi.activities.operations.party import LONGEST_ANSWER

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
