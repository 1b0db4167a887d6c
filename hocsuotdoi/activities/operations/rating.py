"""What people thought of a session: a face, and words if they like; the staff's own note beside it."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityStatus, Face, SessionStatus
from hocsuotdoi.activities.models import Rating, Registration, Session
from hocsuotdoi.activities.operations.places import locked_session
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise

RATED_FOR = dt.timedelta(days=30)
"""So long after its end a session can be rated."""

LONGEST_WORDS = 1000
LONGEST_NOTE = 5000


class NotRatable(Refused):
    """The session cannot be rated now."""


class BadRating(Refused):
    """No such face, or words that are too long."""


@transaction.atomic
def rate_session(
    session: Session,
    *,
    face: int,
    form_key: uuid.UUID,
    at: dt.datetime,
    words: str = "",
    registration: Registration | None = None,
) -> Rating:
    """Keep a face for the session. The same form again, or the same registration again, changes what it said before.

    Refused: before it starts or long after it ended, a cancelled or unpublished one, an unknown face, words that are
    too long, and, without a registration, more ratings than people came to a closed session.
    """
    session = locked_session(session)
    _check_ratable(session, at=at)
    if face not in Face.values:
        raise BadRating(_("Choose one of the three faces."), field="face")
    words = _lines(words, longest=LONGEST_WORDS)
    given = _given_before(session, form_key=form_key, registration=registration)
    if given is None:
        if registration is None and session.attended is not None and session.ratings.count() >= session.attended:
            raise NotRatable(_("As many people have rated this session as came to it. Thank you all the same."))
        given = Rating(institution_id=session.institution_id, session=session, form_key=form_key, created_at=at)
        given.registration = registration
    given.face = face
    given.words = words or given.words
    try:
        with transaction.atomic():
            given.save()
    except IntegrityError as error:  # this form was used for a session elsewhere in the house
        raise BadRating(_("This page has been used before. Open it again.")) from error
    return given


@transaction.atomic
def note_session(session: Session, *, note: str, by: Person | None, at: dt.datetime) -> Session:
    """Keep the staff's note on how it went, also after closing. Refused: too long."""
    session = locked_session(session)
    session.note = _lines(note, longest=LONGEST_NOTE)
    session.save(update_fields=["note"])
    return session


def is_ratable(session: Session, *, at: dt.datetime) -> bool:
    """Whether a page may ask for a rating now."""
    try:
        _check_ratable(session, at=at)
    except NotRatable:
        return False
    return True


def _check_ratable(session: Session, *, at: dt.datetime) -> None:
    is_public = session.activity.published_at is not None and session.activity.status != ActivityStatus.DRAFT
    if session.status == SessionStatus.CANCELLED or not is_public:
        raise NotRatable(_("This session does not take place, so there is nothing to rate."))
    if at < session.starts_at:
        raise NotRatable(_("This session has not started yet. Tell us afterwards how it was."))
    if at > session.ends_at + RATED_FOR:
        raise NotRatable(_("This session was more than a month ago. Tell us about the next one."))


def _given_before(session: Session, *, form_key: uuid.UUID, registration: Registration | None) -> Rating | None:
    given = Rating.objects.filter(institution_id=session.institution_id, session=session)
    if registration is not None:
        return given.filter(registration=registration).first()
    return given.filter(form_key=form_key, registration=None).first()


def _lines(text: str, *, longest: int) -> str:
    """Words on several lines as they are kept, or a refusal."""
    text = normalise(text).replace("\x00", "").strip()
    if len(text) > longest:
        raise BadRating(_("That is too long: at most {longest} letters.").format(longest=longest))
    return text
