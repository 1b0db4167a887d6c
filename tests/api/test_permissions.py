"""Each endpoint with someone who may and someone who must not; what is public is on a list."""

import datetime as dt
import io
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver
from django.utils import timezone

from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import NoticeKind, NoticeState
from hocsuotdoi.activities.models import ClassBooking, Notice, Schedule
from hocsuotdoi.api.routing import ApiPath, ApiRouter
from tests.architecture.test_permissions import routes
from tests.factories.activities import EnrolmentFactory, RegistrationFactory

PATHS = {
    path.removeprefix("api/v1/"): pattern.callback
    for _name, path, pattern in routes(get_resolver().url_patterns)
    if isinstance(pattern.callback, ApiPath)
}
DECLARED = {
    (method, path): asked for path, view in PATHS.items() for method, asked in view.permissions.items()
}  # fmt: skip

# As on the pages: what anybody may. Short on purpose: add one only with a reason.
PUBLIC = {
    ("GET", "offers"),
    ("GET", "offers/<uuidstr:pk>"),
    ("GET", "offers/<uuidstr:pk>/outcome"),  # as the activity's page tells it
    ("GET", "sessions/<uuidstr:pk>"),
    ("POST", "sessions/<uuidstr:pk>/registrations"),  # joining takes no account
    ("GET", "sessions/<uuidstr:pk>/registrations/<slug:code>"),  # who holds the code
    ("PATCH", "sessions/<uuidstr:pk>/registrations/<slug:code>"),
    ("POST", "sessions/<uuidstr:pk>/registrations/<slug:code>/accept"),
    ("POST", "sessions/<uuidstr:pk>/registrations/<slug:code>/cancel"),
    ("POST", "sessions/<uuidstr:pk>/registrations/<slug:code>/move"),
    ("POST", "sessions/<uuidstr:pk>/ratings"),  # a child can
    ("POST", "offers/<uuidstr:pk>/bookings"),  # a teacher
    ("GET", "offers/<uuidstr:pk>/bookings/<slug:code>"),
    ("PUT", "offers/<uuidstr:pk>/bookings/<slug:code>"),
    ("POST", "offers/<uuidstr:pk>/bookings/<slug:code>/withdraw"),
    ("POST", "offers/<uuidstr:pk>/enrolments"),
    ("GET", "offers/<uuidstr:pk>/enrolments/<slug:code>"),
    ("PATCH", "offers/<uuidstr:pk>/enrolments/<slug:code>"),
    ("POST", "offers/<uuidstr:pk>/enrolments/<slug:code>/leave"),
    ("GET", "school-programmes"),
    ("GET", "school-programmes/<uuidstr:pk>"),
    ("GET", "units"),
    ("GET", "units/<slug:code>"),
    ("GET", "agencies"),  # which bodies there are, not who sits there
    ("GET", "agencies/<slug:code>"),
    ("GET", "institutions"),
    ("GET", "institutions/<slug:code>"),
    ("GET", "indicators"),  # figures are open data
    ("GET", "indicators/<slug:code>"),
    ("GET", "indicators/<slug:code>/values"),
    ("GET", "measures"),
    ("GET", "dictionary"),
    ("GET", "figures/totals"),
    ("GET", "figures/completeness"),
    ("GET", "figures/population"),
    ("GET", "papers"),  # those that everybody may read; others only for whom they were sent to
    ("GET", "papers/<int:pk>"),
    ("GET", "documents/<slug:code>"),  # what is told of an approved document
    ("GET", "plans"),  # issued ones are public documents
    ("GET", "plans/<slug:code>"),
}
# What offices do: who may do what is tried in tests/workspace/{tasks,reporting}/test_who_may.py and
# workspace/money/test_money.py.
OFFICES = {
    ("GET", "tasks"),
    ("GET", "tasks/<int:pk>"),
    ("POST", "tasks/<int:pk>/steps"),
    ("POST", "tasks/<int:pk>/evidence"),
    ("POST", "tasks/confirm"),  # tests/workspace/tasks/test_shown.py
    ("POST", "tasks/hand-down"),
    ("POST", "tasks/own"),
    ("POST", "plans/<slug:code>/issue"),
    ("GET", "plans-not-taken"),  # these five: tests/api/programme/test_plan_steps.py
    ("POST", "plans/<slug:code>/replace"),
    ("POST", "plans/<slug:code>/retire"),
    ("POST", "plans/<slug:code>/inherit"),
    ("POST", "plans/<slug:code>/rehoming"),
    ("GET", "tasks-not-taken"),  # these two: tests/api/programme/test_task_rehoming.py
    ("POST", "plans/<slug:code>/task-rehoming"),
    ("GET", "money/lines"),
    ("GET", "money/totals"),
    ("GET", "inspection/visits"),  # tests/workspace/inspection/test_who_may.py
    ("GET", "inspection/visits/<uuidstr:pk>"),
    ("GET", "inspection/figures"),
    ("GET", "inspection/carried"),
    ("POST", "inspection/answers"),
    ("POST", "inspection/findings"),
    ("POST", "inspection/closings"),
    ("POST", "inspection/visits/<uuidstr:pk>/photos"),
    ("GET", "snapshots/<slug:number>/documents"),
    ("GET", "document-files/<uuidstr:pk>"),
    ("GET", "snapshots/<slug:number>/issued"),  # these four: tests/api/reporting/test_issuing.py
    ("POST", "snapshots/<slug:number>/issued"),
    ("POST", "snapshots/<slug:number>/issued/<uuidstr:pk>/withdraw"),
    ("GET", "issued-files/<uuidstr:pk>"),
    ("GET", "reports"),
    ("GET", "reports/<int:pk>"),
    ("PUT", "reports/<int:pk>/words"),
    ("GET", "reports/<int:pk>/totals"),
    ("PUT", "reports/<int:pk>/totals"),
    ("POST", "reports/<int:pk>/exceptions"),
    ("POST", "reports/<int:pk>/submit"),
    ("POST", "reports/<int:pk>/withdraw"),
    ("POST", "reports/<int:pk>/return"),
    ("POST", "reports/<int:pk>/approve"),
    ("GET", "cycles"),  # these three: tests/api/reporting/test_cycles.py
    ("GET", "cycles/<slug:code>"),
    ("GET", "cycles/<slug:code>/state"),
}
STAFF = sorted(route for route in DECLARED if route not in PUBLIC | OFFICES)


