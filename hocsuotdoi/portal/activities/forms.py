"""What the public fills in: the filter of what's on, the join form, the code."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import Joining
from hocsuotdoi.activities.formats.class_list import BadList, parse_names
from hocsuotdoi.activities.forms import (
    LIST_HELP,
    ContactForm,
    ListForm,
    add_list_errors,
    answer_field,
    answer_name,
    form_key_field,
)
from hocsuotdoi.activities.models import Activity, Question, Session
from hocsuotdoi.activities.operations.party import CODE_LENGTH, LARGEST_GROUP
from hocsuotdoi.core.templatetags.house import clock, day


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


SERIES = "series"
"""Chosen in place of a session: all of them."""
MOST_AT_ONCE = 6


class JoinForm(ContactForm):
    """Three fields and a session: one minute on a phone. Guardian and questions stand there only when the activity (or
    the list of names) asks for them; e-mail and the list are folded away (`MORE`)."""

    MORE = ("email", "people")

    session = forms.ChoiceField(label=_("When will you come?"), widget=forms.RadioSelect)
    group_size = forms.IntegerField(
        label=_("How many people are coming?"),
        min_value=1,
        max_value=LARGEST_GROUP,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    guardian_name = forms.CharField(
        label=_("Parent or guardian"),
        required=False,
        max_length=120,
        help_text=_("The grown-up who answers for the child, whom we call if something changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.BooleanField(
        label=_("I am the child’s parent or guardian, or act for them, and agree that the child takes part."),
        required=False,
        error_messages={"required": _("Tick that you agree, for the child, to taking part.")},
    )
    people = forms.CharField(
        label=_("Names of those who come"),
        required=False,
        max_length=20_000,
        help_text=LIST_HELP,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    form_key = form_key_field()

    field_order = ("session", "name", "phone", "group_size", "guardian_name", "consent")

    def __init__(
        self,
        *args,
        activity: Activity,
        sessions: list[Session],
        offered: list[Session],
        questions: list[Question],
        asks_guardian: bool = False,
        **kwargs,
    ):
        """`sessions`: all there are, so that the act can say what is wrong with one; `offered`: to choose from."""
        super().__init__(*args, **kwargs)
        self.activity, self.questions = activity, questions
        self.sessions = {str(session.pk): session for session in sessions}
        field = self.fields["session"]
        field.choices = [(SERIES, ""), *((key, "") for key in self.sessions)]
        self.offer(offered)
        self.fields["group_size"].max_value = most = min(LARGEST_GROUP, activity.places_each)
        self.fields["group_size"].widget.attrs["max"] = most
        if activity.is_for_children:
            self.order_fields(("session", "name", "group_size", "guardian_name", "phone", "consent"))
            self.fields["name"].label = _("The child’s name")
            self.fields["group_size"].label = _("How many children are coming?")
            self.fields["phone"].label = _("Phone of the parent or guardian")
            self.fields["phone"].required = self.fields["guardian_name"].required = True
            self.fields["consent"].required = True
        elif not asks_guardian:
            del self.fields["guardian_name"], self.fields["consent"]
        for question in questions:
            self.fields[answer_name(question.pk)] = answer_field(question)

    def offer(self, sessions: list[Session]) -> None:
        """Let people choose among `sessions`, in words that say what is free."""
        options = session_options(self.activity, sessions)
        field = self.fields["session"]
        field.widget = session_widget(options)
        if options:
            field.initial = options[0][0]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.MORE]

    @property
    def more_is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.more_fields)

    def clean_session(self) -> Session | str:
        return self.sessions.get(self.cleaned_data["session"], SERIES)

    def clean(self) -> dict:
        good = super().clean()
        if text := good.get("people", ""):
            session = good.get("session")
            on = session.held_on if isinstance(session, Session) else timezone.localdate()
            try:
                good["people"] = parse_names(text, on=on)
            except BadList as refusal:
                add_list_errors(self, "people", refusal)
        return good

    def who(self) -> dict:
        """What the act wants to know, from a form that is valid."""
        good = self.cleaned_data
        return {
            **{name: good[name] for name in ("name", "phone", "email", "group_size")},
            "people": good["people"] or (),
            "guardian_name": good.get("guardian_name", ""),
            "consent": good.get("consent", False),
            "answers": {str(question.pk): good[answer_name(question.pk)] for question in self.questions},
        }


class ClassForm(ListForm):
    """A class or group by its list, typed or as a file."""

    session = forms.ChoiceField(label=_("When will you come?"))
    form_key = form_key_field()

    field_order = ("session", "name", "phone", "email", "file", "people", "consent")
    needs_list = True

    def __init__(self, *args, sessions: list[Session], offered: list[Session], **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session in sessions}
        field = self.fields["session"]
        field.choices = [(key, "") for key in self.sessions]
        options = [(str(session.pk), session_label(session)) for session in offered]
        field.widget = session_widget(options)
        if options:
            field.initial = options[0][0]
        self.fields["name"].label = _("Teacher or leader of the group")

    def clean_session(self) -> Session:
        return self.sessions[self.cleaned_data["session"]]

    def ages_on(self) -> dt.date:
        session = self.cleaned_data.get("session")
        return session.held_on if session else timezone.localdate()


class MoveForm(forms.Form):
    """Another session of the same activity."""

    session = forms.ChoiceField(label=_("Which session instead?"), widget=forms.RadioSelect)

    def __init__(self, *args, offered: list[Session], **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session in offered}
        self.fields["session"].choices = [(key, session_label(session)) for key, session in self.sessions.items()]
        self.fields["session"].initial = next(iter(self.sessions), None)

    def clean_session(self) -> Session:
        return self.sessions[self.cleaned_data["session"]]


def session_options(activity: Activity, sessions: list[Session]) -> list[tuple[str, str]]:
    """What one can join: each of `sessions`, the whole series, or both."""
    options = [(str(session.pk), session_label(session)) for session in sessions]
    if activity.takes_series and sessions:
        words = ngettext("The whole series: {n} session", "The whole series: {n} sessions", len(sessions))
        every = (SERIES, words.format(n=len(sessions)))
        options = [every] if activity.joining == Joining.SERIES else [every, *options]
    return options


def session_widget(options: list[tuple[str, str]]) -> forms.Widget:
    """Nothing to choose, a few to see at once, or too many to push the rest of the form off a phone's screen."""
    if len(options) == 1:
        return forms.HiddenInput()
    few = len(options) <= MOST_AT_ONCE
    return forms.RadioSelect(choices=options) if few else forms.Select(choices=options)


def session_label(session: Session) -> str:
    when = f"{day(session.starts_at)}, {clock(session.starts_at)}"
    if session.places_left is None:
        return when
    if session.is_full:
        return _("{when} (full: you join the waiting list)").format(when=when)
    if session.places_saved:
        return _("{when} (free places kept for those who wait: you join the waiting list)").format(when=when)
    left = ngettext("{left} place left", "{left} places left", session.places_left).format(left=session.places_left)
    return f"{when} ({left})"


class CodeForm(forms.Form):
    """The code on the confirmation, however it is typed."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        code = "".join(char for char in self.cleaned_data["code"].upper() if char.isalnum())
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(_("The code has eight letters and digits, for example K7MR-3QXD."))
        return code
