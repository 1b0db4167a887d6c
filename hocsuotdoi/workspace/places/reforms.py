"""Reforms of the territory: the sheet, what it would do, entered as a whole, taken back until its day."""

import datetime as dt
import uuid
from collections import Counter
from itertools import groupby

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import BadFile
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.formats.reform import Part
from hocsuotdoi.places.formats.reform_sheet import is_reform_sheet, parse_reform, render_csv, render_xlsx
from hocsuotdoi.places.models import AdminUnit, LegalAct, TerritoryReform
from hocsuotdoi.places.operations.legal_act import name_act
from hocsuotdoi.places.operations.load_units import in_sentence
from hocsuotdoi.places.operations.reform import (
    enter_reform,
    place_on_divided_land,
    plan_of,
    send_reform,
    take_reform_back,
)
from hocsuotdoi.places.operations.reform_plan import ReformPlan
from hocsuotdoi.places.queries.institutions import left_alone
from hocsuotdoi.places.queries.units import (
    COUNTRY_CODE,
    begun_by,
    changes_of_map,
    country,
    moved_by,
    units_in_sheet,
    units_on_map,
)
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.legal_act import ActFields
from hocsuotdoi.workspace.places.forms import day_input
from hocsuotdoi.workspace.sheets import SeenForm, SheetFile, attachment, sent_in, shown_problems, table_of

_ON_A_PAGE = 50


