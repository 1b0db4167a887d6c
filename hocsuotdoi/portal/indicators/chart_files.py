"""Charts as pictures that a page fetches, and to take away from the same address as the page that shows them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import address_of, public
from hocsuotdoi.core.charts.chart import Chart, Picture
from hocsuotdoi.core.charts.files import FORMS, chart_file, marked_as_sample, noted
from hocsuotdoi.core.charts.vega import keep, kept_picture
from hocsuotdoi.core.limits import count

PICTURE_KEPT_SECONDS = 24 * 3600
"""A picture's address is made of what it shows: it never changes."""
MOST_FILES_A_MINUTE = 60
"""Pictures to take away for one address: each is drawn anew for its words."""


def pictured(chart: Chart) -> Chart:
    """The chart with addresses from which its picture is fetched once the reader comes near it: a page never waits for
    a drawing."""
    url, narrow = (
        reverse("portal:indicators-picture", args=[keep(spec, chart.title, chart.legend)]) if spec else ""
        for spec in (chart.spec, chart.narrow)
    )
    return replace(chart, picture=Picture(url, chart.width, chart.height, narrow))


@public
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """What a page of the last day spoke of; nothing else is drawn."""
    svg = kept_picture(key)
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=PICTURE_KEPT_SECONDS, immutable=True)
    return response


def file_links(address: str, **query: object) -> list[dict[str, str]]:
    """The ways to take a chart away; `address` ends before the dot."""
    asked = f"?{urlencode(query)}" if query else ""
    names = {"png": _("Picture (PNG)"), "svg": _("Drawing (SVG)"), "csv": "CSV", "xlsx": _("Excel (XLSX)")}
    return [{"label": label, "url": f"{address}.{form}{asked}"} for form, label in names.items()]


def chart_response(
    request: HttpRequest,
    chart: Chart,
    form: str,
    *,
    name: str,
    is_sample: bool,
    story: str = "",
    source: str = "",
    told_at: str = "",
    notes: Sequence[str] = (),
) -> HttpResponse:
    """`name`: of the file, in plain letters; `told_at`: when the figures were read. Answers 304 to who has these very
    figures. Sample data is marked in the name, over the picture and in every row. `notes`: of each row, or one for all
    of them: what a reader must know; the CSV, which has no room for words elsewhere, has them in its last column."""
    if form not in FORMS:
        raise Http404
    if form == "csv":
        chart = noted(chart, notes)
    if is_sample:
        chart, name = marked_as_sample(chart), f"{name}-du-lieu-mau"
    told = json.dumps([form, chart.title, story, source, chart.spec, chart.data, chart.rows], default=str)
    etag = f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        if form in ("svg", "png"):
            count("typeset", address_of(request), most=MOST_FILES_A_MINUTE, at=timezone.now())
        source = " ".join(filter(None, [source, told_at]))
        response = HttpResponse(chart_file(chart, form, story=story, source=source), content_type=FORMS[form])
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=settings.PAGE_KEPT_SECONDS)
    return response
