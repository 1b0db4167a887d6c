"""Keys with which a program acts as a person through the API: made, used, taken back.

The secret is shown once and kept only as its SHA-256: it is 256 random bits, which nobody guesses, so a slow hash would
protect nothing.
"""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import ApiToken, Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise

LONGEST_DAYS = 365
MOST_ALIVE = 20
SEEN_EVERY = dt.timedelta(minutes=5)
"""How exact «last used» is: a program that asks often does not write each time."""

_PREFIX = "hsd_"  # so that a key that was published by mistake can be searched for


class ApiTokenRefused(Refused):
    """The key cannot be made so."""


@transaction.atomic
def make_api_token(person: Person, *, name: str, days: int, at: dt.datetime) -> tuple[ApiToken, str]:
    """A key for `days` days, and its secret, which nobody can read again afterwards.

    Refused: no name, a time not from one day to a year, a closed account, more than `MOST_ALIVE` keys alive.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    name = " ".join(normalise(name).replace("\x00", "").split())
    if not name:
        raise ApiTokenRefused(_("Give the key a name, so that you know later which program has it."))
    if len(name) > 80:
        raise ApiTokenRefused(_("The name is too long: at most 80 letters."))
    if not 1 <= days <= LONGEST_DAYS:
        raise ApiTokenRefused(_("A key lasts from 1 to {most} days.").format(most=LONGEST_DAYS))
    if not person.is_active:
        raise ApiTokenRefused(_("This account is closed."))
    if ApiToken.objects.alive_at(at).filter(person=person).count() >= MOST_ALIVE:
        raise ApiTokenRefused(_("You have {most} keys already. Revoke one first.").format(most=MOST_ALIVE))
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        token_hash=hash_of(secret),
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    return token, secret


@transaction.atomic
def revoke_api_token(token: ApiToken, *, at: dt.datetime) -> ApiToken:
    """End a key at once. Revoking again, or one that has ended, changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.is_alive_at(at):
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def use_api_token(secret: str, *, at: dt.datetime) -> ApiToken | None:
    """The living key of an open account with this secret, its person along; None for any other. Notes the use."""
    token = (
        ApiToken.objects.alive_at(at)
        .filter(token_hash=hash_of(secret), person__is_active=True)
        .select_related("person")
        .first()
    )
    if token is not None and (token.last_seen_at is None or token.last_seen_at <= at - SEEN_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_seen_at=at)
    return token


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
