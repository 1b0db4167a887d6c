"""No test speaks to the outside: connecting anywhere but this machine fails."""

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect


class NetworkIsOff(AssertionError):
    pass


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_this_machine(address[0]):
        raise NetworkIsOff(f"A test tried to reach {address[0]}: tests run without network.")
    return _connect(self, address)


def turn_off() -> None:
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
