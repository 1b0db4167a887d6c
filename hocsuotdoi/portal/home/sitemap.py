"""For search engines: which pages there are, and which are nobody's business. Rows are streamed: a million activities
take no more memory than a hundred."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.places.models import AdminUnit, Institution

IN_A_FILE = 10_000
READ_AT_A_TIME = 1_000
_KINDS = ("pages", "activities", "institutions", "units")
_PAGES = ("home", "about", "activities-activity-list", "places-unit-list", "places-institution-list")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages of the public may be read; those of staff, of single registrations and endless searches need not be."""
    shut = ["/workspace/", "/accounts/", "/api/", "/language/", "/activities/sessions/", "/activities/*/find/"]
    shut += ["/activities/feed.", "/activities/near/", "/*?*page="]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in shut), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('portal:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The list of the lists."""
    numbers = {kind: max(1, -(-_rows(kind).count() // IN_A_FILE)) for kind in _KINDS if kind != "pages"}
    lists = [("pages", 1), *((kind, number) for kind, last in numbers.items() for number in range(1, last + 1))]
    urls = (request.build_absolute_uri(reverse("portal:sitemap-part", args=each)) for each in lists)
    body = "".join(f"<sitemap><loc>{url}</loc></sitemap>\n" for url in urls)
    return HttpResponse(f"{_HEAD}<sitemapindex {_SPACE}>\n{body}</sitemapindex>\n", content_type="application/xml")


@public
@require_safe
def sitemap_part(request: HttpRequest, kind: str, number: int) -> StreamingHttpResponse:
    """Up to ten thousand pages of a kind."""
    if kind not in _KINDS or number < 1:
        raise Http404
    return StreamingHttpResponse(_written(request, kind, number), content_type="application/xml")


def _written(request: HttpRequest, kind: str, number: int) -> Iterator[str]:
    yield f"{_HEAD}<urlset {_SPACE}>\n"
    if kind == "pages":
        paths: Iterator[str] = (reverse(f"portal:{name}") for name in _PAGES)
    else:
        rows = _rows(kind)[(number - 1) * IN_A_FILE : number * IN_A_FILE]
        name = {"activities": "activities-activity", "institutions": "places-institution", "units": "places-unit"}[kind]
        keys = rows.iterator(chunk_size=READ_AT_A_TIME)
        paths = (reverse(f"portal:{name}-detail", args=[key]) for key in keys)
    for path in paths:
        yield f"<url><loc>{request.build_absolute_uri(path)}</loc></url>\n"
    yield "</urlset>\n"


def _rows(kind: str):
    """The keys in the addresses of that kind's pages, always in the same order."""
    if kind == "activities":
        return Activity.objects.filter(published_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    if kind == "institutions":
        return Institution.objects.visible_to(None).order_by("pk").values_list("code", flat=True)
    return AdminUnit.objects.on(timezone.localdate()).order_by("pk").values_list("code", flat=True)
