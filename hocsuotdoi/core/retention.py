"""Forgetting personal data: each area that keeps some says for how long, in `operations/retention.py`.

That module has `forget(*, at, dry_run) -> dict[str, int]`: it removes (or with `dry_run` only counts) what is older
than it may be, and returns for each kind of row, in plain words, how many. One nightly job calls all of them.
"""

import datetime as dt
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


def forgetting_areas() -> list[str]:
    """The areas that keep personal data, by label."""
    found = []
    for config in apps.get_app_configs():
        package = f"{config.name}.operations"
        if config.name.startswith("hocsuotdoi.") and find_spec(package) and find_spec(f"{package}.retention"):
            found.append(config.label)
    return sorted(found)


def forget_all(*, at: dt.datetime, dry_run: bool) -> dict[str, dict[str, int]]:
    """Area → kind of row → how many were removed (or would be)."""
    return {
        area: import_module(f"hocsuotdoi.{area}.operations.retention").forget(at=at, dry_run=dry_run)
        for area in forgetting_areas()
    }
