"""The file of a phone that gets through no more: read in by whoever manages the devices, answered mark by mark."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.devices import devices_of
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.formats.journal import JournalPart, Mark
from hocsuotdoi.activities.models import DeviceMark, Session
from hocsuotdoi.activities.operations.journal import LARGEST_JOURNAL, read_journal, take_journal
from hocsuotdoi.activities.operations.sync import Answer
from hocsuotdoi.activities.queries.marks import MarkRow, in_words
from hocsuotdoi.core.errors import Refused

OUTCOMES = {
    "waiting": gettext_lazy("Wait for a decision"),
    "refused": gettext_lazy("Not taken"),
    "dismissed": gettext_lazy("Dismissed before by a decision"),
    "applied": gettext_lazy("Taken into the roll"),
    "duplicate": gettext_lazy("Had arrived before"),
}
"""What became of a mark, as a phone is told it; first what asks for somebody's eyes."""
MOST_SHOWN = 500


class JournalForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The file that the phone saved"),
        help_text=gettext_lazy("On the phone: “Device and sync”, then “Save as a file”. Its name ends in .json."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One mark: what it says, at which session, what became of it and why."""

    row: MarkRow
    session: Session | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Group:
    """All marks of which the same became."""

    outcome: str
    title: str
    all: Sequence[Told]

    @property
    def told(self) -> Sequence[Told]:
        return self.all[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return len(self.all) - len(self.told)

    @property
    def needs_eyes(self) -> bool:
        return self.outcome in ("waiting", "refused")


@requires(Permission.ENROL_DEVICE)
@require_http_methods(["GET", "POST"])
def journal_read(request: HttpRequest) -> HttpResponse:
    """Choosing the file; then, as the answer to the form itself, what became of each mark. Sent again it changes
    nothing."""
    form = JournalForm(request.POST, request.FILES) if request.method == "POST" else JournalForm()
    path = [(_("Devices"), reverse("workspace:accounts-device-list"))]
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            parts = read_journal(form.cleaned_data["file"].read(LARGEST_JOURNAL + 1))
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            here = _here(request, parts, now)
            if here:
                return render(
                    request,
                    "workspace/activities/journal_taken.html",
                    {
                        **_taken(here, now),
                        "elsewhere": _count(parts) - _count([part for _device, part in here]),
                        "path": path,
                    },
                )
            form.add_error(
                "file",
                _(
                    "No device of your institutions has saved this file. Give it to whoever manages the devices of the "
                    "institution that the phone was enrolled for."
                ),
            )
    return render(
        request,
        "workspace/activities/journal_read.html",
        {"form": form, "path": path},
        status=422 if form.errors else 200,
    )


def _here(request: HttpRequest, parts: list[JournalPart], now: dt.datetime) -> list[tuple[Device, JournalPart]]:
    """The parts of institutions whose devices the person manages and whose roll they call, each with its device."""
    mine = {each.pk: each for each in devices_of(request.user, at=now).filter(pk__in=[part.device for part in parts])}
    here = [(mine[part.device], part) for part in parts if part.device in mine]
    for device, _part in here:
        require(request.user, Permission.CALL_ROLL, device.institution)
    return here


def _taken(here: list[tuple[Device, JournalPart]], now: dt.datetime) -> dict[str, object]:
    told = [
        each for device, part in here for each in _told(device, part.marks, take_journal(device, part.marks, at=now))
    ]
    groups = [
        Group(outcome, str(title), found)
        for outcome, title in OUTCOMES.items()
        if (found := [each for each in told if each.answer.outcome == outcome])
    ]
    return {
        "whose": "; ".join(f"{device.name}, {device.institution}" for device, _part in here),
        "title": ngettext("{count} mark was read in", "{count} marks were read in", len(told)).format(count=len(told)),
        "groups": groups,
        "waits": any(group.outcome == "waiting" for group in groups),
    }


def _told(device: Device, marks: Sequence[Mark], answers: Sequence[Answer]) -> Iterator[Told]:
    """Five queries, however many."""
    rows = in_words(
        [
            DeviceMark(
                id=mark.id,
                institution_id=device.institution_id,
                device=device.pk,
                session=mark.session,
                act=mark.act,
                said=mark.said,
                noted_at=mark.noted_at,
            )
            for mark in marks
        ]
    )
    sessions = (
        Session.objects.filter(institution=device.institution_id, pk__in={mark.session for mark in marks})
        .select_related("activity")
        .in_bulk()
    )
    for mark, row, answer in zip(marks, rows, answers, strict=True):
        yield Told(row, sessions.get(mark.session), answer)


def _count(parts: list[JournalPart]) -> int:
    return sum(len(part.marks) for part in parts)
