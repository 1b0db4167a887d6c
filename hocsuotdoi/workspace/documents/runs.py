"""The documents of a whole cycle: asked for at once, followed, taken away in one file."""

import uuid
import zipfile
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.office import office_path
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CycleState, DocumentFormat, DocumentState
from hocsuotdoi.reporting.models import Cycle, DocumentRun
from hocsuotdoi.reporting.operations.documents import begin_run, go_on, stop_run
from hocsuotdoi.reporting.queries.documents import made_documents, progress_of
from hocsuotdoi.reporting.rules import may_act_for
from hocsuotdoi.workspace.documents.choosing import bodies_acted_for
from hocsuotdoi.workspace.documents.views import to_overview

_NEWEST = 20
_CHUNK = 64 * 1024
_FAILURES_SHOWN = 20


class RunForm(forms.Form):
    cycle = forms.ModelChoiceField(label=gettext_lazy("Cycle"), queryset=Cycle.objects.none(), empty_label=None)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("All reports that lead to"), queryset=Agency.objects.none(), empty_label=None
    )
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("As"), choices=[], widget=forms.CheckboxSelectMultiple, initial=[DocumentFormat.DOCX]
    )

    def __init__(self, *args: object, request: HttpRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        today = timezone.localdate()
        self.fields["cycle"].queryset = Cycle.objects.visible_to(request.user, today).exclude(
            state=CycleState.PREPARING
        )
        self.fields["agency"].queryset = bodies_acted_for(request.user, Permission.VIEW_REPORT, today)
        offered = [DocumentFormat.DOCX, DocumentFormat.XLSX]
        if office_path() is not None:
            offered.append(DocumentFormat.PDF)
        self.fields["formats"].choices = [(each.value, capfirst(each.label)) for each in offered]


@requires(Permission.VIEW_REPORT)
@require_http_methods(["GET", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    form = RunForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        formats = [DocumentFormat(each) for each in given["formats"]]
        try:
            run = begin_run(given["cycle"], given["agency"], formats=formats, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("workspace:documents-run-detail", pk=run.pk)
    runs = _seen(request).select_related("cycle", "agency").order_by("-asked_at")[:_NEWEST]
    context = {"form": form, "runs": runs, "path": [to_overview()]}
    return render(request, "workspace/documents/run_list.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_REPORT)
@require_http_methods(["GET", "POST"])
def run_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    run = _seen_run(request, pk)
    if request.method == "POST":
        now = timezone.now()
        acts_for = may_act_for(request.user, Permission.VIEW_REPORT, run.agency, timezone.localdate(now))
        if run.asked_by != request.user.pk and not acts_for:
            raise PermissionDenied
        if request.POST.get("act") == "stop":
            stop_run(run, by=request.user, at=now)
            messages.info(request, _("No further document is begun. What is written stays."))
        else:
            go_on(run, by=request.user, at=now)
            messages.success(request, _("It goes on with what is still missing."))
        return redirect("workspace:documents-run-detail", pk=pk)
    progress = progress_of(run)
    failures = run.documents.visible_to(request.user).filter(state=DocumentState.FAILED).select_related("snapshot")
    context = {
        "run": run,
        "formats": [DocumentFormat(each).label for each in run.formats],
        "progress": progress,
        "failures": failures.order_by("snapshot__number")[:_FAILURES_SHOWN],
        "path": [to_overview(), (_("Documents of a cycle"), reverse("workspace:documents-run-list"))],
    }
    return render(request, "workspace/documents/run_detail.html", context)


@requires(Permission.VIEW_REPORT)
@require_GET
def run_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The part of the page that asks again by itself."""
    run = _seen_run(request, pk)
    context = {"run": run, "progress": progress_of(run)}
    return render(request, "workspace/documents/run_progress.html", context)


@requires(Permission.VIEW_REPORT)
@require_GET
def run_files(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """All that is written and that the person may read, in one file that is never whole in memory."""
    run = _seen_run(request, pk)
    files = made_documents(run, request.user, timezone.localdate()).values_list("file_name", "digest")
    response = StreamingHttpResponse(_zipped(files.iterator(chunk_size=500)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="van-ban-{run.cycle.code}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _zipped(files: Iterator[tuple[str, str]]) -> Iterator[bytes]:
    out = _Sink()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, digest in files:
            try:
                content = open_kept(digest)
            except FileLost:
                continue
            with content, archive.open(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), "w") as entry:
                while chunk := content.read(_CHUNK):
                    entry.write(chunk)
                    yield out.taken()
    yield out.taken()


class _Sink:
    """Takes what an archive writes and hands it on: a file that cannot go back."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def _seen(request: HttpRequest) -> QuerySet[DocumentRun]:
    return DocumentRun.objects.visible_to(request.user)


def _seen_run(request: HttpRequest, pk: uuid.UUID) -> DocumentRun:
    return get_object_or_404(_seen(request).select_related("cycle", "agency"), pk=pk)
