"""The devices that a person answers for."""

import datetime as dt

from django.db.models import BooleanField, Case, QuerySet, Value, When

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone


def devices_of(person: Someone, *, at: dt.datetime) -> QuerySet[Device]:
    """Devices of the institutions at which `person` may enrol some: those that work (`works`) first, newest first."""
    works = When(expires_at__gt=at, revoked_at__isnull=True, enrolled_by__is_active=True, then=Value(True))
    return (
        Device.objects.filter(institution__in=institutions_covered(person, Permission.ENROL_DEVICE))
        .annotate(works=Case(works, default=Value(False), output_field=BooleanField()))
        .select_related("institution", "enrolled_by", "revoked_by")
        .order_by("-works", "-created_at", "pk")
    )
