"""What an address asks with, before any page reads it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NOTHING = "%00"


class PlainQuery:
    """Leaves NUL out of what is asked for: no word has one, and the database refuses it wherever it is looked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _NOTHING in (asked := request.META.get("QUERY_STRING", "")):
            request.META["QUERY_STRING"] = asked.replace(_NOTHING, "")
        return self.get_response(request)
