"""The service worker that opens a report again without a connection. It holds nobody's data itself."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires


@require_GET
@requires(Permission.VIEW_REPORT)
def worker(request: HttpRequest) -> HttpResponse:
    content = render_to_string("workspace/reporting/worker.js")
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
