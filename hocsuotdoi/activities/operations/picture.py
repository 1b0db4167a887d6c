"""An activity's picture: stored under its own fingerprint, so that a copy shares it and a browser keeps it for ever."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.activities.formats.picture import LARGEST_BYTES, BadPicture, parse_picture, render_picture
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.core.errors import Refused


class BadImage(Refused):
    """The file is no picture that we can show, or nobody said what it shows."""


def put_picture(activity: Activity, content: bytes) -> None:
    """Store the picture and name it in `activity`, which the caller saves within the same transaction.

    Refused: not a JPEG, PNG or WebP; too large; broken.
    """
    try:
        picture, files = render_picture(content)
    except BadPicture as bad:
        raise BadImage(_sentence(str(bad)), field="picture") from bad
    for width, data in files.items():
        # The name is the content's: a file that is there already is this one.
        if not default_storage.exists(picture.file(width)):
            default_storage.save(picture.file(width), ContentFile(data))
    drop_picture(activity, keep=picture.name)
    activity.picture = picture.name


def drop_picture(activity: Activity, *, keep: str = "") -> None:
    """Take the picture off `activity`; its files go after the commit, unless another activity shows them."""
    old = parse_picture(activity.picture)
    activity.picture = ""
    if old is not None and old.name != keep:
        transaction.on_commit(lambda: _forget(old.name))


def check_picture(activity: Activity) -> None:
    """Refuse a picture that nobody described: who cannot see it must know what it shows."""
    if activity.picture and not activity.picture_alt:
        raise BadImage(
            _("Say in a few words what the picture shows, for people who cannot see it."), field="picture_alt"
        )
    if not activity.picture:
        activity.picture_alt = ""


def _forget(name: str) -> None:
    picture = parse_picture(name)
    if picture is not None and not Activity.objects.filter(picture=name).exists():
        for width in picture.widths:
            default_storage.delete(picture.file(width))


def _sentence(why: str) -> str:
    return {
        "bytes": _("This file is too large: at most {most} MB. Make the picture smaller first.").format(
            most=LARGEST_BYTES // 1_000_000
        ),
        "pixels": _("This picture has too many pixels. Make it smaller first, for example 2000 pixels wide."),
        "kind": _("Only pictures in JPEG, PNG or WebP can be shown. A phone can save HEIC pictures as JPEG."),
    }.get(why, _("This picture cannot be read: the file seems to be damaged. Try another one."))
