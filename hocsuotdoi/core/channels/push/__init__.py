"""Messages to a browser that asked for them (RFC 8030), encrypted for it alone (RFC 8291), signed with our key
(RFC 8292). The address is what the browser gave, as JSON: {"endpoint", "keys": {"p256dh", "auth"}}."""

import base64
import binascii
import json
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.http import post
from hocsuotdoi.core.channels.message import Attachment, ForGood, Gone, Reach, TryAgain
from hocsuotdoi.core.channels.push.keys import private_key

KEPT_SECONDS = 24 * 3600
"""How long the push service tries while the browser is away."""


class PushChannel:
    name = "push"
    reach = Reach.BROWSER
    rank = 10

    def is_configured(self) -> bool:
        return settings.WEB_PUSH

    def send(
        self, address: str, subject: str, text: str, url: str, *, key: str = "", attachment: Attachment | None = None
    ) -> None:
        from pywebpush import WebPusher  # noqa: PLC0415  # slow import

        subscription = json.loads(address)
        endpoint = subscription["endpoint"]
        if not is_push_service(endpoint):
            raise Gone(_("This is not the address of a push service."))
        words = json.dumps({"title": subject, "body": text, "url": url, "tag": key}, ensure_ascii=False)
        try:
            body = WebPusher(subscription).encode(words.encode(), "aes128gcm")["body"]
        except Exception:  # whatever the browser gave as keys, they are no use
            raise Gone(_("The browser’s keys cannot be used.")) from None
        answer = post(
            endpoint,
            body,
            {
                "TTL": str(KEPT_SECONDS),
                "Urgency": "normal",
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                **_signed(endpoint),
            },
        )
        if 200 <= answer.status < 300:
            return
        if answer.status in {404, 410}:
            raise Gone(_("The browser does not want to be told any more."))
        if answer.status in {400, 413}:
            raise ForGood(_("The push service does not take this message ({code}).").format(code=answer.status))
        raise TryAgain(_("The push service answers {code}.").format(code=answer.status))


def is_push_service(endpoint: str) -> bool:
    """Is this an address of one of the push services of the settings? The program calls no other address that a visitor
    hands in."""
    try:
        parts = urlsplit(endpoint)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.username is not None or (parts.scheme != "https" and host not in {"127.0.0.1", "localhost"}):
        return False
    services = settings.WEB_PUSH_SERVICES
    return bool(host) and any(host == each or host.endswith(f".{each}") for each in services)


def are_keys(p256dh: str, auth: str) -> bool:
    """Are these a point of the curve P-256 and sixteen bytes, in base64url?"""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # slow import

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        return len(_bytes(auth)) == 16
    except (ValueError, binascii.Error):
        return False


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _signed(endpoint: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return private_key().sign({"aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{contact}"})


channel = PushChannel()
