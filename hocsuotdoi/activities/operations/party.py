"""Who joins: what people tell about themselves, cleaned and checked alike for a session and for a whole series."""

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.formats.class_list import BadList, ListedPerson
from hocsuotdoi.activities.models import Activity, Enrolment, Participant, Question, Registration
from hocsuotdoi.activities.operations.wording import Unreadable, one_line, phone_number
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise

P = TypeVar("P", Registration, Enrolment)

LARGEST_GROUP = 50
"""A class with its teachers. More is agreed with the institution by phone."""

LONGEST_ANSWER = 300

CODE_LETTERS = "ACDEFGHKMNPQRTUVWXY34679"
"""Without what is mistaken when read out or copied by hand: B 8, I 1 L J, O 0, S 5, Z 2."""

CODE_LENGTH = 8


class BadGroupSize(Refused):
    """Nobody, or more people than one registration may bring."""


class BadEmail(Refused):
    """Not an e-mail address."""


class GuardianNeeded(Refused):
    """A child joins, and no grown-up who is responsible has agreed."""


class AnswerNeeded(Refused):
    """A question that must be answered, or an answer that is none of the choices. `question`: its id."""

    def __init__(self, message: str, *, question: uuid.UUID):
        super().__init__(message)
        self.question = question


class NotChangeable(Refused):
    """The registration can no longer be changed or moved, or not so."""


class Wanted(TypedDict, total=False):
    """What is to be otherwise about a party, as acts take it by name; None or missing: as it is."""

    name: str | None
    phone: str | None
    email: str | None
    group_size: int | None
    people: Sequence[ListedPerson] | None
    guardian_name: str | None
    consent: bool
    answers: Mapping[str, str] | None


class Who(TypedDict, total=False):
    """The fields of `Joiner`, as acts take them by name."""

    name: str
    phone: str
    email: str
    group_size: int
    people: Sequence[ListedPerson]
    guardian_name: str
    consent: bool
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joiner:
    """Someone who joins. `people`, where the group is named: then its size is theirs. `answers`: question's id →
    what was answered («yes» or «no» to a yes-or-no question)."""

    name: str = ""
    phone: str = ""
    email: str = ""
    group_size: int = 1
    people: Sequence[ListedPerson] = ()
    guardian_name: str = ""
    consent: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def brings_children(self) -> bool:
        return any(person.is_child for person in self.people)


def cleaned(joiner: Joiner) -> Joiner:
    """With repaired words, and as many people as are named.

    Refused: no readable name, a bad phone number or e-mail address, nobody, more than `LARGEST_GROUP`, a name on the
    list that cannot be read (with its line).
    """
    people = readable(joiner.people)
    group_size = len(people) or joiner.group_size
    check_group(group_size)
    return replace(
        joiner,
        name=one_line(
            joiner.name, longest=120, missing=_("Write your name, so that we know who is coming."), field="name"
        ),
        phone=phone_number(joiner.phone),
        email=email_address(joiner.email),
        group_size=group_size,
        people=people,
        guardian_name=one_line(joiner.guardian_name, longest=120, missing="", field="guardian_name")
        if joiner.guardian_name.strip()
        else "",
    )


def check_group(group_size: int) -> None:
    if group_size < 1:
        raise BadGroupSize(_("At least one person must come. Give how many you are."), field="group_size")
    if group_size > LARGEST_GROUP:
        raise BadGroupSize(
            _("One registration is for at most {most} people. For a larger group, please call the institution.").format(
                most=LARGEST_GROUP
            ),
            field="group_size",
        )


