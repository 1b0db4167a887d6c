"""Marked sample activities by rule (data/sample.yaml): the same in every installation, each named «… (mẫu)».

History is written in bulk, as closing would have left it, and posted to the ledger through `post` like everything else.
Sessions of the last days and those to come stay open, with a few people registered, so that there is something to do.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import ActivityStatus, Joining, SessionStatus
from hocsuotdoi.activities.formats.recurrence import days_of
from hocsuotdoi.activities.models import Activity, Contributor, Enrolment, Registration, Schedule, Session, Tally
from hocsuotdoi.activities.operations.registration import CODE_LENGTH, CODE_LETTERS
from hocsuotdoi.activities.operations.roll import SOURCE_KIND, ledger_lines
from hocsuotdoi.activities.queries.roll import Roll
from hocsuotdoi.activities.queries.search import searchable_texts
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.ledger.operations.posting import post
from hocsuotdoi.places.models import Institution, InstitutionPlacement, Room

DATA = Path(__file__).resolve().parent.parent / "data" / "sample.yaml"
LEFT_OPEN = dt.timedelta(days=3)
AT_A_TIME = 500
MOST_DAYS = 100
_NAMESPACE = uuid.UUID("6f1c3c1e-5d0b-5c7e-9a51-7a0a8a5f2b11")

Cells = dict[tuple[str | None, str | None], int]


@dataclass
class _Made:
    """One activity of one year at one institution, with what came to each of its sessions."""

    activity: Activity
    sessions: list[tuple[Session, Cells]]
    schedule: Schedule | None
    contributors: list[Contributor]


@transaction.atomic
def load_sample(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Write the sample activities from 2022 to the end of this year that are not there yet; again changes nothing."""
    data = read_yaml(DATA)
    made = list(_activities(data, at=at))
    known = set(Activity.objects.filter(is_sample=True).values_list("pk", flat=True))
    fresh = [one for one in made if one.activity.pk not in known]
    for start in range(0, len(fresh), AT_A_TIME):
        _write(fresh[start : start + AT_A_TIME], data["names"])
        progress(_("%(done)d of %(all)d activities") % {"done": min(start + AT_A_TIME, len(fresh)), "all": len(fresh)})


def _activities(data: dict, *, at: dt.datetime) -> Iterator[_Made]:
    rooms: dict[int, list[Room]] = {}
    for room in Room.objects.filter(institution__is_sample=True).order_by("pk"):
        rooms.setdefault(room.institution_id, []).append(room)
    # Samples of an earlier version of the program stand since a later year than these begin.
    stands = dict(
        InstitutionPlacement.objects.filter(institution__is_sample=True)
        .values_list("institution_id")
        .annotate(Min("starts_on"))
        .order_by()
    )
    for institution in Institution.objects.filter(is_sample=True).order_by("code"):
        does_all = institution.code.rpartition("-")[2] in data["full"]
        for number, rule in enumerate(data["rules"]):
            if institution.institution_class in rule["classes"] and (does_all or rule.get("everywhere")):
                for year in range(data["since"], timezone.localdate(at).year + 1):
                    if (first := stands.get(institution.pk)) is not None and first > dt.date(year, 1, 1):
                        continue
                    yield _activity(data, rule, number, institution, rooms.get(institution.pk, []), year, at)


def _row(name: str, rule: dict, institution: Institution, announced: dt.datetime) -> Activity:
    return Activity(
        id=uuid.uuid5(_NAMESPACE, name),
        institution=institution,
        title=f"{rule['title']} (mẫu)",
        kind=rule["kind"],
        themes=sorted(rule["themes"]),
        audience=rule["audience"],
        observance=rule.get("observance", ""),
        description=rule["description"],
        age_bands=sorted(rule.get("ages", [])),
        groups=sorted(rule.get("groups", [])),
        languages=sorted(rule.get("languages", [])),
        programmes=sorted(rule.get("programmes", [])),
        grades=rule.get("grades", []),
        subjects=sorted(rule.get("subjects", [])),
        is_bookable="grades" in rule,
        joining=rule.get("joining", Joining.REGISTER),
        status=ActivityStatus.PUBLISHED,
        published_at=announced,
        created_at=announced,
        is_sample=True,
    )


