"""What goes out about activities: shapes, and how each is made of what a query loaded. None of them causes a query."""

import datetime as dt
import uuid
from typing import Any, Self

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hocsuotdoi.activities.enums import (
    ActivityKind,
    ActivityStatus,
    Audience,
    AudienceGroup,
    ContributorRole,
    Joining,
    Observance,
    OtherProgramme,
    QuestionKind,
    SessionStatus,
    SpokenLanguage,
    Subject,
    Theme,
    Trend,
    Vitality,
    WaitingRule,
)
from hocsuotdoi.activities.formats.picture import parse_picture
from hocsuotdoi.activities.models import Activity, Question, Schedule, Session
from hocsuotdoi.activities.queries.roll import Roll
from hocsuotdoi.activities.queries.vitality import ClubLife
from hocsuotdoi.api.shapes import Shape, name_of
from hocsuotdoi.ledger.enums import AgeBand, Channel, Sex
from hocsuotdoi.places.models import Institution

NO_LIMIT = _("null: no limit")
PLACES_OPEN = _(
    "Places that a newcomer may take: none where those that are left are kept for people who wait; null: no limit"
)
PAGE = _("Address of the page for people, on this site")
ALSO_ONLINE = _("Can be followed on line, too, by those who do not come")


class InstitutionNamed(Shape):
    """Whose it is."""

    code: str
    name: str

    @classmethod
    def of(cls, institution: Institution) -> Self:
        return cls(code=institution.code, name=institution.name)


class SessionShape(Shape):
    """One planned meeting. `attended`: how many came, once the roll is closed."""

    id: uuid.UUID
    number: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: SessionStatus
    channel: Channel
    also_online: bool = Field(description=ALSO_ONLINE)
    room: str = Field(description=_("Name of the room; empty: none of the institution's own"))
    venue: str = Field(description=_("Place, if not in a room of the institution"))
    capacity: int | None = Field(description=NO_LIMIT)
    places_left: int | None = Field(
        description=_("Places that nobody holds, also those kept for people who wait; null: no limit")
    )
    cancel_reason: str
    attended: int | None = Field(description=_("How many people came; null until the roll is closed"))

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            id=session.pk,
            number=session.number,
            starts_at=timezone.localtime(session.starts_at),
            ends_at=timezone.localtime(session.ends_at),
            status=SessionStatus(session.status),
            channel=Channel(session.channel),
            also_online=session.also_online,
            room=session.room.name if session.room else "",
            venue=session.venue,
            capacity=session.capacity,
            places_left=session.places_left,
            cancel_reason=session.cancel_reason,
            attended=session.attended,
        )


class OpenSession(SessionShape):
    """A session with what a newcomer finds there."""

    places_open: int | None = Field(description=PLACES_OPEN)

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(**dict(SessionShape.of(session)), places_open=_places_open(session))


class ContributorShape(Shape):
    """Who leads, speaks, helps or organises along."""

    role: ContributorRole
    name: str


class QuestionShape(Shape):
    """What those who join are asked. `options`: the answers of a choice."""

    id: uuid.UUID
    text: str
    kind: QuestionKind
    options: list[str]
    is_required: bool

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls(
            id=question.pk,
            text=question.text,
            kind=QuestionKind(question.kind),
            options=question.options,
            is_required=question.is_required,
        )


class ScheduleShape(Shape):
    """The rule by which sessions are made."""

    id: uuid.UUID
    rule: str = Field(description=_("RFC 5545, without the first and the last day"))
    starts_on: dt.date
    until: dt.date | None
    starts: str = Field(description=_("Vietnamese time, as “08:30”"))
    minutes: int

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        return cls(
            id=schedule.pk,
            rule=schedule.rule,
            starts_on=schedule.starts_on,
            until=schedule.until,
            starts=f"{schedule.starts:%H:%M}",
            minutes=schedule.minutes,
        )


class ClubLifeShape(Shape):
    """Met so many of the last planned times (at most four), computed from the rolls."""

    vitality: Vitality
    met: int
    of_last: int
    typical: int | None = Field(description=_("How many people usually come"))
    trend: Trend | None
    members: int
    last_met_on: dt.date | None

    @classmethod
    def of(cls, life: ClubLife) -> Self:
        return cls(
            vitality=life.vitality,
            met=life.met,
            of_last=life.of,
            typical=life.typical,
            trend=life.trend,
            members=life.members,
            last_met_on=life.last_met_on,
        )


