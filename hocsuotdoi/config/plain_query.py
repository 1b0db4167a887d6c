"""What an address asks with, before any page reads it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NUL, _UNREADABLE = "%00", "%EF%BF%BD"


class PlainQuery:
    """No word has a NUL, and the database breaks off wherever one is looked for: pages read a sign that stands for
    nothing readable, which they find nowhere. Programs are told by the interface itself (`api/shapes.py`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if _NUL in asked and not request.path_info.startswith("/api/"):
            request.META["QUERY_STRING"] = asked.replace(_NUL, _UNREADABLE)
        return self.get_response(request)
