"""A push service (RFC 8030) that checks the signature (RFC 8292), and a browser that can read what it is sent
(RFC 8291)."""

import base64
import json
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from tests.support.fake_service import FakeService


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class FakeBrowser:
    """Its keys; `endpoint` once it has subscribed at a service."""

    def __init__(self, endpoint: str = "") -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64url(point), "auth": base64url(self._auth)}

    @property
    def subscription(self) -> str:
        return json.dumps({"endpoint": self.endpoint, "keys": self.keys})

    def read(self, body: bytes) -> dict:
        return json.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"))


class FakePush(FakeService):
    """Knows the browsers that subscribed; `/gone` has gone away."""

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        if "TTL" not in headers or headers.get("Content-Encoding") != "aes128gcm":
            return 400, b"TTL or encoding missing"
        if not self._is_signed(headers.get("Authorization", "")):
            return 403, b"not signed"
        if path == "/gone":
            return 410, b""
        if self.is_too_much():
            return 429, b""
        if len(body) > 4096:
            return 413, b""
        self.taken.append({"path": path, "body": body, "ttl": headers["TTL"]})
        return 201, b""

    def _is_signed(self, authorization: str) -> bool:
        """By the key it names, for this very service, by somebody who can be asked."""
        if not Vapid02.verify(authorization):
            return False
        token = authorization.partition("t=")[2].partition(",")[0]
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return claims["aud"] == self.url and claims["sub"].startswith("mailto:")
