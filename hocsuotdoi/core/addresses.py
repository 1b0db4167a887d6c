"""Addresses of pages, looked up once for each kind: Django looks through all patterns for each link that it writes."""

import uuid
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse

_STAND_INS = [uuid.UUID(f"5b0d5c57-4b0c-4f0e-9a35-0d1f6f3c1e{n:02x}") for n in range(4)]


def address(name: str, *args: Any) -> str:
    """As `reverse(name, args=args)`."""
    known = tuple(stand_in if type(arg) is uuid.UUID else arg for stand_in, arg in zip(_STAND_INS, args, strict=False))
    text = _looked_up(settings.ROOT_URLCONF, get_script_prefix(), name, known)
    for stand_in, arg in zip(known, args, strict=True):
        if stand_in is not arg:
            text = text.replace(str(stand_in), str(arg), 1)
    return text


@lru_cache(maxsize=4096)
def _looked_up(_urlconf: str, _prefix: str, name: str, args: tuple) -> str:
    return reverse(name, args=args)
