"""The roll: calling it on a phone, closing it, correcting it, the sign-in sheet."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import ClassBooking, Session
from hocsuotdoi.activities.operations.rating import LONGEST_NOTE, note_session
from hocsuotdoi.activities.operations.roll import close_session, correct_session, save_roll
from hocsuotdoi.activities.operations.school_visit import take_headcount
from hocsuotdoi.activities.queries.lineage import postings_of
from hocsuotdoi.activities.queries.outcome import ratings_of, words_about
from hocsuotdoi.activities.queries.recording import views_of
from hocsuotdoi.activities.queries.roll import Roll, can_be_called, roll_of
from hocsuotdoi.activities.queries.school import headcount_of, roll_without_class, visit_at
from hocsuotdoi.activities.rules import is_training_of_staff
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.qr import qr_svg
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.workspace.activities.bookings_forms import HeadcountForm
from hocsuotdoi.workspace.activities.roll_form import AGES, SEXES, RollForm, form_of, posted_form
from hocsuotdoi.workspace.activities.session import path_to, session_of
from hocsuotdoi.workspace.acts import did


@requires(Permission.CALL_ROLL)
@require_http_methods(["GET", "POST"])
def session_roll(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The roll as one form. Each tick is sent by itself where htmx runs; every button sends the whole form."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    visit = visit_at(session)
    roll = roll_of(session)
    called = roll_without_class(roll) if visit else roll
    if request.method == "GET":
        return _roll_page(request, roll, form_of(called), visit=visit)
    act = request.POST.get("act", "")
    is_tick = bool(request.htmx) and not act
    takes_walk_in = not is_tick and (act == "walk_in" or bool(request.POST.get("walk_in_name", "").strip()))
    form = posted_form(request.POST, called, takes_walk_in=takes_walk_in, takes_list=not is_tick)
    if not form.error:
        try:
            save_roll(
                session,
                present=form.present,
                cells=form.cells,
                walk_ins=form.walk_ins,
                viewers=form.viewers,
                all_present=act == "all_present" and visit is None,  # a class is counted, not ticked
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.error = str(refusal)
    if is_tick:
        return _saved(request, session, form)
    if form.error:
        return _roll_page(request, roll, form, visit=visit)
    if act == "close":
        return redirect("workspace:activities-session-close", pk=pk)
    messages.success(request, _("Saved."))
    return redirect("workspace:activities-session-roll", pk=pk)


@requires(Permission.CALL_ROLL)
@require_POST
def session_headcount(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The people of a class that visits, by sex; then the roll can be closed on the same page."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    visit = visit_at(session)
    if visit is None:
        raise Http404
    form = HeadcountForm(request.POST)
    if form.is_valid():
        act = partial(take_headcount, visit, by=request.user, at=timezone.now(), **form.cleaned_data)
        if did(request, act, _("The class is on the roll. Close the session when the visit is over."), form=form):
            return redirect("workspace:activities-session-roll", pk=pk)
    roll = roll_of(session)
    return _roll_page(request, roll, form_of(roll_without_class(roll)), visit=visit, headcount=form)


@requires(Permission.CALL_ROLL)
@require_http_methods(["GET", "POST"])
def session_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What will be counted, then the one button that counts it."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    if request.method == "POST":
        try:
            closed, _posting = close_session(
                session, nobody_came="nobody_came" in request.POST, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        messages.success(request, _("Closed and counted: {people}.").format(people=closed.attended))
        return redirect("workspace:activities-session-sheet", pk=pk)
    if session.status != SessionStatus.PLANNED:
        return redirect("workspace:activities-session-sheet", pk=pk)
    return render(
        request,
        "workspace/activities/session_close.html",
        {
            "session": session,
            "activity": session.activity,
            "roll": roll_of(session),
            "has_started": session.starts_at <= timezone.now(),
            "is_training": is_training_of_staff(session.activity.kind),
            "path": path_to(session.activity),
        },
    )


@requires(Permission.CALL_ROLL)
@require_http_methods(["GET", "POST"])
def session_correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A closed roll put right, with the reason; the ledger keeps the first figures and the correction."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    if session.status != SessionStatus.CLOSED:
        return redirect("workspace:activities-session-roll", pk=pk)
    visit = visit_at(session)
    roll = roll_of(session)
    called = roll_without_class(roll) if visit else roll
    if request.method == "GET":
        return _roll_page(request, roll, form_of(called), visit=visit)
    reason = request.POST.get("reason", "")
    takes_walk_in = bool(request.POST.get("walk_in_name", "").strip())
    form = posted_form(request.POST, called, takes_walk_in=takes_walk_in)
    if not form.error:
        try:
            correct_session(
                session,
                reason=reason,
                present=form.present,
                cells=form.cells,
                walk_ins=form.walk_ins,
                viewers=form.viewers,
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.error = str(refusal)
    if form.error:
        return _roll_page(request, roll, form, visit=visit, reason=reason)
    messages.success(request, _("Corrected. The figures follow within a minute."))
    return redirect("workspace:activities-session-sheet", pk=pk)


@requires(Permission.VIEW_PARTICIPANTS)
@require_GET
def session_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sign-in sheet: before the session to be printed and signed, afterwards what stands behind the figure."""
    session = session_of(request, pk, Permission.VIEW_PARTICIPANTS)
    roll_address = reverse("workspace:activities-session-roll", args=[pk])
    return render(
        request,
        "workspace/activities/session_sheet.html",
        {
            "session": session,
            "is_to_sign": session.status == SessionStatus.PLANNED,
            "activity": session.activity,
            "roll": roll_of(session),
            "postings": postings_of(session),
            "blank_lines": range(max(10, min(60, (session.capacity or 0) - session.places_taken))),
            "square": mark_safe(qr_svg(request.build_absolute_uri(roll_address))),
            "ratings": ratings_of(session),
            "said": words_about(session),
            "longest_note": LONGEST_NOTE,
            "may_call": request.person_may(Permission.CALL_ROLL, session),
            "has_recording": _has_recording(session),
            "path": path_to(session.activity),
        },
    )


