"""The shelf of papers, one paper, what has changed in it, its files."""

import hashlib
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.cache import caches
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.surfaces import public, signed_in
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.papers.enums import PaperKind, PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.reading import note_read
from hocsuotdoi.papers.queries.changes import Change, TooDifferent, changes_between
from hocsuotdoi.papers.queries.finding import LONG, Wanted, issuers_of, papers_found, with_files
from hocsuotdoi.papers.queries.inbox import open_for
from hocsuotdoi.papers.queries.succession import in_place_of, that_replaced
from hocsuotdoi.portal.brief import briefly_kept
from hocsuotdoi.programme.queries.plan_page import plans_named

_COMPARED_FOR = 3600
_ON_A_PAGE = 20
_PLANS_SHOWN = 5
_SHOWN_BY_A_BROWSER = {"application/pdf", "image/png", "image/jpeg"}


class PaperFilter(forms.Form):
    """GET. A wrong value is left out, never an error page."""

    q = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *PaperKind.choices]
    )
    issuer = forms.ChoiceField(label=gettext_lazy("Issued by"), required=False)
    in_force = forms.BooleanField(label=gettext_lazy("Only what holds today"), required=False)

    def __init__(self, data: dict, *, issuers: list[str]) -> None:
        super().__init__(data)
        self.fields["issuer"].choices = [("", _("Everybody")), *((each, each) for each in issuers)]
        self.is_valid()

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        today = timezone.localdate() if given.get("in_force") else None
        return Wanted(given.get("q") or "", given.get("kind") or "", given.get("issuer") or "", today)


@public
@require_GET
def paper_list(request: HttpRequest) -> HttpResponse:
    """What this visitor may read, sent papers only; with words the best match first, and the programme's own documents
    of that name, which are read clause by clause elsewhere."""
    visible = _visible(request).exclude(state=PaperState.DRAFT)
    form = PaperFilter(request.GET, issuers=issuers_of(visible))
    wanted = form.wanted()
    found = with_files(papers_found(visible, wanted))
    return render(
        request,
        "portal/papers/paper_list.html",
        {
            "form": form,
            "words": wanted.words,
            "is_narrowed": wanted != Wanted(),
            "plans": plans_named(wanted.words)[:_PLANS_SHOWN] if wanted.words else [],
            "page": Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page")),
            "today": timezone.localdate(),
        },
    )


@public
@require_GET
def paper_detail(request: HttpRequest, pk: int) -> HttpResponse:
    paper = get_object_or_404(with_files(_visible(request).select_related("sender", "replaces")), pk=pk)
    today = timezone.localdate()
    visible = _visible(request)
    publishes = offices_held(request.user, Permission.PUBLISH_PAPER, today)  # not by the map: its page is the office's
    return render(
        request,
        "portal/papers/paper_detail.html",
        {
            "paper": paper,
            "paragraphs": [line for line in paper.text.splitlines() if line.strip()],
            "holds": paper.is_in_force(today),
            "to_come": paper.starts_on is not None and paper.starts_on > today,
            "before": in_place_of(visible, paper).defer(*LONG).first(),
            "after": list(that_replaced(visible, paper).defer(*LONG)),
            "to_read": open_for(paper, request.user, today),
            "may_publish": publishes.filter(pk=paper.sender_id).exists(),
            "path": [_to_list()],
        },
    )


@signed_in
@require_POST
def paper_read(request: HttpRequest, pk: int) -> HttpResponse:
    paper = get_object_or_404(_visible(request), pk=pk)
    now = timezone.now()
    if note_read(paper, by=request.user, at=now, day=timezone.localdate(now)):
        messages.success(request, _("Noted: you have read it."))
    else:
        messages.info(request, _("Nothing to note: it was noted before, or it was not sent to a place of yours."))
    return redirect("portal:papers-paper-detail", pk=pk)


@public
@require_GET
@briefly_kept
def paper_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What is different from the one before, in plain words and paragraph by paragraph where both texts are here."""
    visible = _visible(request)
    paper = get_object_or_404(visible.exclude(state=PaperState.OVERTAKEN), pk=pk)
    before = get_object_or_404(in_place_of(visible, paper))
    changes = _changes(before.text, paper.text) if before.text and paper.text else []
    here = reverse("portal:papers-paper-detail", args=[pk])
    return render(
        request,
        "portal/papers/paper_changes.html",
        {
            "paper": paper,
            "before": before,
            "changes": changes,
            "has_texts": bool(before.text and paper.text),
            "path": [_to_list(), (str(paper), here)],
        },
    )


@public
@require_GET
def paper_file(request: HttpRequest, pk: int, digest: str) -> HttpResponseBase:
    """The bytes, for whoever may read the paper."""
    paper = get_object_or_404(_visible(request), pk=pk)
    file = get_object_or_404(paper.files, digest=digest)
    try:
        content = open_kept(file.digest)
    except FileLost:
        raise Http404 from None
    shown = "inline" if file.media_type in _SHOWN_BY_A_BROWSER else "attachment"
    response = FileResponse(content, content_type=file.media_type)
    response["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(file.file_name)}"
    response["Content-Length"] = str(file.size)
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _changes(old: str, new: str) -> list[Change] | None:
    """Compared once for everybody; None: too long and too different."""

    def compared() -> list[Change] | None:
        try:
            return changes_between(old, new)
        except TooDifferent:
            return None

    digests = [hashlib.sha256(each.encode()).hexdigest() for each in (old, new)]
    found: list[Change] | None = caches["pages"].get_or_set(f"changes:{':'.join(digests)}", compared, _COMPARED_FOR)
    return found


def _visible(request: HttpRequest) -> QuerySet[Paper]:
    return Paper.objects.visible_to(request.user)


def _to_list() -> tuple[str, str]:
    return _("Papers"), reverse("portal:papers-paper-list")
