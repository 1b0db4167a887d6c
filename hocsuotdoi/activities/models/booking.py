"""A class's visit: asked for by a teacher, answered by the institution, held as a session, reported to the school."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import BookingStatus, Subject
from hocsuotdoi.activities.models.activity import Activity
from hocsuotdoi.activities.models.session import Session
from hocsuotdoi.core.operational import OperationalModel, operational_link


def grade_in_words(grade: int) -> str:
    return gettext("grade {grade}").format(grade=grade) if grade else gettext("preschool")


class SchoolProgramme(OperationalModel):
    """What schools are told of an activity that classes may ask for, beside its title, grades and subjects: knowledge
    and life skills, how long, how many at most, what to bring (plan 169 II.2; plan 1346)."""

    activity = operational_link(Activity, related_name="school_programmes")
    knowledge = models.TextField(_("what pupils learn"), max_length=2000, blank=True)
    skills = models.TextField(_("life skills that pupils practise"), max_length=2000, blank=True)
    bring = models.CharField(_("what the class brings"), max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    most_people = models.PositiveSmallIntegerField(_("most people at one time"), default=50)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "activity"], name="school_programme_once"),
            models.CheckConstraint(condition=Q(minutes__gte=15, minutes__lte=600), name="school_programme_lasts"),
            models.CheckConstraint(condition=Q(most_people__gte=1), name="school_programme_takes_people"),
        ]


class ClassBooking(OperationalModel):
    """`proposed`: up to three moments that suit the class, the best first. `session`: the one that was made when the
    visit was confirmed. `agreement_…`: the agreement between institution and school that the visit goes by (plan 169
    II.2). Names and phones are erased some months after (retention)."""

    activity = operational_link(Activity, related_name="bookings")
    session = operational_link(Session, null=True, related_name="bookings")
    school = models.CharField(_("school"), max_length=200)
    class_name = models.CharField(pgettext_lazy("of pupils", "class"), max_length=60)
    grade = models.PositiveSmallIntegerField(_("grade"))
    subject = models.CharField(_("subject"), max_length=20, choices=Subject, blank=True)
    teacher = models.CharField(_("teacher"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20)
    email = models.EmailField(_("e-mail"), blank=True)
    girls = models.PositiveSmallIntegerField(_("girls"))
    boys = models.PositiveSmallIntegerField(_("boys"))
    adults = models.PositiveSmallIntegerField(_("teachers and parents"), default=0)
    proposed = ArrayField(models.DateTimeField(), verbose_name=_("days that suit the class"))
    wishes = models.TextField(_("what the class wants to learn, special needs"), max_length=2000, blank=True)
    transport = models.CharField(_("how the class comes"), max_length=300, blank=True)
    risks = models.TextField(_("what to take care of on the way and there"), max_length=2000, blank=True)
    status = models.CharField(max_length=12, choices=BookingStatus, default=BookingStatus.PROPOSED)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    agreement_number = models.CharField(_("number of the agreement"), max_length=60, blank=True)
    agreed_on = models.DateField(_("signed on"), null=True, blank=True)
    agreed_by_school = models.CharField(_("signed for the school by"), max_length=120, blank=True)
    agreed_by_institution = models.CharField(_("signed for the institution by"), max_length=120, blank=True)
    report = models.TextField(_("report to the school"), max_length=5000, blank=True)
    reported_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=12)
    form_key = models.UUIDField(help_text="Made with the form: sending it twice books once")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "form_key"], name="booking_form_once"),
            models.UniqueConstraint(fields=["institution", "code"], name="booking_code_once"),
            models.UniqueConstraint(fields=["institution", "session"], name="booking_one_for_a_session"),
            models.CheckConstraint(condition=Q(grade__gte=0, grade__lte=12), name="booking_of_a_grade"),
            models.CheckConstraint(condition=Q(girls__gte=1) | Q(boys__gte=1), name="booking_of_pupils"),
            models.CheckConstraint(
                condition=Q(proposed__len__gte=1, proposed__len__lte=3), name="booking_proposes_one_to_three_days"
            ),
            models.CheckConstraint(
                condition=Q(status=BookingStatus.CONFIRMED, session__isnull=False) | ~Q(status=BookingStatus.CONFIRMED),
                name="booking_confirmed_has_a_session",
            ),
            models.CheckConstraint(
                condition=Q(agreement_number="", agreed_on__isnull=True)
                | ~Q(agreement_number="") & Q(agreed_on__isnull=False),
                name="booking_agreement_is_numbered_and_dated",
            ),
        ]
        indexes = [models.Index(fields=["institution", "status", "created_at"])]

    @property
    def grade_in_words(self) -> str:
        return grade_in_words(self.grade)

    @property
    def is_proposed(self) -> bool:
        return self.status == BookingStatus.PROPOSED

    @property
    def is_confirmed(self) -> bool:
        return self.status == BookingStatus.CONFIRMED

    @property
    def waits_for_the_school(self) -> bool:
        """The institution asked for another day; the teacher has not changed the request yet."""
        return self.is_proposed and self.answered_at is not None

    @property
    def pupils(self) -> int:
        return self.girls + self.boys

    @property
    def people(self) -> int:
        return self.pupils + self.adults

    @property
    def code_shown(self) -> str:
        """In two groups, to be read out."""
        return f"{self.code[:4]}-{self.code[4:]}"
