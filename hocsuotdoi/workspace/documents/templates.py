"""Templates of a body's own: which are in use, uploading one, what may stand in it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind
from hocsuotdoi.reporting.formats.docx import own_template
from hocsuotdoi.reporting.formats.placeholders import KINDS_WITH_TEMPLATES, placeholders_of
from hocsuotdoi.reporting.formats.uploaded import FILTERS, LARGEST_FILE, Problem
from hocsuotdoi.reporting.models import DocumentTemplate
from hocsuotdoi.reporting.operations.templates import (
    TemplateRefused,
    look_through,
    preview,
    retire_template,
    use_template,
)
from hocsuotdoi.reporting.queries.documents import newest_of_kind
from hocsuotdoi.reporting.rules import may_act_for
from hocsuotdoi.workspace.documents.choosing import bodies_acted_for
from hocsuotdoi.workspace.documents.views import MEDIA_TYPES, seen, served, to_overview

_KINDS = [(kind.value, kind.label) for kind in KINDS_WITH_TEMPLATES]


class TemplateForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=gettext_lazy("For the documents of"), queryset=Agency.objects.none(), empty_label=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of document"), choices=_KINDS)
    file = forms.FileField(
        label=gettext_lazy("Word file"),
        help_text=gettext_lazy("Word (.docx) without macros, at most 2 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = bodies_acted_for(request.user, Permission.EDIT_TEMPLATE, timezone.localdate())


@requires(Permission.VIEW_REPORT)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    visible = DocumentTemplate.objects.visible_to(request.user).select_related("agency")
    return render(
        request,
        "workspace/documents/template_list.html",
        {
            "templates": visible.in_use().order_by("agency__name", "kind")[:200],
            "retired": visible.exclude(retired_at=None).order_by("-retired_at")[:20],
            "kinds": KINDS_WITH_TEMPLATES,
            "may_edit": Permission.EDIT_TEMPLATE in request.permissions,
            "path": [to_overview()],
        },
    )


@requires(Permission.EDIT_TEMPLATE)
@require_http_methods(["GET", "POST"])
def template_create(request: HttpRequest) -> HttpResponseBase:
    """One form, two acts: to look at it filled in, and to put it in use. The file is sent again for the second, so that
    nothing unfinished lies about."""
    form = TemplateForm(
        request.POST or None, request.FILES or None, request=request, initial={"kind": request.GET.get("kind", "")}
    )
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, form)
        except TemplateRefused as refusal:
            form.add_error("file", str(refusal))
            problems = refusal.problems
    context = {"form": form, "problems": problems, "path": [to_overview(), _to_list()]}
    return render(request, "workspace/documents/template_create.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, form: TemplateForm) -> HttpResponseBase:
    """Raises `TemplateRefused`."""
    upload = form.cleaned_data["file"]
    if (upload.size or 0) > LARGEST_FILE:
        raise TemplateRefused(_("The file is too large: at most 2 MB."), [])
    file, kind, now = upload.read(), DocumentKind(form.cleaned_data["kind"]), timezone.now()
    if request.POST.get("act") == "preview":
        return _previewed(request, file, kind)
    agency = form.cleaned_data["agency"]
    use_template(agency, kind=kind, file=file, file_name=upload.name or "", by=request.user, at=now)
    messages.success(
        request,
        _("In use: documents of %(agency)s are written by it from now on. Those that are written already stay.")
        % {"agency": agency.name},
    )
    return redirect("workspace:documents-template-list")


def _previewed(request: HttpRequest, file: bytes, kind: DocumentKind) -> HttpResponseBase:
    snapshot = newest_of_kind(kind, seen(request))
    if snapshot is None:
        look_through(file, kind)
        messages.info(
            request, _("Every tag can be filled. There is no document of this kind yet that it could be tried with.")
        )
        return redirect("workspace:documents-template-create")
    response = HttpResponse(preview(file, kind, snapshot), content_type=MEDIA_TYPES[DocumentFormat.DOCX])
    response["Content-Disposition"] = f'attachment; filename="xem-thu-{kind.value}.docx"'
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.VIEW_REPORT)
@require_GET
def template_file(request: HttpRequest, pk: int) -> FileResponse:
    template = get_object_or_404(DocumentTemplate.objects.visible_to(request.user), pk=pk)
    return served(template.digest, template.file_name, template.media_type, template.size)


@requires(Permission.EDIT_TEMPLATE)
@require_http_methods(["GET", "POST"])
def template_retire(request: HttpRequest, pk: int) -> HttpResponse:
    visible = DocumentTemplate.objects.visible_to(request.user).select_related("agency")
    template = get_object_or_404(visible, pk=pk, retired_at=None)
    today = timezone.localdate()
    if not may_act_for(request.user, Permission.EDIT_TEMPLATE, template.agency, today):
        raise Http404
    if request.method == "POST":
        retire_template(template, by=request.user, at=timezone.now())
        messages.success(request, _("Retired: the next template above serves again, at last the program’s own."))
        return redirect("workspace:documents-template-list")
    context = {"template": template, "path": [to_overview(), _to_list()]}
    return render(request, "workspace/documents/template_retire.html", context)


@requires(Permission.VIEW_REPORT)
@require_GET
def placeholder_list(request: HttpRequest, kind: str) -> HttpResponse:
    """What may stand in a template of this kind: made from the very list that uploads are held against."""
    found = _kind(kind)
    rows = [line for each in placeholders_of(found).values() for line in each.lines()]
    context = {"kind": found, "rows": rows, "filters": sorted(FILTERS), "path": [to_overview(), _to_list()]}
    return render(request, "workspace/documents/placeholder_list.html", context)


@requires(Permission.VIEW_REPORT)
@require_GET
def own_template_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The program's own, to begin with."""
    found = _kind(kind)
    response = HttpResponse(own_template(found), content_type=MEDIA_TYPES[DocumentFormat.DOCX])
    response["Content-Disposition"] = f'attachment; filename="mau-{found.value}.docx"'
    return response


def _kind(kind: str) -> DocumentKind:
    if kind not in [each.value for each in KINDS_WITH_TEMPLATES]:
        raise Http404
    return DocumentKind(kind)


def _to_list() -> tuple[str, str]:
    return _("Templates"), reverse("workspace:documents-template-list")