def test_every_endpoint_declares_who_may():
    assert DECLARED
    assert None not in DECLARED.values()


def test_public_endpoints_are_on_the_short_list():
    assert {route for route, asked in DECLARED.items() if asked is Openness.PUBLIC} == PUBLIC


def test_endpoint_without_a_declaration_stops_the_start():
    router = ApiRouter("activities", tag="Thử")
    with pytest.raises(ImproperlyConfigured, match="declares no permission"):

        @router.get("/x", response=int, summary="X", description="X")
        def undeclared(request): ...


def test_endpoint_without_words_stops_the_start():
    router = ApiRouter("activities", tag="Thử")
    with pytest.raises(ImproperlyConfigured, match="has no words"):

        @router.get("/x", response=int)
        @public
        def wordless(request): ...


BODIES = {
    "offers": {"title": "Đọc sách", "kind": "reading_day", "sessions": []},
    "cancel": {"reason": "Mưa to"},
    "marks": {"marks": []},
    "walk-ins": {"name": "Bàn Văn Páo", "form_key": str(uuid.uuid4())},
    "tally": {"cells": [{"count": 1}]},
    "close": {"nobody_came": True},
    "correct": {"reason": "Đếm sót", "cells": [{"count": 1}]},
    "sessions": {"starts_at": "2026-11-30T08:00:00+07:00", "ends_at": "2026-11-30T10:00:00+07:00"},
}


GUEST = {"name": "Bàn Văn Páo", "form_key": str(uuid.uuid4())}
RULE = {
    "rule": "FREQ=WEEKLY;BYDAY=SA;COUNT=2",
    "starts_on": f"{timezone.localdate() + dt.timedelta(days=8)}",
    "starts": "08:30",
    "minutes": 90,
}
BODIES |= {
    "guests": GUEST,
    "members": GUEST,
    "place": {"confirmed": True},
    "publish-at": {"publish_at": None},
    "copy": {"to_year": None},
    "schedules": RULE,
    "preview": RULE,
    "<uuidstr:pk>": {},
    "extend": {"times": 3},
    "sheet": {"all_present": True},
    "note": {"note": "Đông vui."},
    "recording": {"views": 340},
    "confirm": {"starts_at": "2026-12-08T08:00:00+07:00"},
    "ask": {"answer": "Xin chọn ngày khác."},
    "decline": {"answer": "Bảo tàng đóng cửa."},
    "agreement": {
        "number": "12/TT",
        "agreed_on": f"{timezone.localdate()}",
        "by_school": "Nguyễn Văn Hòa",
        "by_institution": "Hoàng Thị Lan",
    },
    "headcount": {"girls": 1, "boys": 1, "adults": 1},
    "report": {"report": "Các em hỏi rất nhiều."},
    "school-programme": {"is_bookable": True},
    "questions": {"questions": []},
    "equipment": {"equipment": []},
    "settle": {"marks": [], "reason": "Em đến muộn"},
    "dismiss": {"marks": [], "reason": "Em đến muộn"},
}


