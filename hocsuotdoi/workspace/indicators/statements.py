"""Who stated what when: the list, one statement with its lines, and its undoing."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.periods import parse_period
from hocsuotdoi.indicators.enums import StatingWay
from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.indicators.operations.stated import undo_statement
from hocsuotdoi.indicators.queries.stated import figures_of, with_outcome
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.stated import shown_statement
from hocsuotdoi.workspace.indicators.stated_forms import UndoForm

ON_A_PAGE = 25
FIGURES_ON_A_PAGE = 100


@require_GET
@requires(Permission.VIEW_FIGURES)
def stated_history(request: HttpRequest) -> HttpResponse:
    """Everything stated for the units that one may read, the newest first."""
    statements = with_outcome(Statement.objects.visible_to(request.user)).select_related("unit")
    page = Paginator(statements.order_by("-stated_at", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    names = _names({each.stated_by for each in page})
    return render(
        request,
        "workspace/indicators/stated_history.html",
        {
            "page_obj": page,
            "rows": [{**shown_statement(each), "by": names.get(each.stated_by, "")} for each in page],
            "path": _path(request),
        },
    )


@require_GET
@requires(Permission.VIEW_FIGURES)
def stated_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    statement = _visible(request, pk)
    page = Paginator(figures_of(statement), FIGURES_ON_A_PAGE).get_page(request.GET.get("page"))
    undone = Statement.objects.filter(undoes=statement).first()
    names = _names({statement.stated_by} | ({undone.stated_by} if undone else set()))
    may_undo = undone is None and statement.way != StatingWay.UNDO
    return render(
        request,
        "workspace/indicators/stated_detail.html",
        {
            "statement": statement,
            "period": parse_period(statement.period),
            "by": names.get(statement.stated_by, ""),
            "undone": undone,
            "undone_by": names.get(undone.stated_by, "") if undone else "",
            "page_obj": page,
            "may_undo": may_undo and request.person_may(Permission.STATE_FIGURES, statement.unit),
            "path": _path(request),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def stated_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    statement = _visible(request, pk)
    require(request.user, Permission.STATE_FIGURES, statement.unit)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            undoing = undo_statement(statement, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, _("Undone: what stood before stands again."))
            return redirect("workspace:indicators-stated-detail", pk=undoing.pk)
    return render(
        request,
        "workspace/indicators/stated_undo.html",
        {
            "statement": statement,
            "period": parse_period(statement.period),
            "form": form,
            "figures": statement.figures.count(),
            "cancel_url": reverse("workspace:indicators-stated-detail", args=[statement.pk]),
            "path": _path(request),
        },
        status=422 if form.errors else 200,
    )


def _visible(request: HttpRequest, pk: uuid.UUID) -> Statement:
    statements = Statement.objects.visible_to(request.user).select_related("unit", "undoes")
    return get_object_or_404(statements, pk=pk)


def _names(people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Person.objects.filter(pk__in=people).values_list("pk", "full_name"))


def _path(request: HttpRequest) -> list[tuple[str, str]]:
    history = (_("What was typed in"), reverse("workspace:indicators-stated-history"))
    if Permission.STATE_FIGURES not in request.permissions:
        return [history]
    return [(_("Figures typed in"), reverse("workspace:indicators-stated-list")), history]
