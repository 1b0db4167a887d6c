"""What every channel has in common: what it is given, what it answers when it cannot."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Reach(StrEnum):
    """By what a channel finds a person."""

    BROWSER = "browser"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


class CannotSend(Exception):
    """It was not sent. The words say why, for the staff: no secret, no address."""


class TryAgain(CannotSend):
    """Perhaps later: the service is not there, is busy, or does not accept our key today."""


class ForGood(CannotSend):
    """Not to this address, however often."""


class Gone(ForGood):
    """The address itself is no more: forget it."""


class Channel(Protocol):
    """`rank`: the smaller, the sooner it is chosen."""

    name: str
    reach: Reach
    rank: int

    def is_configured(self) -> bool: ...

    def send(
        self, address: str, subject: str, text: str, url: str, *, key: str = "", attachment: Attachment | None = None
    ) -> None:
        """Hand one message over to the service, or raise TryAgain or ForGood.

        `key` names the message, so that a service that knows such keys does not deliver it twice. A channel that cannot
        carry an attachment leaves it out.
        """