def _things_of(activity) -> dict[str, uuid.UUID]:
    """First word of an address → the id of such a thing of `activity`."""
    session = activity.sessions.order_by("number").last()
    return {
        "inspection": uuid.uuid4(),  # of a visit; who may is asked first
        "offers": activity.pk,
        "sessions": session.pk,
        "registrations": RegistrationFactory(session=session).pk,
        "members": EnrolmentFactory(activity=activity).pk,
        "schedules": Schedule.objects.create(
            institution=activity.institution,
            activity=activity,
            rule="FREQ=WEEKLY;BYDAY=SA;COUNT=2",
            starts_on=timezone.localdate(),
            starts=dt.time(8),
            minutes=90,
            created_at=timezone.now(),
        ).pk,
        "bookings": ClassBooking.objects.create(
            institution=activity.institution,
            activity=activity,
            school="Trường THCS Đức Xuân",
            class_name="7A1",
            grade=7,
            teacher="Hà Thị Thơm",
            phone="0912345678",
            girls=20,
            boys=18,
            proposed=[timezone.now() + dt.timedelta(days=3)],
            code="BOOKBOOK",
            form_key=uuid.uuid4(),
            created_at=timezone.now(),
        ).pk,
        "notices": Notice.objects.create(
            institution=activity.institution,
            session=session,
            kind=NoticeKind.MOVED,
            state=NoticeState.TO_TELL,
            name="Lý Thị Mai",
            address="0912345678",
            subject="Buổi đọc sách",
            text="Buổi đọc sách được chuyển giờ.",
            once=str(uuid.uuid4()),
            created_at=timezone.now(),
        ).pk,
    }


def _address(things, path: str) -> str:
    key = things.get(path.split("/")[0]) or things["offers"]  # of things that a library does not have: any key
    filled = path.replace("<uuidstr:pk>", str(key)).replace("<int:pk>", "1").replace("<slug:code>", "nam-2026")
    return "/" + filled.replace("<slug:number>", "BC-01843-2026-001")


def _body(method: str, path: str):
    body = None if method == "GET" else BODIES.get(path.rsplit("/", 1)[-1], {})
    if method == "PUT" and path.startswith("schedules"):
        return RULE
    if method == "DELETE":
        return None
    # Nobody is told why a registration is cancelled for them.
    return {} if path == "registrations/<uuidstr:pk>/cancel" else body


def _send(client, method: str, address: str, body):
    if address.endswith("/picture") and method == "POST":
        return client.upload(address, picture=io.BytesIO(b"x"), picture_alt="Em nhỏ đọc sách")
    if address.endswith("/photos"):
        taken_at = timezone.now().isoformat()
        return client.upload(address, file=io.BytesIO(b"x"), id=str(uuid.uuid4()), taken_at=taken_at)
    if address.endswith("/issued") and method == "POST":
        return client.upload(address, issued_number="12/BC-UBND", issued_on="2026-11-28", signer="Nguyễn Thị Hoa")
    return client.ask(method, address, body)


@pytest.fixture
def ask(open_day, tomorrow, library_of_bac_kan):
    """Asks an endpoint about the library of Bắc Kạn, with a body that it takes."""

    things = _things_of(open_day)

    def asked(client, method, path):
        body = _body(method, path)
        if path == "offers" and body:
            body = {**body, "institution": library_of_bac_kan.code}
        return _send(client, method, _address(things, path), body)

    return asked


@pytest.mark.parametrize(("method", "path"), [*STAFF, *sorted(OFFICES)])
def test_staff_endpoint_without_a_key_asks_to_sign_in(ask, anybody, method, path):
    answer = ask(anybody, method, path)
    assert (answer.status_code, answer.json()["error"]) == (401, "sign_in")


@pytest.mark.parametrize(("method", "path"), [*STAFF, *sorted(OFFICES)])
def test_staff_endpoint_is_forbidden_to_an_account_without_roles(ask, learner, method, path):
    answer = ask(learner, method, path)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert "vai trò" in answer.json()["message"]


@pytest.mark.parametrize(("method", "path"), [route for route in STAFF if not route[1].startswith("staff/")])
def test_staff_endpoint_is_forbidden_to_staff_of_another_ward(ask, stranger, method, path):
    is_seen = not path.startswith(("bookings/", "notices/"))  # names of people are nobody else's to see
    assert ask(stranger, method, path).status_code == (403 if is_seen else 404)


@pytest.mark.parametrize(("method", "path"), STAFF)
def test_auditor_reads_everything_and_changes_nothing(ask, inspector, method, path):
    reads = method == "GET" and str(DECLARED[method, path]).startswith("view_")
    assert ask(inspector, method, path).status_code == (200 if reads else 403)


@pytest.mark.parametrize(("method", "path"), STAFF)
def test_librarian_is_let_in(ask, librarian, method, path):
    assert ask(librarian, method, path).status_code not in (401, 403, 404)


@pytest.mark.parametrize(("method", "path"), [route for route in STAFF if "<" in route[1]])
def test_draft_of_another_ward_is_not_there(stranger, draft, method, path):
    answer = _send(stranger, method, _address(_things_of(draft), path), _body(method, path))
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_permissions_are_those_of_the_pages():
    assert set(DECLARED.values()) == {
        Openness.PUBLIC,
        Permission.VIEW_ACTIVITY,
        Permission.EDIT_ACTIVITY,
        Permission.CALL_ROLL,
        Permission.VIEW_PARTICIPANTS,
        Permission.VIEW_TASKS,
        Permission.RECORD_PROGRESS,
        Permission.ASSIGN_TASK,
        Permission.EDIT_PLAN,
        Permission.VIEW_MONEY,
        Permission.VIEW_REPORT,
        Permission.WRITE_REPORT,
        Permission.FREEZE_REPORT,
        Permission.APPROVE_REPORT,
        Permission.VIEW_INSPECTION,
        Permission.INSPECT,
    }
