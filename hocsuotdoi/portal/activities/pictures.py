"""The pictures of activities. A picture's address is its fingerprint: it never changes and may be kept for ever."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.formats.picture import parse_picture


@public
@require_GET
def picture(request: HttpRequest, name: str, width: int) -> HttpResponseBase:
    """A draft's picture too: nobody guesses a fingerprint."""
    found = parse_picture(name)
    if found is None or width not in found.widths:
        raise Http404
    try:
        file = default_storage.open(found.file(width))
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
