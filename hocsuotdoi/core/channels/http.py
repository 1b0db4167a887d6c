"""Asking an outside service over HTTP: limits of time and size, no redirection followed, no secret in an error."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.message import TryAgain

TIMEOUT = 10  # seconds
_LONGEST_ANSWER = 100_000


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The answer's object, empty when it is none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The service's answer, whatever its status. Refused: TryAgain when there is none in time."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            return Answer(response.status, response.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(_LONGEST_ANSWER))
    except (OSError, ValueError) as error:  # not reached, too slow, cut off; the words may hold the address
        raise TryAgain(_("The service does not answer ({kind}).").format(kind=type(error).__name__)) from None


def post_json(url: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    return post(url, body, {**headers, "Content-Type": "application/json; charset=utf-8"})
