"""Posters and tickets are set anew for whoever asks, which costs a tenth of a second and more: so many in a minute for
one address. What is kept of the last hours (core.typesetting) costs nothing and is not counted."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hocsuotdoi.accounts.surfaces import address_of
from hocsuotdoi.core.limits import TooMany, count
from hocsuotdoi.core.typesetting import Typesetter, typesetter

MOST_SET_A_MINUTE = 60
"""A class behind one school's router that opens its tickets."""

View = Callable[..., HttpResponse]


def sets_type(view: View) -> View:
    """Answer 429 when the measure is full."""

    @wraps(view)
    def bounded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany as refusal:
            response = render(request, "429.html", {"reason": str(refusal)}, status=429)
            response["Retry-After"] = "60"
            return response

    return bounded


def typesetter_for(request: HttpRequest, *, seconds: int) -> Typesetter:
    """Sets for the asker's address, within its measure; keeps it for so many seconds for everybody."""
    return typesetter(
        seconds=seconds,
        before=lambda: count("typeset", address_of(request), most=MOST_SET_A_MINUTE, at=timezone.now()),
    )
