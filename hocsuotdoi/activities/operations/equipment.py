"""Taking equipment for a session: so many of the usable pieces, never one piece for two sessions at one time.

What is scarce is the row of the register: it is locked before pieces are counted, so that of two acts that want the
last piece the second is told who has it. The database refuses it in any case.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import EquipmentUse, Session
from hocsuotdoi.activities.operations.places import locked_session
from hocsuotdoi.activities.operations.session_checks import BadSession, SessionRefused, period_in_words
from hocsuotdoi.places.models import Equipment


class EquipmentTaken(SessionRefused):
    """Fewer pieces are free at that time than are wanted."""


@transaction.atomic
def take_equipment(
    session: Session, *, wanted: Mapping[int, int], by: Person | None, at: dt.datetime
) -> list[EquipmentUse]:
    """The session has exactly these: equipment's key → how many (0: give back). What is not named is given back.

    Refused: a session that is closed or cancelled; another institution's equipment; fewer than none, or more pieces
    than are usable and free at that time (the sentence says who has them).
    """
    session = locked_session(session)
    if session.status != SessionStatus.PLANNED:
        raise SessionRefused(_("Only a session that is still planned can have equipment."))
    free_equipment(session)
    return put_equipment(session, wanted)


def free_equipment(session: Session) -> dict[int, int]:
    """Give all pieces of the session back; return what it had, for `put_equipment`."""
    uses = EquipmentUse.objects.filter(institution_id=session.institution_id, session=session)
    had = Counter(uses.values_list("equipment_id", flat=True))
    if had:
        uses.delete()
    return dict(had)


def lock_equipment_of(sessions: Iterable[Session]) -> None:
    """What these sessions use, all at once: for acts that will put it for several sessions, one after the other."""
    sessions = list(sessions)
    if sessions:
        uses = EquipmentUse.objects.filter(institution_id=sessions[0].institution_id, session__in=sessions)
        _locked(sessions[0].institution_id, set(uses.values_list("equipment", flat=True)))


def _locked(institution_id: int, keys: Iterable[int]) -> list[Equipment]:
    """In the order of keys, so that no two acts wait for each other in a ring."""
    equipment = Equipment.objects.filter(institution_id=institution_id, pk__in=keys)
    return list(equipment.select_for_update(no_key=True).order_by("pk"))


def put_equipment(session: Session, wanted: Mapping[int, int]) -> list[EquipmentUse]:
    """For acts that hold the session and have freed what it had. Refused as by `take_equipment`."""
    wanted = {key: count for key, count in wanted.items() if count}
    if not wanted:
        return []
    locked = _locked(session.institution_id, wanted)
    if len(locked) < len(wanted):
        raise BadSession(_("Choose equipment of the same institution."), field="equipment")
    uses = [
        EquipmentUse(
            institution_id=session.institution_id,
            session=session,
            equipment=equipment,
            item=item,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        for equipment in locked
        for item in _free_items(session, equipment, wanted[equipment.pk])
    ]
    return EquipmentUse.objects.bulk_create(uses)


def _free_items(session: Session, equipment: Equipment, count: int) -> list[int]:
    if count < 0:
        raise BadSession(_("Give how many pieces you need, from 0 up."), field="equipment")
    others = EquipmentUse.objects.filter(
        institution_id=session.institution_id,
        equipment=equipment,
        starts_at__lt=session.ends_at,
        ends_at__gt=session.starts_at,
    ).select_related("session__activity")
    taken = {use.item: use.session for use in others}
    free = [item for item in range(1, equipment.usable + 1) if item not in taken]
    if count <= len(free):
        return free[:count]
    if not taken:
        raise EquipmentTaken(
            _("{equipment}: only {usable} can be used. Take fewer.").format(
                equipment=_name(equipment), usable=equipment.usable
            )
        )
    other = min(taken.values(), key=lambda other: (other.starts_at, other.pk))
    raise EquipmentTaken(
        _("{equipment}: {free} of {usable} free at that time. “{title}” has some {period}.").format(
            equipment=_name(equipment),
            free=len(free),
            usable=equipment.usable,
            title=other.activity.title,
            period=period_in_words(other.starts_at, other.ends_at),
        )
    )


def _name(equipment: Equipment) -> str:
    name = str(equipment.get_kind_display())
    return name[:1].upper() + name[1:]