def _activity(
    data: dict, rule: dict, number: int, institution: Institution, rooms: list[Room], year: int, at: dt.datetime
) -> _Made:
    name = f"{institution.code}|{number}|{year}"
    chance = random.Random(name)
    announced = min(_moment(year, "01-05", "09:00"), at - dt.timedelta(days=30))
    activity = _row(name, rule, institution, announced)
    room = rooms[rule["room"]] if rule.get("room", len(rooms)) < len(rooms) else None
    schedule = _schedule(rule, activity, year, room)
    people = rule["people"] * (1 + data["growth"]) ** (year - data["since"])
    # The smaller the house, the fewer come; the same house stays about the same.
    size = 0.6 + 0.8 * random.Random(institution.code).random()
    sessions = []
    for position, day in enumerate(_days(rule, schedule, year, data["since"]), start=1):
        session = Session(
            id=uuid.uuid5(_NAMESPACE, f"{name}|{position}"),
            institution=institution,
            activity=activity,
            number=position,
            schedule=schedule,
            planned_on=dt.date.fromisoformat(f"{year}-{day}") if schedule else None,
            room=room,
            venue="" if room else "Sân sinh hoạt chung",
            starts_at=_moment(year, day, rule["time"][0]),
            ends_at=_moment(year, day, rule["time"][1]),
            capacity=room.capacity if room else None,
        )
        count = max(3, round(people * size * chance.uniform(0.85, 1.15)))
        cells = _cells(data["mixes"][rule["mix"]], min(count, room.capacity if room else count), chance)
        if day in rule.get("cancelled", []):
            session.status = SessionStatus.CANCELLED
            session.cancel_reason = "Bà con bận mùa vụ"
        elif session.ends_at < at - LEFT_OPEN:
            session.status = SessionStatus.CLOSED
            session.closed_at = session.ends_at + dt.timedelta(minutes=20)
            session.attended = sum(cells.values())
            session.revision = 1
        sessions.append((session, cells))
    states = {session.status for session, _cells in sessions}
    if SessionStatus.PLANNED not in states:
        activity.status = ActivityStatus.HELD
    return _Made(activity, sessions, schedule, _contributors(rule, activity))


def _days(rule: dict, schedule: Schedule | None, year: int, since: int) -> list[str]:
    """Month and day of each session, in order."""
    if schedule is None:
        return sorted([*rule["days"], *rule.get("more_days", [])[: year - since]])
    days = days_of(schedule.rule, starts_on=schedule.starts_on, until=schedule.until, most=MOST_DAYS)
    return [f"{day:%m-%d}" for day in days if day not in schedule.except_on]


def _schedule(rule: dict, activity: Activity, year: int, room: Room | None) -> Schedule | None:
    if "series" not in rule:
        return None
    series, (starts, ends) = rule["series"], (dt.time.fromisoformat(clock) for clock in rule["time"])
    return Schedule(
        id=uuid.uuid5(_NAMESPACE, f"{activity.pk}|rule"),
        institution_id=activity.institution_id,
        activity=activity,
        rule=series["rule"],
        starts_on=dt.date.fromisoformat(f"{year}-{series['from']}"),
        until=dt.date.fromisoformat(f"{year}-{series['until']}"),
        starts=starts,
        minutes=(ends.hour - starts.hour) * 60 + ends.minute - starts.minute,
        except_on=[dt.date.fromisoformat(f"{year}-{day}") for day in series.get("except", [])],
        room=room,
        venue="" if room else "Sân sinh hoạt chung",
        capacity=room.capacity if room else None,
        created_at=activity.created_at,
    )


def _contributors(rule: dict, activity: Activity) -> list[Contributor]:
    return [
        Contributor(
            id=uuid.uuid5(_NAMESPACE, f"{activity.pk}|{number}"),
            institution_id=activity.institution_id,
            activity=activity,
            role=role,
            name=name,
            number=number,
        )
        for number, (role, name) in enumerate(rule.get("contributors", []), start=1)
    ]


def _cells(mix: dict, people: int, chance: random.Random) -> Cells:
    """`people` spread over the cells of a mix of shares in percent; the rest is not stated."""
    shares: dict[tuple[str | None, str | None], float] = {
        (sex, age): share for sex, ages in mix.items() for age, share in ages.items()
    }
    shares[(None, None)] = max(0, 100 - sum(shares.values()))
    picked = chance.choices(list(shares), weights=list(shares.values()), k=people)
    return dict(sorted(Counter(picked).items(), key=str))


