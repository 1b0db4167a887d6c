"""Clubs and how alive they are."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import ContributorRole
from hocsuotdoi.activities.formats.facts import render_rule_facts
from hocsuotdoi.activities.queries.vitality import club_life, clubs

PAGE_SIZE = 20


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def club_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    page = Paginator(clubs(request.user, at=now), PAGE_SIZE).get_page(request.GET.get("page"))
    life = club_life(page, at=now)
    rows = [
        {
            "club": club,
            "life": life[club.pk],
            "rules": [render_rule_facts(schedule) for schedule in club.schedules.all()],
            "leaders": [one.name for one in club.contributors.all() if one.role == ContributorRole.LEADER],
        }
        for club in page
    ]
    return render(
        request,
        "workspace/activities/club_list.html",
        {
            "page": page,
            "rows": rows,
            "path": [(_("Activities"), reverse("workspace:activities-activity-list"))],
        },
    )
