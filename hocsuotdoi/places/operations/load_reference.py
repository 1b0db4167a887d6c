"""Loads the real territory, agencies and institutions. Loading again what is already there costs nothing."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.places.models import LoadedReference
from hocsuotdoi.places.operations.following import follow_units
from hocsuotdoi.places.operations.load_institutions import load_institutions
from hocsuotdoi.places.operations.load_units import DATA
from hocsuotdoi.places.operations.territory import write_territory

PROGRAM_VERSION = "3"
"""Raised when the rules that work out the territory change, so that installations load it anew."""


@transaction.atomic
def load_reference(progress: Callable[[str], Any] = print) -> None:
    """Units, agencies and real institutions, all at once or none. `progress` gets one line for each step."""
    fingerprint = _fingerprint()
    if LoadedReference.objects.filter(name="places", fingerprint=fingerprint).exists():
        progress(_("Territory: already loaded"))
        return
    progress(_("Territory: reading the packages"))
    write_territory(progress)
    load_institutions(progress)
    follow_units()
    LoadedReference.objects.update_or_create(name="places", defaults={"fingerprint": fingerprint})


def _fingerprint() -> str:
    """Changes when a package, one of our data files or the rules change."""
    digest = hashlib.sha256(PROGRAM_VERSION.encode())
    for package in ("vietnam-provinces", "vietnamadminunits"):
        digest.update(f"{package} {version(package)}".encode())
    for path in sorted(DATA.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
