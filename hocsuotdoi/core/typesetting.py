"""Documents and pictures set from a Typst template in our own type: posters, tickets, sheets. No system library, no
network: the compiler and its fonts come with the program."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import typst

FONTS = Path(__file__).parent / "fonts"
PARTS = Path(__file__).parent / "typst"
"""What templates share; a template imports it as «/house.typ»."""


def typeset(
    template: Path, values: Mapping[str, Any], *, to: Literal["pdf", "png", "svg"] = "pdf", dpi: float = 144
) -> bytes:
    """The document that `template` makes of `values` (what JSON holds; the template reads it by
    `json(bytes(sys.inputs.values))`). As a picture: its first page only.

    Values are data to the template, never markup: what people typed cannot change the page.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in [*PARTS.glob("*.typ"), template]:
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
