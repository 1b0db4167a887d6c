"""Days due, and visits that one makes or that come, in one's own calendar. A calendar cannot sign in: its address is
the key, and ends with the password."""

import datetime as dt

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.inspection.queries.told import visits_changed_at, visits_in_calendar
from hocsuotdoi.programme.formats.due_days import CONTENT_TYPE, DueDay, render_due_days
from hocsuotdoi.programme.queries.assignments import by_due_day, changed_at, in_words, own_assignments
from hocsuotdoi.workspace.tasks.shown import source_of

_SIGNER = Signer(salt="hocsuotdoi.tasks.calendar", sep=".")
_MOST = 500


def feed_address(request: HttpRequest) -> str:
    """The address for the calendar of whoever asks."""
    return request.build_absolute_uri(reverse("workspace:programme-task-feed", args=[_token(request.user)]))


@public
@require_GET
def task_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What waits at the bodies for which the person reports today, and visits; roles that have ended show nothing."""
    person = _person(token)
    day = timezone.localdate()
    rows = own_assignments(person, day).waiting().filter(due_on__isnull=False)
    changed = changed_at(rows)
    days = [
        DueDay(
            key=f"task-{each.pk}",
            title=str(each)[:200],
            on=each.due_on,
            url=request.build_absolute_uri(reverse("workspace:programme-task-detail", args=[each.pk])),
            sequence=each.version,
            changed_at=max(changed.get(each.pk, each.handed_at), each.handed_at),
            detail=f"{each.agency.name}. {source_of(each)}",
        )
        for each in by_due_day(in_words(rows))[:_MOST]
        if each.due_on
    ]
    days += _visits(request, person, day)
    response = HttpResponse(render_due_days(days, name=_("Tasks by their days")), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="cong-viec.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _visits(request: HttpRequest, person: Person, day: dt.date) -> list[DueDay]:
    visits = list(visits_in_calendar(person, day)[:_MOST])
    changed = visits_changed_at(visits)
    return [
        DueDay(
            key=f"visit-{each.pk}",
            title=_("Inspection: {place}").format(place=each.institution.name),
            on=each.planned_on,
            url=request.build_absolute_uri(reverse("workspace:inspection-visit-detail", args=[each.pk])),
            sequence=each.version,
            changed_at=changed.get(each.pk, each.plan.made_at),
            detail=f"{each.plan.title}. {each.plan.agency.name}",
        )
        for each in visits
    ]


def _token(person: Person) -> str:
    return _SIGNER.sign(f"{person.pk.hex}.{person.get_session_auth_hash()[:16]}")


def _person(token: str) -> Person:
    try:
        key, _dot, fingerprint = _SIGNER.unsign(token).partition(".")
    except BadSignature:
        raise Http404 from None
    person = Person.objects.filter(pk=key, is_active=True).first()
    if person is None or person.get_session_auth_hash()[:16] != fingerprint:
        raise Http404
    return person
