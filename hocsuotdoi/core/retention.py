"""Forgetting personal data: each area that keeps some says for how long, in `operations/retention.py`.

That module has `forget(*, at, dry_run) -> dict[str, int]`: it removes (or with `dry_run` only counts) what is older
than it may be, and returns for each kind of row, in plain words, how many. One nightly job calls all of them.
"""

import datetime as dt
import logging
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from hocsuotdoi.core.one_by_one import one_by_one

logger = logging.getLogger(__name__)


def forgetting_areas() -> list[str]:
    """The areas that keep personal data, by label."""
    found = []
    for config in apps.get_app_configs():
        package = f"{config.name}.operations"
        if config.name.startswith("hocsuotdoi.") and find_spec(package) and find_spec(f"{package}.retention"):
            found.append(config.label)
    return sorted(found)


def forget_all(*, at: dt.datetime, dry_run: bool) -> dict[str, dict[str, int]]:
    """Area → kind of row → how many were removed (or would be). An area that fails keeps no other from forgetting;
    raises `SomeFailed` when all have had their turn."""
    return dict(one_by_one(forgetting_areas(), lambda area: (area, _forget(area, at=at, dry_run=dry_run))))


def _forget(area: str, *, at: dt.datetime, dry_run: bool) -> dict[str, int]:
    module = import_module(f"hocsuotdoi.{area}.operations.retention")
    counts: dict[str, int] = module.forget(at=at, dry_run=dry_run)
    if not dry_run:
        logger.info("Forgotten in %s: %s", area, counts)
    return counts
