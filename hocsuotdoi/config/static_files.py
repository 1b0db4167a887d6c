"""How static files are named when they are served by fingerprint, and when they are collected."""

import hashlib
import importlib.metadata
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES_THAT_IMPORT = "roll/*.js"
_IMPORT = (r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"')


class FingerprintedFiles(CompressedManifestStaticFilesStorage):
    """Our modules name each other by fingerprint, too: a page never mixes modules of two versions. (Django's own switch
    does so for every script, also for packages' scripts whose comments only look like imports.)"""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, (_MODULES_THAT_IMPORT, (_IMPORT,)))


def collect_static() -> bool:
    """Collects and compresses the static files, unless they are as they were the last time: naming and compressing all
    of them takes longer than everything else at a start. Whether they were collected."""
    root = Path(settings.STATIC_ROOT)
    mark, state = root / "collected-from", _state_of_sources()
    if (root / "staticfiles.json").exists() and mark.exists() and mark.read_text() == state:
        return False
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)
    return True


def _state_of_sources() -> str:
    """What the collected files depend on: path, size and time of each source, how they are stored, and by what."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for package in ("Django", "whitenoise"):
        digest.update(importlib.metadata.version(package).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{file.st_size}\0{file.st_mtime_ns}\0".encode())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()
