"""How static files are named when they are served by fingerprint."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES_THAT_IMPORT = "roll/*.js"
_IMPORT = (r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"')


class FingerprintedFiles(CompressedManifestStaticFilesStorage):
    """Our modules name each other by fingerprint, too: a page never mixes modules of two versions. (Django's own switch
    does so for every script, also for packages' scripts whose comments only look like imports.)"""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, (_MODULES_THAT_IMPORT, (_IMPORT,)))
