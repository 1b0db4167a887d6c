"""How often one address may post without saying who it is: enough for a class that joins behind one school's router."""

from django.http import HttpRequest
from django.utils import timezone

from hocsuotdoi.accounts.surfaces import address_of
from hocsuotdoi.api.errors import Problem
from hocsuotdoi.core.limits import TooMany, count

MOST_A_MINUTE = 120


def count_anonymous_post(request: HttpRequest) -> None:
    """Count this request; Problem 429 when there were too many in this minute."""
    try:
        count("api-posts", address_of(request), most=MOST_A_MINUTE, at=timezone.now())
    except TooMany as refusal:
        raise Problem(429, "too_many", str(refusal)) from None
