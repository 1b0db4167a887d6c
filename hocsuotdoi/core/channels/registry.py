"""The channels there are, each in a folder beside this file whose package holds `channel`."""

import functools
import importlib
import pkgutil
from pathlib import Path

from hocsuotdoi.core.channels.message import Channel, Reach


@functools.cache
def channels() -> dict[str, Channel]:
    """All of them by name, in the order in which they are chosen."""
    package = __name__.rpartition(".")[0]
    found = [
        importlib.import_module(f"{package}.{module.name}").channel
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.ispkg
    ]
    return {each.name: each for each in sorted(found, key=lambda each: each.rank)}


def offered(reach: Reach | None = None) -> list[Channel]:
    """Those that are configured here."""
    return [each for each in channels().values() if each.is_configured() and reach in (None, each.reach)]
