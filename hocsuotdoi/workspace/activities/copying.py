"""Last year's activity as this year's draft."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.operations.copy import Copied, copy_activity, last_year_to_copy_to
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.workspace.activities.session import activity_of, path_to
from hocsuotdoi.workspace.acts import refusals_in


class CopyForm(forms.Form):
    to_year = forms.TypedChoiceField(
        label=gettext_lazy("Sessions"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy(
            "On the same weekday, at about the same day of the year. A series stays a series: its rule goes on from "
            "there, for as many times."
        ),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, first_year: int, this_year: int, last_year: int, **kwargs):
        super().__init__(*args, **kwargs)
        years = range(max(first_year + 1, this_year), last_year + 1)
        self.fields["to_year"].choices = [
            *((year, _("as in {first}, in {year}").format(first=first_year, year=year)) for year in years),
            ("", _("none: I plan them anew")),
        ]


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def activity_copy(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    now = timezone.now()
    first = activity.sessions.order_by("starts_at").first()
    first_year = timezone.localtime(first.starts_at).year if first else timezone.localtime(now).year
    this_year = timezone.localtime(now).year
    form = CopyForm(
        request.POST or None,
        first_year=first_year,
        this_year=this_year,
        last_year=last_year_to_copy_to(now),
        initial={"to_year": max(this_year, first_year + 1)},
    )
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["to_year"]
        with refusals_in(form):
            copied = copy_activity(activity, to_year=year, with_sessions=year is not None, by=request.user, at=now)
            messages.success(request, _("A draft was made. Look through it, then publish it."))
            _name_left_out(request, copied)
            return redirect("workspace:activities-activity-detail", pk=copied.activity.pk)
    return render(
        request,
        "workspace/activities/activity_copy.html",
        {"form": form, "activity": activity, "path": path_to(activity)},
        status=422 if form.errors else 200,
    )


def _name_left_out(request: HttpRequest, copied: Copied) -> None:
    """Each with its own sentence: those with the same one together."""
    by_reason: dict[str, list[str]] = {}
    for one in copied.left_out:
        by_reason.setdefault(one.why, []).append(day_short(one.day))
    if by_reason:
        lines = [f"{', '.join(days)}: {why}" for why, days in by_reason.items()]
        words = ngettext("{count} session was left out.", "{count} sessions were left out.", len(copied.left_out))
        messages.warning(request, "\n".join([words.format(count=len(copied.left_out)), *lines]))
    if copied.no_longer_excepted:
        days = ", ".join(day_short(day) for day in copied.no_longer_excepted)
        messages.info(
            request,
            _(
                "The rule left out {days}; in the new year it meets no such day. Look whether other days fall out."
            ).format(days=days),
        )
