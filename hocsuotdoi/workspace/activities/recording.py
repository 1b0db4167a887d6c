"""Views of a session's recording, counted after it was closed."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.operations.recording import MOST_VIEWS, count_recording_views
from hocsuotdoi.activities.queries.recording import counted_until, recording_postings
from hocsuotdoi.workspace.activities.session import path_to, session_of
from hocsuotdoi.workspace.acts import refusals_in


class RecordingForm(forms.Form):
    views = forms.IntegerField(
        label=gettext_lazy("How often was the recording viewed?"),
        min_value=0,
        max_value=MOST_VIEWS,
        help_text=gettext_lazy("All views together in the 30 days after the session, as the video page shows them."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why is the number another one?"),
        max_length=300,
        help_text=gettext_lazy("Stands beside the figure for all to read. Name nobody."),
    )

    def __init__(self, *args, is_correction: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_correction:
            del self.fields["reason"]


@requires(Permission.CALL_ROLL)
@require_http_methods(["GET", "POST"])
def session_recording(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    session = session_of(request, pk, Permission.CALL_ROLL)
    back = reverse("workspace:activities-activity-detail", args=[session.activity_id])
    if session.status != SessionStatus.CLOSED:
        return redirect(back)
    postings = recording_postings(session)
    views = sum(posting.people for posting in postings)
    form = RecordingForm(
        request.POST or None, is_correction=bool(postings), initial={"views": views} if postings else None
    )
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        good = form.cleaned_data
        with refusals_in(form):
            count_recording_views(session, views=good["views"], reason=good.get("reason", ""), by=request.user, at=now)
            messages.success(request, _("Saved. The figures follow within a minute."))
            return redirect("workspace:activities-session-recording", pk=pk)
    return render(
        request,
        "workspace/activities/session_recording.html",
        {
            "form": form,
            "session": session,
            "activity": session.activity,
            "postings": postings,
            "views": views,
            "until": counted_until(session),
            "is_late": not postings and timezone.localdate(now) > counted_until(session),
            "back": back,
            "path": path_to(session.activity),
        },
        status=422 if form.errors else 200,
    )
