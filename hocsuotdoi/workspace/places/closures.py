"""Days on which an institution is closed although its hours say otherwise."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.operations.institution import add_closure, remove_closure
from hocsuotdoi.places.queries.occasions import occasions_ahead
from hocsuotdoi.places.queries.opening import closures_from
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.places.forms import day_input


class ClosureForm(forms.Form):
    starts_on = forms.DateField(label=gettext_lazy("First day closed"), widget=day_input())
    last_day = forms.DateField(label=gettext_lazy("Last day closed"), widget=day_input())
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Visitors read this: Tết holidays, stock-taking…"),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INSTITUTION)
def closure_list(request: HttpRequest, code: str) -> HttpResponse:
    """Those that run or are to come, and one more."""
    institution, now = _institution(request, code), timezone.now()
    form = ClosureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            add_closure(institution, **form.cleaned_data, by=request.user, at=now)
            messages.success(request, _("The days were saved; visitors see them on the institution's page."))
            return redirect("workspace:places-closure-list", code=code)
    today = timezone.localdate(now)
    back = reverse("workspace:places-institution-detail", args=[code])
    return render(
        request,
        "workspace/places/closure_list.html",
        {
            "institution": institution,
            "closures": closures_from(institution, today),
            "occasions": occasions_ahead(institution, today),
            "form": form,
            "back": back,
            "path": [(_("Institutions"), reverse("workspace:places-institution-list")), (institution.name, back)],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@requires(Permission.EDIT_INSTITUTION)
def closure_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    institution = _institution(request, code)
    closure = get_object_or_404(institution.closures, pk=pk)
    try:
        remove_closure(closure, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The institution is open on these days after all."))
    return redirect("workspace:places-closure-list", code=code)


def _institution(request: HttpRequest, code: str) -> Institution:
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    require(request.user, Permission.EDIT_INSTITUTION, institution)
    return institution
