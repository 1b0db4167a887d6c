"""Members of a whole series: registered for each session that is added."""

import datetime as dt
import secrets
import uuid

from hocsuotdoi.activities.enums import RegistrationStatus
from hocsuotdoi.activities.models import Enrolment, Registration, Session

_CODE_LETTERS = "ACDEFGHKMNPQRTUVWXY34679"


def enrol_members(session: Session, *, at: dt.datetime) -> None:
    """Register everybody who is in the activity's series for a session that was just inserted: confirmed while places
    last, in order of joining, else on the waiting list."""
    members = Enrolment.objects.filter(
        institution_id=session.institution_id, activity=session.activity_id, ended_at=None
    ).order_by("created_at", "id")
    for member in members:
        fits = session.capacity is None or session.places_taken + member.group_size <= session.capacity
        session.places_taken += member.group_size if fits else 0
        Registration.objects.create(
            institution_id=session.institution_id,
            session=session,
            enrolment=member,
            name=member.name,
            phone=member.phone,
            email=member.email,
            group_size=member.group_size,
            guardian_name=member.guardian_name,
            consent_at=member.consent_at,
            answers=member.answers,
            learner_key=member.learner_key,
            code="".join(secrets.choice(_CODE_LETTERS) for _letter in range(8)),
            form_key=uuid.uuid4(),
            status=RegistrationStatus.CONFIRMED if fits else RegistrationStatus.WAITING,
            waiting_since=None if fits else at,
            created_at=at,
        )
    session.save(update_fields=["places_taken"])
