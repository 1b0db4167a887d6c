"""The program's key for push services (VAPID, RFC 8292): of the settings, else made once and kept in DATA_DIR. Browsers
bind their subscriptions to it: with another key all of them are void."""

import base64
import functools
import os
from typing import Any

from django.conf import settings

_FILE = "push_key"


@functools.cache
def private_key() -> Any:
    from py_vapid import Vapid02  # noqa: PLC0415  # slow import

    if settings.WEB_PUSH_KEY:
        return Vapid02.from_raw(settings.WEB_PUSH_KEY.encode())
    return Vapid02.from_pem(_kept())


def public_key() -> str:
    """As browsers take it: the point, uncompressed, in base64url."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # slow import
        Encoding,
        PublicFormat,
    )

    point = private_key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _kept() -> bytes:
    from py_vapid import Vapid02  # noqa: PLC0415  # slow import

    path = settings.DATA_DIR / _FILE
    if not path.exists():
        made = Vapid02()
        made.generate_keys()
        new = path.with_name(f".{_FILE}.{os.getpid()}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made.private_pem())
        try:
            # A link, not a rename: the first of several processes wins and the others read its key.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(new)
    return path.read_bytes()
