"""The page of the visit on the phone, its service worker and its manifest: the same for everybody, without anybody's
data."""

import functools
import hashlib
import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.workspace.inspection_app.words import words

FILES = (
    "css/tokens.css",
    "roll/roll.css",
    "inspection/inspection.css",
    *(f"inspection/{name}.js" for name in ("app", "visit", "findings", "ending", "status", "store", "sync", "picture")),
    "roll/dom.js",
    "roll/wording.js",
    "fonts/be-vietnam-pro-400.woff2",
    "fonts/be-vietnam-pro-600.woff2",
    "icons/favicon.svg",
    "icons/icon-192.png",
)
"""What the page needs to work without a connection; fetched when it is installed."""


@public
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """It needs JavaScript, says so, and leads to the pages that do not."""
    told = {
        "words": words(),
        "language": get_language(),
        "version": _version(get_language()),
        "answers": reverse("api:inspection-answer-sync"),
        "carried": reverse("api:inspection-visit-carry"),
        "findings": reverse("api:inspection-finding-sync"),
        "closings": reverse("api:inspection-closing-sync"),
        "photos": reverse("api:inspection-photo-send", args=["00000000-0000-0000-0000-000000000000"]),
        "signIn": f"{reverse('account_login')}?next={reverse('inspection:app-page-open')}",
        "office": reverse("workspace:inspection-visit-list"),
        "page": reverse("inspection:app-page-open"),
        "worker": reverse("inspection:app-worker-open"),
    }
    response = render(
        request, "workspace/inspection_app/page.html", {"told": told, "script": static("inspection/app.js")}
    )
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. A new version of any file makes a new text, which is how the browser learns of it."""
    files = [reverse("inspection:app-page-open"), reverse("inspection:app-manifest-open"), *map(static, FILES)]
    told = json.dumps({"version": _version(get_language()), "files": files})
    content = render_to_string("workspace/inspection_app/worker.js", {"told": told})
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install it."""
    icons = [(static("icons/icon-192.png"), "192x192"), (static("icons/icon-512.png"), "512x512")]
    return JsonResponse(
        {
            "id": reverse("inspection:app-page-open"),
            "name": _("Inspection – Học Suốt Đời"),
            "short_name": _("Inspection"),
            "lang": get_language(),
            "start_url": reverse("inspection:app-page-open"),
            "scope": reverse("inspection:app-page-open"),
            "display": "standalone",
            "background_color": "#f7f3e9",
            "theme_color": "#22386b",
            "icons": [
                {"src": src, "sizes": sizes, "type": "image/png", "purpose": "any maskable"} for src, sizes in icons
            ],
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


@functools.cache
def _version(language: str | None) -> str:
    """Changes with the page's words and with any of its files."""
    digest = hashlib.sha256(repr((language, words())).encode())
    template = Path(__file__).parent.parent / "templates" / "workspace" / "inspection_app"
    for path in [*sorted(template.iterdir()), *(Path(str(finders.find(name))) for name in FILES)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