class PictureShape(Shape):
    """An activity's picture, as WebP; both addresses are kept for ever."""

    address: str = Field(description=_("On this site, at most 1,280 pixels wide"))
    small: str = Field(description=_("The same, at most 640 pixels wide"))
    width: int
    height: int
    alt: str = Field(description=_("What it shows, for people who cannot see it"))

    @classmethod
    def of(cls, activity: Activity) -> Self | None:
        picture = parse_picture(activity.picture)
        if picture is None:
            return None
        address, small = (
            reverse("portal:activities-picture-show", args=[picture.name, width])
            for width in (picture.width, picture.small_width)
        )
        return cls(address=address, small=small, width=picture.width, height=picture.height, alt=activity.picture_alt)


class OfferShape(Shape):
    """What an institution offers, without its sessions."""

    id: uuid.UUID
    title: str
    kind: ActivityKind
    kind_name: str = Field(description=_("The kind in words, in the language you asked for"))
    audience: Audience
    age_bands: list[AgeBand] = Field(description=_("Empty: as the audience says"))
    groups: list[AudienceGroup]
    languages: list[SpokenLanguage] = Field(description=_("Empty: Vietnamese"))
    programmes: list[OtherProgramme] = Field(description=_("What it also counts for"))
    themes: list[Theme]
    observance: Observance | None
    joining: Joining
    is_bookable: bool = Field(description=_("Classes may ask for a visit"))
    status: ActivityStatus
    institution: InstitutionNamed
    page: str = Field(description=PAGE)
    picture: PictureShape | None
    is_sample: bool = Field(description=_("Made up, to show how the program works"))

    @classmethod
    def fields_of(cls, activity: Activity, institution: Institution) -> dict:
        return {
            "id": activity.pk,
            "title": activity.title,
            "kind": activity.kind,
            "kind_name": name_of(ActivityKind, activity.kind),
            "audience": activity.audience,
            **{name: getattr(activity, name) for name in ("age_bands", "groups", "languages", "programmes", "themes")},
            "joining": activity.joining,
            "is_bookable": activity.is_bookable,
            "observance": activity.observance or None,
            "status": activity.status,
            "institution": InstitutionNamed.of(institution),
            "page": reverse("portal:activities-activity-detail", args=[activity.pk]),
            "picture": PictureShape.of(activity),
            "is_sample": activity.is_sample,
        }

    @classmethod
    def of(cls, activity: Activity, institution: Institution) -> Self:
        return cls(**cls.fields_of(activity, institution))


class Offer(OfferShape):
    """An activity with all its sessions, in order of time."""

    description: str
    place_name: str | None = Field(description=_("The unit that the institution stands in today"))
    address: str | None
    cancel_reason: str
    joining_opens_at: dt.datetime | None = Field(description=_("From when people join by themselves; null: at once"))
    joining_closes_hours: int | None = Field(
        description=_("So many hours before a session nobody joins by themselves any more; null: until it ends")
    )
    places_each: int = Field(description=_("The most places that one person holds at a session"))
    waiting_rule: WaitingRule
    publish_at: dt.datetime | None = Field(description=_("When the draft is published by itself"))
    grades: list[int] = Field(description=_("School grades, 0: preschool; empty: all"))
    subjects: list[Subject]
    contributors: list[ContributorShape]
    questions: list[QuestionShape] = Field(description=_("What those who join are asked"))
    schedules: list[ScheduleShape]
    vitality: ClubLifeShape | None = Field(description=_("How alive a club is; null: not a club"))
    sessions: list[OpenSession]

    @classmethod
    def loaded(cls, activity: Activity, life: ClubLife | None) -> Self:
        """Of what `queries.offer.activity_page` loads, with its questions; a club with its life."""
        helpers = sorted(activity.contributors.all(), key=lambda each: each.number)
        return cls(
            **cls.fields_of(activity, activity.institution),
            description=activity.description,
            place_name=activity.place_name,
            address=activity.address,
            cancel_reason=activity.cancel_reason,
            joining_opens_at=_local(activity.joining_opens_at),
            joining_closes_hours=activity.joining_closes_hours,
            places_each=activity.places_each,
            waiting_rule=WaitingRule(activity.waiting_rule),
            publish_at=_local(activity.publish_at),
            grades=activity.grades,
            subjects=activity.subjects,
            contributors=[ContributorShape(role=ContributorRole(p.role), name=p.name) for p in helpers],
            questions=[QuestionShape.of(question) for question in activity.questions.all()],
            schedules=[ScheduleShape.of(schedule) for schedule in activity.schedules.all()],
            vitality=ClubLifeShape.of(life) if life else None,
            sessions=[OpenSession.of(session) for session in activity.sessions.all()],
        )


class SessionLeftOut(Shape):
    """A session of the old activity that cannot be held anew."""

    day: dt.date = Field(description=_("On which it would be"))
    why: str = Field(description=_("A sentence for people, in the language you asked for"))


