"""What waits for the finance office: one by one with a remark, or many at once as they were estimated."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.programme.operations.money import appraise_as_estimated
from hocsuotdoi.programme.queries.money import sums_of, to_appraise
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.money.views import to_overview

_ON_A_PAGE = 50


@requires(Permission.APPRAISE_MONEY)
@require_http_methods(["GET", "POST"])
def appraise_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    waiting = to_appraise(request.user, timezone.localdate(now))
    if request.method == "POST":
        chosen = _chosen(request)
        lines = [each for each in waiting.filter(pk__in=chosen) if each.version == chosen[each.pk]]
        if len(lines) < len(chosen) or not lines:
            messages.error(
                request, _("Some of these lines have changed meanwhile. Look at them again and choose anew.")
            )
        else:
            act = partial(appraise_as_estimated, lines, by=request.user, at=now)
            did(request, act, _("{number} lines are appraised as estimated.").format(number=len(lines)))
        return redirect("workspace:money-appraise-list")
    return render(
        request,
        "workspace/money/appraise_list.html",
        {
            "page": Paginator(waiting, _ON_A_PAGE).get_page(request.GET.get("page")),
            "total": sums_of(waiting),
            "path": [to_overview()],
        },
    )


def _chosen(request: HttpRequest) -> dict[int, int]:
    """Key to version of the lines whose boxes were ticked; what is no number is left out."""
    found = {}
    for text in request.POST.getlist("line")[:_ON_A_PAGE]:
        key, _dot, version = text.partition(".")
        if key.isdecimal() and version.isdecimal() and len(text) < 30:
            found[int(key)] = int(version)
    return found
