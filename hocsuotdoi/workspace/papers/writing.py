"""Entering a paper, its files, sending it down, taking it back."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations import paper as acts
from hocsuotdoi.papers.queries.recipients import recipients_of
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.papers.forms import FileForm, PaperForm, WithdrawForm, first_values
from hocsuotdoi.workspace.papers.views import ours, to_list


@requires(Permission.PUBLISH_PAPER)
@require_http_methods(["GET", "POST"])
def paper_create(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = PaperForm(request.POST or None, person=request.user, day=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        require(request.user, Permission.PUBLISH_PAPER, form.chosen_sender)
        act = partial(acts.enter_paper, form.chosen_sender, wording=form.wording(), by=request.user, at=now)
        made = _written(form, act)
        if made is not None:
            messages.success(request, _("The draft is kept. Add the signed document, then send it down."))
            return redirect("workspace:papers-paper-manage", pk=made.pk)
    return _edit_page(request, form, None)


@requires(Permission.PUBLISH_PAPER)
@require_http_methods(["GET", "POST"])
def paper_edit(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _draft(request, pk)
    now = timezone.now()
    form = PaperForm(
        request.POST or None, initial=first_values(paper), person=request.user, day=timezone.localdate(now), paper=paper
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        act = partial(acts.change_paper, paper, version=version, wording=form.wording(), by=request.user, at=now)
        if _written(form, act) is not None:
            messages.success(request, _("The draft was changed."))
            return redirect("workspace:papers-paper-manage", pk=pk)
    return _edit_page(request, form, paper)


@requires(Permission.PUBLISH_PAPER)
@require_POST
def file_attach(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _draft(request, pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
    else:
        file = form.cleaned_data["file"]
        name, content = file.name or "", file.read()
        act = partial(acts.attach_file, paper, name=name, content=content, by=request.user, at=timezone.now())
        did(request, act, _("The file was added."))
    return redirect("workspace:papers-paper-manage", pk=pk)


@requires(Permission.PUBLISH_PAPER)
@require_POST
def file_detach(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    found = get_object_or_404(_draft(request, pk).files, pk=file)
    did(request, partial(acts.detach_file, found, by=request.user, at=timezone.now()), _("The file was taken off."))
    return redirect("workspace:papers-paper-manage", pk=pk)


@requires(Permission.PUBLISH_PAPER)
@require_http_methods(["GET", "POST"])
def paper_discard(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _draft(request, pk)
    if request.method == "POST":
        did(request, partial(acts.discard_paper, paper, by=request.user, at=timezone.now()), _("The draft is gone."))
        return redirect(reverse("workspace:papers-paper-list") + "?tab=drafts")
    return render(request, "workspace/papers/paper_discard.html", {"paper": paper, "path": _path(paper)})


@requires(Permission.PUBLISH_PAPER)
@require_http_methods(["GET", "POST"])
def paper_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would get it, and yes."""
    paper = _draft(request, pk)
    now = timezone.now()
    today = timezone.localdate(now)
    if request.method == "POST":
        version = int(given) if (given := request.POST.get("version", "")).isdecimal() and len(given) < 9 else 0
        try:
            number = acts.send_paper(paper, version=version, by=request.user, at=now, day=today)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            said = ngettext("It was sent to {number} place.", "It was sent to {number} places.", number)
            messages.success(request, said.format(number=number))
        return redirect("workspace:papers-paper-manage", pk=pk)
    recipients = recipients_of(paper, today)
    return render(
        request,
        "workspace/papers/paper_send.html",
        {
            "paper": paper,
            "agencies": recipients.agencies.count(),
            "institutions": recipients.institutions.count(),
            "path": _path(paper),
        },
    )


@requires(Permission.PUBLISH_PAPER)
@require_http_methods(["GET", "POST"])
def paper_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    paper = get_object_or_404(ours(request).filter(state=PaperState.SENT), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        act = partial(acts.withdraw_paper, paper, reason=reason, by=request.user, at=timezone.now())
        if did(request, act, _("It is withdrawn. Whoever opens it reads why."), form=form):
            return redirect("workspace:papers-paper-manage", pk=pk)
    return render(
        request,
        "workspace/papers/paper_withdraw.html",
        {"paper": paper, "form": form, "path": _path(paper)},
        status=422 if form.errors else 200,
    )


def _draft(request: HttpRequest, pk: int) -> Paper:
    return get_object_or_404(ours(request).filter(state=PaperState.DRAFT).select_related("sender"), pk=pk)


def _written(form: PaperForm, act: Callable[[], Paper]) -> Paper | None:
    """What the act made; None with its refusal at the field, or over the form."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _edit_page(request: HttpRequest, form: PaperForm, paper: Paper | None) -> HttpResponse:
    return render(
        request,
        "workspace/papers/paper_edit.html",
        {"form": form, "paper": paper, "path": _path(paper) if paper else [to_list()]},
        status=422 if form.errors else 200,
    )


def _path(paper: Paper) -> list[tuple[str, str]]:
    return [to_list(), (str(paper), reverse("workspace:papers-paper-manage", args=[paper.pk]))]
