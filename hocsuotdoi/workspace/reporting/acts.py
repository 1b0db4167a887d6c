"""What happens to a report on its way: submitted, taken back, returned, approved, opened again, excused,
asked for again, moved, amended. Each on a page of its own that says what it does before it is done."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution
from hocsuotdoi.reporting.enums import OWED, ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import approve_report, reopen_report, return_report
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile, WrongState
from hocsuotdoi.reporting.operations.report import excuse_report, move_institutions, resume_report
from hocsuotdoi.reporting.operations.submission import submit_report, withdraw_report
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.changed import addendum_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from hocsuotdoi.workspace.reporting.forms import MoveForm, ReasonForm, ReturnForm, VersionedReasonForm
from hocsuotdoi.workspace.reporting.found import admit, content_of, find_in_cycle, rights, url_of
from hocsuotdoi.workspace.reporting.page import held_in, missing_before

Act = Callable[[], Any]
TEMPLATES = "workspace/reporting"


@require_http_methods(["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).submit)
    if request.method == "POST":
        version = _version(request)

        def act() -> None:
            snapshot = submit_report(report, version=version, by=request.user, at=timezone.now())
            said = _("Submitted as {number}.").format(number=snapshot.number)
            messages.success(request, said)

        return _done(request, report, act, arrives=[ReportState.SUBMITTED])
    day = timezone.localdate()
    content = content_of(report, day)
    odd = exceptions_of(report, content, day)
    missing = missing_before(report, content, odd)
    return _ask(
        request,
        report,
        "report_submit.html",
        act="submit",
        missing=missing,
        blocked=any(each["blocks"] for each in missing),
        day=day,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def report_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).submit)
    if request.method == "POST":

        def act() -> None:
            withdraw_report(report, version=_version(request), by=request.user, at=timezone.now())
            messages.success(request, _("Taken back: it can be written again."))

        return _done(request, report, act, arrives=[ReportState.DRAFT])
    return _ask(request, report, "report_withdraw.html", act="withdraw")


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_return(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)
    form = ReturnForm(request.POST or None, initial={"version": report.version})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            return_report(
                report,
                version=form.cleaned_data["version"],
                reason=form.whole_reason(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Returned: they read what is to be put right."))

        return _done(request, report, act, arrives=[ReportState.RETURNED], form=form, template="report_return.html")
    return _ask(request, report, "report_return.html", act="return", form=form)


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_approve(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)
    if request.method == "POST":

        def act() -> None:
            approve_report(report, version=_version(request), by=request.user, at=timezone.now())
            messages.success(request, _("Approved."))

        return _done(request, report, act, arrives=[ReportState.APPROVED])
    (row,) = waiting([report], request.user)
    return _ask(request, report, "report_approve.html", act="approve", row=row)


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)

    def act(given: dict[str, Any]) -> None:
        reopen_report(report, **given, by=request.user, at=timezone.now())
        messages.success(request, _("The approval is taken back: the report is with them again."))

    return _with_reason(request, report, act, "reopen")


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_excuse(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)

    def act(given: dict[str, Any]) -> None:
        excuse_report(report, **given, by=request.user, at=timezone.now())
        messages.success(request, _("This report is not asked for any more."))

    return _with_reason(request, report, act, "excuse", more=lambda: {"held": held_in(report)})


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_resume(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)

    def act(given: dict[str, Any]) -> None:
        resume_report(report, **given, by=request.user, at=timezone.now())
        messages.success(request, _("This report is asked for again."))

    return _with_reason(request, report, act, "resume")


@require_http_methods(["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def report_amend(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit(rights(request, report).submit)

    def act(given: dict[str, Any]) -> None:
        snapshot = make_addendum(report, reason=given["reason"], by=request.user, at=timezone.now())
        messages.success(request, _("The addendum is made: {number}.").format(number=snapshot.number))

    def more() -> dict[str, Any]:
        can = rights(request, report).can("amend", report.state)
        changed = addendum_content(report, timezone.localdate(), "") if can else None
        return {"changes": changed["changes"] if changed else []}

    return _with_reason(request, report, act, "amend", more=more)


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_REPORT)
def report_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Institutions of a unit that has become part of another are counted there."""
    report = find_in_cycle(request, pk)
    admit(rights(request, report).approve)
    counted = Institution.objects.filter(pk__in=report.counted.values("institution"))
    targets = (
        Report.objects.visible_to(request.user, timezone.localdate())
        .filter(cycle=report.cycle_id, line=report.line, state__in=OWED)
        .exclude(pk=report.pk)
        .select_related("agency")
        .order_by("unit__sort_key", "agency__name", "pk")
    )
    form = MoveForm(request.POST or None, institutions=counted, targets=targets)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def act() -> None:
            move_institutions(
                report,
                given["to"],
                institutions=[each.pk for each in given["institutions"]],
                reason=given["reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Moved: they are counted there from now on."))

        return _done(request, report, act, form=form, template="report_reason.html", **_WORDS["move"]())
    return _ask(request, report, "report_reason.html", act="move", form=form, **_WORDS["move"]())


