"""Writing a plan before it is issued: beginning, head, clause by clause, with what the plan check says meanwhile."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.programme.formats.plan_file import ParsedClause
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.as_file import as_file, clause_of, digest_of, head_digest
from hocsuotdoi.programme.operations.drafting import (
    DraftChanged,
    Head,
    begin_draft,
    change_head,
    discard_draft,
    put_clause,
    take_out_clause,
)
from hocsuotdoi.programme.queries.binding import binding_plans
from hocsuotdoi.programme.queries.named_bodies import named_bodies
from hocsuotdoi.programme.queries.plan_check import check_plan
from hocsuotdoi.programme.queries.plan_page import plan_document
from hocsuotdoi.programme.rules import responsible_unit
from hocsuotdoi.workspace.programme.draft_forms import (
    BeginForm,
    DropClauseForm,
    DutyFormSet,
    FigureFormSet,
    HeadForm,
    WordsForm,
    clause_from,
    initial_of,
)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def draft_begin(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    units = units_covered(request.user, Permission.EDIT_PLAN, today)
    form = BeginForm(request.POST or None, units=units, initial=_beginning(request, units, today))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            plan = begin_draft(
                form.head(),
                source=_source(now),
                model=given["model"],
                figures=given["figures"],
                by=request.user,
                at=now,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The draft is there. Nobody but those who enter plans here can see it."))
            return redirect("workspace:programme-draft", plan.code)
    return render(
        request,
        "workspace/programme/draft_begin.html",
        {"form": form, "path": [_to_list()]},
        status=422 if form.errors else 200,
    )


@require_POST
@requires(Permission.EDIT_PLAN)
def addendum_begin(request: HttpRequest, code: str) -> HttpResponse:
    """An addendum as a draft, with nothing in it."""
    now = timezone.now()
    plan = get_object_or_404(Plan.objects.issued().select_related("unit", "parent"), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, timezone.localdate(now)))
    head = Head(
        title=_("Addendum to: %(title)s") % {"title": plan.title},
        issuer=plan.issuer,
        unit=plan.unit,
        parent=plan.parent,
        amends=plan,
    )
    draft = begin_draft(head, source=_source(now), by=request.user, at=now)
    return redirect("workspace:programme-draft", draft.code)


@require_GET
@requires(Permission.EDIT_PLAN)
def draft_detail(request: HttpRequest, code: str) -> HttpResponse:
    plan = find_draft(request, code)
    parts = plan_document(plan)
    pieces = [piece for part in parts for piece in [part.head, *part.pieces]]
    paths = {piece.clause.path for piece in pieces}
    return render(
        request,
        "workspace/programme/draft_detail.html",
        {
            "plan": plan,
            "pieces": pieces,
            "named": named_bodies(plan, timezone.localdate()),
            "findings": [each for each in check_plan(plan) if each.clause not in paths],
            "number": sum(len(piece.findings) for piece in pieces),
            "path": [_to_list()],
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def draft_head(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    plan = find_draft(request, code)
    initial = {
        "title": plan.title,
        "issuer": plan.issuer,
        "unit": plan.unit_id,
        "parent": plan.parent_id,
        "number": plan.number,
        "issued_on": plan.issued_on,
        "version": head_digest(plan),
    }
    units = units_covered(request.user, Permission.EDIT_PLAN, timezone.localdate(now))
    form = HeadForm(request.POST or None, units=units, plan=plan, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_head(plan, form.head(), version=form.cleaned_data["version"], by=request.user, at=now)
            except DraftChanged as changed:
                form, status = HeadForm(units=units, plan=plan, initial=initial), 409
                messages.error(request, str(changed))
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect("workspace:programme-draft", plan.code)
    context = {"plan": plan, "form": form, "path": [_to_list(), _to(plan)]}
    return render(request, "workspace/programme/draft_head.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def draft_clause(request: HttpRequest, code: str) -> HttpResponse:
    """One clause: `?path=` of one that is there, else a new one. Somebody else's text is never written over unseen:
    both then stand on the page."""
    plan = find_draft(request, code)
    path = request.GET.get("path", "")
    known = clause_of(as_file(plan), path) if path else None
    if path and known is None:
        messages.error(request, _("This clause is not there any more: somebody has taken it out or renumbered it."))
        return redirect("workspace:programme-draft", plan.code)
    words, figures, duties = _forms(request, known)
    theirs, status = None, 200
    if request.method == "POST" and "more" not in request.POST:
        status = 422
        valid = [form.is_valid() for form in (words, figures, duties)]
        clause = clause_from(words, figures, duties, known) if all(valid) else None
        if clause is not None:
            try:
                put_clause(
                    plan,
                    clause,
                    instead_of=path,
                    version=words.cleaned_data["version"],
                    by=request.user,
                    at=timezone.now(),
                )
            except DraftChanged as changed:
                theirs, status = changed.now, 409
                words.add_error(None, str(changed))
            except Refused as refusal:
                words.add_error(refusal.field if refusal.field in words.fields else None, str(refusal))
            else:
                messages.success(request, _("Clause %(path)s has been saved.") % {"path": clause.path})
                return redirect(f"{reverse('workspace:programme-draft', args=[plan.code])}#{clause.path}")
    if theirs is not None:  # sent once more it takes the place of what is shown beside it
        words.data = words.data.copy()
        words.data["version"] = digest_of(theirs)
    findings = [each for each in check_plan(plan) if each.clause == path] if known else []
    context = {
        "plan": plan,
        "known": known,
        "words": words,
        "figures": figures,
        "duties": duties,
        "theirs": theirs,
        "findings": findings,
        "version": digest_of(known) if known else "",
        "path": [_to_list(), _to(plan)],
    }
    return render(request, "workspace/programme/draft_clause.html", context, status=status)


@require_POST
@requires(Permission.EDIT_PLAN)
def draft_clause_drop(request: HttpRequest, code: str) -> HttpResponse:
    plan = find_draft(request, code)
    form = DropClauseForm(request.POST)
    path = request.GET.get("path", "")
    try:
        version = form.cleaned_data["version"] if form.is_valid() else ""
        take_out_clause(plan, path, version=version, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Clause %(path)s has been taken out.") % {"path": path})
    return redirect("workspace:programme-draft", plan.code)


@require_POST
@requires(Permission.EDIT_PLAN)
def draft_discard(request: HttpRequest, code: str) -> HttpResponse:
    plan = find_draft(request, code)
    try:
        discard_draft(plan, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workspace:programme-draft", plan.code)
    messages.success(request, _("The draft has been discarded."))
    return redirect("workspace:programme-plan-list")


def find_draft(request: HttpRequest, code: str) -> Plan:
    """A draft of a unit for which one enters plans; to anybody else it is not there. One that was issued meanwhile is
    shown where everybody reads it."""
    plans = Plan.objects.visible_to(request.user).select_related("unit", "parent", "amends__unit", "amends__parent")
    plan = get_object_or_404(plans.filter(status=PlanStatus.DRAFT), code=code)
    if not request.person_may(Permission.EDIT_PLAN, responsible_unit(plan, timezone.localdate())):
        raise Http404
    return plan


def _forms(request: HttpRequest, known: ParsedClause | None) -> tuple[WordsForm, FigureFormSet, DutyFormSet]:
    words, figures, duties = initial_of(known)
    if known is not None:
        words["version"] = digest_of(known)
    elif request.GET.get("under"):
        words["path"] = request.GET["under"].replace("\x00", "")[:38] + "."
    data = request.POST if request.method == "POST" else None
    if data is not None and "more" in data:
        data = data.copy()
        for prefix in ("figures", "duties"):
            if data["more"] == prefix:
                sent = data.get(f"{prefix}-TOTAL_FORMS", "")
                data[f"{prefix}-TOTAL_FORMS"] = str(int(sent) + 1 if sent.isdecimal() and len(sent) < 4 else 1)
    return (
        WordsForm(data, initial=words),
        FigureFormSet(data, prefix="figures", initial=figures),
        DutyFormSet(data, prefix="duties", initial=duties),
    )


def _beginning(request: HttpRequest, units, today) -> dict[str, object]:
    """«My» unit, the plan above it, and that plan's clauses to begin with."""
    own = units_held(request.user, Permission.EDIT_PLAN, today).first()
    asked = request.GET.get("unit", "")
    if asked.isalnum():
        own = units.filter(code=asked).first() or own
    if own is None:
        return {"figures": True}
    above = next((b.plan for b in binding_plans(own, today) if b.plan.unit_id != own.pk), None)
    return {
        "unit": own.pk,
        "parent": above.pk if above else None,
        "model": above.pk if above else None,
        "figures": True,
    }


def _source(now) -> str:
    day = timezone.localdate(now)
    return _("Entered on the page on %(day)s") % {"day": f"{day.day}/{day.month}/{day.year}"}


def _to_list() -> tuple[str, str]:
    return _("Plans"), reverse("workspace:programme-plan-list")


def _to(plan: Plan) -> tuple[str, str]:
    return plan.name, reverse("workspace:programme-draft", args=[plan.code])