class CopiedOffer(Offer):
    """The new draft."""

    left_out: list[SessionLeftOut] = Field(description=_("Sessions of the old one that have no place in the new"))


class SessionOfActivity(SessionShape):
    """A session with the activity it belongs to."""

    activity: OfferShape
    place_name: str | None = Field(description=_("The unit that the institution stands in today"))
    distance_km: float | None = Field(description=_("From the centre of the unit, where distances are asked for"))

    @classmethod
    def fields_of(cls, session: Session) -> dict[str, Any]:
        return {
            **dict(SessionShape.of(session)),
            "activity": OfferShape.of(session.activity, session.institution),
            "place_name": getattr(session, "place_name", None),
            "distance_km": getattr(session, "distance_km", None),
        }

    @classmethod
    def loaded(cls, session: Session) -> Self:
        """Of a session that came with its activity, institution and room."""
        return cls(**cls.fields_of(session))


class OfferedSession(SessionOfActivity):
    """As those see it who might join."""

    places_open: int | None = Field(description=PLACES_OPEN)

    @classmethod
    def fields_of(cls, session: Session) -> dict[str, Any]:
        """Of a session that also came with `is_saved_for_waiting`."""
        return {**super().fields_of(session), "places_open": _places_open(session)}


class Came(Shape):
    """So many people of whom the same is known; null: not stated."""

    sex: Sex | None
    age_band: AgeBand | None
    people: int


class SessionSheet(OfferedSession):
    """A session and, once it is closed, what it counted, without any name."""

    came: list[Came] | None = Field(
        description=_("By sex and age, told to those who see who took part there; to others null: numbers are small")
    )
    recording_views: int = Field(description=_("How often the recording was viewed within 30 days"))

    @classmethod
    def with_roll(cls, session: Session, roll: Roll | None, recording_views: int, *, sees_people: bool) -> Self:
        people: dict[tuple[str | None, str | None], int] = {}
        for cell in roll.counted() if roll else []:
            people[cell.sex, cell.age_band] = people.get((cell.sex, cell.age_band), 0) + cell.people
        came = [Came(sex=sex, age_band=age, people=count) for (sex, age), count in people.items()]
        known = came if sees_people else None
        return cls(**dict(OfferedSession.loaded(session)), came=known, recording_views=recording_views)


class RollLineShape(Shape):
    """One line: a registration, or someone who came without. `present` null: not called yet."""

    id: uuid.UUID
    name: str
    size: int
    present: int | None
    is_walk_in: bool
    sex: Sex | None
    age_band: AgeBand | None
    party: str = Field(description=_("Who registered a person that is one of several named ones"))


class TallyCell(Shape):
    """People counted without names; null: not stated."""

    sex: Sex | None
    age_band: AgeBand | None
    count: int


class RollShape(Shape):
    """The roll of a session as it is now."""

    session: uuid.UUID
    status: SessionStatus
    revision: int = Field(description=_("How often it was posted to the ledger: 0 until it is closed"))
    expected: int = Field(description=_("How many people registered"))
    people: int = Field(description=_("How many came: by name and in the tally; this is what closing counts"))
    not_called: int = Field(description=_("Lines about which nothing was said yet"))
    viewers: int = Field(description=_("The most people who followed on line at one time, beside those who came"))
    note: str = Field(description=_("The staff's own note on how it went"))
    lines: list[RollLineShape]
    tally: list[TallyCell]

    @classmethod
    def of(cls, roll: Roll) -> Self:
        cells: dict[tuple[str | None, str | None], int] = {}
        for key, count in roll.tally.items():
            cells[key[0], key[1]] = cells.get((key[0], key[1]), 0) + count
        return cls(
            session=roll.session.pk,
            status=SessionStatus(roll.session.status),
            revision=roll.session.revision,
            expected=roll.expected,
            people=roll.people,
            not_called=roll.not_called,
            viewers=roll.viewers,
            note=roll.session.note,
            lines=[
                RollLineShape(
                    id=line.id,
                    name=line.name,
                    size=line.size,
                    present=line.present,
                    is_walk_in=line.is_walk_in,
                    sex=line.sex or None,
                    age_band=line.age_band or None,
                    party=line.party,
                )
                for line in roll.lines
            ],
            tally=[TallyCell(sex=sex, age_band=age, count=count) for (sex, age), count in cells.items()],
        )


def _places_open(session: Session) -> int | None:
    """Fails where the query did not ask: nobody shall take a place for free because nobody looked."""
    return 0 if session.places_left is not None and session.is_saved_for_waiting else session.places_left  # type: ignore[attr-defined]


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return timezone.localtime(moment) if moment else None