def _with_reason(
    request: HttpRequest,
    report: Report,
    act: Callable[[dict[str, Any]], None],
    name: str,
    more: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """`more`: what the page shows besides, read when it is shown."""
    kind = ReasonForm if name == "amend" else VersionedReasonForm
    form = kind(request.POST or None, initial={"version": report.version})
    shown = {"form": form, "template": "report_reason.html", "act": name, **_WORDS[name]()}
    if request.method == "POST" and form.is_valid():
        arrives = _ARRIVES.get(name, ())
        return _done(request, report, lambda: act(form.cleaned_data), arrives=arrives, more=more, **shown)
    return _ask(request, report, **shown, **more())


def _reopen_words() -> dict[str, str]:
    return {
        "title": _("Take the approval back"),
        "lead": _("The report is returned to those who wrote it. What was approved stays in the history."),
        "submit_label": _("Take the approval back"),
    }


def _excuse_words() -> dict[str, str]:
    return {
        "title": _("No longer ask for this report"),
        "lead": _("For a body that has ended, or whose report somebody else makes. Nobody is reminded of it any more."),
        "submit_label": _("No longer ask for it"),
    }


def _resume_words() -> dict[str, str]:
    return {
        "title": _("Ask for this report again"),
        "lead": _(
            "It goes on where it stood, with the words that were written, and is due in a few days. Institutions that "
            "were moved to another report stay counted there."
        ),
        "submit_label": _("Ask for it again"),
    }


def _amend_words() -> dict[str, str]:
    return {
        "title": _("Make an addendum"),
        "lead": _(
            "What was approved stays as it is. The addendum names each figure that has changed since, with both "
            "values, and goes to the same body. Of tasks it tells how many were done, or shown to be, by the day of "
            "the report; what is said of a task without a day, as that it cannot be done, stays as it was told."
        ),
        "submit_label": _("Make the addendum"),
    }


def _move_words() -> dict[str, str]:
    return {
        "title": _("Count institutions in another report"),
        "lead": _(
            "After a reform: whoever takes over the institutions reports them. Each is counted in one report only."
        ),
        "submit_label": _("Count them there"),
    }


_ARRIVES = {"reopen": [ReportState.RETURNED], "excuse": [ReportState.EXCUSED], "resume": OWED}
_WORDS = {
    "reopen": _reopen_words,
    "excuse": _excuse_words,
    "resume": _resume_words,
    "amend": _amend_words,
    "move": _move_words,
}


def _ask(request: HttpRequest, report: Report, template: str, *, act: str, **more: Any) -> HttpResponse:
    """The question. In a state in which it cannot be done the page of the report says where it stands."""
    if not rights(request, report).can(act, report.state):
        messages.info(request, _("The report is no longer where this can be done. This is how it stands now."))
        return redirect(url_of(report))
    form = more.get("form")
    wrong = isinstance(form, forms.Form) and bool(form.errors)
    return _page(request, report, template, status=422 if wrong else 200, act=act, **more)


def _page(request: HttpRequest, report: Report, template: str, *, status: int, **more: Any) -> HttpResponse:
    context = {"report": report, "back": url_of(report), "path": _path(report), **more}
    return render(request, f"{TEMPLATES}/{template}", context, status=status)


def _done(
    request: HttpRequest,
    report: Report,
    act: Act,
    /,
    *,
    arrives: Collection[ReportState] = (),
    form: forms.Form | None = None,
    template: str = "",
    more: Callable[[], dict[str, Any]] = dict,
    **shown: Any,
) -> HttpResponse:
    """Back to the report, with what was done or why it was refused. `arrives`: the states that it may leave the report
    in;
    sent again because the answer was lost, it is told that it has arrived, and nothing is done twice.

    `form`: what somebody typed. Refused, it is shown again (on `template`, with `shown` and `more`), so that no words
    are lost; with the newest version, for the sentence beside it says what has happened meanwhile.
    """
    try:
        act()
    except Refused as refusal:
        is_late = isinstance(refusal, (ReportChangedMeanwhile, WrongState))
        now = find_in_cycle(request, report.pk) if is_late else report
        if is_late and now.state in arrives and now.changed_by_id == request.user.pk:
            messages.info(request, _("It has arrived already. This is how the report stands now."))
        elif form is not None:
            if "version" in form.fields:
                form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as all forms here
                form.data["version"] = now.version
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return _page(request, now, template, status=409 if is_late else 422, form=form, **shown, **more())
        else:
            messages.error(request, str(refusal))
    return redirect(url_of(report))


def _version(request: HttpRequest) -> int:
    """0 fits no report: what says no version was not read from a page of ours."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _path(report: Report) -> list[tuple[str, str]]:
    return [(_("Reports"), reverse("workspace:reporting-report-list")), (str(report), url_of(report))]
