"""Handing notices over to the outside services, and reminding.

A notice is locked while it is handed over, so that no two workers send it; it is sent twice only when the program dies
between the service's answer and the commit (docs/decisions/0056).
"""

import datetime as dt
import json
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import ActivityStatus, NoticeKind, NoticeState, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.formats.ical import meeting_with, render_calendar
from hocsuotdoi.activities.models import Notice, PushSubscription, Registration, Session
from hocsuotdoi.activities.operations.notices import OPEN, next_way, no_longer_true, tell_each
from hocsuotdoi.activities.queries.history import changes_of, for_calendars
from hocsuotdoi.core.channels.message import Attachment, CannotSend, ForGood, Gone, Reach, TryAgain
from hocsuotdoi.core.channels.registry import channels, offered
from hocsuotdoi.core.jobs import enqueue

logger = logging.getLogger(__name__)

PAUSES = [dt.timedelta(minutes=minutes) for minutes in (0, 10, 30, 120, 480, 1440)]
"""After so many failed attempts a notice waits until so long after it was written; after the last it is given up."""

IN_ONE_RUN = 200
_FAILURES_IN_A_ROW = 3  # then the service is left alone until the next run

REMINDED_BEFORE = dt.timedelta(hours=24)
JUST_REGISTERED = dt.timedelta(hours=6)
BY_DAY = range(7, 21)


def send_notices(*, at: dt.datetime) -> dict[str, int]:
    """Send what waits and is due; return how many were sent and how many were not. What is no longer true is dropped.

    At most `IN_ONE_RUN` are tried, each once; the rest is asked for anew.
    """
    drop_outdated(at=at)
    counts = {"sent": 0, "not sent": 0}
    tried: list[object] = []
    failures: dict[str, int] = {}
    while len(tried) < IN_ONE_RUN:
        resting = [name for name, failed in failures.items() if failed >= _FAILURES_IN_A_ROW]
        outcome = _send_next(tried, resting, failures, at=at)
        if outcome is None:
            return counts
        counts["sent" if outcome else "not sent"] += 1
    enqueue("activities.send_notices")
    return counts


@transaction.atomic
def drop_outdated(*, at: dt.datetime) -> int:
    """Notices that have not reached anybody and are no longer true need no telling."""
    outdated = Notice.objects.filter(no_longer_true(at), state__in=OPEN)
    found = Notice.objects.filter(pk__in=outdated.values("pk"), state__in=OPEN)
    return found.update(state=NoticeState.DROPPED, done_at=at)


IN_CALENDARS = (NoticeKind.CONFIRMED, NoticeKind.MOVED, NoticeKind.CANCELLED)
"""A letter of these kinds brings the session along as a calendar file, which takes the place of the one before."""


