"""Devices that call the roll of one institution: inviting, enrolling, recognising and revoking them.

Codes and tokens are shown once; only their SHA-256 is kept. The rows are the log: who invited when, when the code was
used, when the device was last seen, who revoked it when.
"""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Device, DeviceInvitation, Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import Institution

INVITED_FOR = dt.timedelta(minutes=15)
SHORTEST_DAYS, LONGEST_DAYS = 1, 180
SEEN_EVERY = dt.timedelta(minutes=1)
"""When a device was last seen is written at most so often: it asks more often than anybody looks."""

_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are mistaken for another on a small screen
_CODE_LENGTH = 10


class InvitationRefused(Refused):
    """No device can be invited so."""


class EnrolmentRefused(Refused):
    """This code enrols no device (any more)."""


class DeviceUnknown(Refused):
    """Whoever asks is no device that may."""


class RevocationRefused(Refused):
    """There is nothing to revoke."""


@transaction.atomic
def invite_device(
    institution: Institution, *, name: str, days: int, by: Person, at: dt.datetime
) -> tuple[DeviceInvitation, str]:
    """An invitation for one device and the code that stands in its QR, as it is to be typed. Good for 15 minutes, once.

    `name`: whose phone or tablet; `days`: how long the device may work. Refused: no name, too long a one, days outside
    1 to 180.
    """
    name = " ".join(normalise(name).replace("\x00", "").split())
    if not name:
        raise InvitationRefused(_("Say whose phone or tablet it is, so that you know it again in the list."))
    if len(name) > 80:
        raise InvitationRefused(_("That name is too long: at most 80 letters."))
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise InvitationRefused(
            _("A device is enrolled for {shortest} to {longest} days.").format(
                shortest=SHORTEST_DAYS, longest=LONGEST_DAYS
            )
        )
    code = "".join(secrets.choice(_CODE_LETTERS) for _letter in range(_CODE_LENGTH))
    invitation = DeviceInvitation.objects.create(
        institution=institution,
        name=name,
        days=days,
        code_hash=_hash(code),
        made_by=by,
        made_at=at,
        expires_at=at + INVITED_FOR,
    )
    return invitation, f"{code[:5]}-{code[5:]}"


@transaction.atomic
def enrol_device(code: str, *, at: dt.datetime) -> tuple[Device, str]:
    """The device that this code enrols, and its token. The device acts in the name of whoever invited it.

    Refused: a code that is unknown, too old or used, and one whose maker's account was closed since.
    """
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    invitation = (
        DeviceInvitation.objects.select_for_update(of=("self",))
        .select_related("made_by", "institution")
        .filter(code_hash=_hash(letters))
        .first()
    )
    if invitation is None:
        raise EnrolmentRefused(_("There is no such code. Look again, or have a new one made in the workspace."))
    if invitation.used_at is not None:
        raise EnrolmentRefused(_("This code has enrolled a device already. Have a new one made in the workspace."))
    if at >= invitation.expires_at or not invitation.made_by.is_active:
        raise EnrolmentRefused(_("This code has run out: it holds for 15 minutes. Have a new one made."))
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        institution=invitation.institution,
        name=invitation.name,
        token_hash=_hash(token),
        enrolled_by=invitation.made_by,
        created_at=at,
        expires_at=at + dt.timedelta(days=invitation.days),
        last_seen_at=at,
    )
    invitation.used_at, invitation.device = at, device
    invitation.save(update_fields=["used_at", "device"])
    return device, token


def recognise_device(token: str, *, at: dt.datetime) -> Device:
    """The device that this token belongs to; that it was seen is noted. One query, and one more each minute.

    Refused: an unknown token, a device that is revoked or has run out, and one whose enroller's account was closed.
    """
    device = (
        Device.objects.select_related("institution", "enrolled_by").filter(token_hash=_hash(token)).first()
        if token
        else None
    )
    if device is None:
        raise DeviceUnknown(_("This device is not enrolled. Ask the manager of the institution for a code."))
    if device.revoked_at is not None and device.revoked_at <= at:
        raise DeviceUnknown(_("This device was revoked. What it noted stays on it until it is enrolled again."))
    if not device.is_alive_at(at):
        raise DeviceUnknown(_("The time of this device has run out. Have it enrolled again; nothing it noted is lost."))
    if not device.enrolled_by.is_active:
        raise DeviceUnknown(_("The account of whoever enrolled this device is closed. Have it enrolled again."))
    if device.last_seen_at is None or device.last_seen_at + SEEN_EVERY <= at:
        Device.objects.filter(pk=device.pk).update(last_seen_at=at)
    return device


@transaction.atomic
def revoke_device(device: Device, *, by: Person, at: dt.datetime) -> Device:
    """From now on the device neither reads nor writes. Refused: one that was revoked before."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.revoked_at is not None:
        raise RevocationRefused(_("This device was revoked before."))
    device.revoked_at, device.revoked_by = at, by
    device.save(update_fields=["revoked_at", "revoked_by"])
    return device


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
