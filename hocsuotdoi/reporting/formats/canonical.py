"""Canonical JSON and its digest: the same content gives the same 64 digits on every machine.

The rules follow RFC 8785 as far as a content needs them: keys in order, no spaces, UTF-8 as it is. Numbers are whole
(decimals are kept as text), so the number formats on which programs differ do not occur; a float is refused.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Raises TypeError for a float and for what JSON cannot hold."""
    _refuse_floats(content)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: keep it as text, so that the digest is the same everywhere")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
