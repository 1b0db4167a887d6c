"""Compiles the catalogue (.po, kept in the repository) to what Django reads (.mo, made where the program runs)."""

import contextlib
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def catalogues() -> list[Path]:
    """Our own catalogue, the words of the sign-in library that it lacks itself, and of Django's forms in our words."""
    folders = ("locale", "accounts/sign_in_words", "config/django_words")
    return [po for folder in folders for po in PACKAGE.glob(f"{folder}/*/LC_MESSAGES/*.po")]


def compile_catalogues() -> None:
    """Makes each .mo that is missing or older than its .po; leaves the folder alone where it may not be written."""
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        import polib  # slow import: only when there is something to compile

        new = mo.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(PermissionError):
            polib.pofile(str(po)).save_as_mofile(str(new))
            new.replace(mo)
