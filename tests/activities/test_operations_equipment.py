import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from hocsuotdoi.activities.models import EquipmentUse, Session
from hocsuotdoi.activities.operations.activity import NewSession, add_session, cancel_session, change_session
from hocsuotdoi.activities.operations.equipment import EquipmentTaken, take_equipment
from hocsuotdoi.activities.operations.session_checks import RoomTaken, SessionRefused
from hocsuotdoi.places.models import Equipment
from tests.factories.activities import SessionFactory, local

DAY = dt.date(2026, 1, 15)


@pytest.fixture
def computers(library_of_bac_kan) -> Equipment:
    return Equipment.objects.create(
        institution=library_of_bac_kan, kind="computer", quantity=6, usable=3, checked_on=DAY
    )


@pytest.fixture
def other(reading_day) -> Session:
    """From nine to eleven, so it overlaps `morning` by an hour."""
    return SessionFactory(activity=reading_day, number=2, starts_at=local(2026, 11, 23, 9))


def items(session: Session) -> list[int]:
    return list(session.equipment_uses.order_by("item").values_list("item", flat=True))


def test_pieces_are_taken_and_no_piece_twice_at_one_time(morning, other, computers, now):
    take_equipment(morning, wanted={computers.pk: 2}, by=None, at=now)
    take_equipment(other, wanted={computers.pk: 1}, by=None, at=now)

    assert items(morning) == [1, 2]
    assert items(other) == [3]


def test_more_than_are_free_is_refused_with_who_has_them(morning, other, computers, now, english):
    take_equipment(morning, wanted={computers.pk: 2}, by=None, at=now)

    with pytest.raises(EquipmentTaken, match=r"1 of 3 free.*Ngày hội đọc sách.*from 8:00 to 10:00 on 23/11/2026"):
        take_equipment(other, wanted={computers.pk: 2}, by=None, at=now)
    assert items(other) == []


@pytest.mark.parametrize("count", [4, 100_000, -1])
def test_more_than_are_usable_or_fewer_than_none_is_refused(morning, computers, now, count):
    with pytest.raises(SessionRefused):
        take_equipment(morning, wanted={computers.pk: count}, by=None, at=now)


def test_equipment_of_another_institution_is_refused(morning, library_of_duc_xuan, now):
    theirs = Equipment.objects.create(institution=library_of_duc_xuan, kind="sound", checked_on=DAY)
    with pytest.raises(SessionRefused):
        take_equipment(morning, wanted={theirs.pk: 1}, by=None, at=now)


def test_cancelling_gives_everything_back(morning, other, computers, now):
    take_equipment(morning, wanted={computers.pk: 3}, by=None, at=now)
    cancel_session(morning, reason="Bão", by=None, at=now)

    take_equipment(other, wanted={computers.pk: 3}, by=None, at=now)
    assert items(other) == [1, 2, 3]
    with pytest.raises(SessionRefused):
        take_equipment(morning, wanted={computers.pk: 1}, by=None, at=now)


def test_equipment_moves_with_its_session_or_the_move_is_refused(morning, computers, reading_day, now):
    later = SessionFactory(activity=reading_day, number=3, starts_at=local(2026, 11, 23, 14))
    take_equipment(morning, wanted={computers.pk: 2}, by=None, at=now)
    take_equipment(later, wanted={computers.pk: 1}, by=None, at=now)

    change_session(morning, starts_at=local(2026, 11, 23, 15), ends_at=local(2026, 11, 23, 17), by=None, at=now)
    assert items(morning) == [2, 3]
    assert {use.starts_at for use in morning.equipment_uses.all()} == {local(2026, 11, 23, 15)}

    full = SessionFactory(activity=reading_day, number=4, starts_at=local(2026, 11, 24, 8))
    take_equipment(full, wanted={computers.pk: 3}, by=None, at=now)
    with pytest.raises(EquipmentTaken):
        change_session(full, starts_at=local(2026, 11, 23, 14), ends_at=local(2026, 11, 23, 16), by=None, at=now)
    full.refresh_from_db()
    assert full.starts_at == local(2026, 11, 24, 8)
    assert items(full) == [1, 2, 3]


def test_the_database_refuses_one_piece_for_two_sessions(morning, other, computers):
    def use(session: Session) -> EquipmentUse:
        return EquipmentUse.objects.create(
            institution=session.institution,
            session=session,
            equipment=computers,
            item=1,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )

    use(morning)
    with pytest.raises(IntegrityError, match="equipment_item_for_one_at_a_time"), transaction.atomic():
        use(other)


def test_a_room_that_is_taken_is_refused_with_what_has_it(morning, reading_day, room, now, english):
    change_session(morning, room=room, by=None, at=now)

    clash = NewSession(starts_at=local(2026, 11, 23, 9), ends_at=local(2026, 11, 23, 11), room=room)
    with pytest.raises(RoomTaken, match="Phòng đọc already has “Ngày hội đọc sách” from 8:00 to 10:00 on 23/11/2026"):
        add_session(reading_day, new=clash, by=None, at=now)
    next_door = NewSession(starts_at=local(2026, 11, 23, 10), ends_at=local(2026, 11, 23, 11), room=room)
    assert add_session(reading_day, new=next_door, by=None, at=now).room == room


def _at_once(*acts) -> list[str]:
    """Run acts on connections of their own at the same time; return what became of each."""
    outcomes: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act) -> None:
        try:
            start.wait(timeout=10)
            act()
        except SessionRefused as refusal:
            outcomes.append(type(refusal).__name__)
        else:
            outcomes.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.slow
def test_two_who_want_the_last_piece_at_once(transactional_db, morning, other, computers, now):
    wanted = {computers.pk: 2}
    outcomes = _at_once(
        lambda: take_equipment(morning, wanted=wanted, by=None, at=now),
        lambda: take_equipment(other, wanted=wanted, by=None, at=now),
    )

    assert outcomes == ["EquipmentTaken", "done"]
    assert EquipmentUse.objects.count() == 2


@pytest.mark.slow
def test_two_who_want_one_room_at_once(transactional_db, morning, other, room, now):
    outcomes = _at_once(
        lambda: change_session(morning, room=room, by=None, at=now),
        lambda: change_session(other, room=room, by=None, at=now),
    )

    assert outcomes == ["RoomTaken", "done"]
    assert Session.objects.filter(room=room).count() == 1
