"""The roll of a session: who is expected, who came, and what closing it will count."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import RegistrationStatus
from hocsuotdoi.activities.models import Attendance, Participant, Registration, Session, Tally
from hocsuotdoi.core.vietnamese import name_sort_key
from hocsuotdoi.ledger.enums import AgeBand, Channel, Sex


@dataclass(frozen=True, slots=True)
class RollLine:
    """One line to be called. `id` names it in forms, also before it is in the table (see models.Attendance). `party`:
    who registered a person that is one of several named ones (a class, a family)."""

    id: uuid.UUID
    name: str
    size: int
    present: int | None
    is_walk_in: bool
    sex: str | None = None
    age_band: str | None = None
    party: str = ""
    code: str = ""
    phone: str = ""
    learner_key: uuid.UUID | None = None

    @property
    def is_called(self) -> bool:
        return self.present is not None

    @property
    def code_plain(self) -> str:
        """As a ticket's QR code holds it."""
        return self.code.replace("-", "")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people of whom the same is known. `is_online`: they followed on line what others came to."""

    sex: str | None
    age_band: str | None
    learner_key: uuid.UUID | None
    people: int
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Roll:
    """A session's roll at one moment; four queries, however long it is. `viewers`: the most people who followed on line
    at one time, where the session could also be followed there (peak viewers: IMLS-derived guides)."""

    session: Session
    lines: list[RollLine]
    tally: dict[tuple[str | None, str | None], int]
    viewers: int = 0

    @property
    def expected(self) -> int:
        return sum(line.size for line in self.lines if not line.is_walk_in)

    @property
    def present_by_name(self) -> int:
        return sum(line.present or 0 for line in self.lines)

    @property
    def walk_ins(self) -> int:
        return sum(line.present or 0 for line in self.lines if line.is_walk_in)

    @property
    def tallied(self) -> int:
        return sum(self.tally.values())

    @property
    def people(self) -> int:
        """What closing posts, and what every page shows."""
        return self.present_by_name + self.tallied + self.viewers

    @property
    def not_called(self) -> int:
        return sum(1 for line in self.lines if not line.is_called)

    @property
    def is_untouched(self) -> bool:
        """Nothing was called and nothing tallied."""
        return not self.tallied and not self.viewers and not any(line.is_called for line in self.lines)

    def counted(self) -> list[Counted]:
        """The people who came, by what is known about them. A group's pseudonym counts only when all of it is one
        person: of four, nobody knows who the one with the account is."""
        cells: Counter[tuple[str | None, str | None, uuid.UUID | None]] = Counter()
        for line in self.lines:
            if line.present:
                key = line.learner_key if line.size == 1 else None
                cells[(line.sex, line.age_band, key)] += line.present
        for (sex, age_band), people in self.tally.items():
            cells[(sex, age_band, None)] += people
        online = [Counted(None, None, None, self.viewers, is_online=True)] if self.viewers else []
        return [Counted(*cell, people) for cell, people in cells.items() if people] + online

    def grid(self) -> "Grid":
        """People who came, named or tallied, by age band (rows) and sex (columns); those on line are not among them."""
        people: Counter[tuple[str | None, str | None]] = Counter()
        for cell in self.counted():
            if not cell.is_online:
                people[(cell.sex, cell.age_band)] += cell.people
        sexes = [sex for sex in (*Sex.values, None) if any(key[0] == sex for key in people)] or [None]
        ages = [age for age in (*AgeBand.values, None) if any(key[1] == age for key in people)] or [None]
        return Grid(
            columns=[_label(Sex, sex) for sex in sexes],
            rows=[
                GridRow(
                    _label(AgeBand, age), [people[(sex, age)] for sex in sexes], sum(people[(s, age)] for s in sexes)
                )
                for age in ages
            ],
            totals=[sum(people[(sex, age)] for age in ages) for sex in sexes],
            total=self.people - self.viewers,
        )


@dataclass(frozen=True, slots=True)
class GridRow:
    label: str
    cells: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Only the rows and columns in which somebody is."""

    columns: list[str]
    rows: list[GridRow]
    totals: list[int]
    total: int


def _label(choices: type[Sex] | type[AgeBand], value: str | None) -> str:
    return str(choices(value).label) if value else _("not stated")


def roll_of(session: Session) -> Roll:
    """The lines (registrations and their named people by given name, then walk-ins in order of coming), the tally."""
    institution_id = session.institution_id
    by_id = {
        line.pk: line
        for line in Attendance.objects.filter(institution_id=institution_id, session=session).order_by("id")
    }
    registered = [line for registration in confirmed_with_people(session) for line in _lines_of(registration, by_id)]
    registered.sort(key=lambda line: (name_sort_key(line.name), line.id))
    walk_ins = [_walk_in(line) for line in by_id.values() if line.is_walk_in]
    cells = list(Tally.objects.filter(institution_id=institution_id, session=session))
    return Roll(
        session=session,
        lines=registered + walk_ins,
        tally={(cell.sex, cell.age_band): cell.count for cell in cells if cell.channel is None},
        viewers=sum(cell.count for cell in cells if cell.channel == Channel.ONLINE),
    )


def confirmed_with_people(session: Session) -> QuerySet[Registration]:
    """The confirmed registrations of `session` with the people that they name; two queries."""
    people = Participant.objects.filter(institution_id=session.institution_id)
    return Registration.objects.filter(
        institution_id=session.institution_id, session=session, status=RegistrationStatus.CONFIRMED
    ).prefetch_related(Prefetch("participants", people))


def _lines_of(registration: Registration, by_id: Mapping[uuid.UUID, Attendance]) -> list[RollLine]:
    people = registration.participants.all()
    if not people:
        return [_registered(registration, by_id.get(registration.pk))]
    return [_named(registration, person, by_id.get(person.pk)) for person in people]


def _registered(registration: Registration, line: Attendance | None) -> RollLine:
    return RollLine(
        id=registration.pk,
        name=registration.name,
        size=registration.group_size,
        present=line.present if line else None,
        is_walk_in=False,
        sex=line.sex if line else None,
        age_band=line.age_band if line else None,
        code=registration.code_shown,
        phone=registration.phone,
        learner_key=registration.learner_key,
    )


def _named(registration: Registration, person: Participant, line: Attendance | None) -> RollLine:
    return RollLine(
        id=person.pk,
        name=person.name,
        size=1,
        present=line.present if line else None,
        is_walk_in=False,
        sex=person.sex,
        age_band=person.age_band,
        party=registration.name,
        code=registration.code_shown,
        phone=registration.phone,
    )


def _walk_in(line: Attendance) -> RollLine:
    return RollLine(
        id=line.pk,
        name=line.name,
        size=line.size,
        present=line.present,
        is_walk_in=True,
        sex=line.sex,
        age_band=line.age_band,
    )


def can_be_called(session: Session, at: dt.datetime) -> bool:
    """From two hours before it starts: people come early, and staff get ready."""
    return session.starts_at - dt.timedelta(hours=2) <= at
