"""Activities as rows. Tests of acts make theirs through the acts; these are for what a test only reads."""

import datetime as dt
import uuid

import factory
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityKind, ActivityStatus
from hocsuotdoi.activities.models import (
    Activity,
    Attendance,
    Enrolment,
    Participant,
    Rating,
    Registration,
    Session,
    Tally,
)
from hocsuotdoi.core.vietnamese import search_text


def local(year: int, month: int, day: int, hour: int = 8, minute: int = 0) -> dt.datetime:
    """A moment in Vietnamese time."""
    return timezone.make_aware(dt.datetime(year, month, day, hour, minute))


class ActivityFactory(factory.django.DjangoModelFactory):
    """A published activity; give `institution`."""

    class Meta:
        model = Activity

    title = "Ngày hội đọc sách"
    kind = ActivityKind.READING_DAY
    status = ActivityStatus.PUBLISHED
    published_at = local(2026, 11, 1)
    created_at = local(2026, 11, 1)
    search_text = factory.LazyAttribute(lambda activity: search_text(activity.title))


class SessionFactory(factory.django.DjangoModelFactory):
    """Two hours on the morning of 23 November 2026; give `activity`."""

    class Meta:
        model = Session

    institution = factory.SelfAttribute("activity.institution")
    number = factory.Sequence(lambda n: n % 30_000 + 1)
    starts_at = local(2026, 11, 23)
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + dt.timedelta(hours=2))


class RegistrationFactory(factory.django.DjangoModelFactory):
    """One person, one place; give `session`. The session's count is kept as the act keeps it."""

    class Meta:
        model = Registration

    institution = factory.SelfAttribute("session.institution")
    name = "Lý Thị Mai"
    code = factory.Sequence(lambda n: f"K{n:07d}")
    form_key = factory.LazyFunction(uuid.uuid4)
    created_at = local(2026, 11, 20)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        registration = super()._create(model_class, *args, **kwargs)
        if registration.is_confirmed:
            registration.session.places_taken += registration.group_size
            registration.session.save(update_fields=["places_taken"])
        return registration


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A member without registrations; give `activity`."""

    class Meta:
        model = Enrolment

    institution = factory.SelfAttribute("activity.institution")
    name = "Lý Thị Mai"
    code = factory.Sequence(lambda n: f"E{n:07d}")
    form_key = factory.LazyFunction(uuid.uuid4)
    created_at = local(2026, 11, 20)


class AttendanceFactory(factory.django.DjangoModelFactory):
    """A walk-in who is present; give `session`."""

    class Meta:
        model = Attendance

    institution = factory.SelfAttribute("session.institution")
    name = "Bàn Văn Páo"
    present = 1
    form_key = factory.LazyFunction(uuid.uuid4)


class TallyFactory(factory.django.DjangoModelFactory):
    """Give `session` and `count`."""

    class Meta:
        model = Tally

    institution = factory.SelfAttribute("session.institution")


class RatingFactory(factory.django.DjangoModelFactory):
    """A happy face; give `session`."""

    class Meta:
        model = Rating

    institution = factory.SelfAttribute("session.institution")
    face = 3
    form_key = factory.LazyFunction(uuid.uuid4)
    created_at = local(2026, 11, 23, 10)


class ParticipantFactory(factory.django.DjangoModelFactory):
    """A named person of a registration; give `registration`, whose `group_size` counts them."""

    class Meta:
        model = Participant

    institution = factory.SelfAttribute("registration.institution")
    number = factory.Sequence(lambda n: n % 30_000 + 1)
    name = "Nông Thị Dào"
