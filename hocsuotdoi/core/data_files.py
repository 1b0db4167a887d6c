"""The YAML files that an area keeps its data in."""

from pathlib import Path
from typing import Any

import yaml

# libyaml reads the same ten times as fast as Python does; a PyYAML that was built without it still reads.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """What the file holds: only plain data."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
