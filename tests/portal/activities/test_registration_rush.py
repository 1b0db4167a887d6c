"""Many people at the same moment, over real HTTP, at a real server with several workers."""

import datetime as dt
import uuid
from collections import Counter

import pytest
from django.db.models import Sum
from django.utils import timezone

from hocsuotdoi.activities.enums import WaitingRule
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.support.crowd import Person, all_at_once, cancel

CLIENTS, PLACES = 500, 50

pytestmark = pytest.mark.slow


@pytest.fixture
def opening(live_program) -> Session:
    """Fifty places in a week, at some institution of the reference data."""
    activity = ActivityFactory(institution=Institution.objects.first(), title="Mở đăng ký")
    return SessionFactory(activity=activity, number=1, capacity=PLACES, starts_at=timezone.now() + dt.timedelta(days=7))


@pytest.fixture
def person(live_program, opening):
    return lambda **more: Person(live_program.url, opening.activity_id, opening.pk, **more)


def test_five_hundred_people_for_fifty_places_fill_it_exactly(opening, person):
    answers = all_at_once([person(name=f"Người thứ {n}").join for n in range(CLIENTS)])

    told = {code for status, code in answers if status == 302}
    confirmed = set(Registration.objects.filter(session=opening).values_list("code", flat=True))
    assert Counter(status for status, _code in answers) == {302: PLACES, 422: CLIENTS - PLACES}
    assert told == confirmed
    assert len(confirmed) == PLACES
    assert Session.objects.get(pk=opening.pk).places_taken == PLACES


def test_groups_at_the_same_moment_never_overfill(opening, person):
    answers = all_at_once([person(name=f"Nhà {n}", group_size=n % 6 + 1).join for n in range(60)])

    told = {code for status, code in answers if status == 302}
    registrations = Registration.objects.filter(session=opening)
    people = registrations.aggregate(people=Sum("group_size"))["people"]
    assert told == set(registrations.values_list("code", flat=True))
    assert people == Session.objects.get(pk=opening.pk).places_taken <= PLACES
    assert people > PLACES - 6  # it was full for the largest that were refused


def test_one_form_sent_twenty_times_at_once_registers_once(opening, person):
    form_key = uuid.uuid4()

    answers = all_at_once([person(name="Bấm nhiều lần", form_key=form_key, group_size=2).join] * 20)

    assert {status for status, _code in answers} == {302}
    assert len({code for _status, code in answers}) == 1
    assert Registration.objects.filter(session=opening).count() == 1
    assert Session.objects.get(pk=opening.pk).places_taken == 2


def test_cancels_and_joins_at_the_same_moment_overfill_nothing_and_lose_nobody(live_program, opening, person):
    """A full session with ten groups in line; fifteen cancel while fifteen more join and one form comes five times."""
    Activity.objects.filter(pk=opening.activity_id).update(waiting_rule=WaitingRule.IN_ORDER)
    Session.objects.filter(pk=opening.pk).update(capacity=30)
    before = [
        register(opening, name=f"Người thứ {n}", form_key=uuid.uuid4(), at=timezone.now(), group_size=n % 3 + 1)
        for n in range(25)
    ]
    leaving, form_key = before[:15], uuid.uuid4()

    answers = all_at_once(
        [lambda each=each: cancel(live_program.url, each.session_id, each.code) for each in leaving]
        + [person(name=f"Mới {n}", group_size=n % 3 + 1).join for n in range(15)]
        + [person(name="Bấm nhiều lần", form_key=form_key).join] * 5
    )

    codes = {answer[1] for answer in answers[15:]}
    assert set(answers[:15]) == {302}
    assert {answer[0] for answer in answers[15:]} == {302}
    assert len(codes) == 16
    rows = Registration.objects.filter(session=opening)
    assert rows.count() == 25 + 16
    assert codes <= set(rows.values_list("code", flat=True))
    assert set(rows.filter(status="cancelled").values_list("pk", flat=True)) == {each.pk for each in leaving}
    held = sum(row.group_size for row in rows if row.holds_places)
    session = Session.objects.get(pk=opening.pk)
    assert session.places_taken == held <= 30
    waiting = [row.group_size for row in rows if row.is_waiting]
    # Nobody waits for a place that is there: what is free suffices for none of them, or is saved for the first.
    assert not waiting or held == 30 or session.places_left < max(waiting)
