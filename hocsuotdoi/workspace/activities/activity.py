"""Activities: the list, making one, changing, publishing and cancelling it."""

import uuid
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.enums import ActivityKind
from hocsuotdoi.activities.formats.facts import render_facts, render_rule_facts
from hocsuotdoi.activities.formats.picture import parse_picture
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.operations.activity import (
    cancel_activity,
    change_activity,
    create_activity,
    plan_publication,
    publish_activity,
)
from hocsuotdoi.activities.queries.outcome import compared_with_last_time
from hocsuotdoi.activities.queries.staff import activity_for_staff, staff_drafts, staff_sessions, tab_counts
from hocsuotdoi.activities.queries.vitality import club_life
from hocsuotdoi.places.models import Institution
from hocsuotdoi.workspace.activities.forms import (
    ActivityForm,
    ContributorFormSet,
    PlanForm,
    ReasonForm,
    SessionFormSet,
    contributors_of,
    one_more_row,
    typed_rows,
)
from hocsuotdoi.workspace.activities.session import activity_of
from hocsuotdoi.workspace.activities.session_rows import rows_of
from hocsuotdoi.workspace.acts import did, refusals_in

PAGE_SIZE = 20
TABS = {
    "upcoming": gettext_lazy("Upcoming"),
    "to_close": gettext_lazy("To close"),
    "drafts": gettext_lazy("Drafts"),
    "held": gettext_lazy("Held"),
    "cancelled": gettext_lazy("Cancelled"),
}


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def activity_list(request: HttpRequest) -> HttpResponse:
    """What is mine, by what is to be done with it."""
    now = timezone.now()
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "upcoming"
    counts = tab_counts(request.user, at=now)
    rows = staff_drafts(request.user, at=now) if tab == "drafts" else staff_sessions(request.user, tab, at=now)
    paginator = Paginator(rows, PAGE_SIZE)
    paginator.count = counts[tab]  # counted for the tab already
    return render(
        request,
        "workspace/activities/activity_list.html",
        {
            "tab": tab,
            "tabs": [
                {"label": label, "url": f"?tab={name}", "is_current": name == tab, "count": counts[name]}
                for name, label in TABS.items()
            ],
            "page": paginator.get_page(request.GET.get("page")),
            "may_create": Permission.EDIT_ACTIVITY in request.permissions,
            "may_call": Permission.CALL_ROLL in request.permissions,
        },
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def activity_create(request: HttpRequest) -> HttpResponse:
    """First the institution, where there is a choice; then everything on one form."""
    now = timezone.now()
    covered = institutions_covered(request.user, Permission.EDIT_ACTIVITY, timezone.localdate(now))
    code = request.GET.get("institution")
    if code is None:
        few = list(covered[:2])
        if len(few) != 1:
            return _choose_institution(request, covered)
        institution = few[0]
    else:
        institution = get_object_or_404(covered, code=code)
    form, sessions, people = _blank_or_posted(request, institution)
    if request.method == "POST" and "more" not in request.POST and _all_valid(form, sessions, people):
        with refusals_in(form):
            activity = create_activity(
                institution,
                sessions=[row.new_session() for row in sessions if row.has_changed()],
                contributors=contributors_of(people) if people.is_bound else (),
                by=request.user,
                at=now,
                **form.values(),
            )
            messages.success(request, _("The draft is saved. Look it over, then publish it."))
            return redirect("workspace:activities-activity-detail", pk=activity.pk)
    return render(
        request,
        "workspace/activities/activity_create.html",
        {"form": form, "sessions": sessions, "people": people, "institution": institution, "path": _path()},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def activity_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    activity = get_object_or_404(activity_for_staff(request.user), pk=pk)
    require(request.user, Permission.VIEW_ACTIVITY, activity)
    may = {
        "may_edit": request.person_may(Permission.EDIT_ACTIVITY, activity),
        "may_call": request.person_may(Permission.CALL_ROLL, activity),
        "sees_names": request.person_may(Permission.VIEW_PARTICIPANTS, activity),
    }
    return render(
        request,
        "workspace/activities/activity_detail.html",
        {
            "activity": activity,
            "rows": rows_of(activity, at=now, **may),
            "facts": render_facts(activity),
            "schedules": [(one, render_rule_facts(one)) for one in activity.schedules.all()],
            "club": club_life([activity], at=now)[activity.pk] if activity.kind == ActivityKind.CLUB else None,
            "plan_form": PlanForm(initial={"publish_at": activity.publish_at}),
            "is_stuck": activity.publish_at is not None and activity.publish_at <= now,
            "outcome": compared_with_last_time(activity),
            **may,
            "path": _path(),
        },
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    values = ActivityForm.values_of(activity)
    form = ActivityForm(request.POST or None, request.FILES or None, initial=values, activity=activity)
    people = _people(request, list(activity.contributors.values("role", "name", "phone", "note")))
    if request.method == "POST" and "more" in request.POST:
        typed = {name: form[name].value() for name in form.fields}
        form = ActivityForm(initial=typed, activity=activity)
    elif request.method == "POST" and _all_valid(form, people):
        changes = form.values() | {"contributors": contributors_of(people) if people.is_bound else None}
        act = partial(change_activity, activity, by=request.user, at=timezone.now(), **changes)
        if did(request, act, _("Saved."), form=form):
            return redirect("workspace:activities-activity-detail", pk=pk)
    return render(
        request,
        "workspace/activities/activity_edit.html",
        {
            "form": form,
            "people": people,
            "activity": activity,
            "picture": parse_picture(activity.picture),
            "path": _path(activity),
        },
        status=422 if form.is_bound else 200,
    )


@requires(Permission.EDIT_ACTIVITY)
@require_POST
def activity_publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    act = partial(publish_activity, activity, by=request.user, at=timezone.now())
    did(request, act, _("Published: everybody can find it and join."))
    return redirect("workspace:activities-activity-detail", pk=pk)


@requires(Permission.EDIT_ACTIVITY)
@require_POST
def activity_plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Publish by itself at a moment; without one, only by hand."""
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    form = PlanForm(request.POST)
    if form.is_valid():
        act = partial(plan_publication, activity, by=request.user, at=timezone.now(), **form.cleaned_data)
        did(request, act, _("Saved."))
    else:
        messages.error(request, _("Give day and time at which it is to be published."))
    return redirect("workspace:activities-activity-detail", pk=pk)


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def activity_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(cancel_activity, activity, by=request.user, at=timezone.now(), **form.cleaned_data)
        if did(request, act, _("The activity is cancelled."), form=form):
            return redirect("workspace:activities-activity-detail", pk=pk)
    taken = sum(session.places_taken for session in activity.sessions.planned())
    return render(
        request,
        "workspace/activities/activity_cancel.html",
        {"form": form, "activity": activity, "taken": taken, "path": _path(activity)},
        status=422 if form.errors else 200,
    )


def _choose_institution(request: HttpRequest, covered) -> HttpResponse:
    words = request.GET.get("q", "")[:100]
    found = covered.named(words).order_by("sort_key", "pk")
    return render(
        request,
        "workspace/activities/institution_choose.html",
        {"page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")), "words": words, "path": _path()},
    )


def _blank_or_posted(
    request: HttpRequest, institution: Institution
) -> tuple[ActivityForm, SessionFormSet, ContributorFormSet]:
    """The forms as they were sent, or fresh ones: empty, or with one more row than was sent."""
    kwargs = {"prefix": "sessions", "form_kwargs": {"institution": institution}}
    people = _people(request, [])
    if request.method == "GET":
        return ActivityForm(), SessionFormSet(initial=[{}], **kwargs), people
    form, sessions = ActivityForm(request.POST, request.FILES), SessionFormSet(request.POST, **kwargs)
    if "more" not in request.POST:
        return form, sessions, people
    typed = {name: form[name].value() for name in form.fields}
    more_sessions = request.POST["more"] != "people"
    rows = one_more_row(sessions) if more_sessions else typed_rows(sessions)
    return ActivityForm(initial=typed), SessionFormSet(initial=rows, **kwargs), people


def _people(request: HttpRequest, rows: list[dict]) -> ContributorFormSet:
    """Who helps, as it was sent, or as it is with an empty row; with one more row where that was asked for."""
    if "people-TOTAL_FORMS" not in request.POST:
        return ContributorFormSet(initial=[*rows, {}], prefix="people")
    sent = ContributorFormSet(request.POST, prefix="people")
    if "more" not in request.POST:
        return sent
    return ContributorFormSet(
        initial=[*typed_rows(sent), *([{}] if request.POST["more"] == "people" else [])], prefix="people"
    )


def _all_valid(*forms) -> bool:
    """All are looked at, so that everything wrong is said at once; who helps need not have been sent."""
    answers = [form.is_valid() for form in forms if form.is_bound]
    return all(answers)


def _path(activity: Activity | None = None) -> list[tuple[str, str]]:
    items = [(_("Activities"), reverse("workspace:activities-activity-list"))]
    if activity is not None:
        items.append((activity.title, reverse("workspace:activities-activity-detail", args=[activity.pk])))
    return items
