"""Telling how a session was: one tap on a face, words if wanted. Works for a child, without account or JavaScript."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import Face
from hocsuotdoi.activities.models import Rating, Registration, Session
from hocsuotdoi.activities.operations.rating import LONGEST_WORDS, rate_session
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7

FACES = [(Face.HAPPY, "face-happy"), (Face.SO_SO, "face-so-so"), (Face.SAD, "face-sad")]


@public
@require_http_methods(["GET", "POST"])
def rating_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Three faces. `?code=` of a registration says that it was rated once, however often the page is opened."""
    session = _session(request, pk)
    error = ""
    if request.method == "POST":
        key = _key(request.POST.get("form_key", ""))
        try:
            rating = rate_session(
                session,
                face=_face(request.POST.get("face", "")),
                words=request.POST.get("words", ""),
                registration=_registration(session, request.POST.get("code", "")),
                form_key=key,
                at=timezone.now(),
            )
        except Refused as refusal:
            error = str(refusal)
        else:
            return redirect("portal:activities-rating-detail", pk=pk, key=rating.form_key)
    return render(
        request,
        "portal/activities/rating_create.html",
        {
            "session": session,
            "activity": session.activity,
            "faces": FACES,
            "form_key": request.POST.get("form_key") or uuid7(),
            "code": (request.POST.get("code") or request.GET.get("code", ""))[:12],
            "error": error,
        },
        status=422 if error else 200,
    )


@public
@require_http_methods(["GET", "POST"])
def rating_detail(request: HttpRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    """Thank you; and room for words. Who holds the key of the form is the one who sent it."""
    session = _session(request, pk)
    rating = get_object_or_404(
        Rating.objects.select_related("registration"), institution_id=session.institution_id, session=pk, form_key=key
    )
    error = ""
    if request.method == "POST":
        try:
            rate_session(
                session,
                face=rating.face,
                words=request.POST.get("words", ""),
                registration=rating.registration,
                form_key=key,
                at=timezone.now(),
            )
        except Refused as refusal:
            error = str(refusal)
        else:
            return redirect(request.path)
    return render(
        request,
        "portal/activities/rating_detail.html",
        {
            "session": session,
            "activity": session.activity,
            "rating": rating,
            "icon": dict(FACES)[Face(rating.face)],
            "longest": LONGEST_WORDS,
            "words": request.POST.get("words", ""),
            "error": error,
        },
        status=422 if error else 200,
    )


def _session(request: HttpRequest, pk: uuid.UUID) -> Session:
    return get_object_or_404(Session.objects.visible_to(request.user).select_related("activity", "institution"), pk=pk)


def _registration(session: Session, code: str) -> Registration | None:
    code = "".join(char for char in code.upper() if char.isalnum())
    return Registration.objects.filter(institution_id=session.institution_id, session=session, code=code).first()


def _face(text: str) -> int:
    return int(text) if text in {str(face.value) for face in Face} else 0


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid7()
