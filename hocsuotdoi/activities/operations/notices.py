"""Telling people: what an act changes for those who joined becomes a notice in the same transaction, by the best way to
reach each; it is sent after the commit (operations.sending), or told by phone where there is no other way."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import NoticeKind, NoticeState, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Notice, PushSubscription, Registration, Session
from hocsuotdoi.activities.operations.notice_words import Words, words_of
from hocsuotdoi.core.channels.message import Reach
from hocsuotdoi.core.channels.registry import channels, offered
from hocsuotdoi.core.jobs import enqueue

CONCERNED = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED, RegistrationStatus.WAITING)

OPEN = (NoticeState.WAITING, NoticeState.TO_TELL)
"""Notices in these states have not reached anybody yet."""

# What is told later takes the place of what has not been told yet.
_OUTDATES = {
    NoticeKind.CONFIRMED: (NoticeKind.WAITING, NoticeKind.OFFERED),
    NoticeKind.OFFERED: (NoticeKind.WAITING,),
    NoticeKind.LAPSED: (NoticeKind.OFFERED,),
    NoticeKind.MOVED: (NoticeKind.MOVED, NoticeKind.REMINDER),
    NoticeKind.CANCELLED: (
        NoticeKind.CONFIRMED,
        NoticeKind.WAITING,
        NoticeKind.OFFERED,
        NoticeKind.MOVED,
        NoticeKind.REMINDER,
    ),
}

URL = "/activities/sessions/{session}/{code}/"
"""The registration's page (portal); a test holds it against the address that the portal gives."""


@transaction.atomic
def tell_people_of(session: Session, *, kind: NoticeKind, at: dt.datetime, about: str) -> int:
    """Tell everybody who has or waits for a place at `session`; `about` keeps the same thing from being told twice
    (for a move: the new time). Return how many notices were written."""
    concerned = Registration.objects.filter(
        institution_id=session.institution_id, session=session, status__in=CONCERNED
    )
    return tell(concerned, kind=kind, at=at, about=about)


@transaction.atomic
def tell(registrations: "Iterable[Registration] | QuerySet", *, kind: NoticeKind, at: dt.datetime, about: str) -> int:
    """Write a notice to each of `registrations`, one statement for all; what was said before (`about`) is left out.

    Each by the best way offered: a browser that asked to be told, e-mail, Zalo, SMS; else by phone; who left no address
    stands on the list that is printed. Not written: that someone is registered or waits, to people without any way but
    the phone, since the page has just told them. Return how many notices were written.
    """
    return tell_each(registrations, kind=kind, at=at, about=lambda _registration: about)


@transaction.atomic
def tell_each(
    registrations: "Iterable[Registration] | QuerySet",
    *,
    kind: NoticeKind,
    at: dt.datetime,
    about: Callable[[Registration], str],
) -> int:
    """As `tell`, where what it is about differs from one registration to the other."""
    people = _loaded(registrations)
    ways = _ways(people, kind)
    people = [each for each in people if ways[each.pk][0] or not _has_just_seen_it(each, kind)]
    if not people:
        return 0
    once = {each.pk: f"{kind}:{each.pk}:{about(each)}"[:160] for each in people}
    said = set(
        Notice.objects.filter(
            institution_id__in={each.institution_id for each in people}, once__in=once.values()
        ).values_list("once", flat=True)
    )
    people = [each for each in people if once[each.pk] not in said]
    if not people:
        return 0
    _outdate(people, kind, at=at)
    words = words_of(people, kind)
    Notice.objects.bulk_create(
        [_notice(each, kind, ways[each.pk], words[each.pk], once=once[each.pk], at=at) for each in people],
        ignore_conflicts=True,
    )
    if any(ways[each.pk][0] for each in people):
        enqueue("activities.send_notices")
    return len(people)


def next_way(notice: Notice, *, after: str) -> tuple[str, str] | None:
    """The next channel by which the registration of `notice` can be reached, and the address; None: there is none."""
    registration = notice.registration
    if registration is None:
        return None
    used = channels().get(after)
    left = [each.name for each in offered() if used is None or each.rank > used.rank]
    return next(((name, address) for name, address in _channels_of(registration, None) if name in left), None)


