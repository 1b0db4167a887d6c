"""A planner's pages: the plans kept here, a new one by hand or from a file, an addendum, the answer to a finding."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError as BadFields

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import reading_of
from hocsuotdoi.programme.enums import AnswerKind, PlanStatus
from hocsuotdoi.programme.formats.plan_file import BadPlanFile, ParsedPlan, Problem, parse_plan
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations import PlanRefused, answer_finding, load_plan, unit_named
from hocsuotdoi.programme.queries.plan_check import check_plans
from hocsuotdoi.programme.queries.plan_page import answered_findings, with_counts
from hocsuotdoi.programme.queries.rehoming import not_taken
from hocsuotdoi.programme.queries.untaken import tasks_not_taken
from hocsuotdoi.programme.rules import responsible_unit
from hocsuotdoi.workspace.programme.forms import (
    MOST_ROWS,
    ROWS,
    AnswerForm,
    ClauseFormSet,
    PlanFileForm,
    PlanForm,
    TaskFormSet,
    plan_from_forms,
)

_ON_A_PAGE = 30
_LARGEST_FILE = 2_000_000  # bytes; the longest of the five documents has 60,000


@requires(Permission.EDIT_PLAN)
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans that the person answers for, with what the check found and nobody answered yet."""
    kept = with_counts(Plan.objects.kept_by(request.user, Permission.EDIT_PLAN, timezone.localdate()))
    page = Paginator(kept.prefetch_related("finding_answers"), _ON_A_PAGE).get_page(request.GET.get("page"))
    findings = check_plans(page.object_list)
    rows = []
    for plan in page.object_list:
        answered = {answer.finding_key for answer in plan.finding_answers.all()}
        unanswered = sum(finding.key not in answered for finding in findings[plan.pk])
        rows.append({"plan": plan, "found": len(findings[plan.pk]), "unanswered": unanswered})
    waiting = not_taken(page.object_list, timezone.localdate())
    tasks = sum(len(group.rows) for group in tasks_not_taken(page.object_list, timezone.localdate()))
    context = {"page": page, "rows": rows, "not_taken": len(waiting), "tasks_not_taken": tasks}
    return render(request, "workspace/programme/plan_list.html", context)


@requires(Permission.EDIT_PLAN)
def plan_create(request: HttpRequest) -> HttpResponse:
    return _enter(request, units_covered(request.user, Permission.EDIT_PLAN, timezone.localdate()), None)


@requires(Permission.EDIT_PLAN)
def addendum_create(request: HttpRequest, code: str) -> HttpResponse:
    """What an issued plan lacks or has wrong is put right by an addendum; the plan itself is not edited."""
    plan = _plan(request, code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, timezone.localdate()))
    return _enter(request, AdminUnit.objects.none(), plan)


def _enter(request: HttpRequest, units: QuerySet[AdminUnit], amends: Plan | None) -> HttpResponse:
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    initial = (
        {"issuer": amends.issuer, "title": _("Addendum to: %(title)s") % {"title": amends.title}} if amends else {}
    )
    head = PlanForm(data, units=units, amends=amends, initial=initial)
    if data is not None and "more" in data:
        data = _with_more_rows(request)
        head = PlanForm(initial=data.dict(), units=units, amends=amends)
    clauses, tasks = ClauseFormSet(data, prefix="clauses"), TaskFormSet(data, prefix="tasks")
    if data is not None and "more" not in data and all(form.is_valid() for form in (head, clauses, tasks)):
        try:
            plan = load_plan(plan_from_forms(head, clauses, tasks, timezone.localdate(now)), by=request.user, at=now)
        except (BadFields, Refused) as error:
            head.add_error(None, _sentence(error))
        else:
            messages.success(request, _("The plan has been entered. Here is what the check says about it."))
            return redirect("portal:programme-plan-check", plan.code)
    context = {"form": head, "clauses": clauses, "tasks": tasks, "amends": amends, "path": [_to_list()]}
    return render(request, "workspace/programme/plan_create.html", context)