def _has_recording(session: Session) -> bool:
    """Whether it was shown on line, or its views were counted all the same."""
    if session.status != SessionStatus.CLOSED:
        return False
    return session.channel == Channel.ONLINE or session.also_online or views_of(session) > 0


@requires(Permission.CALL_ROLL)
@require_POST
def session_note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the staff want to remember of it."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    note = request.POST.get("note", "")
    did(request, partial(note_session, session, note=note, by=request.user, at=timezone.now()), _("Saved."))
    return redirect("workspace:activities-session-sheet", pk=pk)


def _roll_page(
    request: HttpRequest,
    roll: Roll,
    form: RollForm,
    *,
    visit: ClassBooking | None,
    headcount: HeadcountForm | None = None,
    reason: str = "",
) -> HttpResponse:
    session = roll.session
    is_correction = session.status == SessionStatus.CLOSED
    counted = headcount_of(visit, roll) if visit else None
    if counted and headcount is None:
        headcount = HeadcountForm(initial=HeadcountForm.values_of(counted))
    if headcount:
        headcount.auto_id = "headcount_%s"
    return render(
        request,
        "workspace/activities/session_roll.html",
        {
            "session": session,
            "activity": session.activity,
            "roll": roll,
            "form": form,
            "reason": reason,
            "visit": visit,
            "headcount": counted,
            "headcount_form": headcount,
            "sexes": SEXES,
            "ages": AGES,
            "is_correction": is_correction,
            "action": reverse(
                f"workspace:activities-session-{'correct' if is_correction else 'roll'}", args=[session.pk]
            ),
            "is_open": session.status == SessionStatus.PLANNED and can_be_called(session, timezone.now()),
            "path": path_to(session.activity),
        },
        status=422 if form.error or (headcount and headcount.errors) else 200,
    )


def _saved(request: HttpRequest, session: Session, form: RollForm) -> HttpResponse:
    """The answer to a tick: that it is saved (or why not), and what the form now knows as said before."""
    return render(
        request,
        "workspace/activities/session_roll_saved.html",
        {"form": form, "people": roll_of(session).people, "now": timezone.now(), "echoes": not form.error},
    )
