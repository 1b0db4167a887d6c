"""Opening an account for somebody, and the first administrator of an installation."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.operations.roles import assign_role
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit


class AccountRefused(Refused):
    pass


@transaction.atomic
def open_account(
    email: str, *, full_name: str, password: str | None = None, is_sample: bool = False, by: Person | None
) -> Person:
    """An account whose address is taken as confirmed, since only a code sent there (or the password) opens it.

    Without `password` the person signs in with a one-time code. Refused: an address that is taken or is none, an
    empty name.
    """
    email = Person.objects.normalize_email(email.strip()).lower()
    full_name = normalise(full_name).strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise AccountRefused(_("“{email}” is not an e-mail address.").format(email=email)) from error
    if not full_name:
        raise AccountRefused(_("Give the person's name."))
    if Person.objects.filter(email__iexact=email).exists():
        raise AccountRefused(_("There is an account for {email} already.").format(email=email))
    person = Person.objects.create_user(email, password, full_name=full_name, is_sample=is_sample)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person


@transaction.atomic
def open_administrator(email: str, *, full_name: str, at: dt.datetime) -> RoleAssignment:
    """The first administrator, of the whole country, made by whoever runs the server; later ones are made on the page.

    Refused: when an administrator is there already, when the territory is not loaded, and as `open_account`.
    """
    if RoleAssignment.objects.filter(role=RoleName.ADMINISTRATOR, ends_on=None, person__is_sample=False).exists():
        raise AccountRefused(_("There is an administrator already: they give the role on the page “Roles”."))
    country = AdminUnit.objects.filter(tier=Tier.COUNTRY, ends_on=None).first()
    if country is None:
        raise AccountRefused(_("Load the administrative units first."))
    person = open_account(email, full_name=full_name, by=None)
    return assign_role(person, role=RoleName.ADMINISTRATOR, where=country, at=at, by=None)
