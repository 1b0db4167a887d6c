"""How static files are named when they are served by fingerprint."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class FingerprintedFiles(CompressedManifestStaticFilesStorage):
    """Modules name each other by fingerprint, too: a page never mixes modules of two versions."""

    support_js_module_import_aggregation = True
