"""The page of the offline roll, its service worker and its manifest: the same for everybody, without anybody's data."""

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
from hocsuotdoi.workspace.roll_app.words import words

SCRIPTS = ("app", "dom", "days", "session", "scan", "square", "status", "roll", "journal", "store", "sync", "wording")
FILES = (
    "css/tokens.css",
    "roll/roll.css",
    *(f"roll/{name}.js" for name in SCRIPTS),
    "fonts/be-vietnam-pro-400.woff2",
    "fonts/be-vietnam-pro-600.woff2",
    "icons/favicon.svg",
    "icons/icon-192.png",
)
"""What the page needs to work without a connection; fetched when it is installed."""

DECODER = "roll/vendor/jsQR.js"
"""Reads QR codes where the browser itself does not; fetched only there."""


@public
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The whole program of the offline roll. It needs JavaScript, says so, and leads to the roll that does not."""
    response = render(request, "workspace/roll_app/page.html", _context())
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. A new version of any file makes a new text, which is how the browser learns of it."""
    files = [reverse("roll:app-page-open"), reverse("roll:app-manifest-open"), *map(static, FILES)]
    told = json.dumps({"version": _version(get_language()), "files": files, "decoder": static(DECODER)})
    content = render_to_string("workspace/roll_app/worker.js", {"told": told})
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install it."""
    icons = [(static("icons/icon-192.png"), "192x192"), (static("icons/icon-512.png"), "512x512")]
    return JsonResponse(
        {
            "id": reverse("roll:app-page-open"),
            "name": _("Roll – Học Suốt Đời"),
            "short_name": _("Roll"),
            "lang": get_language(),
            "start_url": reverse("roll:app-page-open"),
            "scope": reverse("roll:app-page-open"),
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


def _context() -> dict:
    return {
        "told": {
            "words": words(),
            "language": get_language(),
            "decoder": static(DECODER),
            "version": _version(get_language()),
        },
        "script": static("roll/app.js"),
    }


@functools.cache
def _version(language: str | None) -> str:
    """Changes with the page's words and with any of its files."""
    digest = hashlib.sha256(repr((language, words())).encode())
    template = Path(__file__).parent.parent / "templates" / "workspace" / "roll_app"
    for path in [*sorted(template.iterdir()), *(Path(str(finders.find(name))) for name in (*FILES, DECODER))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
