"""What was sent to the places where a person works."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.rules import Someone, roles_held
from hocsuotdoi.papers.models import Delivery, Paper, Receipt, to_follow


def deliveries_to(person: Someone, day: dt.date) -> QuerySet[Delivery]:
    """To the bodies and institutions themselves at which `person` holds a role: not to those that lie under them. A
    role that is held at a unit is one of its office."""
    institutions = roles_held(person, Permission.VIEW_WORKSPACE, day).filter(institution__isnull=False)
    offices = offices_held(person, Permission.VIEW_WORKSPACE, day).values("pk")
    return Delivery.objects.filter(Q(agency__in=offices) | Q(institution__in=institutions.values("institution")))


def papers_to_read(person: Someone, day: dt.date) -> QuerySet[Paper]:
    """Sent to a place of `person`, asking for a receipt, and nobody there has said yes yet: the most urgent first."""
    said = Receipt.objects.filter(delivery=OuterRef("pk"))
    open_ones = deliveries_to(person, day).filter(~Exists(said), paper=OuterRef("pk"))
    papers = Paper.objects.filter(to_follow(day), Exists(open_ones), must_read=True)
    return papers.order_by(F("read_by").asc(nulls_last=True), "-sent_at", "pk")


def is_to_be_read(paper: Paper, person: Someone, day: dt.date) -> bool:
    """Whether its sender asks and `person` has yet to say, for some place, that this paper was read."""
    if person is None or not person.is_authenticated or not (paper.must_read and paper.is_to_follow(day)):
        return False
    said = Receipt.objects.filter(delivery=OuterRef("pk"), read_by=person.pk)
    return deliveries_to(person, day).filter(~Exists(said), paper=paper).exists()
