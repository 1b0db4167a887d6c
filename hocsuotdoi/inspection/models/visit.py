"""Visits: planned from an office, carried out at an institution on a phone, perhaps without a network."""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import agencies_commanded
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked, tracked_without
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import Chosen, NoticeOf, Seen, Severity, VisitState
from hocsuotdoi.inspection.models.checklist import Checklist, ChecklistItem
from hocsuotdoi.inspection.models.command import institutions_one_works_at, institutions_seen
from hocsuotdoi.places.models import Agency

_OPEN_ONLY = """
IF EXISTS (
    SELECT FROM inspection_visit
     WHERE institution_id = {row}.institution_id AND id = {row}.visit_id AND state IN ('closed', 'cancelled')
) THEN
    RAISE EXCEPTION 'visit % is finished: nothing is written into it any more', {row}.visit_id
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


def _only_while_open(noun: str) -> list[pgtrigger.Trigger]:
    """What was seen is written while the visit lasts, and stands afterwards."""
    return [
        pgtrigger.Trigger(
            name=f"{noun}_written_while_open",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=_OPEN_ONLY.format(row="NEW"),
        ),
        pgtrigger.Trigger(
            name=f"{noun}_kept_when_finished",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=_OPEN_ONLY.format(row="OLD"),
        ),
    ]


class InspectionPlanQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """By the map; those of the armed forces on their own line of command only."""
        day = day or timezone.localdate()
        on_line = agencies_on_line(person, Permission.VIEW_INSPECTION, day).values("pk")
        commanded = agencies_commanded(person, Permission.VIEW_INSPECTION, day).values("pk")
        return self.filter(Q(agency__in=on_line) | Q(agency__in=commanded))


@tracked
class InspectionPlan(models.Model):
    """What an agency means to inspect in a year, or in a campaign, by which decision. `rules` are those by which visits
    were chosen, with the seed of the lot: whoever doubts it draws it again. Of a visit that is not `is_announced` the
    institution learns when the team is there."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="inspection_plans")
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=200)
    decision = models.CharField(_("number and day of the decision"), max_length=120, blank=True)
    is_announced = models.BooleanField(_("announced to the institutions"), default=True)
    rules = models.JSONField(default=list, blank=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    objects = InspectionPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "title"], name="inspection_plan_once"),
            models.CheckConstraint(
                condition=Q(year__gte=2020, year__lte=2100), name="inspection_plan_of_a_sensible_year"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class VisitQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Visits at institutions whose inspections `person` may see, and those whose team the person belongs to. What
        is planned unannounced, nobody of the institution sees."""
        day = day or timezone.localdate()
        surprise = Q(state=VisitState.PLANNED, plan__is_announced=False)
        seen = Q(institution__in=institutions_seen(person, day).values("pk"))
        seen &= ~(surprise & Q(institution__in=institutions_one_works_at(person, day)))
        if person is not None and person.is_authenticated and person.is_active:
            seen |= Q(team__contains=[person.pk])
        return self.filter(seen)

    def of(self, person: Someone) -> Self:
        """Those whose team the person belongs to."""
        return (
            self.filter(team__contains=[person.pk]) if person is not None and person.is_authenticated else self.none()
        )


@tracked_without("met", "signed")
class Visit(OperationalModel):
    """One visit at one institution, with one checklist. `team` are the inspectors by the person's id, the leader first;
    `met` who spoke for the institution; `signed` who was there at the end and agreed by name: a list of `{"side",
    "name", "post"}`; `unsigned_reason` why nobody of the institution did. `closing` is the key of the act that closed
    it, given on the phone. `minutes_number` is that of the snapshot which reporting has frozen. `forgotten_at`: since
    then without names and pictures (operations/retention.py)."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="visits")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="visits")
    planned_on = models.DateField(_("planned for"))
    team = ArrayField(models.UUIDField(), default=list)
    chosen = models.CharField(_("why it was chosen"), max_length=8, choices=Chosen, default=Chosen.BY_HAND)
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.PLANNED)
    began_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    met = models.CharField(_("who spoke for the institution"), max_length=300, blank=True)
    opinion = models.TextField(_("opinion of the institution"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    signed = models.JSONField(_("who signed by name"), default=list, blank=True)
    unsigned_reason = models.CharField(_("why nobody of the institution signed"), max_length=300, blank=True)
    closing = models.UUIDField(null=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    minutes_number = models.CharField(max_length=40, blank=True)
    forgotten_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on"]
        indexes = [models.Index(fields=["plan", "state"], name="visit_of_plan")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "plan", "checklist", "planned_on"],
                condition=~Q(state=VisitState.CANCELLED),
                name="visit_planned_once",
            ),
            models.CheckConstraint(condition=~Q(team=[]), name="visit_by_somebody"),
            models.CheckConstraint(
                condition=Q(state=VisitState.CLOSED, began_at__isnull=False, closed_at__isnull=False)
                & Q(closed_by__isnull=False, closed_at__gte=F("began_at"))
                | ~Q(state=VisitState.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True),
                name="visit_closed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.CANCELLED) | ~Q(cancel_reason=""), name="visit_cancelled_for_a_reason"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="visit_goes_on",
                field="state",
                transitions=[
                    (VisitState.PLANNED.value, VisitState.UNDER_WAY.value),
                    (VisitState.PLANNED.value, VisitState.CANCELLED.value),
                    (VisitState.UNDER_WAY.value, VisitState.CLOSED.value),
                    (VisitState.UNDER_WAY.value, VisitState.CANCELLED.value),
                ],
            ),
            pgtrigger.Protect(
                name="visit_kept",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=VisitState.PLANNED.value),
            ),
        ]


