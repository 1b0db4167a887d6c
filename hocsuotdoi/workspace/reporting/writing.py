"""What is written into a report: words, answers to what looks odd. And the page it is all done on."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import moment
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.exceptions import Answer, AnsweredMeanwhile, answer_exceptions
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.report import begin_report, word_report
from hocsuotdoi.reporting.queries.exceptions import FoundException, exceptions_of, plain_reason
from hocsuotdoi.reporting.queries.trail import written_since
from hocsuotdoi.workspace.reporting import single
from hocsuotdoi.workspace.reporting.forms import FIELDS, WordsForm
from hocsuotdoi.workspace.reporting.found import (
    admit,
    asks_for_json,
    content_of,
    find,
    find_in_cycle,
    prompting,
    rights,
    url_of,
    worked,
)
from hocsuotdoi.workspace.reporting.page import report_page
from hocsuotdoi.workspace.reporting.shown import suggestion_of


@require_GET
@requires(Permission.VIEW_REPORT)
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if report.cycle_id is None:
        return single.report_detail(request, report)
    worked(request, report, rights(request, report))
    return report_page(request, report)


@require_POST
@requires(Permission.WRITE_REPORT)
def report_begin(request: HttpRequest, pk: int) -> HttpResponse:
    report = find_in_cycle(request, pk)
    admit((allowed := rights(request, report)).write)
    worked(request, report, allowed)
    try:
        begin_report(report, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(url_of(report))


@require_POST
@requires(Permission.WRITE_REPORT)
def report_word(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Asked for JSON, it answers whoever keeps words on a device until they are sent (static/workspace/reports)."""
    report = find(request, pk)
    if report.cycle_id is None:
        return single.report_word(request, report)
    admit((allowed := rights(request, report)).write)
    worked(request, report, allowed)
    form = WordsForm(request.POST)
    is_program = asks_for_json(request)
    if not form.is_valid():
        if is_program:
            return JsonResponse({}, status=422)
        return report_page(request, report, words_form=form, status=422)
    given, version = form.words(), form.cleaned_data["version"]
    if (use := request.POST.get("use")) in FIELDS:
        given[use] = "\n".join(suggestion_of(prompting(report, timezone.localdate()), use))
    try:
        current = word_report(report, version=version, **given, by=request.user, at=timezone.now())
    except ReportChangedMeanwhile as refusal:
        if is_program:
            return JsonResponse({}, status=409)
        return _both_texts(request, refusal, form, version)
    except Refused as refusal:
        if is_program:
            return JsonResponse({}, status=422)
        return report_page(request, report, words_form=form, conflict=str(refusal), typed=given, status=422)
    beside = _written_beside(report, current, version, given)
    if is_program:
        fields = {"version": current.version, **{field: getattr(current, field) for field in FIELDS}}
        return JsonResponse({"fields": fields, "said": beside, "reload": report.state == ReportState.EXPECTED})
    messages.success(request, " ".join(part for part in (_("The words are saved."), beside) if part))
    return redirect(url_of(report, "words"))


def _written_beside(report: Report, current: Report, version: int, given: dict[str, str]) -> str:
    """What somebody else wrote into other fields meanwhile, where there was something."""
    others = [field for field in FIELDS if getattr(current, field).split() != given[field].split()]
    if current.version == version + 1 or not others:
        return ""
    since = written_since(current, version)
    names = ", ".join(sorted({since[field].by for field in others if field in since and since[field].by}))
    labels = ", ".join(f"«{WordsForm.base_fields[field].label}»" for field in others)
    if not names:
        return _("Meanwhile somebody else wrote into {fields}; both stand.").format(fields=labels)
    return _("Meanwhile {people} wrote into {fields}; both stand.").format(people=names, fields=labels)


