"""Every page of activities on a phone: it fits the screen and has no barrier, by day and by night.

`OF_THE_PUBLIC` and `OF_THE_STAFF` name every page there is; a test holds them to the addresses that exist."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.enums import Joining, RegistrationStatus, Repeating, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import SchoolProgramme
from hocsuotdoi.activities.operations.roll import close_session, mark_all_present
from hocsuotdoi.activities.operations.school import ASKED, book_visit, confirm_booking
from hocsuotdoi.activities.operations.series import NewSchedule, Repeat, create_schedule
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.portal.activities import urls as of_the_portal
from hocsuotdoi.workspace.activities import urls as of_the_workspace
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import (
    ActivityFactory,
    EnrolmentFactory,
    RatingFactory,
    RegistrationFactory,
    SessionFactory,
)
from tests.factories.places import InstitutionFactory
from tests.support.browser import PHONE, sign_in
from tests.support.depth import by_turns
from tests.support.phone import Phone, enrolled

OF_THE_PUBLIC = {
    "activity-list": (),
    "activity-calendar": (),
    "activity-map": (),
    "activity-detail": ("series",),
    "registration-detail": ("to_come", "code"),
    "registration-change": ("to_come", "code"),
    "registration-move": ("to_come", "code"),
    "registration-cancel": ("to_come", "code"),
    "class-create": ("series",),
    "enrolment-detail": ("series", "member_code"),
    "enrolment-change": ("series", "member_code"),
    "enrolment-leave": ("series", "member_code"),
    "session-sheet": ("closed",),
    "rating-create": ("closed",),
    "rating-detail": ("closed", "rating"),
    "programme-list": (),
    "programme-detail": ("offered",),
    "booking-create": ("offered",),
    "booking-detail": ("booking", "booking_code"),
    "booking-edit": ("booking", "booking_code"),
    "booking-withdraw": ("booking", "booking_code"),
}
MORE_OF_THE_PUBLIC = {
    "activity-detail": [("cancelled",), ("full",), ("over",)],
    "registration-detail": [("filled", "waiting_code")],
}
OF_THE_STAFF = {
    "activity-list": (),
    "activity-create": (),
    "club-list": (),
    "notice-list": (),
    "notice-sheet": (),
    "activity-detail": ("series",),
    "activity-edit": ("series",),
    "activity-copy": ("series",),
    "activity-cancel": ("series",),
    "question-edit": ("series",),
    "schedule-create": ("series",),
    "schedule-edit": ("rule",),
    "schedule-extend": ("rule",),
    "session-create": ("series",),
    "session-edit": ("to_come",),
    "session-cancel": ("to_come",),
    "session-roll": ("running",),
    "session-close": ("running",),
    "session-correct": ("closed",),
    "session-recording": ("closed",),
    "session-sheet": ("closed",),
    "registration-list": ("filled",),
    "registration-create": ("to_come",),
    "registration-edit": ("registration",),
    "registration-cancel": ("registration",),
    "enrolment-list": ("series",),
    "enrolment-create": ("series",),
    "enrolment-edit": ("member",),
    "enrolment-leave": ("member",),
    "programme-edit": ("offered",),
    "booking-list": (),
    "booking-detail": ("booking",),
    "mark-list": (),
    "journal-read": (),
}
OF_THE_DEVICES = {
    "device-list": (),
    "device-invite": ("library_code",),
    "device-revoke": ("device",),
}
MORE_OF_THE_STAFF = {
    "session-roll": [("visit",)],
}
NO_PAGES = {
    "of_the_public": {
        *("registration-accept", "registration-create", "registration-find", "booking-find", "activity-short"),
        *("ticket-pdf", "ticket-png", "registration-calendar", "enrolment-calendar", "class-list", "picture-show"),
        *("feed-icalendar", "feed-atom", "near-current", "near-table", "poster-pdf", "poster-png"),
        *("push-subscribe", "push-worker", "push-key", "booking-agreement", "booking-report"),
    },
    "of_the_staff": {
        *("activity-publish", "activity-plan", "notice-tell", "session-note", "registration-place", "mark-settle"),
        *("booking-confirm", "booking-ask", "booking-decline", "booking-agree", "booking-report"),
        *("booking-agreement-sheet", "booking-report-sheet", "session-headcount"),
    },
}
"""Answers to forms, files and what scripts ask for."""


def names_in(patterns: list) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        inner = getattr(pattern, "url_patterns", None)
        found |= names_in(inner) if inner is not None else {pattern.name.removeprefix("activities-")}
    return found


def test_every_page_is_looked_at() -> None:
    assert names_in(of_the_portal.urlpatterns) == set(OF_THE_PUBLIC) | NO_PAGES["of_the_public"]
    assert names_in(of_the_workspace.urlpatterns) == set(OF_THE_STAFF) | NO_PAGES["of_the_staff"]


@pytest.fixture
def things(live_program) -> dict:
    """What the pages speak of, and who may see them, at one institution."""
    now = timezone.now()
    library = InstitutionFactory(name="Thư viện phường Thử")
    manager = PersonFactory(full_name="Hoàng Thị Lan")
    RoleAssignmentFactory(person=manager, role=RoleName.INSTITUTION_MANAGER, institution=library)
    act = {"by": None, "at": now}
    series = ActivityFactory(institution=library, title="Lớp tin học cho người cao tuổi", joining=Joining.EITHER)
    days = [now + dt.timedelta(days=day) for day in (3, 10)]
    to_come, _later = [SessionFactory(activity=series, starts_at=day, capacity=9) for day in days]
    new = NewSchedule(Repeat(Repeating.WEEKLY, (5,), times=3), days[1].date(), starts=dt.time(8), minutes=120)
    rule = create_schedule(series, new=new, **act).schedule
    registration = RegistrationFactory(session=to_come)
    member = EnrolmentFactory(activity=series)
    full = ActivityFactory(institution=library, title="Thi kể chuyện", waiting_rule=WaitingRule.IN_ORDER)
    filled = SessionFactory(activity=full, starts_at=now + dt.timedelta(days=5), capacity=1)
    RegistrationFactory(session=filled)
    waiting = RegistrationFactory(session=filled, status=RegistrationStatus.WAITING, waiting_since=now)
    cancelled = ActivityFactory(institution=library, status="cancelled", cancel_reason="Bão")
    SessionFactory(activity=cancelled, starts_at=days[0], status=SessionStatus.CANCELLED, cancel_reason="Bão")
    over = ActivityFactory(institution=library, title="Chuyện kể bên bếp lửa")
    closed = SessionFactory(activity=over, starts_at=now - dt.timedelta(days=2))
    RegistrationFactory(session=closed)
    mark_all_present(closed, by=None, at=closed.ends_at)
    close_session(closed, by=None, at=closed.ends_at)
    rating = RatingFactory(session=closed)
    running = SessionFactory(activity=over, starts_at=now - dt.timedelta(hours=1))
    RegistrationFactory(session=running)
    offered = ActivityFactory(institution=library, title="Giờ học tại di tích", is_bookable=True)
    SchoolProgramme.objects.create(institution=library, activity=offered)
    told = dict.fromkeys(ASKED, "") | {
        "school": "Trường Tiểu học Đức Xuân",
        "class_name": "5A",
        "teacher": "Cô Hoa",
        "phone": "0912000111",
        "grade": 5,
        "girls": 18,
        "boys": 17,
        "adults": 2,
        "proposed": [days[1]],
    }
    booking = book_visit(offered, form_key=uuid.uuid4(), at=now, **told)
    soon = now + dt.timedelta(hours=1)
    expected = confirm_booking(book_visit(offered, form_key=uuid.uuid4(), at=now, **told), starts_at=soon, **act)
    device, _key = enrolled(library, by=manager, at=now)
    take_marks(device, [Phone(now).line(closed, "x", 1)], at=now)
    return {
        **{"series": series.pk, "full": full.pk, "cancelled": cancelled.pk, "over": over.pk, "offered": offered.pk},
        **{"to_come": to_come.pk, "filled": filled.pk, "closed": closed.pk, "running": running.pk, "rule": rule.pk},
        **{"registration": registration.pk, "code": registration.code, "waiting_code": waiting.code},
        **{"member": member.pk, "member_code": member.code, "rating": rating.form_key},
        **{"visit": expected.session_id, "device": device.pk, "library_code": library.code},
        **{"booking": booking.pk, "booking_code": booking.code, "manager": manager},
    }


def faults(page, addresses, accessibility) -> list[str]:
    """What is wrong with the pages, in words. Each is opened once, by day; half of them, by chance others in every run,
    are then looked at by night, too."""
    found, is_turn = [], by_turns()
    for address in addresses:
        page.emulate_media(color_scheme="light")
        response = page.goto(address)
        problems = [] if response.status == 200 else [f"answers {response.status}"]
        problems += [] if urlsplit(page.url).path == address else [f"leads to {page.url}"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        problems += [f"is {wide} pixels wide"] if wide > PHONE["width"] else []
        problems += accessibility(page)
        if is_turn():
            page.emulate_media(color_scheme="dark")
            problems += [f"by night: {problem}" for problem in accessibility(page, only=["color-contrast"])]
        found += [f"{address} {problem}" for problem in problems]
    return found


def addresses_of(things: dict, start: str, pages: dict, more: dict) -> list[str]:
    wanted = [*pages.items(), *((name, args) for name, several in more.items() for args in several)]
    return [reverse(f"{start}-{name}", args=[things[arg] for arg in args]) for name, args in wanted]


@pytest.mark.slow
def test_every_page_of_the_public_fits_a_phone(things, visitor, accessibility):
    page = visitor(viewport=PHONE).new_page()
    addresses = addresses_of(things, "portal:activities", OF_THE_PUBLIC, MORE_OF_THE_PUBLIC)

    assert faults(page, addresses, accessibility) == []


@pytest.mark.slow
def test_every_page_of_the_staff_fits_a_phone(things, visitor, accessibility):
    context = visitor(viewport=PHONE)
    sign_in(context, things["manager"])
    addresses = addresses_of(things, "workspace:activities", OF_THE_STAFF, MORE_OF_THE_STAFF)
    addresses += addresses_of(things, "workspace:accounts", OF_THE_DEVICES, {})

    assert faults(context.new_page(), addresses, accessibility) == []
