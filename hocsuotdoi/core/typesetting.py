"""Documents and pictures set from a Typst template in our own type: posters, tickets, sheets. No system library, no
network: the compiler and its fonts come with the program.

What was set can be kept under a key of all that went into it, so that the same is never set twice: in files
(`CACHES["typeset"]`), since these are whole documents, too large for the table that counts attempts and too costly for
each web process to keep its own.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import typst
from django.core.cache import caches

FONTS = Path(__file__).parent / "fonts"
PARTS = Path(__file__).parent / "typst"
"""What templates share; a template imports it as «/house.typ»."""

Form = Literal["pdf", "png", "svg"]


class Typesetter(Protocol):
    """`typeset`, or something that does the same and remembers."""

    def __call__(self, template: Path, values: Mapping[str, Any], *, to: Form = "pdf", dpi: float = 144) -> bytes: ...


def typeset(template: Path, values: Mapping[str, Any], *, to: Form = "pdf", dpi: float = 144) -> bytes:
    """The document that `template` makes of `values` (what JSON holds; the template reads it by
    `json(bytes(sys.inputs.values))`). As a picture: its first page only.

    Values are data to the template, never markup: what people typed cannot change the page.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in _parts(template):
            (root / part.name).write_bytes(part.read_bytes())
        made = typst.compile(
            str(root / template.name),
            root=str(root),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            format=to,
            ppi=dpi,
        )
    return made[0] if isinstance(made, list) else made


def typesetter(*, seconds: int, before: Callable[[], None]) -> Typesetter:
    """One that keeps what it sets for so many seconds. `before` is asked before something is set anew, and may refuse
    by raising."""

    def typeset_once(template: Path, values: Mapping[str, Any], *, to: Form = "pdf", dpi: float = 144) -> bytes:
        kept = caches["typeset"]
        key = _key(template, values, to, dpi)
        if (found := kept.get(key)) is not None:
            return bytes(found)
        before()
        made = typeset(template, values, to=to, dpi=dpi)
        kept.set(key, made, seconds)
        return made

    return typeset_once


def _parts(template: Path) -> list[Path]:
    return [*sorted(PARTS.glob("*.typ")), template]


def _key(template: Path, values: Mapping[str, Any], to: Form, dpi: float) -> str:
    """Of all that goes into it: another version of the program, or another word, is another document."""
    told = hashlib.sha256(json.dumps([to, dpi, values], sort_keys=True, ensure_ascii=False).encode())
    for part in _parts(template):
        told.update(part.read_bytes())
    return told.hexdigest()
