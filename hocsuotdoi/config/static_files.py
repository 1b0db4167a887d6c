"""How static files are named when they are served by fingerprint, and when they are collected."""

import fcntl
import hashlib
import importlib.metadata
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES_THAT_IMPORT = ("inspection/*.js", "roll/*.js", "workspace/*.js")
_IMPORT = (r"""(?P<matched>from "(?P<url>\.\.?/[^"]+)")""", 'from "%(url)s"')


class FingerprintedFiles(CompressedManifestStaticFilesStorage):
    """Our modules name each other by fingerprint, too: a page never mixes modules of two versions. (Django's own switch
    does so for every script, also for packages' scripts whose comments only look like imports.)"""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((modules, (_IMPORT,)) for modules in _MODULES_THAT_IMPORT),
    )


def collect_static() -> bool:
    """Collects and compresses the static files, unless what is there was made from the sources as they are: naming and
    compressing all of them takes longer than everything else at a start. Whether they were collected.

    Only an account of a finished collection counts, so one that was broken off is done again. It stands beside the
    files, which are public; who collects holds it, so that a program that starts meanwhile waits and finds them done.
    Where nothing is to be collected, nothing is written: the folder may be read-only.
    """
    account = Path(settings.STATIC_ROOT).with_suffix(".collected")
    if _is_current(account):
        return False
    account.parent.mkdir(parents=True, exist_ok=True)
    with account.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_current(account):
            return False
        file.truncate(0)
        # From nothing: Django takes a copy that is younger than its source for good, and packages can bring old times.
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        file.write(_state())
    return True


def _is_current(account: Path) -> bool:
    return account.exists() and account.read_text() == _state()


def _state() -> str:
    """The contents of the sources, how they are stored and by what; and what stands in the folder. Times say nothing:
    they are coarse on some disks, and the same for every version in some packages."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for package in ("Django", "whitenoise"):
        digest.update(importlib.metadata.version(package).encode())
    digest.update(Path(__file__).read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            content = Path(storage.path(name)).read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    root = Path(settings.STATIC_ROOT)
    for file in sorted(root.rglob("*")):
        digest.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode() if file.is_file() else b"")
    return digest.hexdigest()
