"""Which checklists somebody reads."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import agencies_commanded
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.inspection.models import Checklist, Visit
from hocsuotdoi.places.enums import ARMED_FORCES


def checklists_seen(person: Someone, day: dt.date) -> QuerySet[Checklist]:
    """What is published; of the armed forces' own only those of the bodies on the person's line, as their plans."""
    on_line = agencies_on_line(person, Permission.VIEW_INSPECTION, day).values("pk")
    commanded = agencies_commanded(person, Permission.VIEW_INSPECTION, day).values("pk")
    of_others = Q(owner=None) | ~Q(owner__kind__in=ARMED_FORCES)
    own = Q(owner__in=on_line) | Q(owner__in=commanded)
    return Checklist.objects.exclude(published_at=None).filter(of_others | own).select_related("owner")


def checklists_met(person: Someone, day: dt.date) -> QuerySet[Checklist]:
    """Also those with which a visit was made that the person sees: its questions stand there anyway."""
    visits = Visit.objects.visible_to(person, day).filter(checklist__owner__kind__in=ARMED_FORCES)
    met = Checklist.objects.filter(pk__in=visits.values("checklist")).select_related("owner")
    return checklists_seen(person, day) | met
