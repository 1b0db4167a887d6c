"""What the pages of one cycle share: finding it, what the person may do with it, the way to it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.queries.cycles import may_set_up

PathPart = tuple[str | Promise, str]


def find(request: HttpRequest, code: str) -> Cycle:
    """What one may not see is not there."""
    rows = Cycle.objects.visible_to(request.user, timezone.localdate()).select_related("owner__unit")
    cycle = rows.filter(code=code).first()
    if cycle is None:
        raise Http404
    return cycle


def find_own(request: HttpRequest, code: str) -> Cycle:
    """For acts: only who may set up cycles of its owner."""
    cycle = find(request, code)
    if not may_set_up(request.user, cycle, timezone.localdate()):
        raise PermissionDenied
    return cycle


def to_cycles() -> PathPart:
    return _("Reporting cycles"), reverse("workspace:cycles-cycle-list")


def to_cycle(cycle: Cycle) -> PathPart:
    return cycle.title, reverse("workspace:cycles-cycle-detail", args=[cycle.code])


def address(name: str, cycle: Cycle, *more: object) -> str:
    return reverse(f"workspace:cycles-{name}", args=[cycle.code, *more])
