import datetime as dt
import uuid

import pytest

from hocsuotdoi.activities.enums import NoticeKind, RegistrationStatus, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import Notice, Registration, Session
from hocsuotdoi.activities.operations.places import NoPlacesLeft
from hocsuotdoi.activities.operations.registration import (
    cancel_registration,
    change_registration,
    move_registration,
    register,
)
from hocsuotdoi.activities.operations.waiting import (
    NotOffered,
    NotWaiting,
    accept_offer,
    give_place,
    lapse_offers,
    offer_free_places,
)
from hocsuotdoi.activities.queries.checks import miscounted_sessions
from hocsuotdoi.activities.queries.joining import position_of, saved_for_waiting
from hocsuotdoi.core.one_by_one import SomeFailed
from tests.factories.activities import SessionFactory
from tests.support.breaking import breaks

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def listed(morning):
    """Ten places, and a waiting list in order."""
    morning.activity.waiting_rule = WaitingRule.IN_ORDER
    morning.activity.offer_hours = 2
    morning.activity.save(update_fields=["waiting_rule", "offer_hours"])
    return morning


@pytest.fixture
def early(now):
    """Five days before, so that places may be saved up."""
    return now - dt.timedelta(days=5)


def join(session, size=1, *, at, name="Lý Thị Mai", **more):
    return register(session, name=name, group_size=size, form_key=uuid.uuid4(), at=at, **more)


def taken(session) -> int:
    assert not miscounted_sessions().exists()
    return Session.objects.get(pk=session.pk).places_taken


def state(registration) -> str:
    registration.refresh_from_db()
    return registration.status


def test_joining_a_full_session_waits_in_line(listed, early):
    join(listed, 10, at=early)

    first, second = join(listed, at=early), join(listed, 2, at=early)

    assert (first.status, second.status) == (RegistrationStatus.WAITING, RegistrationStatus.WAITING)
    assert (position_of(first), position_of(second)) == (1, 2)
    assert taken(listed) == 10


def test_joining_a_full_session_twice_with_one_form_waits_once(listed, early):
    join(listed, 10, at=early)
    key = uuid.uuid4()

    first = register(listed, name="Mai", form_key=key, at=early)
    again = register(listed, name="Mai", form_key=key, at=early)

    assert first.pk == again.pk
    assert Registration.objects.filter(status=RegistrationStatus.WAITING).count() == 1


def test_a_group_larger_than_the_session_is_refused_and_not_put_in_line(listed, early):
    with pytest.raises(NoPlacesLeft):
        join(listed, 11, at=early)

    assert not Registration.objects.exists()


def test_cancelling_offers_the_places_to_the_next_in_line(listed, early):
    family = join(listed, 10, at=early)
    first, second = join(listed, 6, at=early), join(listed, 5, at=early)
    third = join(listed, 4, at=early)

    cancel_registration(family, at=early + HOUR)

    assert [state(each) for each in (first, second, third)] == ["offered", "waiting", "offered"]
    first.refresh_from_db()
    assert first.offer_ends_at == early + 3 * HOUR
    assert taken(listed) == 10
    assert set(Notice.objects.filter(kind=NoticeKind.OFFERED).values_list("registration", flat=True)) == {
        first.pk,
        third.pk,
    }


def test_shrinking_offers_what_is_given_back(listed, early):
    family = join(listed, 10, at=early)
    waiting = join(listed, 2, at=early)

    change_registration(family, group_size=8, at=early)

    assert state(waiting) == "offered"
    assert taken(listed) == 10


def test_more_places_are_offered_on(listed, early):
    join(listed, 10, at=early)
    waiting = join(listed, 2, at=early)
    Session.objects.filter(pk=listed.pk).update(capacity=12)

    assert offer_free_places(listed, at=early) == 1
    assert state(waiting) == "offered"


