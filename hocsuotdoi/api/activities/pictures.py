"""An activity's picture: put up, with what it shows for people who cannot see it, and taken away."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import File, Form, UploadedFile
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.formats.picture import LARGEST_BYTES
from hocsuotdoi.activities.operations.activity import change_activity
from hocsuotdoi.api.activities.offers import after
from hocsuotdoi.api.activities.schemas import Offer
from hocsuotdoi.api.routing import ApiRouter, takes_file
from hocsuotdoi.api.shapes import Readable

router = ApiRouter("activities", tag=_("Pictures and questions"))

Upload = Annotated[
    UploadedFile,
    File(description=_("JPEG, PNG or WebP, at most 10 MB. Where it was taken is removed from it.")),
]
Alt = Annotated[
    str, Readable, Field(max_length=200), Form(description=_("What it shows, for people who cannot see it"))
]


@router.post(
    "/offers/{uuid:pk}/picture",
    response=Offer,
    summary=_("Put up a picture"),
    description=_("Sent as multipart/form-data. It takes the place of the one before; the same again changes nothing."),
)
@takes_file
@requires(Permission.EDIT_ACTIVITY)
def picture_put(request: HttpRequest, pk: uuid.UUID, picture: Upload, picture_alt: Alt) -> Offer:
    content = picture.read(LARGEST_BYTES + 1)
    return after(change_activity, request, pk, picture=content, picture_alt=picture_alt)


@router.delete(
    "/offers/{uuid:pk}/picture",
    response=Offer,
    summary=_("Take the picture away"),
    description=_("Taking away what is not there changes nothing."),
)
@requires(Permission.EDIT_ACTIVITY)
def picture_remove(request: HttpRequest, pk: uuid.UUID) -> Offer:
    return after(change_activity, request, pk, remove_picture=True)
