"""Who holds which role where; giving a role and ending it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.operations.people import open_account
from hocsuotdoi.accounts.operations.roles import assign_role, end_role
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.roles import assignments_visible_to
from hocsuotdoi.accounts.queries.scope import agencies_covered, institutions_covered, units_covered
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.accounts.rules import may_give, roles_that_may_be_given
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import AdminUnit, Agency, Institution
from hocsuotdoi.workspace.accounts.forms import PlaceSearch, RoleFilter, RoleGive
from hocsuotdoi.workspace.acts import refusals_in

_ON_A_PAGE = 50
_PLACES_SHOWN = 30
_COVERED = {HeldAt.UNIT: units_covered, HeldAt.AGENCY: agencies_covered, HeldAt.INSTITUTION: institutions_covered}


@requires(Permission.VIEW_ROLES)
def role_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = RoleFilter(request.GET)
    assignments = assignments_visible_to(request.user, today)
    if form.is_valid():
        assignments = _narrow(assignments, form.cleaned_data, today)
    page = Paginator(assignments.order_by("person__sort_key", "pk"), _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"assignment": each, "where": _where(each), "is_over": not each.holds_on(today)} for each in page]
    context = {
        "form": form,
        "page_obj": page,
        "rows": rows,
        "roles": [{"role": role, "permissions": _in_words(role)} for role in ROLES.values()],
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "may_give": Permission.ASSIGN_ROLE in request.permissions,
    }
    return render(request, "workspace/accounts/role_list.html", context)


@requires(Permission.ASSIGN_ROLE)
def role_place(request: HttpRequest) -> HttpResponse:
    """First step: where. Only places at which the person may give roles are found."""
    form = PlaceSearch(request.GET)
    words = normalise(form.data.get("q", "")).strip()
    today = timezone.localdate()
    places = [
        {
            "kind": kind.value,
            "place": place,
            "url": reverse("workspace:accounts-role-give", args=[kind.value, place.pk]),
        }
        for kind, covered in _COVERED.items()
        for place in _named(covered(request.user, Permission.ASSIGN_ROLE, today), words)[:_PLACES_SHOWN]
    ]
    context = {"form": form, "words": words, "places": places, "path": [_back()], "at_most": _PLACES_SHOWN}
    return render(request, "workspace/accounts/role_place.html", context)


@requires(Permission.ASSIGN_ROLE)
def role_give(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Second step: to whom, which role, until when."""
    if kind not in _COVERED:
        raise Http404
    today = timezone.localdate()
    covered = _COVERED[HeldAt(kind)](request.user, Permission.ASSIGN_ROLE, today)
    place = get_object_or_404(covered, pk=pk)
    form = RoleGive(request.POST or None, roles=roles_that_may_be_given(request.user, HeldAt(kind), place, today))
    if request.method == "POST" and form.is_valid():
        if not may_give(request.user, RoleName(form.cleaned_data["role"]), place, today):
            raise PermissionDenied
        with refusals_in(form):
            given = _give(form, place, request)
            done = _("{person} is now {role} at {place}.")
            messages.success(request, done.format(person=given.person, role=given.get_role_display(), place=place))
            return redirect("workspace:accounts-role-list")
    search = (_("Give a role"), reverse("workspace:accounts-role-place"))
    context = {"form": form, "place": place, "path": [_back(), search]}
    return render(request, "workspace/accounts/role_give.html", context)


@requires(Permission.ASSIGN_ROLE)
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    assignment = get_object_or_404(assignments_visible_to(request.user, today), pk=pk)
    if not may_give(request.user, RoleName(assignment.role), assignment, today):
        raise PermissionDenied
    if request.method == "POST":
        try:
            end_role(assignment, at=timezone.now(), by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            done = _("The role of {person} has ended.")
            messages.success(request, done.format(person=assignment.person))
        return redirect("workspace:accounts-role-list")
    return render(request, "workspace/accounts/role_end.html", {"assignment": assignment, "where": _where(assignment)})


@transaction.atomic
def _give(form: RoleGive, place: AdminUnit | Agency | Institution, request: HttpRequest) -> RoleAssignment:
    given = form.cleaned_data
    person = form.person or open_account(given["email"], full_name=given["full_name"], by=request.user)
    return assign_role(
        person,
        role=RoleName(given["role"]),
        where=place,
        ends_on=given["ends_on"],
        at=timezone.now(),
        by=request.user,
    )


def _narrow(assignments: QuerySet, wanted: dict, today) -> QuerySet:
    if wanted["q"]:
        words = normalise(wanted["q"])
        assignments = assignments.filter(Q(person__full_name__icontains=words) | Q(person__email__icontains=words))
    if wanted["role"]:
        assignments = assignments.filter(role=wanted["role"])
    return assignments if wanted["past"] else assignments.filter(Q(ends_on=None) | Q(ends_on__gt=today))


def _named(places: QuerySet, words: str) -> QuerySet:
    places = places.filter(name__icontains=words) if words else places
    if places.model is not Institution:
        places = places.filter(on(timezone.localdate()))
    return places.order_by("name")


def _where(assignment: RoleAssignment) -> AdminUnit | Agency | Institution | None:
    return assignment.unit or assignment.agency or assignment.institution


def _in_words(role) -> list[str]:
    return [permission.label for permission in Permission if permission in role.permissions]


def _back() -> tuple[str, str]:
    return _("Roles"), reverse("workspace:accounts-role-list")
