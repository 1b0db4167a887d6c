"""«Hôm nay cần làm gì»: what the person's roles ask for today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hocsuotdoi.accounts.models import PowerSwitch
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.roles import own_roles
from hocsuotdoi.accounts.rules import holds_switched_role
from hocsuotdoi.accounts.surfaces import signed_in
from hocsuotdoi.workspace.home.doors import ALL_DOORS, groups_of
from hocsuotdoi.workspace.home.todo import todo


@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """Whoever has nothing to do here (a learner) is led to the own account."""
    now = timezone.now()
    day = timezone.localdate(now)
    switchable = holds_switched_role(request.user, day)
    if Permission.VIEW_WORKSPACE not in request.permissions and not switchable:
        return redirect("portal:accounts-person-edit")
    context = {
        "day": day,
        "roles": [
            {"role": each.get_role_display(), "where": each.unit or each.agency or each.institution}
            for each in own_roles(request.user, day)
        ],
        "groups": todo(request.user, request.permissions, now=now, day=day),
        "sections": groups_of(request),
        "all_doors": ALL_DOORS,
        "switchable": switchable,
        "powers": PowerSwitch.objects.on_at(now).filter(person=request.user).first() if switchable else None,
    }
    return render(request, "workspace/home/today.html", context)
