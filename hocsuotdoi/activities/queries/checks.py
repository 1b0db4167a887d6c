"""What must always hold in this area."""

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from hocsuotdoi.activities.models import HOLDING, Registration, Session


def miscounted_sessions() -> QuerySet[Session]:
    """Sessions whose `places_taken` is not the sum of the groups that hold places (confirmed or offered); each has
    `groups`. Sound: none."""
    groups = (
        Registration.objects.filter(
            institution_id=OuterRef("institution_id"), session=OuterRef("pk"), status__in=HOLDING
        )
        .order_by()
        .values("session")
        .annotate(people=Sum("group_size"))
    )
    return Session.objects.annotate(groups=Coalesce(Subquery(groups.values("people")), 0)).exclude(
        places_taken=F("groups")
    )