def _both_texts(request: HttpRequest, refusal: ReportChangedMeanwhile, form: WordsForm, version: int) -> HttpResponse:
    """Nothing is lost: what was typed stays in its fields, beside it stands what the other person saved, and when."""
    current = refusal.current
    since = written_since(current, version)
    theirs = [
        {
            "label": form.fields[field].label,
            "mine": form.cleaned_data[field],
            "theirs": getattr(current, field),
            "by": since[field].by if field in since else "",
            "at": moment(since[field].at) if field in since else "",
        }
        for field in refusal.fields
        if form.cleaned_data[field].split() != getattr(current, field).split()
    ]
    # Also what only this person wrote: none of it is saved yet.
    kept = {field: form.cleaned_data[field] for field in FIELDS if field in refusal.fields or field not in since}
    again = WordsForm(initial={**{name: getattr(current, name) for name in FIELDS}, **kept, "version": current.version})
    current = find_in_cycle(request, current.pk)
    return report_page(request, current, words_form=again, theirs=theirs, conflict=str(refusal), typed=kept, status=409)


@require_POST
@requires(Permission.WRITE_REPORT)
def report_answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One tap on one thing, or on all of a kind that were shown. Asked for JSON, it answers as `report_word` does."""
    report = find_in_cycle(request, pk)
    admit((allowed := rights(request, report)).write)
    worked(request, report, allowed)
    day = timezone.localdate()
    shown = dict(zip(request.POST.getlist("key"), request.POST.getlist("seen"), strict=False))
    found = {each.key: each for each in exceptions_of(report, content_of(report, day), day)}
    reason = plain_reason(request.POST.get("reason", "").replace("\x00", "")) if len(shown) == 1 else ""
    is_program = asks_for_json(request)
    if "explain" in request.POST and not reason:
        if is_program:
            return JsonResponse({}, status=422)
        messages.error(request, _("Say why it is so: the reason stands beside the number."))
        return redirect(url_of(report, "odd"))
    answers = [
        Answer(key, each.numbers, reason, each.answer.pk if each.answer else None)
        for key, seen in shown.items()
        if (each := found.get(key)) and (each.seen == seen or each.says(reason))
    ]
    try:
        answer_exceptions(report, answers=answers, by=request.user, at=timezone.now())
    except Refused as refusal:
        status = 409 if isinstance(refusal, AnsweredMeanwhile) else 422
        if is_program:
            return JsonResponse({}, status=status)
        if reason:
            return _explain_again(request, find_in_cycle(request, pk), list(shown), reason, str(refusal), status=status)
        messages.error(request, str(refusal))
        return redirect(url_of(report, "odd"))
    if others := [key for key in shown if key not in {each.key for each in answers}]:
        if is_program and not answers:
            return JsonResponse({}, status=409)
        words = _changed_words(found, others)
        if reason:
            return _explain_again(request, find_in_cycle(request, pk), list(shown), reason, words, status=409)
        messages.warning(request, words)
    elif answers and not is_program:
        said = ngettext("Kept: {count} answer.", "Kept: {count} answers.", len(answers))
        messages.success(request, said.format(count=len(answers)))
    return JsonResponse({}) if is_program else redirect(url_of(report, "odd"))


def _changed_words(found: Mapping[str, FoundException], keys: Iterable[str]) -> str:
    """Why an answer to `keys` was not kept."""
    if any(key in found and found[key].answer is not None for key in keys):
        return _("Somebody else has answered this meanwhile. What they said stands below.")
    return _("Some numbers have changed since you saw them. Look at them again, please.")


def _explain_again(
    request: HttpRequest, report: Report, keys: list[str], reason: str, refusal: str, *, status: int
) -> HttpResponse:
    """Not kept, but not lost: the explanation stands where it was typed, and above, should nobody ask for it now. What
    somebody else has said meanwhile stands beside it; kept again, it takes the place of that and of nothing else."""
    explained = {"key": keys[0] if len(keys) == 1 else "", "reason": reason, "refusal": refusal}
    return report_page(request, report, explained=explained, status=status)


@require_GET
@requires(Permission.VIEW_REPORT)
def report_now(request: HttpRequest, pk: int) -> JsonResponse:
    """Where it stands, for a page that has lost its connection in between."""
    report = find_in_cycle(request, pk)
    told: dict[str, Any] = {
        "state": report.state,
        "version": report.version,
        "number": report.submitted.number if report.submitted else "",
        "at": moment(report.submitted_at) if report.submitted_at else "",
    }
    response = JsonResponse(told)
    response["Cache-Control"] = "private, no-store"
    return response