@transaction.atomic
def remind(*, at: dt.datetime) -> int:
    """Remind, by day, the people who are expected within 24 hours at sessions of which nobody was reminded yet; not
    those who registered within the last six hours. Return how many notices were written."""
    if timezone.localtime(at).hour not in BY_DAY:
        return 0
    sessions = list(
        Session.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            status=SessionStatus.PLANNED,
            activity__status=ActivityStatus.PUBLISHED,
            starts_at__gt=at,
            starts_at__lte=at + REMINDED_BEFORE,
            reminded_at=None,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not sessions:
        return 0
    expected = Registration.objects.filter(
        session__in=sessions, status=RegistrationStatus.CONFIRMED, created_at__lte=at - JUST_REGISTERED
    )
    written = tell_each(
        expected, kind=NoticeKind.REMINDER, at=at, about=lambda each: f"{each.session.starts_at:%Y%m%dT%H%M}"
    )
    Session.objects.filter(pk__in=sessions).update(reminded_at=at)
    return written


def _due(at: dt.datetime) -> Q:
    due = Q()
    for attempts, pause in enumerate(PAUSES):
        due |= Q(attempts=attempts, created_at__lte=at - pause)
    return due


@transaction.atomic
def _send_next(tried: list[object], resting: list[str], failures: dict[str, int], *, at: dt.datetime) -> bool | None:
    """Send the next notice. True: sent; False: not; None: there is none."""
    notice = (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("registration", "session")
        .filter(_due(at), state=NoticeState.WAITING)
        .exclude(pk__in=tried)
        .exclude(channel__in=resting)
        .order_by("attempts", "created_at", "pk")
        .first()
    )
    if notice is None:
        return None
    tried.append(notice.pk)
    channel = notice.channel
    try:
        _hand_over(notice)
    except TryAgain as error:
        failures[channel] = failures.get(channel, 0) + 1
        _later(notice, error, at=at)
        return False
    except ForGood as error:
        failures[channel] = 0
        _otherwise(notice, error, at=at)
        return False
    failures[channel] = 0
    _note(notice, NoticeState.SENT, at=at)
    return True


def _hand_over(notice: Notice) -> None:
    channel = channels().get(notice.channel)
    if channel is None or channel not in offered():
        raise ForGood(_("This way of sending is not set up any more."))
    address = notice.address
    if channel.reach == Reach.BROWSER:
        address = _subscription(notice)
    try:
        channel.send(
            address, notice.subject, notice.text, absolute(notice.url), key=str(notice.pk), attachment=_calendar(notice)
        )
    except CannotSend:
        raise
    except Exception as error:  # one message that breaks a channel must not hold up all others
        # Only the kind: the words of a stranger's error may hold an address or a key.
        logger.error("Channel %s failed on notice %s: %s", channel.name, notice.pk, type(error).__name__)
        raise TryAgain(_("The program could not send it ({kind}).").format(kind=type(error).__name__)) from None


def absolute(path: str) -> str:
    """The address that people use, for a page of ours."""
    return f"{settings.PUBLIC_URL or f'http://localhost:{settings.PORT}'}{path}" if path else ""


def _calendar(notice: Notice) -> Attachment | None:
    """The session for the person's calendar, where the notice is about its day and its way can carry it."""
    if notice.channel != "email" or notice.kind not in IN_CALENDARS or notice.registration is None:
        return None
    registration = notice.registration
    here = Session.objects.filter(institution_id=notice.institution_id)
    registration.session = for_calendars(here, timezone.localdate(notice.created_at)).get(pk=registration.session_id)
    session = registration.session
    changes = changes_of([session])[session.pk]
    meeting = meeting_with(
        registration, url=absolute(notice.url), changes=changes.number, changed_at=changes.at(session)
    )
    content = render_calendar([meeting], name=session.activity.title)
    return Attachment(f"{registration.code}.ics", content, "text/calendar")


def _subscription(notice: Notice) -> str:
    found = PushSubscription.objects.filter(
        institution_id=notice.institution_id, registration=notice.registration_id, endpoint=notice.address
    ).first()
    if found is None:
        raise Gone(_("The browser does not want to be told any more."))
    return json.dumps({"endpoint": found.endpoint, "keys": {"p256dh": found.p256dh, "auth": found.auth}})


def _later(notice: Notice, error: CannotSend, *, at: dt.datetime) -> None:
    if notice.attempts + 1 >= len(PAUSES):
        _otherwise(notice, error, at=at)
        return
    notice.attempts += 1
    notice.problem = str(error)[:300]
    notice.save(update_fields=["attempts", "problem"])


def _otherwise(notice: Notice, error: CannotSend, *, at: dt.datetime) -> None:
    """Not by this channel: by the next, else by phone, else it has failed."""
    notice.problem = str(error)[:300]
    if isinstance(error, Gone):
        PushSubscription.objects.filter(institution_id=notice.institution_id, endpoint=notice.address).delete()
    registration = notice.registration
    if way := next_way(notice, after=notice.channel):
        notice.channel, notice.address = way
        notice.attempts = 0
        notice.save(update_fields=["channel", "address", "attempts", "problem"])
        enqueue("activities.send_notices")
        return
    notice.attempts += 1
    if registration is not None and registration.phone:
        notice.address = registration.phone
        notice.state = NoticeState.TO_TELL
        notice.save(update_fields=["address", "attempts", "state", "problem"])
        return
    notice.save(update_fields=["attempts", "problem"])
    _note(notice, NoticeState.FAILED, at=at)


def _note(notice: Notice, state: NoticeState, *, at: dt.datetime) -> None:
    changes = {"state": state, "done_at": at}
    if state == NoticeState.SENT:
        changes |= {"attempts": F("attempts") + 1, "problem": ""}
    Notice.objects.filter(institution_id=notice.institution_id, pk=notice.pk).update(**changes)
