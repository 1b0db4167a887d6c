"""Public pages kept for a few seconds, so that an opening that a whole country waits for is rendered once, not a
thousand times.

Only for people whom the page does not know: not signed in, nothing to tell them. What must be fresh in each page (the
token against forged forms, the key by which a form is taken once) is put in anew each time.
"""

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from hocsuotdoi.core.ids import uuid7

_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
_KEY = re.compile(rb'(name="(?:\w+-)?(?:form|walk_in)_key" value=")[^"]+')
_KEY_NAMES = re.compile(rb'name="[\w-]*_key"')

View = Callable[..., HttpResponse]


def briefly_kept(view: View) -> View:
    """Keep what `view` answers to a stranger's GET for PAGE_KEPT_SECONDS (0: never)."""

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.PAGE_KEPT_SECONDS or request.method != "GET" or _is_known(request):
            return view(request, *args, **kwargs)
        pages = caches["pages"]
        name = f"{get_language()}:{request.headers.get('HX-Request', '')}:{request.get_host()}{request.get_full_path()}"
        found = pages.get(name)
        if found is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming or not _is_replaceable(response.content):
                return response
            found = (_TOKEN.sub(rb"\1", response.content), response.headers["Content-Type"])
            pages.set(name, found, settings.PAGE_KEPT_SECONDS)
        content, content_type = found
        return HttpResponse(_freshened(content, request), content_type=content_type)

    return kept


def _is_known(request: HttpRequest) -> bool:
    """Has the page anything to say to this person alone? Cheap for those without a session."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return True
    return "messages" in request.COOKIES or bool(len(get_messages(request)))


def _is_replaceable(content: bytes) -> bool:
    """Every key that stands in the page is one that we know how to put in anew."""
    return len(_KEY_NAMES.findall(content)) == len(_KEY.findall(content))


def _freshened(content: bytes, request: HttpRequest) -> bytes:
    if b'name="csrfmiddlewaretoken"' in content:
        token = get_token(request).encode()
        content = content.replace(b'name="csrfmiddlewaretoken" value="', b'name="csrfmiddlewaretoken" value="' + token)
    return _KEY.sub(lambda found: found[1] + str(uuid7()).encode(), content)
