"""The signed decision about a commendation is written down; one decision often commends several."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.enums import NominationState
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.operations.nomination import Decision, award_together
from hocsuotdoi.reporting.queries.commendation import authority_of
from hocsuotdoi.reporting.queries.nominations import nominee_words
from hocsuotdoi.reporting.rules import may_act_for
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.documents.nominations import seen_nominations, to_list
from hocsuotdoi.workspace.documents.views import to_overview

_MOST_TOGETHER = 200


class AwardForm(forms.Form):
    """`others`: what else the same body proposed that year and nobody has decided on; each named with the version that
    was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    number = forms.CharField(
        label=gettext_lazy("Number of the decision"), max_length=60, help_text=gettext_lazy("For example: 123/QĐ-UBND.")
    )
    day = forms.DateField(
        label=gettext_lazy("Day of the decision"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    form = forms.CharField(label=gettext_lazy("Form that was awarded"), max_length=120)
    authority = forms.CharField(label=gettext_lazy("Who decided"), max_length=200)
    signer = forms.CharField(
        label=gettext_lazy("Name of the signer"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Printed below the signature; left empty, the office writes it."),
    )
    others = forms.MultipleChoiceField(
        label=gettext_lazy("The same decision also commends"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each in the form in which it was proposed."),
    )

    def __init__(self, *args: Any, others: list[Nomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = {f"{each.pk}.{each.version}": each for each in others}
        self.fields["others"].choices = [
            (key, f"{nominee_words(each)} ({each.form})") for key, each in self._others.items()
        ]
        self.fields["others"].error_messages["invalid_choice"] = _(
            "One of these was changed or decided on meanwhile. Look at the list as it is now and choose again."
        )
        if not others and "others" not in self.data:
            del self.fields["others"]

    def chosen(self) -> list[tuple[Nomination, int]]:
        """Each with the version that was looked at."""
        found = (self._others[key] for key in self.cleaned_data.get("others", []))
        return [(each, each.version) for each in found]

    def decision(self) -> Decision:
        given = self.cleaned_data
        return Decision(given["number"], given["day"], given["authority"], given["signer"], given["form"])


@requires(Permission.NOMINATE)
@require_http_methods(["GET", "POST"])
def nomination_award(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificates are written from it."""
    nomination = get_object_or_404(seen_nominations(request), pk=pk)
    now = timezone.now()
    if not may_act_for(request.user, Permission.NOMINATE, nomination.agency, timezone.localdate(now)):
        raise PermissionDenied
    initial = {
        "version": nomination.version,
        "form": nomination.form,
        "authority": authority_of(nomination.agency, nomination.form),
    }
    form = AwardForm(request.POST or None, initial=initial, others=_others(request, nomination))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            together = [(nomination, form.cleaned_data["version"]), *form.chosen()]
            snapshots = award_together(together, decision=form.decision(), by=request.user, at=now)
            if len(snapshots) > 1:
                said = ngettext(
                    "Noted: {number} was awarded. The certificate can be written.",
                    "Noted: {number} were awarded. The certificates can be written.",
                    len(snapshots),
                )
                messages.success(request, said.format(number=len(snapshots)))
                return redirect("workspace:documents-nomination-list")
            messages.success(request, _("Noted: it was awarded. The certificate can be written."))
            return redirect("workspace:documents-snapshot-documents", number=snapshots[0].number)
    to_nomination = (nominee_words(nomination), reverse("workspace:documents-nomination-detail", args=[pk]))
    context = {"form": form, "nominee": nominee_words(nomination), "path": [to_overview(), to_list(), to_nomination]}
    context["back"] = to_nomination[1]
    return render(request, "workspace/documents/nomination_award.html", context, status=422 if form.errors else 200)


def _others(request: HttpRequest, nomination: Nomination) -> list[Nomination]:
    same = seen_nominations(request).filter(
        agency=nomination.agency, year=nomination.year, state=NominationState.PROPOSED
    )
    return list(same.exclude(pk=nomination.pk).order_by("pk")[:_MOST_TOGETHER])
