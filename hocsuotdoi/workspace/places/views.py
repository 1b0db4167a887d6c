"""The register of institutions: the list of those a person keeps, one entry, and the edits of it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.forms import BaseForm, BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.inspection.queries.visits import visits_at
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.operations.institution import (
    change_status,
    entrust_institution,
    move_institution,
    set_opening_hours,
)
from hocsuotdoi.places.queries.agencies import agencies_found
from hocsuotdoi.places.queries.entry import register_entry
from hocsuotdoi.places.queries.institutions import with_place
from hocsuotdoi.places.queries.occasions import occasions_ahead
from hocsuotdoi.places.queries.opening import timetable
from hocsuotdoi.places.queries.units import search_units
from hocsuotdoi.workspace.places.forms import (
    EntryForm,
    EquipmentFormSet,
    HoursForm,
    PlacementForm,
    RoomFormSet,
    RunnerForm,
    StatusForm,
)

_ON_A_PAGE = 30
_UNITS_SHOWN = 10


@requires(Permission.VIEW_REGISTER)
def institution_list(request: HttpRequest) -> HttpResponse:
    """Those whose entry the person keeps, or may read here."""
    today = timezone.localdate()
    words = request.GET.get("q", "").strip()
    kept = institutions_covered(request.user, Permission.VIEW_REGISTER, today).named(words)
    page = Paginator(with_place(kept, today), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "workspace/places/institution_list.html", {"page": page, "words": words})


@requires(Permission.VIEW_REGISTER)
def institution_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The entry as it stands, with a door to each edit and to its history."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    require(request.user, Permission.VIEW_REGISTER, institution)
    now = timezone.now()
    may_edit = request.person_may(Permission.EDIT_INSTITUTION, institution)
    entry = register_entry(institution, at=now)
    return render(
        request,
        "workspace/places/institution_detail.html",
        {
            "institution": institution,
            "entry": entry,
            "occasions": occasions_ahead(institution, timezone.localdate(now)) if may_edit and entry.hours else [],
            "path": [_to_list()],
            "may_edit": may_edit,
            "may_entrust": request.person_may(Permission.KEEP_AGENCIES, institution),
            "visits": visits_at(institution, request.user, timezone.localdate(now)),
            "may_read_history": request.person_may(Permission.VIEW_AUDIT, institution),
        },
    )


@requires(Permission.EDIT_INSTITUTION)
def institution_edit(request: HttpRequest, code: str) -> HttpResponse:
    institution = _institution(request, code)
    form = EntryForm(request.POST or None, instance=institution)
    if request.method == "POST" and form.is_valid():
        form.save()
        return _done(request, institution, _("The entry was saved."))
    return _edit(request, institution, form, _("Register entry"))


@requires(Permission.EDIT_INSTITUTION)
def hours_edit(request: HttpRequest, code: str) -> HttpResponse:
    institution = _institution(request, code)
    now = timezone.now()
    today = timezone.localdate(now)
    form = HoursForm(request.POST or None, initial={"starts_on": today}, week=timetable(institution, today))

    def act() -> None:
        starts_on = form.cleaned_data["starts_on"]
        set_opening_hours(institution, spans=form.spans(), starts_on=starts_on, by=request.user, at=now)

    if request.method == "POST" and form.is_valid() and _acted(form, act):
        return _done(request, institution, _("The opening hours were saved."))
    return _edit(request, institution, form, _("Opening hours"), "workspace/places/hours_edit.html")


@requires(Permission.EDIT_INSTITUTION)
def room_list_edit(request: HttpRequest, code: str) -> HttpResponse:
    institution = _institution(request, code)
    formset = RoomFormSet(request.POST or None, instance=institution)
    return _edit_rows(request, institution, formset, _("Rooms"), _("The rooms were saved."))


@requires(Permission.EDIT_INSTITUTION)
def equipment_list_edit(request: HttpRequest, code: str) -> HttpResponse:
    institution = _institution(request, code)
    formset = EquipmentFormSet(request.POST or None, instance=institution)
    for form in formset.forms:
        form.fields["room"].queryset = institution.rooms.order_by("name")
        form.fields["checked_on"].initial = timezone.localdate()
    return _edit_rows(request, institution, formset, _("Equipment"), _("The equipment was saved."))


@requires(Permission.EDIT_INSTITUTION)
def status_change(request: HttpRequest, code: str) -> HttpResponse:
    institution = _institution(request, code)
    now = timezone.now()
    form = StatusForm(request.POST or None, initial={"starts_on": timezone.localdate(now)})

    def act() -> None:
        change_status(institution, **form.cleaned_data, by=request.user, at=now)

    if request.method == "POST" and form.is_valid() and _acted(form, act):
        return _done(request, institution, _("The state was changed."))
    return _edit(request, institution, form, _("Open, suspend or close"))


@requires(Permission.EDIT_INSTITUTION)
def placement_change(request: HttpRequest, code: str) -> HttpResponse:
    """With `?q=` units of that name are listed with their codes."""
    institution = _institution(request, code)
    now = timezone.now()
    today = timezone.localdate(now)
    initial = {"starts_on": today, "unit": request.GET.get("unit", "")}
    form = PlacementForm(request.POST or None, initial=initial)

    def act() -> None:
        move_institution(institution, **form.cleaned_data, by=request.user, at=now)

    if request.method == "POST" and form.is_valid() and _acted(form, act):
        return _done(request, institution, _("The new place was saved."))
    words = request.GET.get("q", "").strip()
    extra = {"words": words, "units": list(search_units(words, today)[:_UNITS_SHOWN]) if words else []}
    return _edit(request, institution, form, _("New place"), "workspace/places/placement_change.html", extra)


@requires(Permission.KEEP_AGENCIES)
def runner_change(request: HttpRequest, code: str) -> HttpResponse:
    """Who runs it; with `?q=` bodies of that name are listed with their codes. Not for who keeps the entry: whose
    people they are is not theirs to say."""
    institution = _institution(request, code, Permission.KEEP_AGENCIES)
    now = timezone.now()
    today = timezone.localdate(now)
    form = RunnerForm(request.POST or None, initial={"starts_on": today, "agency": request.GET.get("body", "")})

    def act() -> None:
        entrust_institution(institution, **form.cleaned_data, by=request.user, at=now)

    if request.method == "POST" and form.is_valid() and _acted(form, act):
        return _done(request, institution, _("Who runs it was saved."))
    words = request.GET.get("q", "").strip()
    bodies = agencies_found(today, words=words).filter(is_sample=False)[:_UNITS_SHOWN] if words else []
    extra = {"words": words, "bodies": list(bodies)}
    return _edit(request, institution, form, _("Who runs it"), "workspace/places/runner_change.html", extra)


def _institution(request: HttpRequest, code: str, permission: Permission = Permission.EDIT_INSTITUTION) -> Institution:
    """Seen by all, so an unknown code is 404; edited by those who may at this one, so others get 403."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    require(request.user, permission, institution)
    return institution