def no_longer_true(at: dt.datetime) -> Q:
    """Notices that would tell what is no longer so: a condition on Notice."""
    kind, status = NoticeKind, "registration__status"
    about_coming = [kind.CONFIRMED, kind.WAITING, kind.OFFERED, kind.MOVED, kind.REMINDER]
    return (
        Q(session__ends_at__lte=at) & ~Q(kind=kind.BOOKING)
        | Q(kind__in=about_coming) & ~Q(session__status=SessionStatus.PLANNED)
        | Q(kind__in=[kind.CONFIRMED, kind.REMINDER]) & ~Q(**{status: RegistrationStatus.CONFIRMED})
        | Q(kind=kind.WAITING) & ~Q(**{status: RegistrationStatus.WAITING})
        | Q(kind=kind.OFFERED) & (~Q(**{status: RegistrationStatus.OFFERED}) | Q(registration__offer_ends_at__lte=at))
        | Q(kind=kind.LAPSED) & ~Q(**{status: RegistrationStatus.LAPSED})
        | Q(kind=kind.MOVED) & ~Q(**{f"{status}__in": CONCERNED})
        | Q(kind=kind.REMINDER, session__starts_at__lte=at)
    )


def _loaded(registrations: "Iterable[Registration] | QuerySet") -> list[Registration]:
    if isinstance(registrations, QuerySet):
        registrations = registrations.select_related("session__activity", "session__institution", "session__room")
    people = list(registrations)
    prefetch_related_objects(people, "session__activity", "session__institution", "session__room")
    return people


def _has_just_seen_it(registration: Registration, kind: NoticeKind) -> bool:
    """On the page after the form. Who comes up from the waiting list has not."""
    return kind == NoticeKind.WAITING or (kind == NoticeKind.CONFIRMED and registration.waiting_since is None)


def _ways(people: Sequence[Registration], kind: NoticeKind) -> dict[object, tuple[str, str]]:
    """For each registration the channel (empty: none) and the address."""
    asked = [each.pk for each in people if not _has_just_seen_it(each, kind)]
    browsers: dict[object, str] = {}
    if asked and any(each.reach == Reach.BROWSER for each in offered()):
        rows = PushSubscription.objects.filter(registration__in=asked).order_by("created_at")
        browsers = dict(rows.values_list("registration_id", "endpoint"))
    return {
        each.pk: next(iter(_channels_of(each, browsers.get(each.pk))), ("", each.phone or each.email))
        for each in people
    }


def _channels_of(registration: Registration, endpoint: str | None) -> list[tuple[str, str]]:
    """The channels by which one can be reached, best first, with the address for each."""
    addresses = {Reach.BROWSER: endpoint or "", Reach.EMAIL: registration.email, Reach.PHONE: registration.phone}
    return [(each.name, addresses[each.reach]) for each in offered() if addresses[each.reach]]


def _outdate(people: Sequence[Registration], kind: NoticeKind, *, at: dt.datetime) -> None:
    if kinds := _OUTDATES.get(kind):
        Notice.objects.filter(
            institution_id__in={each.institution_id for each in people},
            registration__in=[each.pk for each in people],
            kind__in=kinds,
            state__in=OPEN,
        ).update(state=NoticeState.DROPPED, done_at=at)


def _notice(
    registration: Registration, kind: NoticeKind, way: tuple[str, str], words: Words, *, once: str, at: dt.datetime
) -> Notice:
    channel, address = way
    return Notice(
        institution_id=registration.institution_id,
        registration=registration,
        session=registration.session,
        kind=kind,
        channel=channel,
        name=registration.name,
        address=address,
        subject=words.subject[:200],
        text=words.text,
        url=URL.format(session=registration.session_id, code=registration.code),
        once=once,
        state=NoticeState.WAITING if channel else NoticeState.TO_TELL,
        created_at=at,
    )


@transaction.atomic
def tick_told(notice: Notice, *, by: Person, at: dt.datetime) -> bool:
    """Someone has told the person by phone; False when that was done, or no longer needed, before."""
    told = Notice.objects.filter(
        institution_id=notice.institution_id, pk=notice.pk, state__in=[NoticeState.TO_TELL, NoticeState.FAILED]
    )
    return bool(told.update(state=NoticeState.TOLD, done_at=at, done_by=by.pk))


@transaction.atomic
def take_tick_back(notice: Notice) -> bool:
    """It was ticked by mistake: the person is still to be told."""
    told = Notice.objects.filter(institution_id=notice.institution_id, pk=notice.pk, state=NoticeState.TOLD)
    return bool(told.update(state=NoticeState.TO_TELL, done_at=None, done_by=None))
