"""Devices that call the roll offline: the list, enrolling one by a QR code, revoking one."""

import uuid
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.operations.devices import INVITED_FOR, invite_device, revoke_device
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.devices import devices_of
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.queries.marks import gaps_of, marks_waiting
from hocsuotdoi.core.qr import qr_svg
from hocsuotdoi.workspace.accounts.forms import DeviceInvite, PlaceSearch
from hocsuotdoi.workspace.acts import did, refusals_in

PAGE_SIZE = 20


@requires(Permission.ENROL_DEVICE)
@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """The devices of the institutions that the person answers for, with when each was last seen."""
    found = devices_of(request.user, at=timezone.now())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    gaps = gaps_of(page.object_list)
    return render(
        request,
        "workspace/accounts/device_list.html",
        {
            "page": page,
            "rows": [{"device": device, "missing": gaps.get(device.pk, 0)} for device in page.object_list],
            "waiting": marks_waiting(request.user).count(),
            "may_decide": Permission.CALL_ROLL in request.permissions,
        },
    )


@requires(Permission.ENROL_DEVICE)
@require_GET
def device_place(request: HttpRequest) -> HttpResponse:
    """Which institution; with one there is nothing to choose."""
    covered = institutions_covered(request.user, Permission.ENROL_DEVICE)
    few = list(covered[:2])
    if len(few) == 1:
        return redirect("workspace:accounts-device-invite", code=few[0].code)
    form = PlaceSearch(request.GET)
    words = request.GET.get("q", "")[:100]
    found = covered.named(words).order_by("sort_key", "pk")
    return render(
        request,
        "workspace/accounts/device_place.html",
        {
            "form": form,
            "words": words,
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "path": _path(),
        },
    )


@requires(Permission.ENROL_DEVICE)
@require_http_methods(["GET", "POST"])
def device_invite(request: HttpRequest, code: str) -> HttpResponse:
    """Whose phone and for how long; then the square to be scanned. The square is shown once, so it is the answer to the
    form itself."""
    institution = get_object_or_404(institutions_covered(request.user, Permission.ENROL_DEVICE), code=code)
    form = DeviceInvite(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            invitation, typed = invite_device(institution, **form.cleaned_data, by=request.user, at=timezone.now())
            # Behind the # it goes to no server and into no log.
            address = request.build_absolute_uri(reverse("roll:app-page-enrol"))
            response = render(
                request,
                "workspace/accounts/device_code.html",
                {
                    "institution": institution,
                    "invitation": invitation,
                    "code": typed,
                    "minutes": int(INVITED_FOR.total_seconds() // 60),
                    "address": address.partition("://")[2],
                    "square": mark_safe(qr_svg(f"{address}#{typed}")),
                    "path": _path(),
                },
            )
            response["Cache-Control"] = "no-store"
            return response
    return render(
        request,
        "workspace/accounts/device_invite.html",
        {"form": form, "institution": institution, "path": _path()},
        status=422 if form.errors else 200,
    )


@requires(Permission.ENROL_DEVICE)
@require_http_methods(["GET", "POST"])
def device_revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    device = get_object_or_404(devices_of(request.user, at=timezone.now()), pk=pk)
    if request.method == "POST":
        act = partial(revoke_device, device, by=request.user, at=timezone.now())
        did(request, act, _("The device is revoked: it neither reads nor writes any more."))
        return redirect("workspace:accounts-device-list")
    return render(request, "workspace/accounts/device_revoke.html", {"device": device, "path": _path()})


def _path() -> list[tuple[str, str]]:
    return [(_("Devices"), reverse("workspace:accounts-device-list"))]
