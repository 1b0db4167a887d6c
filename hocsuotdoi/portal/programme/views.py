"""The tree of plans, a plan as its document reads, beside the plan above it, and what the check found."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.programme.enums import BINDING, CheckRule, PlanKind
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.assignments import done_by_task
from hocsuotdoi.programme.queries.comparison import compare
from hocsuotdoi.programme.queries.feasibility import feasibility
from hocsuotdoi.programme.queries.named_bodies import named_bodies
from hocsuotdoi.programme.queries.plan_check import check_plans
from hocsuotdoi.programme.queries.plan_page import (
    PlanForest,
    PlanPart,
    answered_findings,
    life_of,
    plan_document,
    plans_named,
    with_counts,
)
from hocsuotdoi.programme.queries.untaken import tasks_not_taken
from hocsuotdoi.programme.rules import responsible_unit

_ON_A_PAGE = 30


@public
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The trees with plans in force, `?earlier=1` those without; or the plans whose number, title or issuer holds the
    words."""
    plans = Plan.objects.issued()
    words = request.GET.get("q", "").strip()
    if words:
        found = Paginator(plans_named(words), _ON_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "portal/programme/plan_list.html", {"words": words, "page": found})
    forest = PlanForest(plans)
    is_earlier = request.GET.get("earlier") == "1"
    page = Paginator(forest.earlier if is_earlier else forest.current, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tree": forest.trees(page.object_list),
        "is_earlier": is_earlier,
        "number_of_earlier": len(forest.earlier),
    }
    return render(request, "portal/programme/plan_list.html", context)


@public
@require_GET
def plan_detail(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    below = with_counts(Plan.objects.issued().filter(Q(parent=plan) | Q(amends=plan)))
    return render(
        request,
        "portal/programme/plan_detail.html",
        {
            "plan": plan,
            "parts": _with_progress(plan_document(plan), plan),
            "below": Paginator(below, _ON_A_PAGE).get_page(request.GET.get("page")),
            **_life(request, plan),
            "tabs": _tabs(plan, "document"),
            "path": [_to_list()],
        },
    )


def _life(request: HttpRequest, plan: Plan) -> dict[str, object]:
    today = timezone.localdate()
    became = responsible_unit(plan, today)
    has_ended = not plan.unit.holds_on(today)
    may_edit = request.person_may(Permission.EDIT_PLAN, became)
    return {
        "became": became,
        "has_ended": has_ended,
        "life": life_of(plan),
        "is_binding": plan.status in BINDING,
        "neighbours": has_ended and became.tier == Tier.PROVINCE,
        "may_edit": may_edit,
        "may_decide": may_edit and has_ended and plan.targets.exists(),
        "untaken": sum(len(group.rows) for group in tasks_not_taken([plan], today)) if may_edit else 0,
        "may_decide_tasks": may_edit and plan.tasks.filter(rehomings__isnull=False).exists(),
    }


def _with_progress(parts: list[PlanPart], plan: Plan) -> list[PlanPart]:
    """Beside each task how many of the bodies that it asks this year have done it: numbers only, no body is named."""
    counts = done_by_task(plan, timezone.localdate().year)
    for part in parts:
        for piece in [part.head, *part.pieces]:
            for task in piece.tasks:
                task.done, task.asked = counts.get(task.pk, (0, 0))
    return parts


@public
@require_GET
def plan_compare(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    return render(
        request,
        "portal/programme/plan_compare.html",
        {"plan": plan, "indicators": compare(plan), "tabs": _tabs(plan, "compare"), "path": [_to_list(), _to(plan)]},
    )


@public
@require_GET
def plan_check(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    today = timezone.localdate()
    found = answered_findings(plan)
    rule = request.GET.get("rule", "")
    rules = {each.finding.rule for each in found}
    may_answer = request.person_may(Permission.ANSWER_FINDING, responsible_unit(plan, today))
    return render(
        request,
        "portal/programme/plan_check.html",
        {
            "plan": plan,
            "found": [each for each in found if not rule or each.finding.rule == rule],
            "number": len(found),
            "rules": [choice for choice in CheckRule if choice in rules],
            "rule": rule,
            "is_binding": plan.status in BINDING,
            "may_answer": may_answer,
            "lost": [each for each in named_bodies(plan, today) if not each.gets] if may_answer else [],
            "tabs": _tabs(plan, "check"),
            "path": [_to_list(), _to(plan)],
        },
    )


@public
@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """How many findings of which rule each plan has."""
    checked = Plan.objects.issued().exclude(kind=PlanKind.ANNOUNCEMENT).select_related("unit")
    page = Paginator(checked.order_by("issued_on", "code"), _ON_A_PAGE).get_page(request.GET.get("page"))
    findings = check_plans(page.object_list)
    rows = [
        {
            "plan": plan,
            "number": len(findings[plan.pk]),
            "rules": [(rule, sum(f.rule == rule for f in findings[plan.pk])) for rule in CheckRule],
        }
        for plan in page.object_list
    ]
    return render(
        request,
        "portal/programme/finding_list.html",
        {"page": page, "rows": rows, "rules": CheckRule, "path": [_to_list()]},
    )


@public
@require_GET
def feasibility_list(request: HttpRequest) -> HttpResponse:
    rows = feasibility(timezone.localdate())
    return render(request, "portal/programme/feasibility_list.html", {"rows": rows, "path": [_to_list()]})


def _plan(request: HttpRequest, code: str) -> Plan:
    """A draft has its pages in the workspace; here it is not there, not even for who writes it."""
    plans = Plan.objects.issued().select_related("unit", "parent", "amends", "issuer_agency")
    return get_object_or_404(plans, code=code)


def _to_list() -> tuple[str, str]:
    return _("Plans"), reverse("portal:programme-plan-list")


def _to(plan: Plan) -> tuple[str, str]:
    return plan.name, reverse("portal:programme-plan-detail", args=[plan.code])


def _tabs(plan: Plan, current: str) -> list[dict[str, object]]:
    """The three faces of a plan; a document that states nothing of its own has only the first."""
    pages = [("document", _("Document"), "portal:programme-plan-detail")]
    if plan.kind != PlanKind.ANNOUNCEMENT:
        if plan.parent_id or plan.amends_id:
            pages.append(("compare", _("Beside the plan above"), "portal:programme-plan-compare"))
        pages.append(("check", _("Plan check"), "portal:programme-plan-check"))
    return [
        {"label": label, "url": reverse(name, args=[plan.code]), "is_current": key == current}
        for key, label, name in pages
    ]