@requires(Permission.EDIT_PLAN)
def plan_upload(request: HttpRequest) -> HttpResponse:
    """A plan from a file. A bad file gets line, field and reason, and changes nothing."""
    form = PlanFileForm(request.POST or None, request.FILES or None)
    problems = []
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        upload = form.cleaned_data["file"]
        try:
            if upload.size > _LARGEST_FILE:
                form.add_error("file", _("The file is too large for a plan."))
            else:
                parsed = parse_plan(upload.read())
                _refuse_elsewhere(request, parsed, timezone.localdate(now))
                if form.cleaned_data["as_draft"]:
                    parsed = parsed.model_copy(update={"status": PlanStatus.DRAFT})
                plan = load_plan(parsed, by=request.user, at=now)
                if plan.status == PlanStatus.DRAFT:
                    messages.success(
                        request, _("The draft is there. Nobody but those who enter plans here can see it.")
                    )
                    return redirect("workspace:programme-draft", plan.code)
                messages.success(request, _("The plan has been taken in. Here is what the check says about it."))
                return redirect("portal:programme-plan-check", plan.code)
        except (BadPlanFile, PlanRefused) as error:
            problems = error.problems
        except Refused as error:
            form.add_error("file", str(error))
    context = {"form": form, "problems": problems, "path": [_to_list()]}
    return render(request, "workspace/programme/plan_upload.html", context)


@requires(Permission.ANSWER_FINDING)
def finding_answer(request: HttpRequest, code: str) -> HttpResponse:
    """One finding, its earlier answers, and the form for a new one."""
    now = timezone.now()
    plan = _plan(request, code)
    require(request.user, Permission.ANSWER_FINDING, responsible_unit(plan, timezone.localdate(now)))
    key = request.GET.get("key", "")
    found = next((each for each in answered_findings(plan) if each.finding.key == key), None)
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data
        try:
            answer_finding(
                plan,
                key=key,
                kind=AnswerKind(answer["kind"]),
                reason=answer["reason"],
                addendum=answer["addendum"],
                by=request.user,
                at=now,
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The answer stands beside the finding now."))
            return redirect(f"{reverse('portal:programme-plan-check', args=[plan.code])}#{found.finding.clause}")
    context = {"plan": plan, "found": found, "form": form, "path": [_to_list()]}
    return render(request, "workspace/programme/finding_answer.html", context)


def _plan(request: HttpRequest, code: str) -> Plan:
    plans = Plan.objects.issued().select_related("unit", "parent", "amends")
    return get_object_or_404(plans, code=code)


def _refuse_elsewhere(request: HttpRequest, parsed: ParsedPlan, today: dt.date) -> None:
    """Whoever brings a file must be the planner of its unit, and of the plan that it amends; a unit or a plan that
    does not exist is told by `load_plan`. Raises `PlanRefused`: the file is open, so the person learns which line."""
    unit = unit_named(parsed, today)
    amended = Plan.objects.issued().select_related("unit").filter(code=parsed.amends).first() if parsed.amends else None
    asked: dict[str, AdminUnit] = {}
    if unit is not None:
        asked["unit"] = unit if unit.holds_on(today) else reading_of(unit, today)
    if amended is not None:
        asked["amends"] = responsible_unit(amended, today)
    problems = [
        Problem(
            line=parsed.line_of(field),
            field=field,
            reason=_("You have no right to enter plans for %(unit)s; its planner can take this file in.")
            % {"unit": where.name},
        )
        for field, where in asked.items()
        if not request.person_may(Permission.EDIT_PLAN, where)
    ]
    if problems:
        raise PlanRefused(problems)


def _with_more_rows(request: HttpRequest):
    """What was sent, with room for more rows; nothing is checked or lost."""
    data = request.POST.copy()
    for prefix, more in (("clauses", ROWS), ("tasks", 2)):
        sent = data.get(f"{prefix}-TOTAL_FORMS", "")
        rows = int(sent) if sent.isdecimal() and len(sent) < 5 else 0
        data[f"{prefix}-TOTAL_FORMS"] = str(min(rows + more, MOST_ROWS))
    return data


def _sentence(error: Exception) -> str:
    if isinstance(error, BadFields):
        problem = error.errors()[0]
        return str(problem.get("ctx", {}).get("sentence") or problem["msg"])
    return str(error)


def _to_list() -> tuple[str, str]:
    return _("Plans"), reverse("workspace:programme-plan-list")