class ReformForm(SheetFile, ActFields):
    day = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=day_input(),
        help_text=gettext_lazy("The first day of the new units, not the day on which the act was signed"),
    )

    field_order = ["file", "day", "act_number", "act_title", "act_issuer", "act_issued_on"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it is taken back"), max_length=300)


@require_GET
@requires(Permission.VIEW_REGISTER)
def reform_list(request: HttpRequest) -> HttpResponse:
    """When the map changed, by which acts. Who keeps the territory enters more."""
    entered = TerritoryReform.objects.select_related("legal_act").filter(entered_at__isnull=False)
    may_keep = request.person_may(Permission.KEEP_TERRITORY, country())
    context = {
        "changes": changes_of_map(),
        "reforms": list(entered.order_by("-day", "-entered_at")) if may_keep else [],
        "waiting": _sent_by(request).first() if may_keep else None,
        "may_keep": may_keep,
        "path": [(_("Institutions"), reverse("workspace:places-institution-list"))],
    }
    return render(request, "workspace/places/reform_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_TERRITORY)
def reform_send(request: HttpRequest) -> HttpResponse:
    require(request.user, Permission.KEEP_TERRITORY, country())
    now = timezone.now()
    form = ReformForm(request.POST or None, request.FILES or None)
    reform, problems = sent_in(request, form, lambda: _sent(request, form, now))
    if reform is not None:
        return redirect("workspace:places-reform-detail", pk=reform.pk)
    return render(
        request,
        "workspace/places/reform_send.html",
        {
            "form": form,
            **shown_problems(problems),
            "provinces": units_on_map(timezone.localdate(now), Tier.PROVINCE),
            "country": COUNTRY_CODE,
            "acts": LegalAct.objects.order_by("-issued_on", "number").values_list("number", "title")[:60],
            "path": [_to_list()],
        },
        status=422 if problems or form.errors else 200,
    )


@require_GET
@requires(Permission.KEEP_TERRITORY)
def reform_template(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The units of a province, or of the whole country, as they stand today."""
    require(request.user, Permission.KEEP_TERRITORY, country())
    today = timezone.localdate()
    unit = get_object_or_404(AdminUnit.objects.on(today), code=code, tier__in=[Tier.COUNTRY, Tier.PROVINCE])
    if kind not in {"xlsx", "csv"}:
        raise Http404
    rows = units_in_sheet(code, today)
    content = render_xlsx(rows, unit.name) if kind == "xlsx" else render_csv(rows)
    return attachment(content, kind, f"sap-xep-{unit.code}")


@require_GET
@requires(Permission.KEEP_TERRITORY)
def reform_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What it would do, to whom it was sent; what it does, once it is entered."""
    reform = _reform(request, pk)
    if reform.written_at is not None or reform.taken_back_at is not None:
        return _written(request, reform)
    try:
        plan = plan_of(reform)
    except Refused as refusal:
        messages.error(request, str(refusal))
        if reform.entered_at is not None:
            return redirect("workspace:places-reform-take-back", pk=reform.pk)
        return redirect("workspace:places-reform-send")
    holders = RoleAssignment.objects.usable(timezone.localdate())
    holders = holders.filter(Q(unit__in=plan.ended) | Q(agency__unit__in=plan.ended))
    context = {
        **_about(reform, plan),
        "page_obj": Paginator(plan.outcome.made, _ON_A_PAGE).get_page(request.GET.get("page")),
        "moved": _moved([parent.name for _unit, parent in plan.outcome.moved]),
        "people": holders.values("person").distinct().count(),
        "form": None if reform.entered_at else SeenForm(initial={"seen": plan.digest}),
        "is_over": reform.day <= timezone.localdate(),
        "send_url": reverse("workspace:places-reform-send"),
    }
    return render(request, "workspace/places/reform_plan.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_TERRITORY)
def reform_places(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """In which of the new units the institutions of divided ones stand, page by page."""
    now = timezone.now()
    reform = _reform(request, pk)
    if reform.written_at is not None or reform.taken_back_at is not None:
        return redirect("workspace:places-reform-detail", pk=reform.pk)
    try:
        plan = plan_of(reform)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workspace:places-reform-list")
    page = Paginator(plan.divided, _ON_A_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        where = {each.code: request.POST.get(f"place-{each.code}", each.chosen) for each in page}
        said = _("Kept.")
        if did(request, lambda: place_on_divided_land(reform, where, by=request.user, at=now), said):
            following = f"{request.path}?page={page.next_page_number()}" if page.has_next() else reform_url(reform)
            return redirect(following)
    context = {
        "reform": reform,
        "page_obj": page,
        "groups": [(unit, list(group)) for unit, group in groupby(page, key=lambda each: each.old)],
        "path": [_to_list(), (reform.legal_act.number, reform_url(reform))],
        "back": reform_url(reform),
    }
    return render(request, "workspace/places/reform_places.html", context)


@require_POST
@requires(Permission.KEEP_TERRITORY)
def reform_enter(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    reform = _reform(request, pk)
    seen = request.POST.get("seen", "")
    did(
        request,
        lambda: enter_reform(reform, seen=seen, by=request.user, at=timezone.now()),
        _("The reform is entered: units, bodies and places follow on its day."),
    )
    return redirect("workspace:places-reform-detail", pk=reform.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_TERRITORY)
def reform_take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    reform = _reform(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        said = _("Taken back: nothing will follow from it.")
        if did(request, lambda: take_reform_back(reform, reason=reason, by=request.user, at=now), said, form=form):
            return redirect("workspace:places-reform-list")
    context = {
        "reform": reform,
        "form": form,
        "path": [_to_list(), (reform.legal_act.number, reform_url(reform))],
        "back": reform_url(reform),
    }
    status = 422 if form.errors else 200
    return render(request, "workspace/places/reform_take_back.html", context, status=status)


def reform_url(reform: TerritoryReform) -> str:
    return reverse("workspace:places-reform-detail", args=[reform.pk])


def _written(request: HttpRequest, reform: TerritoryReform) -> HttpResponse:
    made = begun_by(reform.legal_act, reform.day)
    context = {
        "reform": reform,
        "page_obj": Paginator(made, _ON_A_PAGE).get_page(request.GET.get("page")),
        "alone": list(left_alone(timezone.localdate()).filter(ends_on=reform.day)),
        "moved": _moved(moved_by(reform.legal_act, reform.day).values_list("parent__name", flat=True)),
        "path": [_to_list()],
    }
    return render(request, "workspace/places/reform_detail.html", context)


def _about(reform: TerritoryReform, plan: ReformPlan) -> dict:
    tiers = [Tier.PROVINCE, Tier.COMMUNE]
    return {
        "reform": reform,
        "plan": plan,
        "counts": [(tier.label, plan.before.get(tier, 0), plan.since.get(tier, 0)) for tier in tiers],
        "rest": Part.REST,
        "path": [_to_list()],
    }


def _moved(provinces: list[str]) -> list[tuple[str, int]]:
    """How many units come to lie in each province."""
    return sorted((in_sentence(name), number) for name, number in Counter(provinces).items())


def _sent(request: HttpRequest, form: ReformForm, now: dt.datetime) -> TerritoryReform:
    upload = form.cleaned_data["file"]
    table, digest = table_of(upload, is_reform_sheet)
    rows, problems = parse_reform(table)
    if problems:
        raise BadFile(problems)
    with transaction.atomic():  # an act of state that was named for a refused reform is not kept
        act = name_act(**form.act(), at=now)
        return send_reform(
            day=form.cleaned_data["day"],
            legal_act=act,
            rows=rows,
            file_name=upload.name or "",
            digest=digest,
            by=request.user,
            at=now,
        )


def _sent_by(request: HttpRequest) -> QuerySet[TerritoryReform]:
    return TerritoryReform.objects.select_related("legal_act").filter(entered_at=None, sent_by=request.user.pk)


def _reform(request: HttpRequest, pk: uuid.UUID) -> TerritoryReform:
    """What is only looked at is its sender's; what is entered, everybody's who keeps the territory."""
    require(request.user, Permission.KEEP_TERRITORY, country())
    seen = Q(entered_at__isnull=False) | Q(sent_by=request.user.pk)
    return get_object_or_404(TerritoryReform.objects.select_related("legal_act").filter(seen), pk=pk)


def _to_list() -> tuple[str, str]:
    return _("Reforms of the territory"), reverse("workspace:places-reform-list")
