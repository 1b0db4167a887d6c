"""Many people at the same moment, over real HTTP, at a real server with several workers."""

import datetime as dt
import re
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db.models import Sum
from django.utils import timezone

from hocsuotdoi.activities.enums import WaitingRule
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, SessionFactory

CLIENTS, PLACES = 200, 50
TOKEN = "t" * 32
"""A token that the client brings itself, as cookie and as field: that is how the check works."""

pytestmark = pytest.mark.slow


@pytest.fixture
def opening(live_program) -> Session:
    """Fifty places in a week, at some institution of the reference data."""
    activity = ActivityFactory(institution=Institution.objects.first(), title="Mở đăng ký")
    return SessionFactory(activity=activity, number=1, capacity=PLACES, starts_at=timezone.now() + dt.timedelta(days=7))


def join(url: str, session: Session, *, name: str, form_key: uuid.UUID, group_size: int = 1) -> tuple[int, str]:
    """What one client is told: the status, and the code it ends up with."""
    form = {
        "session": str(session.pk),
        "name": name,
        "group_size": str(group_size),
        "form_key": str(form_key),
        "csrfmiddlewaretoken": TOKEN,
    }
    # Connections wait in the queue of the server while two hundred stand in line.
    with httpx.Client(base_url=url, cookies={"csrftoken": TOKEN}, timeout=120) as client:
        answer = client.post(f"/activities/{session.activity_id}/join/", data=form)
        where = answer.headers.get("location", "")
        code = re.search(r"/sessions/[0-9a-f-]{36}/(\w{8})/", where)
        return answer.status_code, code[1] if code else ""


def rush(sends: list) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(max_workers=len(sends)) as people:
        return [each.result() for each in [people.submit(send) for send in sends]]


def test_two_hundred_people_for_fifty_places_fill_it_exactly(live_program, opening):
    answers = rush(
        [
            lambda n=n: join(live_program.url, opening, name=f"Người thứ {n}", form_key=uuid.uuid4())
            for n in range(CLIENTS)
        ]
    )

    told = {code for status, code in answers if status == 302}
    confirmed = set(Registration.objects.filter(session=opening).values_list("code", flat=True))
    assert Counter(status for status, _code in answers) == {302: PLACES, 422: CLIENTS - PLACES}
    assert told == confirmed
    assert len(confirmed) == PLACES
    assert Session.objects.get(pk=opening.pk).places_taken == PLACES


def test_groups_at_the_same_moment_never_overfill(live_program, opening):
    answers = rush(
        [
            lambda n=n: join(live_program.url, opening, name=f"Nhà {n}", form_key=uuid.uuid4(), group_size=n % 6 + 1)
            for n in range(60)
        ]
    )

    told = {code for status, code in answers if status == 302}
    registrations = Registration.objects.filter(session=opening)
    people = registrations.aggregate(people=Sum("group_size"))["people"]
    assert told == set(registrations.values_list("code", flat=True))
    assert people == Session.objects.get(pk=opening.pk).places_taken <= PLACES
    assert people > PLACES - 6  # it was full for the largest that were refused


def test_one_form_sent_twenty_times_at_once_registers_once(live_program, opening):
    form_key = uuid.uuid4()

    answers = rush(
        [lambda: join(live_program.url, opening, name="Bấm nhiều lần", form_key=form_key, group_size=2)] * 20
    )

    assert {status for status, _code in answers} == {302}
    assert len({code for _status, code in answers}) == 1
    assert Registration.objects.filter(session=opening).count() == 1
    assert Session.objects.get(pk=opening.pk).places_taken == 2


def cancel(url: str, registration: Registration) -> int:
    with httpx.Client(base_url=url, cookies={"csrftoken": TOKEN}, timeout=120) as client:
        where = f"/activities/sessions/{registration.session_id}/{registration.code}/cancel/"
        return client.post(where, data={"csrfmiddlewaretoken": TOKEN}).status_code


def test_cancels_and_joins_at_the_same_moment_overfill_nothing_and_lose_nobody(live_program, opening):
    """A full session with ten groups in line; fifteen cancel while fifteen more join and one form comes five times."""
    Activity.objects.filter(pk=opening.activity_id).update(waiting_rule=WaitingRule.IN_ORDER)
    Session.objects.filter(pk=opening.pk).update(capacity=30)
    before = [
        register(opening, name=f"Người thứ {n}", form_key=uuid.uuid4(), at=timezone.now(), group_size=n % 3 + 1)
        for n in range(25)
    ]
    leaving, form_key = before[:15], uuid.uuid4()

    answers = rush(
        [lambda each=each: cancel(live_program.url, each) for each in leaving]
        + [
            lambda n=n: join(live_program.url, opening, name=f"Mới {n}", form_key=uuid.uuid4(), group_size=n % 3 + 1)
            for n in range(15)
        ]
        + [lambda: join(live_program.url, opening, name="Bấm nhiều lần", form_key=form_key)] * 5
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
