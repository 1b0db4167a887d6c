"""Tasks that nobody takes any more, and the decision about them: many in one act."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import shorten
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, LegalAct
from hocsuotdoi.places.operations.legal_act import name_act
from hocsuotdoi.programme.enums import BINDING, AgencyPart, RehomingKind
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.operations.task_rehoming import rehome_tasks
from hocsuotdoi.programme.queries.due import branches_named
from hocsuotdoi.programme.queries.untaken import (
    bodies_to_take,
    tasks_not_taken,
    tasks_to_decide,
    units_to_take,
)
from hocsuotdoi.programme.rules import responsible_unit
from hocsuotdoi.workspace.legal_act import ActFields
from hocsuotdoi.workspace.programme.draft_forms import date_field
from hocsuotdoi.workspace.programme.rehoming import UnitChoice

MOST_NAMED = 60  # bodies that can be named one by one; of more than that a kind of body is given the tasks
_PLANS_ON_A_PAGE = 10
_CHOSEN_BY_ITSELF = 4  # units, as in deciding about targets


class TaskChoice(forms.ModelMultipleChoiceField):
    """Each with whom the plan names for it: who takes it over depends on that. The tasks come with their agencies."""

    def label_from_instance(self, task: Task) -> str:
        words = f"{task.clause.path} · {shorten(task.text, 240)}"
        named = ", ".join(_named(task))
        if not named:
            return words
        return format_html(
            '<span>{}<br><span class="small soft">{}</span></span>',
            words, _("The plan names: {bodies}").format(bodies=named),
        )  # fmt: skip


def _named(task: Task) -> list[str]:
    """Who is to lead it, as the plan words it."""
    return list(dict.fromkeys(part.written for part in task.agencies.all() if part.part == AgencyPart.LEAD))


class BodyChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, body: Agency) -> str:
        return body.name


class TaskRehomeForm(ActFields):
    """What is decided, about which tasks, who takes them over, on which act."""

    tasks = TaskChoice(
        label=gettext_lazy("Tasks"),
        queryset=Task.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "sentences"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What becomes of them"),
        choices=[(each.value, each.label) for each in (RehomingKind.TAKEN_OVER, RehomingKind.DROPPED)],
        widget=forms.RadioSelect,
    )
    units = UnitChoice(
        label=gettext_lazy("For which units"),
        queryset=AdminUnit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whose body of the kind below takes them over, or for whom they are no longer pursued."),
    )
    agency_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of body that takes them over in each unit"), choices=(), required=False
    )
    agencies = BodyChoice(
        label=gettext_lazy("Or these bodies"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    part = forms.ChoiceField(label=gettext_lazy("Their part"), choices=AgencyPart, initial=AgencyPart.LEAD)
    effective_on = date_field(gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = [
        "tasks",
        "kind",
        "units",
        "agency_kind",
        "agencies",
        "part",
        "effective_on",
        "reason",
        "act_number",
        "act_title",
        "act_issuer",
        "act_issued_on",
    ]

    def __init__(self, *args, tasks: list[Task], units: list[AdminUnit], bodies: list[Agency], **kwargs):
        super().__init__(*args, **kwargs)
        rows = Task.objects.filter(pk__in=[task.pk for task in tasks]).select_related("clause")
        self.fields["tasks"].queryset = rows.prefetch_related("agencies")
        self.fields["units"].queryset = AdminUnit.objects.filter(pk__in=[unit.pk for unit in units]).order_by(
            "-tier", "sort_key"
        )  # provinces first
        kinds = {body.kind for body in bodies} - {AgencyKind.OTHER}
        self.fields["agency_kind"].choices = [
            ("", _("nothing chosen")),
            *((kind.value, kind.label) for kind in AgencyKind if kind in kinds),
        ]
        named = bodies if len(bodies) <= MOST_NAMED else [body for body in bodies if body.unit.tier != Tier.COMMUNE]
        self.fields["agencies"].queryset = Agency.objects.filter(
            pk__in=[body.pk for body in named[:MOST_NAMED]]
        ).order_by("-unit__tier", "unit__sort_key", "name")


@require_GET
@requires(Permission.EDIT_PLAN)
def task_rehoming_list(request: HttpRequest) -> HttpResponse:
    """Of the plans that the person answers for; the country's planners as `kept_near` says."""
    today = timezone.localdate()
    groups = tasks_not_taken(Plan.objects.kept_near(request.user, Permission.EDIT_PLAN, today), today)
    page = Paginator(groups, _PLANS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "path": [(_("Tasks"), reverse("workspace:programme-task-list"))]}
    return render(request, "workspace/programme/task_rehoming_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def task_rehoming_decide(request: HttpRequest, code: str) -> HttpResponse:
    """About what nobody takes of a plan, and anew about what was decided before."""
    now = timezone.now()
    today = timezone.localdate(now)
    plan = get_object_or_404(Plan.objects.filter(status__in=BINDING).select_related("unit"), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, today))
    open_tasks, decided = tasks_to_decide(plan, today)
    units = _units(request, plan, today)
    bodies = bodies_to_take(units, request.user, today)
    form = TaskRehomeForm(
        request.POST or None,
        tasks=[*open_tasks, *decided],
        units=units,
        bodies=bodies,
        initial=_proposal(open_tasks, units, bodies, today),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():  # an act of state that was named for a refused decision is not kept
                made = rehome_tasks(
                    list(given["tasks"]),
                    kind=RehomingKind(given["kind"]),
                    units=list(given["units"]),
                    bodies=list(given["agencies"]),
                    agency_kind=given["agency_kind"],
                    part=AgencyPart(given["part"]),
                    effective_on=given["effective_on"],
                    legal_act=name_act(**form.act(), at=now),
                    reason=given["reason"],
                    by=request.user,
                    at=now,
                    today=today,
                )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            number = len({each.task_id for each in made})
            words = ngettext("Decided about {number} task.", "Decided about {number} tasks.", number)
            messages.success(request, words.format(number=number))
            return redirect("workspace:programme-task-rehoming-list")
    context = {
        "plan": plan,
        "form": form,
        "has_tasks": bool(open_tasks or decided),
        "acts": LegalAct.objects.order_by("-issued_on", "number").values_list("number", "title")[:60],
        "path": [
            (_("Tasks"), reverse("workspace:programme-task-list")),
            (_("Tasks that nobody takes"), reverse("workspace:programme-task-rehoming-list")),
        ],
    }
    return render(request, "workspace/programme/task_rehoming_decide.html", context, status=422 if form.errors else 200)


def _units(request: HttpRequest, plan: Plan, today: dt.date) -> list[AdminUnit]:
    """Units that the person may decide for. A unit that has ended speaks for all that have its land."""
    able = units_to_take(plan, today)
    covered = units_covered(request.user, Permission.EDIT_PLAN, today).filter(pk__in=[unit.pk for unit in able])
    mine = set(covered.values_list("pk", flat=True))
    return [unit for unit in able if unit.pk in mine or not unit.holds_on(today)]


def _proposal(tasks: list[Task], units: list[AdminUnit], bodies: list[Agency], today: dt.date) -> dict[str, object]:
    """What nobody takes, to the offices of the communes that got the land, where they are few; not what the plan gives
    to another branch (police, finance …), about which one decides by itself."""
    communes = [unit.pk for unit in units if unit.tier == Tier.COMMUNE and unit.holds_on(today)]
    has_offices = any(body.kind == AgencyKind.CULTURE_SOCIETY for body in bodies)
    few = len(communes) <= _CHOSEN_BY_ITSELF and has_offices
    return {
        "tasks": [task.pk for task in tasks if not branches_named(_named(task))],
        "kind": RehomingKind.TAKEN_OVER,
        "units": communes if few else [],
        "agency_kind": AgencyKind.CULTURE_SOCIETY if few and communes else "",
        "part": AgencyPart.LEAD,
        "effective_on": today,
    }
