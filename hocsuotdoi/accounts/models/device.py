"""What acts without anybody signing in: devices that call the roll offline, and programs that use the API."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.places.models import Institution


class TokenQuerySet(models.QuerySet):
    def alive_at(self, moment: dt.datetime) -> Self:
        """Neither expired nor revoked at `moment`."""
        return self.filter(expires_at__gt=moment).exclude(revoked_at__lte=moment)

    def ending(self, *, at: dt.datetime, before: dt.datetime) -> Self:
        """Those that are alive at `at` and end before `before`, the first to end first."""
        return self.alive_at(at).filter(expires_at__lt=before).order_by("expires_at", "pk")


class Token(models.Model):
    """Something secret that was shown once; only its SHA-256 is kept. It ends by itself and can be revoked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_alive_at(self, moment: dt.datetime) -> bool:
        return moment < self.expires_at and (self.revoked_at is None or moment < self.revoked_at)


class Device(Token):
    """A phone that calls the roll of one institution, also offline; enrolled by someone who answers for it, in whose
    name it acts."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="devices")
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="device_ends_after_it_starts")
        ]


class DeviceInvitation(models.Model):
    """The QR code by which one device is enrolled, once and within minutes; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("whose phone or tablet"), max_length=80)
    code_hash = models.CharField(max_length=64, unique=True)
    days = models.PositiveSmallIntegerField(help_text="How long the device may work")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.OneToOneField(Device, null=True, on_delete=models.PROTECT, related_name="invitation")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, device__isnull=True) | Q(used_at__isnull=False, device__isnull=False),
                name="device_invitation_used_made_a_device",
            )
        ]


class ApiToken(Token):
    """Lets a program act as a person, with the person's roles, through the API."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_ends_after_it_starts")
        ]
