"""What was sent to the places where a person works."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.rules import Someone, roles_held
from hocsuotdoi.papers.models import Delivery, Paper, Receipt, to_follow
from hocsuotdoi.papers.queries.days import with_day


def deliveries_to(person: Someone, day: dt.date) -> QuerySet[Delivery]:
    """To the bodies and institutions themselves at which `person` holds a role: not to those that lie under them. A
    role that is held at a unit is one of its office."""
    institutions = roles_held(person, Permission.VIEW_WORKSPACE, day).filter(institution__isnull=False)
    offices = offices_held(person, Permission.VIEW_WORKSPACE, day).values("pk")
    return Delivery.objects.filter(Q(agency__in=offices) | Q(institution__in=institutions.values("institution")))


def papers_to_read(person: Someone, day: dt.date) -> QuerySet[Any, Any]:
    """Sent to a place of `person`, asking for a receipt, and nobody there has said yes yet: the most urgent first, with
    `to_read_by`: the day of that place (of several, the first)."""
    said = Receipt.objects.filter(delivery=OuterRef("pk"))
    open_ones = with_day(deliveries_to(person, day).filter(~Exists(said), paper=OuterRef("pk"))).order_by("to_read_by")
    papers = Paper.objects.filter(to_follow(day), Exists(open_ones), must_read=True)
    papers = papers.annotate(to_read_by=Subquery(open_ones.values("to_read_by")[:1]))
    return papers.order_by(F("to_read_by").asc(nulls_last=True), "-sent_at", "pk")


def open_for(paper: Paper, person: Someone, day: dt.date) -> Any:
    """That for which its sender asks and `person` has yet to say that this paper was read, with `to_read_by`; of
    several places the most urgent. One query."""
    if person is None or not person.is_authenticated or not (paper.must_read and paper.is_to_follow(day)):
        return None
    said = Receipt.objects.filter(delivery=OuterRef("pk"), read_by=person.pk)
    found = with_day(deliveries_to(person, day).filter(~Exists(said), paper=paper))
    return found.order_by(F("to_read_by").asc(nulls_last=True), "pk").first()


def is_to_be_read(paper: Paper, person: Someone, day: dt.date) -> bool:
    return open_for(paper, person, day) is not None
