"""How often one address may post without saying who it is: enough for a class that joins behind one school's router."""

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.api.errors import Problem

MOST_A_MINUTE = 120


def count_anonymous_post(request: HttpRequest) -> None:
    """Count this request; Problem 429 when there were too many in this minute. The address itself is not kept."""
    minute = timezone.now().strftime("%Y%m%d%H%M")
    key = "api-posts:" + hashlib.sha256(f"{minute} {_address(request)}".encode()).hexdigest()
    cache.add(key, 0, timeout=120)
    try:
        count = cache.incr(key)
    except ValueError:  # cleared in between
        return
    if count > MOST_A_MINUTE:
        raise Problem(429, "too_many", _("Too many requests from your address. Please wait a minute and try again."))


def _address(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a proxy that does not say: all its visitors count as one
        return ""
