"""Files that people hand in and documents that are made: what is known of each. The bytes stand in the storage under
their own fingerprint and are read only by views that have asked who may: none of them has a public address."""

import hashlib
import io
from collections.abc import Iterable
from typing import IO

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

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
        return place_of(self.digest)


class FileLost(LookupError):
    """The row is there, the bytes are not: somebody has cleared the storage."""


def place_of(digest: str) -> str:
    """Where in the storage the bytes with this SHA-256 stand."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


MOST_PIXELS = 60_000_000
"""What a phone takes, and a scan; more would take the memory of everybody else."""
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def without_traces(content: bytes, media_type: str) -> bytes:
    """A picture without what the camera wrote beside it, the place where it was taken above all, and the right way up;
    anything else as it is. Raises ValueError: no such picture, or one of more than `MOST_PIXELS`."""
    kind = PICTURES.get(media_type)
    if kind is None:
        return content
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(media_type)
            upright = ImageOps.exif_transpose(picture)
            upright.info.clear()
            upright.save(out, kind, quality=90)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(media_type) from error
    return out.getvalue()


def keep_file(content: bytes) -> tuple[str, int]:
    """Put the bytes into the storage and return their digest and size. The same bytes are kept once; before the row is
    written, so that a row never names what is not there (bytes without a row harm nobody)."""
    digest = hashlib.sha256(content).hexdigest()
    name = place_of(digest)
    if not default_storage.exists(name):
        stored = default_storage.save(name, ContentFile(content))
        if stored != name:  # another process was quicker, and the storage found a free name beside it
            default_storage.delete(stored)
    return digest, len(content)


def open_kept(digest: str) -> IO[bytes]:
    """The bytes with this SHA-256, to be read. Raises `FileLost`."""
    try:
        return default_storage.open(place_of(digest))
    except FileNotFoundError:
        raise FileLost(digest) from None


def forget_files(digests: Iterable[str]) -> int:
    """Delete the bytes that no row names any more (call it after the rows are gone); return how many there were. The
    same bytes may have been handed in elsewhere, and then stay."""
    left = set(digests)
    for model in apps.get_models():
        if left and any(field.name == "digest" for field in model._meta.fields):
            left -= set(model._base_manager.filter(digest__in=left).values_list("digest", flat=True))
    for digest in left:
        default_storage.delete(place_of(digest))
    return len(left)