def email_address(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        raise BadEmail(
            _("“{email}” is not an e-mail address, or leave it empty.").format(email=text[:60]), field="email"
        ) from None
    if len(text) > 254:
        raise BadEmail(_("This e-mail address is too long."), field="email")
    return text


def readable(people: Sequence[ListedPerson]) -> list[ListedPerson]:
    """The people with repaired names; refused with the lines whose name cannot be read."""
    good, wrong = [], []
    for person in people:
        try:
            name = one_line(person.name, longest=120, missing=_("The name is missing."))
        except Unreadable as refusal:
            wrong.append((person.line, str(refusal)))
        else:
            good.append(replace(person, name=name))
    if wrong:
        raise BadList(_("The list cannot be read in full, so nobody was taken from it. Mend these lines:"), wrong)
    return good


def check_guardian(joiner: Joiner, activity: Activity) -> None:
    """Refuse a child without a responsible grown-up's name, phone and consent (Luật Trẻ em 2016; Nghị định
    13/2023/NĐ-CP, article 20)."""
    if not (activity.is_for_children or joiner.brings_children):
        return
    if not joiner.guardian_name:
        raise GuardianNeeded(
            _("Children under 16 join through a parent, guardian or teacher: write that person’s name."),
            field="guardian_name",
        )
    if not joiner.phone:
        raise GuardianNeeded(
            _("Children under 16 join through a grown-up: write a phone number that reaches you."), field="phone"
        )
    if not joiner.consent:
        raise GuardianNeeded(_("Tick that you agree, for the child, to taking part."), field="consent")


def checked_answers(questions: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """Question's id → answer, of those that were answered. Refused: a required one without, a choice off the list."""
    kept = {}
    for question in questions:
        text = normalise(answers.get(str(question.pk), "")).strip()
        if not text:
            if question.is_required:
                raise AnswerNeeded(_("Please answer: {question}").format(question=question.text), question=question.pk)
            continue
        allowed = {QuestionKind.YES_NO: ["yes", "no"], QuestionKind.CHOICE: question.options}.get(
            QuestionKind(question.kind)
        )
        if allowed is not None:
            options = {normalise(option).strip(): option for option in allowed}
            if text not in options:
                raise AnswerNeeded(
                    _("Choose one of the answers: {question}").format(question=question.text), question=question.pk
                )
            kept[str(question.pk)] = options[text]
            continue
        kept[str(question.pk)] = one_line(text, longest=LONGEST_ANSWER, missing="", field=f"answers.{question.pk}")
    return kept


def wanted_values(
    party: Registration | Enrolment,
    activity: Activity,
    wanted: Wanted,
    *,
    listed: Sequence[Participant],
    questions: Callable[[], Sequence[Question]],
    at: dt.datetime,
) -> tuple[dict[str, Any], Sequence[ListedPerson]]:
    """The fields of `party` that `wanted` puts another value into, cleaned; and the names, if they are others than the
    `listed` ones. Both empty: nothing is otherwise. Refused: as by `change_registration`."""
    has: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    people = has.get("people") or ()
    if listed and not people and has.get("group_size", party.group_size) != party.group_size:
        raise NotChangeable(_("This group is registered by name: change the list of names."), field="group_size")
    own: dict[str, Any] = {
        name: has.get(name, getattr(party, name)) for name in ("name", "phone", "email", "group_size", "guardian_name")
    }
    consents = party.consent_at is not None or bool(has.get("consent"))
    joiner = cleaned(Joiner(**own, people=people, consent=consents))
    if joiner.brings_children or party.guardian_name:
        check_guardian(joiner, activity)
    if party.guardian_name and not joiner.guardian_name:
        raise GuardianNeeded(_("Keep the name of the child’s parent or guardian."), field="guardian_name")
    if party.guardian_name and not joiner.phone:
        raise GuardianNeeded(_("Keep a phone number that reaches the child’s guardian."), field="phone")
    values = {name: getattr(joiner, name) for name in own}
    if "answers" in has:
        values["answers"] = checked_answers(questions(), has["answers"])
    if joiner.guardian_name and joiner.consent and party.consent_at is None:
        values["consent_at"] = at
    is_same_list = [_told(person) for person in joiner.people] == [_told(person) for person in listed]
    return (
        {name: value for name, value in values.items() if value != getattr(party, name)},
        () if is_same_list else joiner.people,
    )


def put_values(party: Registration | Enrolment, values: Mapping[str, Any], *, named: bool, at: dt.datetime) -> None:
    """Put `values` into `party` and save; which of them, and whether the names, goes into the audit trail."""
    for name, value in values.items():
        setattr(party, name, value)
    party.changed_at = at
    party.changed_fields = sorted([*values, *(["people"] if named else [])])
    party.save(update_fields=[*values, "changed_at", "changed_fields"])


def _told(person: ListedPerson | Participant) -> tuple[str, str | None, str | None]:
    return person.name, person.sex or None, person.age_band or None


def party_values(joiner: Joiner, *, answers: dict[str, str], at: dt.datetime) -> dict[str, Any]:
    """The fields that registration and enrolment share."""
    return {
        "name": joiner.name,
        "phone": joiner.phone,
        "email": joiner.email,
        "group_size": joiner.group_size,
        "guardian_name": joiner.guardian_name,
        "consent_at": at if joiner.consent and joiner.guardian_name else None,
        "answers": answers,
        "created_at": at,
    }


def same_person(*, phone: str, learner_key: uuid.UUID | None) -> Q | None:
    """Which parties are the same person's, as far as one can tell; None: one cannot."""
    condition = Q()
    if phone:
        condition |= Q(phone=phone)
    if learner_key:
        condition |= Q(learner_key=learner_key)
    return condition or None


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))


def insert_or_find(fresh: P) -> P:
    """Insert, or return what the same form made before."""
    while True:
        fresh.code = new_code()
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
            return fresh
        except IntegrityError:
            if first := first_with(fresh):
                return first
            # else the code was taken: another one


def first_with(fresh: P) -> P | None:
    return type(fresh)._default_manager.filter(institution_id=fresh.institution_id, form_key=fresh.form_key).first()


def participants_of(registration: Registration, people: Iterable[ListedPerson | Participant]) -> list[Participant]:
    """Rows, not yet in the table, for the named people of a registration."""
    return [
        Participant(
            institution_id=registration.institution_id,
            registration=registration,
            number=number,
            name=person.name,
            sex=person.sex,
            age_band=person.age_band,
        )
        for number, person in enumerate(people, start=1)
    ]
