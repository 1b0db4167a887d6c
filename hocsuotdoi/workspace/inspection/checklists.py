"""Checklists: read, and a body's own in place of the proposal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.inspection.models import Checklist
from hocsuotdoi.inspection.operations import checklists as acts
from hocsuotdoi.inspection.queries.checklists import (
    ListChanges,
    as_text,
    changes_of_list,
    checklists_met,
    checklists_seen,
    versions_in_use,
)
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Agency
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.inspection.forms import ChecklistForm
from hocsuotdoi.workspace.inspection.plans import to_visits


@require_GET
@requires(Permission.VIEW_INSPECTION)
def checklist_list(request: HttpRequest) -> HttpResponse:
    """Those in use; older versions are found from the visits that were made with them."""
    rows = checklists_seen(request.user, timezone.localdate()).filter(retired_at=None)
    context = {
        "rows": [{"checklist": each, "classes": _classes(each)} for each in rows.order_by("title", "pk")],
        "path": [to_visits()],
    }
    return render(request, "workspace/inspection/checklist_list.html", context)


@require_GET
@requires(Permission.VIEW_INSPECTION)
def checklist_detail(request: HttpRequest, pk: int) -> HttpResponse:
    checklist = _find(request, pk)
    owned = checklist.owner is not None and checklist.retired_at is None
    context = {
        "checklist": checklist,
        "classes": _classes(checklist),
        "items": list(checklist.items.all()),
        "may_publish": Permission.INSPECT in request.permissions and checklist.retired_at is None,
        "may_retire": owned and request.person_may(Permission.INSPECT, checklist.owner),
        "path": [to_visits(), to_checklists()],
    }
    return render(request, "workspace/inspection/checklist_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSPECT)
def checklist_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of one's own, beginning with the words of this one. What others published or retired meanwhile stands
    beside it before it is written over."""
    base = _find(request, pk)
    now = timezone.now()
    offices = list(offices_held(request.user, Permission.INSPECT, timezone.localdate(now)).order_by("name"))
    initial = {"title": base.title, "source": base.source, "text": as_text(list(base.items.all()))}
    in_use = versions_in_use(base, offices)
    form = ChecklistForm(request.POST or None, offices=offices, initial=initial | {"seen": in_use})
    changes = _beside(base, offices, in_use) if request.method == "GET" else None
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("title", "source", "text")}
        owner = form.offices[form.cleaned_data["owner"]]
        try:
            made = acts.publish_own(base, owner, **given, over=form.version_seen, by=request.user, at=now)
        except acts.ListChanged as refusal:
            form.add_error(None, str(refusal))
            changes = changes_of_list(base, owner, form.version_seen)
            form.shown_again(owner.pk, changes.stands.version if changes.stands else 0)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The list is published: visits planned from now on are made with it."))
            return redirect("workspace:inspection-checklist-detail", pk=made.pk)
    context = {"form": form, "checklist": base, "changes": changes, "path": [to_visits(), to_checklists()]}
    return render(request, "workspace/inspection/checklist_publish.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.INSPECT)
def checklist_retire(request: HttpRequest, pk: int) -> HttpResponse:
    checklist = _find(request, pk)
    if checklist.owner is not None:
        require(request.user, Permission.INSPECT, checklist.owner)

    def act() -> None:
        acts.retire_own(checklist, by=request.user, at=timezone.now())

    did(request, act, _("This list is not used for new visits any more; the proposal is."))
    return redirect("workspace:inspection-checklist-detail", pk=pk)


def to_checklists() -> tuple[str, str]:
    return _("Checklists"), reverse("workspace:inspection-checklist-list")


def _find(request: HttpRequest, pk: int) -> Checklist:
    """What one may not see is not there."""
    return get_object_or_404(checklists_met(request.user, timezone.localdate()), pk=pk)


def _beside(base: Checklist, offices: list[Agency], in_use: dict[int, int]) -> ListChanges | None:
    """The body's list in use, where one is about to begin with the words of another."""
    owner = next((each for each in offices if each.pk == base.owner_id), offices[0] if len(offices) == 1 else None)
    seen = base.version if owner is not None and owner.pk == base.owner_id else 0
    if owner is None or in_use[owner.pk] in (0, seen):
        return None
    return changes_of_list(base, owner, seen)


def _classes(checklist: Checklist) -> str:
    return "; ".join(str(InstitutionClass(each).label) for each in checklist.classes)
