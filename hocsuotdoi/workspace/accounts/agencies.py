"""The register of bodies: found; who sits at one and what waits there; entered, renamed, ended."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.roles import assignments_visible_to
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.operations.agency import StillWaits, add_agency, end_agency, rename_agency
from hocsuotdoi.places.queries.agencies import agencies_found, may_command, standing_of
from hocsuotdoi.places.queries.units import search_units
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.cycles import owed_by
from hocsuotdoi.workspace.accounts.agency_forms import (
    AgencyFilter,
    AgencyForm,
    EndForm,
    NameForm,
    WhereForm,
    proposed_name,
)
from hocsuotdoi.workspace.acts import refusals_in

_ON_A_PAGE = 30
_UNITS_SHOWN = 20


@require_GET
@requires(Permission.VIEW_ROLES)
def agency_list(request: HttpRequest) -> HttpResponse:
    form = AgencyFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = agencies_found(
        timezone.localdate(),
        words=wanted.get("q", ""),
        kind=wanted.get("kind", ""),
        unit=wanted.get("unit", ""),
        ended=wanted.get("ended", False),
    )
    context = {
        "form": form,
        "page_obj": Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page")),
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "may_add": Permission.KEEP_AGENCIES in request.permissions,
    }
    return render(request, "workspace/accounts/agency_list.html", context)


@require_GET
@requires(Permission.VIEW_ROLES)
def agency_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Which bodies there are is public. Who sits there, and what waits, is told to whom it is told elsewhere, too."""
    agency = _agency(request, code)
    day = timezone.localdate()
    sitting = assignments_visible_to(request.user, day).on(day).filter(agency=agency)
    may_keep = request.person_may(Permission.KEEP_AGENCIES, agency)
    context = {
        "agency": agency,
        "standing": standing_of(agency, day),
        "sitting": sitting.order_by("role", "person__sort_key", "pk"),
        "reports": _owed(request, agency, day),
        "tasks": Assignment.objects.visible_to(request.user, day).waiting().filter(agency=agency).count(),
        "is_over": agency.ends_on is not None and agency.ends_on <= day,
        "may_rename": may_keep and agency.ends_on is None,
        "may_end": may_keep and (agency.ends_on is None or (agency.kept_by_hand and agency.ends_on > day)),
        "may_read_history": request.person_may(Permission.VIEW_AUDIT, agency),
        "path": [_to_list()],
    }
    return render(request, "workspace/accounts/agency_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_AGENCIES)
def agency_add(request: HttpRequest) -> HttpResponse:
    """First what kind of body and where (in the address), then its name, its first day and who commands it."""
    now = timezone.now()
    today = timezone.localdate(now)
    kind = request.GET.get("kind", "")
    if not (unit := _unit(request, today)) or kind not in AgencyForm.kinds():
        return _where(request, kind, today)
    superiors = may_command(unit, kind, today)
    form = AgencyForm(
        request.POST or None, superiors=superiors, initial={"name": proposed_name(kind, unit), "starts_on": today}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            agency = add_agency(unit=unit, kind=AgencyKind(kind), **form.cleaned_data, by=request.user, at=now)
            messages.success(request, _("{name} stands in the register.").format(name=agency.name))
            return redirect("workspace:accounts-agency-detail", code=agency.code)
    title = _("New body: {kind}, {unit}").format(kind=AgencyKind(kind).label, unit=unit.name)
    return _edit(request, form, title, [_to_list(), (_("New body"), reverse("workspace:accounts-agency-add"))])


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_AGENCIES)
def agency_rename(request: HttpRequest, code: str) -> HttpResponse:
    agency = _kept(request, code)
    form = NameForm(request.POST or None, initial={"name": agency.name})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rename_agency(agency, name=form.cleaned_data["name"], by=request.user, at=timezone.now())
            messages.success(request, _("The body has its new name."))
            return redirect("workspace:accounts-agency-detail", code=agency.code)
    return _edit(request, form, _("Rename the body"), _path_to(agency), agency)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_AGENCIES)
def agency_end(request: HttpRequest, code: str) -> HttpResponse:
    """What still hangs on it is said first; who has read it confirms."""
    agency = _kept(request, code)
    form = EndForm(request.POST or None, initial={"ends_on": agency.ends_on, "reason": agency.ended_for})
    waiting: list[str] = []
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            try:
                end_agency(agency, **form.cleaned_data, by=request.user, at=timezone.now())
            except StillWaits as still:
                waiting = still.waiting
                raise
            messages.success(request, _("The end of the body is in the register."))
            return redirect("workspace:accounts-agency-detail", code=agency.code)
    if not waiting:
        del form.fields["confirmed"]
    return _edit(request, form, _("End the body"), _path_to(agency), agency, waiting)


def _where(request: HttpRequest, kind: str, day: dt.date) -> HttpResponse:
    form = WhereForm(request.GET or None, initial={"kind": kind})
    units = []
    if form.is_bound and form.is_valid():
        covered = units_covered(request.user, Permission.KEEP_AGENCIES, day).values("pk")
        found = search_units(form.cleaned_data["q"], day).filter(pk__in=covered)
        units = list(found.order_by("tier", "sort_key", "pk")[:_UNITS_SHOWN])
    context = {"form": form, "kind": kind, "units": units, "at_most": _UNITS_SHOWN, "path": [_to_list()]}
    return render(request, "workspace/accounts/agency_where.html", context)


def _unit(request: HttpRequest, day: dt.date) -> AdminUnit | None:
    unit = AdminUnit.objects.visible_to(request.user).on(day).filter(code=request.GET.get("unit", "")).first()
    if unit is not None:
        require(request.user, Permission.KEEP_AGENCIES, unit, day)
    return unit


def _owed(request: HttpRequest, agency: Agency, day: dt.date) -> list[Report]:
    visible = Report.objects.visible_to(request.user, day).values("pk")
    return list(owed_by(agency).filter(pk__in=visible).select_related("cycle"))


def _agency(request: HttpRequest, code: str) -> Agency:
    return get_object_or_404(Agency.objects.visible_to(request.user).select_related("unit"), code=code)


def _kept(request: HttpRequest, code: str) -> Agency:
    agency = _agency(request, code)
    require(request.user, Permission.KEEP_AGENCIES, agency)
    return agency


def _edit(
    request: HttpRequest,
    form: AgencyForm | NameForm | EndForm,
    title: str,
    path: list[tuple[str, str]],
    agency: Agency | None = None,
    waiting: list[str] | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "agency": agency, "waiting": waiting, "path": path, "back": path[-1][1]}
    return render(request, "workspace/accounts/agency_edit.html", context, status=422 if form.errors else 200)


def _to_list() -> tuple[str, str]:
    return _("Bodies"), reverse("workspace:accounts-agency-list")


def _path_to(agency: Agency) -> list[tuple[str, str]]:
    return [_to_list(), (agency.name, reverse("workspace:accounts-agency-detail", args=[agency.code]))]
