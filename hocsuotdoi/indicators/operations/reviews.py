"""A reviewer decides whether a statement holds that differs from what the program found, or that a criterion does not
apply."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.enums import Verdict
from hocsuotdoi.indicators.models import CriterionAnswer, CriterionReview
from hocsuotdoi.indicators.queries.criteria import found_value, reading_of


class OwnStatement(Refused):
    """Who states does not decide."""


class ReviewReasonMissing(Refused):
    """A decision without saying why."""


class AlreadyReviewed(Refused):
    """Somebody has decided about this statement."""


class NothingToReview(Refused):
    """The statement is not the newest, or says what the program finds."""


@transaction.atomic
def review_answer(
    answer: CriterionAnswer, *, verdict: Verdict, reason: str, by: Person, at: dt.datetime
) -> CriterionReview:
    """Accept or reject a statement that is not what the program finds at `at`; what was found, if anything, is kept.

    A decision is never changed: staff may state anew, and that waits for its own decision. Refused: one's own
    statement, no reason, a statement that was decided about, that a newer one has replaced, or that says what the
    program finds.
    """
    if answer.answered_by == by.pk:
        raise OwnStatement(_("You stated this yourself. Somebody else of the agency must decide."))
    if not reason.strip():
        raise ReviewReasonMissing(_("Say why you accept or reject it; staff of the institution read this."))
    held = CriterionAnswer.objects.select_for_update().get(pk=answer.pk, institution=answer.institution_id)
    if CriterionReview.objects.filter(institution=held.institution_id, answer=held).exists():
        raise AlreadyReviewed(_("Somebody has decided about this statement already."))
    reading = reading_of(held, timezone.localdate(at))
    if reading is None or reading.stated is None or reading.stated.answer_id != held.pk:
        raise NothingToReview(_("A newer statement has taken the place of this one. Open the list again."))
    if reading.override is None:
        raise NothingToReview(_("The program finds the same by now, so there is nothing to decide."))
    return CriterionReview.objects.create(
        institution_id=held.institution_id,
        answer=held,
        verdict=verdict,
        reason=reason.strip(),
        found=found_value(reading.computed) or "",
        found_quantity=reading.computed.found if reading.computed else None,
        found_needed=reading.computed.needed if reading.computed else None,
        stated_by=held.answered_by,
        reviewed_by=by.pk,
        reviewed_at=at,
    )
