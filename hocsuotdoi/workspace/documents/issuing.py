"""The number and day under which a document went out, and the signed file, noted beside what was frozen."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.models import IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.issuing import BroughtBack, note_issued, withdraw_issued
from hocsuotdoi.reporting.queries.documents import issuer_of, kind_of
from hocsuotdoi.reporting.rules import may_issue
from hocsuotdoi.workspace.acts import did, refusals_in
from hocsuotdoi.workspace.documents.views import seen_snapshot, served, to_overview


class IssueForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Number and sign"), max_length=60, help_text=gettext_lazy("For example: 12/BC-UBND.")
    )
    issued_on = forms.DateField(
        label=gettext_lazy("Day that stands on it"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    signer = forms.CharField(
        label=gettext_lazy("Who signed"),
        max_length=120,
        help_text=gettext_lazy("Name and office, for example: Nguyễn Thị Hoa, Vice-Chair."),
    )
    file = forms.FileField(
        label=gettext_lazy("Signed file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        help_text=gettext_lazy("The PDF with its electronic signature, or a scan. At most 20 MB; it can be left out."),
    )


@requires(Permission.VIEW_WORKSPACE)
@require_http_methods(["GET", "POST"])
def issue_create(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = _issued_by(request, number)
    form = IssueForm(request.POST or None, request.FILES or None, initial={"issued_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            note_issued(snapshot, **_given(form.cleaned_data), by=request.user, at=timezone.now())
        if not form.errors:
            return _back(snapshot)
    context = {
        "form": form,
        "snapshot": snapshot,
        "kind": kind_of(snapshot),
        "path": [to_overview(), (snapshot.number, _address(snapshot))],
        "back": _address(snapshot),
    }
    return render(request, "workspace/documents/issue_create.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_WORKSPACE)
@require_POST
def issue_withdraw(request: HttpRequest, number: str, pk: uuid.UUID) -> HttpResponse:
    snapshot = _issued_by(request, number)
    issued = get_object_or_404(snapshot.issues.visible_to(request.user), pk=pk)
    did(
        request,
        lambda: withdraw_issued(
            issued, reason=request.POST.get("reason", "").replace("\0", ""), by=request.user, at=timezone.now()
        ),
        _("Taken back. You can note it anew."),
    )
    return _back(snapshot)


@requires(Permission.VIEW_WORKSPACE)
@require_GET
def issue_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The signed file, for whoever may read the snapshot."""
    issued = get_object_or_404(IssuedDocument.objects.visible_to(request.user).exclude(digest=""), pk=pk)
    return served(issued.digest, issued.file_name, issued.media_type, issued.size)


def _issued_by(request: HttpRequest, number: str) -> Snapshot:
    """The snapshot, to whoever may say that its document went out."""
    snapshot = seen_snapshot(request, number)
    if not may_issue(request.user, snapshot, issuer_of(snapshot), timezone.localdate()):
        raise PermissionDenied
    return snapshot


def _given(given: dict[str, Any]) -> dict[str, Any]:
    file = given.pop("file")
    return {**given, "file": BroughtBack(file.name, file.read()) if file else None}


def _address(snapshot: Snapshot) -> str:
    return reverse("workspace:documents-snapshot-documents", args=[snapshot.number])


def _back(snapshot: Snapshot) -> HttpResponse:
    return redirect(f"{_address(snapshot)}#issued")