def _acted(form: BaseForm, act: Callable[[], object]) -> bool:
    """Does it; a refusal becomes the form's error."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _edit_rows(
    request: HttpRequest, institution: Institution, formset: BaseInlineFormSet, title: str, saved: str
) -> HttpResponse:
    if request.method == "POST" and formset.is_valid():
        if not (refusal := _rows_refused(formset)):
            return _done(request, institution, saved)
        messages.error(request, refusal)
    return _edit(request, institution, formset, title, "workspace/places/rows_edit.html")


def _rows_refused(formset: BaseInlineFormSet) -> str:
    """Saves all rows or none; the sentence why not, or nothing."""
    try:
        with transaction.atomic():
            formset.save()
    except ProtectedError:
        return _("A room in which something is planned or was held stays on the list. Nothing was saved.")
    except IntegrityError:
        return _("This list was changed meanwhile, or has two rows of one name. Nothing was saved: open it again.")
    return ""


def _edit(
    request: HttpRequest,
    institution: Institution,
    form: BaseForm | BaseInlineFormSet,
    title: str,
    template: str = "workspace/places/institution_edit.html",
    extra: dict | None = None,
) -> HttpResponse:
    back = reverse("workspace:places-institution-detail", args=[institution.code])
    context = {
        "institution": institution,
        "form": form,
        "title": title,
        "back": back,
        "path": [_to_list(), (institution.name, back)],
        **(extra or {}),
    }
    has_errors = bool(getattr(form, "total_error_count", lambda: form.errors)())
    return render(request, template, context, status=422 if has_errors else 200)


def _done(request: HttpRequest, institution: Institution, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("workspace:places-institution-detail", code=institution.code)


def _to_list() -> tuple[str, str]:
    return (_("Institutions"), reverse("workspace:places-institution-list"))