def _write(made: list[_Made], names: list[str]) -> None:
    pairs = [pair for one in made for pair in one.sessions]
    open_ones = [session for session, _cells in pairs if session.status == SessionStatus.PLANNED]
    enrolments = {one.activity.pk: _enrolments(one, names) for one in made}
    registrations = [
        registration
        for session in open_ones
        for registration in (
            _registrations_of_members(session, enrolments[session.activity_id])
            if session.activity.joining == Joining.SERIES
            else _registrations(session, names)
        )
    ]
    activities = [one.activity for one in made]
    for activity, text in zip(activities, searchable_texts(activities), strict=True):
        activity.search_text = text
    Activity.objects.bulk_create(activities)
    Contributor.objects.bulk_create(contributor for one in made for contributor in one.contributors)
    Schedule.objects.bulk_create(one.schedule for one in made if one.schedule)
    Enrolment.objects.bulk_create(enrolment for some in enrolments.values() for enrolment in some)
    Session.objects.bulk_create(session for session, _cells in pairs)
    Registration.objects.bulk_create(registrations)
    closed = [(session, cells) for session, cells in pairs if session.status == SessionStatus.CLOSED]
    Tally.objects.bulk_create(
        Tally(institution_id=session.institution_id, session=session, sex=sex, age_band=age, count=count)
        for session, cells in closed
        for (sex, age), count in cells.items()
    )
    for session, cells in closed:
        assert session.closed_at is not None
        post(
            session.institution,
            source_kind=SOURCE_KIND,
            source_id=session.pk,
            occurred_on=session.held_on,
            lines=ledger_lines(session, Roll(session=session, lines=[], tally=cells)),
            by=None,
            at=session.closed_at,
        )


def _enrolments(made: _Made, names: list[str]) -> list[Enrolment]:
    """The members of a series that goes on."""
    activity = made.activity
    if activity.joining != Joining.SERIES or activity.status != ActivityStatus.PUBLISHED:
        return []
    chance = random.Random(str(activity.pk))
    people = [name for name in names if not name.startswith(("Gia đình", "Lớp"))]
    keys = [uuid.uuid5(_NAMESPACE, f"{activity.pk}|member|{name}") for name in people]
    return [
        Enrolment(
            id=key,
            institution_id=activity.institution_id,
            activity=activity,
            name=name,
            code="".join(chance.choices(CODE_LETTERS, k=CODE_LENGTH)),
            form_key=key,
            created_at=activity.created_at,
        )
        for key, name in zip(keys, people, strict=True)
    ]


def _registrations_of_members(session: Session, members: list[Enrolment]) -> Iterator[Registration]:
    chance = random.Random(str(session.pk))
    for member in members:
        if session.is_full:
            return
        session.places_taken += 1
        key = uuid.uuid5(_NAMESPACE, f"{session.pk}|{member.pk}")
        yield Registration(
            id=key,
            institution_id=session.institution_id,
            session=session,
            enrolment=member,
            name=member.name,
            code="".join(chance.choices(CODE_LETTERS, k=CODE_LENGTH)),
            form_key=key,
            created_at=member.created_at,
        )


def _registrations(session: Session, names: list[str]) -> Iterator[Registration]:
    """A few people for a session to come; the session's count goes with them."""
    chance = random.Random(str(session.pk))
    for position, name in enumerate(chance.sample(names, k=chance.randint(2, 8))):
        size = 4 if name.startswith("Gia đình") else 20 if name.startswith("Lớp") else 1
        if session.capacity is not None and session.places_taken + size > session.capacity:
            continue
        session.places_taken += size
        key = uuid.uuid5(_NAMESPACE, f"{session.pk}|{position}")
        yield Registration(
            id=key,
            institution_id=session.institution_id,
            session=session,
            name=name,
            group_size=size,
            code="".join(chance.choices(CODE_LETTERS, k=CODE_LENGTH)),
            form_key=key,
            created_at=session.activity.created_at,
        )


def _moment(year: int, day: str, clock: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"{year}-{day}T{clock}"))
