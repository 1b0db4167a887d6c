"""What `hocsuotdoi doctor` asks: each area registers checks of its own in `<area>/doctor.py`.

    @check(_("Territory"))
    def territory() -> list[Finding]: ...

A check returns what it found; no finding means that all is well. It never raises for a finding and never mends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

Text = str | Promise


class Level(StrEnum):
    GOOD = "good"
    UNCERTAIN = "uncertain"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """`message` says what is so, `mend` what a person can do about it (empty when there is nothing to do)."""

    level: Level
    message: Text
    mend: Text = ""


Check = Callable[[], list[Finding]]
CHECKS: list[tuple[Text, Check]] = []


def check(title: Text) -> Callable[[Check], Check]:
    """Registers a check under a title that a person understands."""

    def register(function: Check) -> Check:
        CHECKS.append((title, function))
        return function

    return register


def examine() -> list[tuple[Text, list[Finding]]]:
    """Runs every check of every area, in the order of the house; a check that fails itself is a finding too."""
    autodiscover_modules("doctor")
    results: list[tuple[Text, list[Finding]]] = []
    for title, function in CHECKS:
        try:
            results.append((title, function()))
        except Exception as error:  # whatever breaks a check is what the person must hear of
            reason = str(error).partition("\n")[0]
            results.append((title, [Finding(Level.BROKEN, f"{type(error).__name__}: {reason}")]))
    return results
