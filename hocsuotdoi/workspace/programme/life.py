"""The steps of a plan's life: issued, replaced, retired, taken over at a reform."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.places.operations.legal_act import name_act
from hocsuotdoi.programme.enums import BINDING, PlanKind
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.drafting import DraftChanged
from hocsuotdoi.programme.operations.life import inherit_plan, issue_plan, places_of, replace_plan, retire_plan
from hocsuotdoi.programme.queries.land import heirs_of
from hocsuotdoi.programme.queries.named_bodies import named_bodies
from hocsuotdoi.programme.queries.plan_check import check_plan
from hocsuotdoi.programme.rules import responsible_unit
from hocsuotdoi.workspace.programme.draft_forms import InheritForm, IssueForm, ReplaceForm, RetireForm
from hocsuotdoi.workspace.programme.drafts import find_draft


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def plan_issue(request: HttpRequest, code: str) -> HttpResponse:
    """The last look at a draft: what the check finds, then number and day."""
    now = timezone.now()
    plan = find_draft(request, code)
    initial = {"number": plan.number, "issued_on": plan.issued_on, "version": plan.digest}
    form = IssueForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                issued = issue_plan(
                    plan,
                    version=given["version"],
                    number=given["number"],
                    issued_on=given["issued_on"],
                    by=request.user,
                    at=now,
                    today=timezone.localdate(now),
                )
            except DraftChanged as changed:
                messages.error(request, str(changed))
                return redirect("workspace:programme-draft", plan.code)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                said = _("The plan is in force. Its tasks are being handed down.")
                messages.success(request, _("The addendum is in force.") if issued.amends_id else said)
                if lost := [each.written for each in named_bodies(issued, timezone.localdate(now)) if not each.gets]:
                    words = _("By these names nobody gets a task: {names}. See the plan check.")
                    messages.warning(request, words.format(names="; ".join(dict.fromkeys(lost))))
                return redirect("portal:programme-plan-detail", issued.code)
    findings = check_plan(plan)
    context = {
        "plan": plan,
        "form": form,
        "findings": findings,
        "named": named_bodies(plan, timezone.localdate(now)),
        "counts": {"clauses": plan.clauses.count(), "targets": plan.targets.count(), "tasks": plan.tasks.count()},
        "path": [_to_list(), (plan.name, reverse("workspace:programme-draft", args=[plan.code]))],
    }
    return render(request, "workspace/programme/plan_issue.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def plan_replace(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = _plan(request, code)
    others = Plan.objects.filter(status__in=BINDING, unit__in=places_of(plan, today)).exclude(pk=plan.pk)
    others = others.exclude(kind__in=[PlanKind.ADDENDUM, PlanKind.ANNOUNCEMENT]).order_by("-issued_on", "code")
    form = ReplaceForm(request.POST or None, plans=others, initial={"effective_on": today})

    def act(given) -> None:
        replace_plan(
            plan,
            given["other"],
            effective_on=given["effective_on"],
            legal_act=_act(form, now),
            reason=given["reason"],
            by=request.user,
            at=now,
            today=today,
        )

    words = {
        "title": _("Replaced by another plan"),
        "lead": _("From that day the other plan binds; before it this one goes on being what bound."),
        "label": _("Record that it is replaced"),
        "nothing": "" if others else _("No other plan in force of this place is known here: issue the new one first."),
    }
    return _page(request, plan, form, act, words)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def plan_retire(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = _plan(request, code)
    form = RetireForm(request.POST or None, initial={"effective_on": today})

    def act(given) -> None:
        retire_plan(
            plan,
            effective_on=given["effective_on"],
            legal_act=_act(form, now),
            reason=given["reason"],
            by=request.user,
            at=now,
            today=today,
        )

    words = {
        "title": _("Retire this plan"),
        "lead": _("It binds nobody from that day, and nothing takes its place. The document stays to be read."),
        "label": _("Retire the plan"),
    }
    return _page(request, plan, form, act, words)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def plan_inherit(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = _plan(request, code)
    ended = not plan.unit.holds_on(today)
    heirs = heirs_of(plan.unit, today) if ended else []
    units = AdminUnit.objects.filter(pk__in=[unit.pk for unit in heirs]).order_by("sort_key")
    form = InheritForm(request.POST or None, units=units, initial={"effective_on": today})

    def act(given) -> None:
        inherit_plan(
            plan,
            given["unit"],
            effective_on=given["effective_on"],
            legal_act=_act(form, now),
            reason=given["reason"],
            by=request.user,
            at=now,
            today=today,
        )

    words = {
        "title": _("Taken over by another unit"),
        "lead": _("The unit answers for the plan from then on; the plan goes on binding the land it was issued for."),
        "label": _("Record who takes it over"),
        "nothing": "" if ended else _("The unit of this plan still stands: it keeps its plan itself."),
    }
    return _page(request, plan, form, act, words)


def _page(
    request: HttpRequest, plan: Plan, form: forms.Form, act: Callable[[dict], None], words: dict[str, str]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # an act of state that was named for a step that is refused is not kept
                act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The step stands in the life of the plan."))
            return redirect(f"{reverse('portal:programme-plan-detail', args=[plan.code])}#life")
    context = {
        "plan": plan,
        "form": form,
        "words": words,
        "acts": LegalAct.objects.order_by("-issued_on", "number").values_list("number", "title")[:60],
        "path": [_to_list(), (plan.name, reverse("portal:programme-plan-detail", args=[plan.code]))],
    }
    return render(request, "workspace/programme/plan_step.html", context, status=422 if form.errors else 200)


def _act(form, now) -> LegalAct | None:
    given = form.act()
    return name_act(**given, at=now) if given["number"] else None


def _plan(request: HttpRequest, code: str) -> Plan:
    plan = get_object_or_404(Plan.objects.issued().select_related("unit"), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, timezone.localdate()))
    return plan


def _to_list() -> tuple[str, str]:
    return _("Plans"), reverse("workspace:programme-plan-list")
