"""Putting forward for commendation."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, institutions_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.models import Agency, Institution
from hocsuotdoi.reporting.enums import NominationState, NomineeKind
from hocsuotdoi.reporting.formats.table_book import render_table_book
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.operations import nomination as operations
from hocsuotdoi.reporting.queries.nominations import evidence_for, nominee_words
from hocsuotdoi.reporting.rules import may_act_for
from hocsuotdoi.workspace.acts import did, refusals_in
from hocsuotdoi.workspace.documents.choosing import bodies_acted_for
from hocsuotdoi.workspace.documents.nomination_table import nomination_table
from hocsuotdoi.workspace.documents.views import to_overview
from hocsuotdoi.workspace.sheets import attachment

_ON_A_PAGE = 25
_NAMED = 10
_FIRST_YEAR = 2022


class NominationForm(forms.Form):
    """Institution and body are named by their code, which the search on the same page fills in: there are thousands."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("Put forward by"), queryset=Agency.objects.none(), empty_label=None
    )
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=_FIRST_YEAR, max_value=2100)
    nominee_kind = forms.ChoiceField(label=gettext_lazy("Whom to commend"), choices=NomineeKind.choices)
    code = forms.SlugField(
        label=gettext_lazy("Code of the institution or body"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Found above by name; of persons leave it empty."),
    )
    person_name = forms.CharField(label=gettext_lazy("Name of the person"), required=False, max_length=120)
    person_post = forms.CharField(
        label=gettext_lazy("Post and place of work"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only of persons. Say only what the proposal needs."),
    )
    form = forms.CharField(
        label=gettext_lazy("Form of commendation"),
        max_length=120,
        help_text=gettext_lazy("For example: certificate of merit of the chair of the province."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["agency"].queryset = bodies_acted_for(request.user, Permission.NOMINATE, timezone.localdate())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        kind, code = given.get("nominee_kind"), given.get("code", "")
        given["institution"] = given["nominated_agency"] = None
        if kind == NomineeKind.PERSON:
            if not given.get("person_name", "").strip():
                self.add_error("person_name", ValidationError(_("Enter the name of the person.")))
        elif kind == NomineeKind.INSTITUTION:
            given["institution"] = self._found(institutions_covered(self.request.user, Permission.NOMINATE), code)
        elif kind == NomineeKind.AGENCY:
            given["nominated_agency"] = self._found(agencies_covered(self.request.user, Permission.NOMINATE), code)
        return given

    def _found(self, among: QuerySet[Institution] | QuerySet[Agency], code: str) -> Any:
        found = among.filter(code=code).first() if code else None
        if not code:
            self.add_error("code", ValidationError(_("Enter the code of whom you put forward.")))
        elif found is None:
            self.add_error("code", ValidationError(_("Nothing in your territory has this code.")))
        return found

    def nomination(self) -> Nomination:
        given = self.cleaned_data
        is_person = given["nominee_kind"] == NomineeKind.PERSON
        return Nomination(
            agency=given["agency"],
            year=given["year"],
            nominee_kind=given["nominee_kind"],
            institution=given["institution"],
            nominated_agency=given["nominated_agency"],
            person_name=given["person_name"] if is_person else "",
            person_post=given["person_post"] if is_person else "",
            form=given["form"],
        )


class WordsForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    form = forms.CharField(label=gettext_lazy("Form of commendation"), max_length=120)
    merits = forms.CharField(
        label=gettext_lazy("Merits"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("A paragraph a line."),
    )
    keys = forms.MultipleChoiceField(
        label=gettext_lazy("Numbers that show it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = evidence_for(nomination)
        self.fields["keys"].choices = [(each.key, f"{each.label}: {each.words} ({each.source})") for each in found]
        if not found:
            del self.fields["keys"]


@requires(Permission.VIEW_REPORT)
@require_GET
def nomination_list(request: HttpRequest) -> HttpResponse:
    found = seen_nominations(request).order_by("-year", "-pk")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workspace/documents/nomination_list.html",
        {
            "page_obj": page,
            "rows": [(each, nominee_words(each)) for each in page],
            "may_nominate": Permission.NOMINATE in request.permissions,
            "years": sorted(set(seen_nominations(request).order_by().values_list("year", flat=True)), reverse=True),
            "path": [to_overview()],
        },
    )


@requires(Permission.VIEW_REPORT)
@require_GET
def nomination_file(request: HttpRequest) -> HttpResponse:
    """All of a year that the person sees, as a workbook that counts by itself."""
    text = request.GET.get("year", "")
    now = timezone.localdate()
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else now.year
    rows = seen_nominations(request).filter(year=year).order_by("agency__name", "pk")
    book = render_table_book(nomination_table(rows, year, now))
    return attachment(book, "xlsx", f"khen-thuong-{year}")


@requires(Permission.NOMINATE)
@require_http_methods(["GET", "POST"])
def nomination_create(request: HttpRequest) -> HttpResponse:
    """With `?q=` institutions and bodies of that name are listed, each to be put into the form."""
    now = timezone.now()
    words, kind = request.GET.get("q", "").replace("\0", "").strip()[:100], request.GET.get("kind", "")
    initial = {
        "year": timezone.localdate(now).year,
        "code": request.GET.get("code", "")[:80],
        "nominee_kind": kind if kind in NomineeKind.values else NomineeKind.INSTITUTION,
    }
    form = NominationForm(request.POST or None, request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = operations.begin_nomination(form.nomination(), by=request.user, at=now)
            return redirect("workspace:documents-nomination-detail", pk=made.pk)
    found = _named(request, words) if words else []
    context = {"form": form, "words": words, "found": found, "path": [to_overview(), to_list()]}
    return render(request, "workspace/documents/nomination_create.html", context, status=422 if form.errors else 200)


def _named(request: HttpRequest, words: str) -> list[tuple[str, str, str]]:
    """Of the person's territory, some of each: title, where, address of the form with them in it."""
    here = reverse("workspace:documents-nomination-create")
    houses = institutions_covered(request.user, Permission.NOMINATE).named(words).order_by("sort_key", "pk")[:_NAMED]
    bodies = agencies_covered(request.user, Permission.NOMINATE).filter(name__icontains=words).select_related("unit")
    return [
        *((each.name, each.get_institution_class_display(), f"{here}?kind=institution&code={each.code}")
          for each in houses),
        *((each.name, each.unit.name if each.unit else "", f"{here}?kind=agency&code={each.code}")
          for each in bodies.order_by("name", "pk")[:_NAMED]),
    ]  # fmt: skip


@requires(Permission.VIEW_REPORT)
@require_http_methods(["GET", "POST"])
def nomination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    nomination = get_object_or_404(seen_nominations(request), pk=pk)
    now = timezone.now()
    today = timezone.localdate(now)
    may = may_act_for(request.user, Permission.NOMINATE, nomination.agency, today)
    can_write = may and nomination.state == NominationState.DRAFT
    form = None
    if can_write or request.method == "POST":
        if not may:
            raise PermissionDenied
        form = WordsForm(
            request.POST or None,
            nomination=nomination,
            initial={
                "version": nomination.version,
                "form": nomination.form,
                "merits": nomination.merits,
                "keys": [each["key"] for each in nomination.evidence],
            },
        )
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            with refusals_in(form):
                operations.word_nomination(
                    nomination,
                    version=given["version"],
                    form=given["form"],
                    merits=given["merits"],
                    keys=given.get("keys", []),
                    by=request.user,
                    at=now,
                )
                return redirect("workspace:documents-nomination-detail", pk=pk)
    return render(
        request,
        "workspace/documents/nomination_detail.html",
        {
            "nomination": nomination,
            "nominee": nominee_words(nomination),
            "form": form,
            "may": may,
            "ranks": operations.ranks_of(nomination, today),
            "snapshots": nomination.snapshots.defer("content"),
            "path": [to_overview(), to_list()],
        },
        status=422 if form is not None and form.errors else 200,
    )


@requires(Permission.NOMINATE)
@require_POST
def nomination_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    nomination = get_object_or_404(seen_nominations(request), pk=pk)
    now = timezone.now()
    if not may_act_for(request.user, Permission.NOMINATE, nomination.agency, timezone.localdate(now)):
        raise PermissionDenied
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    by = {"version": version, "by": request.user, "at": now}
    acts = {
        "propose": (lambda: operations.propose(nomination, **by), _("Proposed: its document can be written.")),
        "take-back": (lambda: operations.take_back(nomination, **by), _("Taken back: it can be written again.")),
        "decline": (lambda: operations.decline(nomination, **by), _("Noted: it was not awarded.")),
    }
    if act not in acts:
        raise Http404
    do, said = acts[act]
    did(request, do, said)
    return redirect("workspace:documents-nomination-detail", pk=pk)


def seen_nominations(request: HttpRequest) -> QuerySet[Nomination]:
    visible = Nomination.objects.visible_to(request.user)
    return visible.select_related("agency__unit", "institution", "nominated_agency")


def to_list() -> tuple[str, str]:
    return _("Nominations"), reverse("workspace:documents-nomination-list")
