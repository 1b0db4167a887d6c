"""The order of the rooms, read from the import contract, so that it is written down once."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def ranks() -> dict[str, int]:
    """Area → its height; areas of one line have the same."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = contracts[0]["layers"]
    return {
        area.strip(" ()"): height for height, line in enumerate(reversed(layers)) for area in line.split("|")
    }  # fmt: skip


def present() -> list[str]:
    """The areas that exist."""
    folders = (ROOT / "hocsuotdoi").iterdir()
    return sorted(folder.name for folder in folders if (folder / "__init__.py").exists())
