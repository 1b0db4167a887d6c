"""What's on, as a list: by day, or what fits best first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.queries.offer import by_day, found_sessions, rows_of, whats_on
from hocsuotdoi.portal.activities.wishes import address, asked, spans
from hocsuotdoi.portal.brief import briefly_kept

PAGE_SIZE = 20
MOST_COUNTED = 2000
"""Nobody turns a hundred pages: who has more to look at narrows the list. So counting costs the same at any size."""


class CappedPaginator(Paginator):
    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST_COUNTED].count()  # type: ignore[union-attr]

    @property
    def is_capped(self) -> bool:
        return self.count == MOST_COUNTED


@public
@require_GET
@briefly_kept
def activity_list(request: HttpRequest) -> HttpResponse:
    """What's on; every filter in the address."""
    search = asked(request, timezone.now())
    found = whats_on(search.wish, at=search.now)
    page = CappedPaginator(found.values_list("pk", flat=True), PAGE_SIZE).get_page(request.GET.get("page"))
    sessions = rows_of(found, page) if search.wish.measures else found_sessions(page, at=search.now)
    return render(
        request,
        "portal/activities/activity_list.html",
        {
            **search.context(),
            "spans": spans(search),
            "page": page,
            "sessions": sessions,
            "days": by_day(sessions) if search.wish.is_by_time else [],
            "wider_url": _wider(search) if not sessions else "",
        },
    )


def _wider(search) -> str:
    """Where nothing is found in a place: the same within 50 km of it."""
    wish = search.wish
    if wish.unit is None or wish.unit.tier != "commune" or wish.within == 50:
        return ""
    return address(search, within=50, order="near")
