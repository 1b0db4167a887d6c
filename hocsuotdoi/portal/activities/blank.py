"""The join form as nobody has filled it in yet. Most of its text is the same for thousands of activities and is drawn
once for each language; what differs (the session, the questions, the key) is drawn for each page."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from hocsuotdoi.activities.enums import Audience
from hocsuotdoi.activities.forms import answer_field, answer_name
from hocsuotdoi.activities.models import Activity, Question, Session
from hocsuotdoi.activities.operations.party import LARGEST_GROUP
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.jinja import part
from hocsuotdoi.portal.activities.forms import CodeForm, JoinForm, session_options, session_widget


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """What the page shows of a join form (portal/activities/activity_join.html)."""

    hidden: SafeString
    main: SafeString
    more: SafeString
    more_is_open: bool = False
    is_wrong: bool = False
    summary: str = ""
    """What is wrong, at the form's top."""


def blank_join_form(activity: Activity, offered: list[Session], questions: Iterable[Question]) -> DrawnForm:
    """As `JoinForm` draws it before anybody has filled it in."""
    main, more = _alike(get_language(), activity.is_for_children, min(LARGEST_GROUP, activity.places_each))
    hidden = format_html('<input type="hidden" name="form_key" value="{}" id="id_form_key">', str(uuid7()))
    choice, asked = SafeString(), SafeString()
    if len(offered) == 1 and not activity.takes_series:
        only = str(offered[0].pk)
    else:
        options = session_options(activity, offered)
        only = options[0][0] if len(options) == 1 else ""
        choice = SafeString() if only else drawn(_with(session=_choice_of(options)))
    if only:
        hidden = format_html('<input type="hidden" name="session" value="{}" id="id_session">', only) + hidden
    if questions:
        asked = drawn(_with(**{answer_name(question.pk): answer_field(question) for question in questions}))
    return DrawnForm(hidden, choice + main + asked, more)


def drawn_join_form(form: JoinForm) -> DrawnForm:
    """As it came in, with what is wrong with it."""
    return DrawnForm(
        hidden=mark_safe("".join(map(str, form.hidden_fields()))),
        main=drawn(form.main_fields),
        more=drawn(form.more_fields),
        more_is_open=form.more_is_open,
        is_wrong=bool(form.errors),
        summary=part("components/error_summary.html", form=form),
    )


def blank_code_field() -> SafeString:
    return _code_field(get_language())


def drawn(fields: Iterable[forms.BoundField]) -> SafeString:
    return mark_safe("".join(part("components/field.html", field=field) for field in fields))


@lru_cache(maxsize=4 * LARGEST_GROUP)
def _alike(_language: str, for_children: bool, most: int) -> tuple[SafeString, SafeString]:
    """The fields that do not differ between activities for whom and for how many this is alike."""
    audience = Audience.CHILDREN if for_children else Audience.EVERYONE
    like = Activity(audience=audience, places_each=most)
    form = JoinForm(activity=like, sessions=[], offered=[], questions=[])
    return drawn(field for field in form.main_fields if field.name != "session"), drawn(form.more_fields)


@lru_cache(maxsize=4)
def _code_field(_language: str) -> SafeString:
    return drawn(CodeForm())


def _choice_of(options: list[tuple[str, str]]) -> forms.ChoiceField:
    field = forms.ChoiceField(label=JoinForm.base_fields["session"].label)
    field.widget = session_widget(options)
    field.initial = options[0][0] if options else None
    return field


def _with(**fields: forms.Field) -> forms.Form:
    form = forms.Form()
    form.fields |= fields
    return form
