"""Giving a role and ending it. Who may give which role is `rules.may_give`, asked by the surface."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import AdminUnit, Agency, Institution


class RoleRefused(Refused):
    pass


@transaction.atomic
def assign_role(
    person: Person,
    *,
    role: RoleName,
    at: dt.datetime,
    by: Person | None,
    where: AdminUnit | Agency | Institution | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> RoleAssignment:
    """Give `person` a role at a place from `starts_on` (today if None) up to, not including, `ends_on`.

    Refused: a place of the wrong kind for the role or one that is gone, a role the person already holds there at that
    time, an end before the start, a closed account, and an account whose e-mail address was never confirmed (anybody
    could have opened it in another's name). Writes no letter.
    """
    today = timezone.localdate(at)
    starts_on = starts_on or today
    Person.objects.select_for_update().get(pk=person.pk)
    held_at = _kind_of(where)
    if held_at not in ROLES[role].held_at:
        raise RoleRefused(_("The role “{role}” cannot be held there.").format(role=role.label))
    if ends_on is not None and ends_on <= starts_on:
        raise RoleRefused(_("The last day must come after the first."))
    if isinstance(where, AdminUnit | Agency) and not where.holds_on(starts_on):
        raise RoleRefused(_("{place} does not exist on that day. Choose what succeeded it.").format(place=where))
    if not person.is_active:
        raise RoleRefused(_("This account is closed."))
    if not EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists():
        raise RoleRefused(
            _("{email} was never confirmed. Ask the person to sign in once with the code sent to that address.").format(
                email=person.email
            )
        )
    place = {} if where is None else {held_at.value: where}
    until = Q() if ends_on is None else Q(starts_on=None) | Q(starts_on__lt=ends_on)
    same = RoleAssignment.objects.filter(until, Q(ends_on=None) | Q(ends_on__gt=starts_on), person=person, role=role)
    if same.filter(**place).exists():
        raise RoleRefused(_("{person} already holds this role there.").format(person=person))
    return RoleAssignment.objects.create(
        person=person, role=role, given_by=by, given_at=at, starts_on=starts_on, ends_on=ends_on, **place
    )


@transaction.atomic
def end_role(assignment: RoleAssignment, *, at: dt.datetime, by: Person | None) -> None:
    """End a role at once: from today it covers nothing. A role that began today, or later, is taken back whole.

    Refused: a role that has ended, and the last administrator's (nobody could give roles any more).
    """
    today = timezone.localdate(at)
    assignment = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    if assignment.ends_on is not None and assignment.ends_on <= today:
        raise RoleRefused(_("This role has already ended."))
    if assignment.role == RoleName.ADMINISTRATOR and not _another_administrator(assignment, today):
        raise RoleRefused(_("This is the last administrator. Give the role to someone else first."))
    if assignment.starts_on is not None and assignment.starts_on >= today:
        assignment.delete()
        return
    assignment.ends_on = today
    assignment.save(update_fields=["ends_on"])


def _another_administrator(assignment: RoleAssignment, today: dt.date) -> bool:
    others = RoleAssignment.objects.select_for_update().on(today).filter(role=RoleName.ADMINISTRATOR, ends_on=None)
    return others.filter(person__is_active=True).exclude(pk=assignment.pk).exists()


def _kind_of(where: AdminUnit | Agency | Institution | None) -> HeldAt:
    if isinstance(where, AdminUnit):
        return HeldAt.UNIT
    if isinstance(where, Agency):
        return HeldAt.AGENCY
    return HeldAt.INSTITUTION if isinstance(where, Institution) else HeldAt.NOWHERE
