"""The key to Zalo. An access token lives for about a day and is renewed by a refresh token that works once and brings
the next; the pair is kept in DATA_DIR, readable by its owner only. Processes take turns by a lock on the file, so that
a refresh token is never spent twice."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.http import post
from hocsuotdoi.core.channels.message import TryAgain

_FILE = "zns_token"


def current() -> str:
    """The access token in use: the kept one, else that of the settings, else a new one."""
    with _kept() as file:
        kept = _read(file)
    return kept.get("access_token") or settings.ZNS_ACCESS_TOKEN or renewed()


def renewed(refused: str = "") -> str:
    """A fresh access token in place of the `refused` one. Refused: TryAgain when Zalo gives none, or there is no
    refresh token."""
    with _kept() as file:
        kept = _read(file)
        if kept and kept["access_token"] != refused:
            return kept["access_token"]  # another process was quicker
        refresh_token = kept.get("refresh_token") or settings.ZNS_REFRESH_TOKEN
        if not refresh_token:
            raise TryAgain(_("Zalo does not accept the access token any more: set a new one."))
        form = {
            "app_id": settings.ZNS_APP_ID,
            "refresh_token": refresh_token,
            "grant_type": "refresh_token",
        }
        answer = post(
            settings.ZNS_TOKEN_URL,
            urlencode(form).encode(),
            {"secret_key": settings.ZNS_SECRET_KEY, "Content-Type": "application/x-www-form-urlencoded"},
        )
        pair = {name: answer.json().get(name) for name in ("access_token", "refresh_token")}
        if not all(isinstance(each, str) and each for each in pair.values()):
            raise TryAgain(_("Zalo gives no new access token: connect the account anew."))
        file.seek(0)
        file.truncate()
        json.dump(pair | {"since": _since()}, file)
        file.flush()
        os.fsync(file.fileno())
        return str(pair["access_token"])


@contextmanager
def _kept() -> Iterator[IO[str]]:
    path = settings.DATA_DIR / _FILE
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _read(file: IO[str]) -> dict:
    """The kept pair; nothing when the account was connected anew since, by a new token in the settings."""
    try:
        kept = json.load(file)
    except ValueError:
        return {}
    return kept if kept.get("since") == _since() else {}


def _since() -> str:
    return hashlib.sha256(f"{settings.ZNS_APP_ID}:{settings.ZNS_REFRESH_TOKEN}".encode()).hexdigest()
