"""Ten thousand marks of a device that was off line for days, sent over HTTP in batches of 200, against a request that
does nothing and against putting the same rows into the table without looking at anything."""

import datetime as dt
import json
import time
import uuid

from django.db import connection, transaction
from django.utils import timezone

from bench.load import Result, post_json, rush_once
from bench.report import Table
from bench.stage import Stage, settle
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.devices import enrol_device, invite_device
from hocsuotdoi.activities.formats.journal import mark_hash
from hocsuotdoi.activities.models import Activity, DeviceMark, Registration, Session
from hocsuotdoi.places.models import Institution

SESSIONS, PEOPLE, TIMES, BATCH = 20, 100, 5, 200


def run(stage: Stage) -> Table:
    now = timezone.now()
    house = Institution.objects.order_by("pk").first()
    assert house is not None
    person = Person.objects.create_user("may@bench.example", full_name="Hoàng Thị Lan")
    _invitation, code = invite_device(house, name="Máy", days=30, by=person, at=now)
    _device, token = enrol_device(code, at=now)
    marks = _marks(_sessions(house, now), now)
    batches = [json.dumps({"marks": marks[start : start + BATCH]}) for start in range(0, len(marks), BATCH)]
    settle()
    with stage.program():
        nothing = rush_once(stage.port, [post_json("/nothing/machine/", body, token) for body in batches])
        synced = rush_once(stage.port, [post_json("/roll/sync", body, token) for body in batches])
        again = rush_once(stage.port, [post_json("/roll/sync", body, token) for body in batches])
    assert set(nothing.statuses) == {302}, nothing.statuses
    assert set(synced.statuses) == set(again.statuses) == {200}, (synced.statuses, again.statuses)
    assert DeviceMark.objects.filter(outcome="applied").count() == len(marks)
    plain = _plain_copy()
    table = Table("Sync", f"{len(marks):,} marks of one device, in batches of {BATCH}, one after the other")
    table.add("taken into the rolls", _rate(marks, synced), f"{nothing.seconds / synced.seconds:.3f} of doing nothing")
    table.add(
        "sent again", _rate(marks, again), f"{synced.seconds / again.seconds:.1f} times as fast as the first time"
    )
    table.add(
        "the rows alone, by INSERT … SELECT", f"{len(marks) / plain:,.0f}/s", f"{plain / synced.seconds:.3f} of it"
    )
    return table


def _rate(marks: list, result: Result) -> str:
    return f"{len(marks) / result.seconds:,.0f}/s, {result.seconds:.1f} s"


def _sessions(house: Institution, now: dt.datetime) -> list[tuple[Session, list[str]]]:
    activity = Activity.objects.create(
        institution=house, title="Điểm danh", search_text=" điểm danh | diem danh", kind="class", status="published",
        published_at=now, created_at=now,
    )  # fmt: skip
    made = []
    for number in range(1, SESSIONS + 1):
        session = Session.objects.create(
            institution=house, activity=activity, number=number, places_taken=PEOPLE,
            starts_at=now - dt.timedelta(hours=3), ends_at=now - dt.timedelta(hours=1),
        )  # fmt: skip
        codes = [f"K{number:03d}{place:04d}" for place in range(PEOPLE)]
        Registration.objects.bulk_create(
            Registration(
                institution=house, session=session, name=f"Người {code}", code=code, form_key=uuid.uuid4(),
                created_at=now,
            )
            for code in codes
        )  # fmt: skip
        made.append((session, codes))
    return made


def _marks(sessions: list[tuple[Session, list[str]]], now: dt.datetime) -> list[dict]:
    marks: list[dict] = []
    last, clock = "", int((now - dt.timedelta(hours=2)).timestamp() * 1000)
    for session, codes in sessions:
        for people in range(TIMES):
            for code in codes:
                mark = {
                    "id": str(uuid.uuid4()), "number": len(marks) + 1, "session": str(session.pk), "act": "line",
                    "said": {"present": {code: (people + 1) % 2}}, "noted_at": clock + len(marks),
                    "previous_hash": last,
                }  # fmt: skip
                last = mark_hash(mark)
                marks.append(mark | {"hash": last})
    return marks


def _plain_copy() -> float:
    """Seconds for the rows alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE plain (LIKE activities_devicemark INCLUDING ALL) ON COMMIT DROP")
        start = time.perf_counter()
        cursor.execute("INSERT INTO plain SELECT * FROM activities_devicemark")
        return time.perf_counter() - start
