"""Telling people: what an act changes for those who joined becomes a notice in the same transaction, and is sent after
the commit (or told by phone, where there is no other way)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import NoticeKind, NoticeState, RegistrationStatus
from hocsuotdoi.activities.models import Notice, Registration, Session

CONCERNED = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED, RegistrationStatus.WAITING)


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
    """Write a notice to each of `registrations`, one statement for all; what was said before (`about`) is left out."""
    written = Notice.objects.bulk_create(
        [_notice(registration, kind, at=at, about=about) for registration in registrations], ignore_conflicts=True
    )
    return len(written)


def _notice(registration: Registration, kind: NoticeKind, *, at: dt.datetime, about: str) -> Notice:
    session = registration.session
    when = timezone.localtime(session.starts_at)
    return Notice(
        institution_id=registration.institution_id,
        registration=registration,
        session=session,
        kind=kind,
        channel="email" if registration.email else "",
        name=registration.name,
        address=registration.email or registration.phone,
        subject=f"{kind.label}: {session.activity.title}",
        text=_("{title}, {day} at {time}").format(
            title=session.activity.title, day=when.strftime("%d/%m/%Y"), time=when.strftime("%H:%M")
        ),
        once=f"{kind}:{registration.pk}:{about}",
        state=NoticeState.WAITING if registration.email else NoticeState.TO_TELL,
        created_at=at,
    )
