"""One tap: what was held shows that it is done, and the person says so. Of one task, or of all that a page shows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.confirming import MOST, Confirmed, confirm_done, refusal_words
from hocsuotdoi.programme.queries.assignments import to_report_for
from hocsuotdoi.workspace.tasks.detail import back_to


@require_POST
@requires(Permission.RECORD_PROGRESS)
def task_confirm(request: HttpRequest) -> HttpResponse:
    """`task`: id and version of each («12.3»), as it was shown."""
    now = timezone.now()
    day = timezone.localdate(now)
    versions = _versions(request)
    if Assignment.objects.visible_to(request.user, day).filter(pk__in=versions).count() < len(versions):
        raise Http404
    if to_report_for(request.user, day).filter(pk__in=versions).count() < len(versions):
        raise PermissionDenied
    try:
        found = confirm_done(versions, by=request.user, at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("Reported as done: {count} task.", "Reported as done: {count} tasks.", len(found.done))
        messages.success(request, said.format(count=len(found.done)))
        if words := refusal_words(found):
            messages.warning(request, _("Left as they are: {tasks}. {why}").format(tasks=_named(found), why=words))
    return redirect(back_to(request, reverse("workspace:programme-task-list")))


def _versions(request: HttpRequest) -> dict[int, int]:
    given = request.POST.getlist("task")
    parts = [each.partition(".") for each in given[: MOST + 1]]
    found = {int(key): int(version) for key, _dot, version in parts if _is_number(key) and _is_number(version)}
    if not found or len(found) < len(given[: MOST + 1]):
        raise Http404
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _named(found: Confirmed) -> str:
    return "; ".join(str(each)[:100] for each in [*found.changed, *found.unshown])
