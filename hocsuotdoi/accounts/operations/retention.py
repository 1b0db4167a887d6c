"""What this area forgets, and when. Called by the nightly job with a dry run first in the log.

Kept: who held which role when, who switched powers on and who changed what (duty to account for public acts).
What a person learnt is not here but under `learner_key`, in the areas that store it.
"""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import PROTECT, Exists, ForeignObjectRel, OuterRef, Q, QuerySet

from hocsuotdoi.accounts.models import Person, RoleAssignment

NEVER_CONFIRMED = dt.timedelta(days=30)
UNUSED = dt.timedelta(days=5 * 365)


@transaction.atomic
def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Delete (count only, if `dry_run`) expired sign-in sessions, accounts without a role whose address was not
    confirmed within 30 days and which were not used since, and such accounts unused for five years. Who stands by an
    act that is kept (froze a report, enrolled a device, switched powers on) is kept with it.

    Returns how many of each.
    """
    roles = RoleAssignment.objects.filter(person=OuterRef("pk"))
    without_role = _named_by_nothing_kept().exclude(Exists(roles))
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    idle_since_start = Q(last_login=None) | Q(last_login__lt=at - NEVER_CONFIRMED)
    doomed = {
        "sessions": Session.objects.filter(expire_date__lt=at),
        "accounts_never_confirmed": without_role.exclude(Exists(confirmed)).filter(
            idle_since_start, created_at__lt=at - NEVER_CONFIRMED
        ),
        "accounts_unused": without_role.filter(Exists(confirmed)).filter(
            Q(last_login__lt=at - UNUSED) | Q(last_login=None, created_at__lt=at - UNUSED)
        ),
    }
    counts = {name: rows.count() for name, rows in doomed.items()}
    if not dry_run:
        for rows in doomed.values():
            rows.delete()
    return counts


def _named_by_nothing_kept() -> QuerySet[Person]:
    """One without a role may have acted all the same: a role taken back on its first day leaves no row."""
    people = Person.objects.all()
    for relation in Person._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            people = people.exclude(Exists(rows))
    return people