def test_a_newcomer_fits_in_where_a_large_group_does_not(listed, early):
    join(listed, 8, at=early)
    large = join(listed, 5, at=early)

    newcomer = join(listed, 1, at=early + HOUR)

    assert (state(large), state(newcomer)) == ("waiting", "confirmed")
    assert taken(listed) == 9


def test_a_large_group_is_passed_over_three_times_and_then_saved_for(listed, early):
    rest = join(listed, 6, at=early)
    large = join(listed, 6, at=early)
    passing = [join(listed, 1, at=early + HOUR) for _each in range(4)]

    assert [state(each) for each in passing] == ["confirmed"] * 3 + ["waiting"]
    cancel_registration(rest, at=early + 2 * HOUR)
    assert state(large) == "offered"
    assert taken(listed) == 6 + 3 + 1


def is_saved(session, *, at) -> bool:
    return Session.objects.annotate(saved=saved_for_waiting(at)).get(pk=session.pk).saved


def test_places_are_called_saved_exactly_when_a_newcomer_would_wait(listed, early):
    join(listed, 6, at=early)
    join(listed, 6, at=early)
    for turn in range(1, 5):
        said = is_saved(listed, at=early + turn * HOUR)
        newcomer = join(listed, 1, at=early + turn * HOUR)
        assert (said, newcomer.is_waiting) == ((False, False) if turn < 4 else (True, True))

    # Near the start nothing is saved up, after it nobody waits any more.
    assert not is_saved(listed, at=listed.starts_at - HOUR)
    assert not is_saved(listed, at=listed.starts_at)


def test_where_staff_choose_every_free_place_is_for_those_who_wait(listed, now):
    listed.activity.waiting_rule = WaitingRule.BY_HAND
    listed.activity.save(update_fields=["waiting_rule"])
    join(listed, 9, at=now)
    assert not is_saved(listed, at=now)
    join(listed, 2, at=now)

    assert is_saved(listed, at=now)
    assert join(listed, 1, at=now).is_waiting


def test_a_place_kept_for_those_who_wait_is_refused_in_these_words(listed, early, english):
    family = join(listed, 9, at=early)
    join(listed, 2, at=early)
    elsewhere = SessionFactory(activity=listed.activity, capacity=5, starts_at=listed.starts_at + HOUR * 24)
    other = join(elsewhere, 1, at=early)

    with pytest.raises(NoPlacesLeft, match=r"kept for those on the waiting list.*The group keeps"):
        change_registration(family, group_size=10, at=early)
    with pytest.raises(NoPlacesLeft, match=r"kept for those on the waiting list.*another session"):
        move_registration(other, to=listed, at=early)
    assert taken(listed) == 9


def test_near_the_start_no_place_is_saved_for_a_large_group(listed, now):
    join(listed, 6, at=now)
    join(listed, 6, at=now)

    passing = [join(listed, 1, at=now) for _each in range(4)]

    assert [state(each) for each in passing] == ["confirmed"] * 4


def test_accepting_confirms_and_accepting_again_changes_nothing(listed, early):
    family = join(listed, 10, at=early)
    waiting = join(listed, 3, at=early)
    cancel_registration(family, at=early)

    accept_offer(waiting, at=early + HOUR)
    accept_offer(waiting, at=early + 5 * HOUR)

    assert state(waiting) == "confirmed"
    assert taken(listed) == 3


def test_accepting_too_late_is_refused_and_the_place_goes_on(listed, early):
    family = join(listed, 10, at=early)
    first, second = join(listed, 10, at=early), join(listed, 10, at=early)
    cancel_registration(family, at=early)

    with pytest.raises(NotOffered):
        accept_offer(first, at=early + 2 * HOUR)
    assert lapse_offers(at=early + 2 * HOUR) == 1

    assert (state(first), state(second)) == ("lapsed", "offered")
    assert taken(listed) == 10
    assert lapse_offers(at=early + 2 * HOUR) == 0
    assert Notice.objects.filter(kind=NoticeKind.LAPSED).count() == 1


