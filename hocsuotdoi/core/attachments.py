"""Files that people hand in and documents that are made: what is known of each. The bytes stand in the storage under
their own fingerprint and are read only by views that have asked who may: none of them has a public address."""

import hashlib

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

FOLDER = "kept"
"""Where in the storage the bytes stand; nothing in it is ever served as it is."""


class KeptFile(models.Model):
    """`digest` is the SHA-256 of the bytes and names them: the same bytes are kept once."""

    file_name = models.CharField(_("file"), max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(file_name=""), name="%(app_label)s_%(class)s_file_has_a_name"),
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$"), name="%(app_label)s_%(class)s_digest_is_sha256"
            ),
        ]

    @property
    def stored_as(self) -> str:
        return _stored_as(self.digest)


def keep_file(content: bytes) -> tuple[str, int]:
    """Stores the bytes under their fingerprint; returns digest and size. The same bytes again change nothing."""
    digest = hashlib.sha256(content).hexdigest()
    name = _stored_as(digest)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return digest, len(content)


def open_kept(digest: str) -> File:
    """The bytes that were kept under this digest. Raises FileNotFoundError."""
    return default_storage.open(_stored_as(digest))


def _stored_as(digest: str) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}"