def said_in(seen: str, number: Decimal | None, words: str) -> str:
    """A short mark of what an answer says, whichever way a browser breaks its lines."""
    said = [seen, "" if number is None else f"{number:.2f}", *normalise(words).strip().splitlines()]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


@tracked
class VisitAnswer(OperationalModel):
    """What was seen of one question. Born on a phone: sent again it is the same row; `seen_at` is the phone's clock,
    and of two answers to one question the later holds."""

    visit = operational_link(Visit, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    seen = models.CharField(max_length=16, choices=Seen, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    words = models.TextField(blank=True)
    seen_at = models.DateTimeField()
    seen_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "visit", "item"], name="visit_item_answered_once"),
            models.CheckConstraint(
                condition=~Q(seen="") | Q(number__isnull=False) | ~Q(words=""), name="visit_answer_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(seen=Seen.NOT_APPLICABLE) | ~Q(words=""), name="visit_answer_not_applicable_says_why"
            ),
        ]
        triggers = _only_while_open("answer")

    @property
    def stamp(self) -> str:
        """Which words these are: a page that was opened before somebody changed them has another one."""
        return f"{self.seen_at.isoformat()} {said_in(self.seen, self.number, self.words)}"


class VisitPhoto(OperationalModel):
    """A picture taken at a visit, made small on the phone. Kept and read as files are (core.attachments)."""

    visit = operational_link(Visit, related_name="photos")
    item = models.ForeignKey(ChecklistItem, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    shows = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "visit", "digest"], name="visit_photo_once"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="visit_photo_digest_is_sha256"),
        ]
        triggers = _only_while_open("photo")


@tracked
class VisitFinding(OperationalModel):
    """What the team concludes of something it saw. A shortcoming or violation says until when it is to be mended, and
    becomes an assignment of the programme when the visit is closed: found there by its `origin`, which names this
    row. What is written here stands once the visit is closed; whether it was mended is said by a `FindingCheck`.
    `noted_at` and `noted_by` are of its newest words: a phone that changes it says which words it had before it."""

    visit = operational_link(Visit, related_name="findings")
    item = models.ForeignKey(ChecklistItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    severity = models.CharField(max_length=12, choices=Severity)
    text = models.TextField(_("what was found"))
    demand = models.TextField(_("what is asked"), blank=True)
    due_on = models.DateField(_("to be mended by"), null=True, blank=True)
    noted_at = models.DateTimeField(null=True)
    noted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(noted_at=None, noted_by=None) | Q(noted_at__isnull=False, noted_by__isnull=False),
                name="visit_finding_noted_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="visit_finding_says_something"),
            models.CheckConstraint(
                condition=~Q(severity__in=[Severity.SHORTCOMING, Severity.VIOLATION])
                | Q(due_on__isnull=False) & ~Q(demand=""),
                name="visit_finding_asks_for_mending",
            ),
        ]
        triggers = _only_while_open("finding")


class FindingCheck(OperationalModel):
    """Somebody looked again at what was to be mended: at another visit, or at what the institution sent. The newest
    holds; nothing else closes a finding."""

    finding = operational_link(VisitFinding, related_name="checks")
    is_mended = models.BooleanField()
    words = models.TextField(_("what was seen"))
    checked_at = models.DateTimeField()
    checked_by = models.UUIDField()

    class Meta:
        ordering = ["checked_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="finding_check_says_what_was_seen")]
        triggers = append_only()


class VisitNotice(OperationalModel):
    """What one person is still to be told about one visit: at most one thing, the newest, and nothing when it came to
    nothing. `was_on`: the day that the person knew. Told in the letter of the day, or at once when the day is near
    (operations/telling.py)."""

    visit = operational_link(Visit, related_name="notices")
    person = models.UUIDField()
    kind = models.CharField(max_length=10, choices=NoticeOf)
    was_on = models.DateField(null=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], condition=Q(told_at=None), name="visit_notice_to_tell")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "visit", "person"], condition=Q(told_at=None), name="visit_notice_one_to_tell"
            ),
            models.CheckConstraint(
                condition=Q(kind=NoticeOf.MOVED, was_on__isnull=False)
                | ~Q(kind=NoticeOf.MOVED) & Q(was_on__isnull=True),
                name="visit_notice_moved_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_at__gte=F("at")), name="visit_notice_told_after_it_was_written"
            ),
        ]