def test_session_whose_offers_cannot_lapse_keeps_no_other_from_it(listed, early):
    other = SessionFactory(activity=listed.activity, starts_at=listed.starts_at, capacity=listed.capacity)
    offered = {}
    for session in (listed, other):
        family = join(session, 10, at=early)
        offered[session.pk] = join(session, 3, at=early)
        cancel_registration(family, at=early)
    first, second = sorted(offered)
    breaks(Registration, on="UPDATE", when=f"NEW.session_id = '{first}'")
    with pytest.raises(SomeFailed, match=str(first)):
        lapse_offers(at=early + 2 * HOUR)
    assert (state(offered[first]), state(offered[second])) == ("offered", "lapsed")


def test_accepting_what_was_never_offered_is_refused(listed, early):
    join(listed, 10, at=early)

    with pytest.raises(NotOffered):
        accept_offer(join(listed, at=early), at=early)


def test_accepting_at_a_cancelled_session_is_refused(listed, early):
    family = join(listed, 10, at=early)
    waiting = join(listed, at=early)
    cancel_registration(family, at=early)
    Session.objects.update(status=SessionStatus.CANCELLED, cancel_reason="Bão")

    with pytest.raises(NotOffered):
        accept_offer(waiting, at=early)


def test_declining_passes_the_offer_on(listed, early):
    family = join(listed, 10, at=early)
    first, second = join(listed, at=early), join(listed, 10, at=early)
    cancel_registration(family, at=early)

    cancel_registration(first, at=early)

    assert (state(first), state(second)) == ("cancelled", "offered")


def test_an_offer_near_the_start_ends_halfway_to_it(listed, now):
    family = join(listed, 10, at=now)
    waiting = join(listed, at=now)
    shortly = listed.starts_at - HOUR

    cancel_registration(family, at=shortly)

    waiting.refresh_from_db()
    assert waiting.offer_ends_at == listed.starts_at - HOUR / 2


def test_nothing_is_offered_after_the_start(listed, now, during):
    family = join(listed, 10, at=now)
    waiting = join(listed, at=now)

    cancel_registration(family, at=during)

    assert state(waiting) == "waiting"
    assert join(listed, at=during).status == "confirmed"


def test_by_hand_nothing_is_offered_until_staff_choose(listed, early, librarian_of_bac_kan):
    listed.activity.waiting_rule = WaitingRule.BY_HAND
    listed.activity.save(update_fields=["waiting_rule"])
    family = join(listed, 10, at=early)
    first, second, third = (join(listed, size, at=early) for size in (1, 9, 1))
    cancel_registration(family, at=early)
    assert [state(each) for each in (first, second, third)] == ["waiting"] * 3

    give_place(second, by=librarian_of_bac_kan, at=early)
    give_place(third, by=librarian_of_bac_kan, at=early, confirmed=True)

    assert [state(each) for each in (first, second, third)] == ["waiting", "offered", "confirmed"]
    assert taken(listed) == 10
    with pytest.raises(NoPlacesLeft):
        give_place(first, by=librarian_of_bac_kan, at=early)
    with pytest.raises(NotWaiting):
        give_place(third, by=librarian_of_bac_kan, at=early)
    assert state(first) == "waiting"


def test_giving_a_place_after_the_start_is_refused(listed, early, during, librarian_of_bac_kan):
    join(listed, 10, at=early)
    waiting = join(listed, at=early)
    Session.objects.filter(pk=listed.pk).update(capacity=20)

    with pytest.raises(NotWaiting):
        give_place(waiting, by=librarian_of_bac_kan, at=during)


def test_a_waiting_group_that_grows_goes_to_the_end(listed, early):
    join(listed, 10, at=early)
    first, second = join(listed, at=early), join(listed, at=early)

    change_registration(first, group_size=2, at=early + HOUR)

    first.refresh_from_db()
    assert (position_of(second), position_of(first)) == (1, 2)
