"""Those who join, as programs tell them: the same for a session and for a whole series, for oneself and for a guest."""

import uuid
from typing import Annotated, Any, cast

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Header
from pydantic import ConfigDict, Field

from hocsuotdoi.activities.formats.class_list import ListedPerson
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.models.activity import CHILD_BANDS
from hocsuotdoi.activities.operations.party import LARGEST_GROUP, Wanted, Who
from hocsuotdoi.activities.queries.joining import questions_of
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.shapes import Given, Readable, Whole, YesNo
from hocsuotdoi.ledger.enums import AgeBand, Sex

FORM_KEY = _("A fresh UUID for each registration (or header Idempotency-Key): sent twice, it counts once")
PHONE = _("Only to tell them if something changes")
GUARDIAN = _("Children under 16 join through this grown-up, who has a phone")
PEOPLE = _("Everybody by name, for a class or a family; then the group is as large as this list")

IdempotencyKey = Annotated[
    uuid.UUID | None,
    Header(None, alias="Idempotency-Key", description=_("In place of form_key in the body: a fresh UUID")),
]
Name = Annotated[str, Readable, Field(max_length=120)]
Phone = Annotated[str, Readable, Field(max_length=30, description=PHONE)]
Email = Annotated[str, Readable, Field(max_length=254, description=PHONE)]
Size = Annotated[Whole, Field(description=_("How many people, from 1 to 50"))]
Consent = Annotated[YesNo, Field(description=_("The grown-up agrees, for the child, to taking part"))]
Answers = Annotated[
    dict[uuid.UUID, Annotated[str, Readable]],
    Field(description=_("Id of a question of the activity → answer; “yes” or “no” where it asks so")),
]


class PersonGiven(Given):
    """One person of a group that is named."""

    name: Name
    sex: Sex | None = None
    age_band: AgeBand | None = None
    is_child: YesNo = Field(False, description=_("Under 16; said of itself by an age up to 14"))


People = Annotated[list[PersonGiven], Field(max_length=LARGEST_GROUP, description=PEOPLE)]


def listed_people(people: list[PersonGiven]) -> list[ListedPerson]:
    return [
        ListedPerson(
            name=each.name,
            sex=each.sex,
            age_band=each.age_band,
            is_child=each.is_child or each.age_band in CHILD_BANDS,
            line=line,
        )
        for line, each in enumerate(people, start=1)
    ]


class NewParty(Given):
    """Who comes, and how many: everything that the form of the page takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Lý Thị Mai",
                    "phone": "0912 345 678",
                    "group_size": 2,
                    "form_key": "0193e3c0-0000-7000-8000-000000000001",
                }
            ]
        }
    )

    name: Name
    phone: Phone = ""
    email: Email = ""
    group_size: Size = 1
    people: People = []
    guardian_name: Name = Field("", description=GUARDIAN)
    consent: Consent = False
    answers: Answers = {}
    form_key: uuid.UUID | None = Field(None, description=FORM_KEY)

    def who(self, activity: Activity) -> Who:
        """Problem 422 for an answer that nobody asked for."""
        return Who(
            name=self.name,
            phone=self.phone,
            email=self.email,
            group_size=self.group_size,
            people=listed_people(self.people),
            guardian_name=self.guardian_name,
            consent=self.consent,
            answers=answers_to(activity, self.answers),
        )


class PartyChange(Given):
    """What is left out stays as it is; `people` and `answers` are all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"group_size": 3}]})

    name: Name = Field(default_factory=str)
    phone: Phone = Field(default_factory=str)
    email: Email = Field(default_factory=str)
    group_size: Size = Field(default_factory=lambda: 1)
    people: People = Field(default_factory=list)
    guardian_name: Name = Field(default_factory=str, description=GUARDIAN)
    consent: Consent = Field(default_factory=lambda: False)
    answers: Answers = Field(default_factory=dict)

    def wanted(self, activity: Activity) -> Wanted:
        """Problem 422 for an answer that nobody asked for."""
        wanted: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "people" in wanted:
            wanted["people"] = listed_people(self.people)
        if "answers" in wanted:
            wanted["answers"] = answers_to(activity, self.answers)
        return cast(Wanted, wanted)


def answers_to(activity: Activity, answers: dict[uuid.UUID, str]) -> dict[str, str]:
    """As acts take them. Problem 422 for one that nobody asked for."""
    known = {question.pk for question in questions_of(activity)} if answers else set()
    for key in answers:
        if key not in known:
            raise BadField(f"answers.{key}", gettext("The activity asks no such question."))
    return {str(key): answer for key, answer in answers.items()}


def key_of(in_body: uuid.UUID | None, in_header: uuid.UUID | None) -> uuid.UUID:
    """The key of this very registration. A UUID, not any word: whoever guesses a key is answered with what it made."""
    key = in_body or in_header
    if key is None:
        raise BadField("form_key", gettext("Send a fresh UUID, in form_key or in the header Idempotency-Key."))
    return key


def plain_code(code: str) -> str:
    """As it is stored, however it was written."""
    return code.replace("-", "").upper()
