"""A chart to take away, from the same address as the page that shows it."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.files import FORMS, chart_file
from hocsuotdoi.portal.limits import typesetter_for

KEPT_SECONDS = 60
"""By those who read it: a closed session moves figures at once."""
SET_KEPT_SECONDS = 24 * 3600
"""By us: a picture is found by all that stands in it, so that it is never old."""


def file_links(address: str, **query: object) -> list[dict[str, str]]:
    """The ways to take a chart away; `address` ends before the dot."""
    asked = f"?{urlencode(query)}" if query else ""
    names = {"png": _("Picture (PNG)"), "svg": _("Drawing (SVG)"), "csv": "CSV", "xlsx": _("Excel (XLSX)")}
    return [{"label": label, "url": f"{address}.{form}{asked}"} for form, label in names.items()]


def chart_response(
    request: HttpRequest, chart: Chart, form: str, *, name: str, story: str = "", source: str = ""
) -> HttpResponse:
    """`name`: of the file, in plain letters. Answers 304 to who has these very figures."""
    if form not in FORMS:
        raise Http404
    told = f"{form}\0{chart.title}\0{story}\0{source}\0{chart.canvas.svg(chart.title)}\0{chart.data}\0{chart.rows}"
    etag = f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        setter = typesetter_for(request, seconds=SET_KEPT_SECONDS)
        content = chart_file(chart, form, story=story, source=source, by=setter)
        response = HttpResponse(content, content_type=FORMS[form])
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
