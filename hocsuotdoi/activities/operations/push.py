"""Browsers that want to be told about a registration."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.activities.models import PushSubscription, Registration
from hocsuotdoi.core.channels.push import are_keys, is_push_service
from hocsuotdoi.core.channels.registry import channels
from hocsuotdoi.core.errors import Refused

MOST_BROWSERS = 5
"""For one registration: a family's phones. The oldest makes room."""


class BadSubscription(Refused):
    """Not what a browser gives."""


@transaction.atomic
def subscribe(
    registration: Registration, *, endpoint: str, p256dh: str, auth: str, at: dt.datetime
) -> PushSubscription:
    """Tell this browser from now on. Asking again renews its keys.

    Refused: messages to browsers are not offered, an address that is no push service's, keys that are none.
    """
    channel = channels().get("push")
    if channel is None or not channel.is_configured():
        raise BadSubscription(_("Messages to browsers are not set up here. Please leave an e-mail address or a phone."))
    if len(endpoint) > 1000 or not is_push_service(endpoint) or not are_keys(p256dh, auth):
        raise BadSubscription(_("This browser cannot be told. Please leave an e-mail address or a phone."))
    # In turn for each registration, so that there are never more than the most.
    Registration.objects.select_for_update(no_key=True).get(
        institution_id=registration.institution_id, pk=registration.pk
    )
    of_it = PushSubscription.objects.filter(institution_id=registration.institution_id, registration=registration)
    subscription, _made = of_it.update_or_create(
        institution_id=registration.institution_id,
        registration=registration,
        endpoint=endpoint,
        defaults={"p256dh": p256dh, "auth": auth, "created_at": at},
    )
    kept = of_it.order_by("-created_at", "-pk").values("pk")[:MOST_BROWSERS]
    of_it.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return subscription


def unsubscribe(registration: Registration, *, endpoint: str) -> int:
    """Tell this browser no more; how many subscriptions that ended."""
    return PushSubscription.objects.filter(
        institution_id=registration.institution_id, registration=registration, endpoint=endpoint
    ).delete()[0]
