"""What is offered: activities, who helps, what is asked of those who join."""

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import (
    ActivityKind,
    ActivityStatus,
    Audience,
    AudienceGroup,
    ContributorRole,
    Joining,
    Observance,
    OtherProgramme,
    QuestionKind,
    SpokenLanguage,
    Subject,
    Theme,
    WaitingRule,
)
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import AgeBand

CHILD_BANDS = frozenset({AgeBand.UNDER_6, AgeBand.CHILD, AgeBand.TEEN})
"""Bands that hold only children (under 16: Luật Trẻ em 2016, article 1); the next one straddles the age."""


def choices_field(choices: type[models.Choices], label: Any, *, longest: int) -> ArrayField:
    """Several of `choices`, in one column."""
    return ArrayField(
        models.CharField(max_length=longest, choices=choices), verbose_name=label, default=list, blank=True
    )


class ActivityQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(status=ActivityStatus.PUBLISHED)

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """What was ever published, for all; drafts too for those who may see activities of the institution."""
        public = Q(published_at__isnull=False)
        if person is None or not person.is_authenticated:
            return self.filter(public)
        covered = institutions_covered(person, Permission.VIEW_ACTIVITY, day)
        return self.filter(public | Q(institution__in=covered))


@tracked
class Activity(OperationalModel):
    """Something an institution offers: one title, one or more sessions.

    `status` is held once no session is planned any more and at least one was closed. `publish_at`: a draft is published
    by itself at that moment. `places_each`: the most places that one person holds at a session. `joining_closes_hours`:
    hours before a session's start after which nobody can join it by themselves (NULL: until it ends).
    """

    title = models.CharField(_("title"), max_length=200)
    search_text = models.TextField(editable=False, help_text="Title and description, normalised (core.vietnamese)")
    search_vector = models.GeneratedField(
        # Words as written weigh A, words without marks weigh B: core.vietnamese.search_text writes them in that order.
        expression=models.Func(
            F("search_text"),
            template=(
                "setweight(to_tsvector('simple'::regconfig, split_part(%(expressions)s, '|', 1)), 'A') || "
                "setweight(to_tsvector('simple'::regconfig, split_part(%(expressions)s, '|', 2)), 'B')"
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ActivityKind)
    themes = choices_field(Theme, _("themes"), longest=20)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience, default=Audience.EVERYONE)
    age_bands = choices_field(AgeBand, _("ages"), longest=8)
    groups = choices_field(AudienceGroup, _("groups"), longest=20)
    languages = choices_field(SpokenLanguage, pgettext_lazy("spoken", "languages"), longest=3)
    observance = models.CharField(_("observance day"), max_length=24, choices=Observance, blank=True)
    programmes = choices_field(OtherProgramme, _("also counts for"), longest=24)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("school grades"), default=list, blank=True)
    subjects = choices_field(Subject, _("school subjects"), longest=20)
    is_bookable = models.BooleanField(_("classes may ask for a visit"), default=False)
    description = models.TextField(_("description"), blank=True, max_length=5000)
    picture = models.CharField(max_length=80, blank=True, editable=False, help_text="Name of the stored picture")
    picture_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)

    joining = models.CharField(_("how people join"), max_length=12, choices=Joining, default=Joining.REGISTER)
    joining_opens_at = models.DateTimeField(_("joining opens at"), null=True, blank=True)
    joining_closes_hours = models.PositiveSmallIntegerField(_("joining closes, hours before"), null=True, blank=True)
    places_each = models.PositiveSmallIntegerField(_("places one person may take"), default=50)
    waiting_rule = models.CharField(_("waiting list"), max_length=10, choices=WaitingRule, default=WaitingRule.NONE)
    offer_hours = models.PositiveSmallIntegerField(_("hours an offered place is kept"), default=24)

    status = models.CharField(max_length=12, choices=ActivityStatus, default=ActivityStatus.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    copied_from = operational_link("self", null=True, related_name="copies")
    created_by = models.UUIDField(null=True, help_text="Person's id; no link, so that an account can go")
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[ActivityStatus.PUBLISHED, ActivityStatus.HELD])
                | Q(published_at__isnull=False),
                name="activity_published_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=ActivityStatus.CANCELLED) | ~Q(cancel_reason=""),
                name="activity_cancelled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(status=ActivityStatus.DRAFT),
                name="activity_only_a_draft_waits_to_be_published",
            ),
            models.CheckConstraint(condition=Q(places_each__gte=1), name="activity_has_places_for_each"),
            models.CheckConstraint(
                condition=Q(offer_hours__gte=1, offer_hours__lte=336), name="activity_keeps_an_offer_for_a_while"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "status"]),
            models.Index(fields=["publish_at"], condition=Q(publish_at__isnull=False), name="activity_to_be_published"),
            GinIndex(fields=["search_vector"], name="activity_search"),
            # A row is long: what only asks which activities are published reads this instead of all of them.
            models.Index(fields=["id"], condition=Q(status=ActivityStatus.PUBLISHED), name="activity_published"),
        ]

    def __str__(self) -> str:
        return self.title

    # Lists name the kind of each activity; Django's own way of finding the words goes through all choices each time.
    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(ActivityKind(self.kind).label)

    def get_audience_display(self) -> str:  # type: ignore[no-redef]
        return str(Audience(self.audience).label)

    @property
    def is_for_children(self) -> bool:
        """Only children come: a guardian registers them."""
        if self.age_bands:
            return set(self.age_bands) <= CHILD_BANDS
        return self.audience == Audience.CHILDREN

    @property
    def takes_series(self) -> bool:
        return self.joining in (Joining.SERIES, Joining.EITHER)

    @property
    def takes_registrations(self) -> bool:
        """For single sessions."""
        return self.joining in (Joining.REGISTER, Joining.EITHER)


class Contributor(OperationalModel):
    """Who leads, speaks, helps or organises along. The phone is for colleagues only."""

    activity = operational_link(Activity, related_name="contributors")
    role = models.CharField(_("part"), max_length=12, choices=ContributorRole)
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    number = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "activity", "role", "name"], name="contributor_once")
        ]


class Question(OperationalModel):
    """Something that those who join are asked. `options`: the answers of a choice."""

    activity = operational_link(Activity, related_name="questions")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("answer"), max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    options = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "activity", "number"], name="question_number_once"),
            models.CheckConstraint(
                condition=~Q(kind=QuestionKind.CHOICE) | Q(options__len__gte=2), name="question_choice_has_answers"
            ),
        ]
