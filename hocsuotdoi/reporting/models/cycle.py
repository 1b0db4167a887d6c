"""A reporting cycle: what is asked for, of whom, by when, to whom it goes; and which institution is counted where."""

import datetime as dt
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, CycleState, Detail, ReportsTo, Section


class CycleQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Once opened, for everybody who reads reports anywhere: nobody's figures stand in it. Before, for who may set
        up cycles of its owner."""
        owners = agencies_covered(person, Permission.SET_UP_CYCLE, day)
        return self.filter(~Q(state=CycleState.PREPARING) | Q(owner__in=owners))

    def open(self) -> Self:
        return self.filter(state=CycleState.OPEN)


@tracked
class Cycle(models.Model):
    """One round of reports. `owner` sets it up and is the last that they go to. Figures are those of `starts_on` up to
    `ends_on` (the first day after); `counted_until` is the last day of which facts are looked at while the period still
    runs (units report before 25 November of the very year). `map_on`: the day on whose map and lines of command it
    stands. `opening_ordered_at`: somebody had it opened; the worker does it when `opens_on` has come, and tries again
    whatever stops it.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(max_length=10, choices=CycleKind)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cycles")
    starts_on = models.DateField(_("figures from"))
    ends_on = models.DateField(help_text=_("The first day after the period"))
    counted_until = models.DateField(_("figures up to"))
    map_on = models.DateField(_("on the map of"))
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("units report before"))
    sections = ArrayField(models.CharField(max_length=12, choices=Section), default=list)
    addressee = models.CharField(_("the last report goes to"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=CycleState, default=CycleState.PREPARING)
    opening_ordered_at = models.DateTimeField(null=True, editable=False)
    opening_ordered_by = models.UUIDField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counted_until__gte=F("starts_on"), counted_until__lt=F("ends_on")),
                name="cycle_counts_within_its_period",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="cycle_due_after_it_opens"),
            models.CheckConstraint(
                condition=Q(state=CycleState.PREPARING, opened_at__isnull=True, closed_at__isnull=True)
                | Q(state=CycleState.OPEN, opened_at__isnull=False, closed_at__isnull=True)
                | Q(state=CycleState.CLOSED, opened_at__isnull=False, closed_at__isnull=False),
                name="cycle_opened_and_closed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=CycleState.PREPARING) | ~Q(sections=[]), name="cycle_asks_for_something"
            ),
            models.CheckConstraint(
                condition=Q(opening_ordered_at__isnull=True, opening_ordered_by__isnull=True)
                | Q(opening_ordered_at__isnull=False, opening_ordered_by__isnull=False),
                name="cycle_ordered_to_open_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="cycle_goes_on",
                field="state",
                transitions=[
                    (CycleState.PREPARING.value, CycleState.OPEN.value),
                    (CycleState.OPEN.value, CycleState.CLOSED.value),
                    (CycleState.CLOSED.value, CycleState.OPEN.value),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_year(self) -> int:
        """The year that its reports carry: the last of its period."""
        return (self.ends_on - dt.timedelta(days=1)).year

    @property
    def uncounted_from(self) -> dt.date | None:
        """The first day of the period that its reports do not look at; None where they look at all of it."""
        first = self.counted_until + dt.timedelta(days=1)
        return first if first < self.ends_on else None

    @property
    def is_told_later(self) -> bool:
        """Whether those days are added by the yearly report of the year after (decision 114)."""
        return self.kind == CycleKind.YEARLY and not self.is_over_years and self.uncounted_from is not None

    @property
    def years(self) -> range:
        return range(self.starts_on.year, self.last_year + 1)

    @property
    def is_over_years(self) -> bool:
        return len(self.years) > 1

    @property
    def period(self) -> str:
        """As keys of figures name what is of all its years: «2026», «2023-2025»."""
        return f"{self.years[0]}-{self.last_year}" if self.is_over_years else str(self.last_year)


@tracked
class CycleRule(models.Model):
    """Bodies of one kind and tier report in a cycle: to whom, by when, on which line of command, what they count.

    Opening the cycle makes a report for each body that a rule finds, the lowest `ordinal` first where two find the
    same. `classes`: the institutions that such a body counts itself, where no rule of another line claims their class;
    empty: it only adds up what is sent to it. Bodies that report totals only type them in; their institutions are
    counted nowhere else. `copies_to`: bodies of these kinds at its own and at the receiver's unit read along; nothing
    is added up from a copy.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="rules")
    ordinal = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=10, choices=CommandLine)
    reporter_kind = models.CharField(max_length=24, choices=AgencyKind)
    reporter_tier = models.CharField(max_length=10, choices=Tier)
    to = models.CharField(max_length=12, choices=ReportsTo)
    to_kind = models.CharField(max_length=24, choices=AgencyKind, blank=True)
    to_agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    copies_to = ArrayField(models.CharField(max_length=24, choices=AgencyKind), default=list, blank=True)
    due_on = models.DateField(_("before"))
    detail = models.CharField(max_length=8, choices=Detail, default=Detail.FULL)
    classes = ArrayField(models.CharField(max_length=32, choices=InstitutionClass), default=list, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "ordinal"], name="cycle_rule_ordinal_once"),
            models.UniqueConstraint(fields=["cycle", "line", "reporter_kind", "reporter_tier"], name="cycle_rule_once"),
            models.CheckConstraint(
                condition=Q(to__in=[ReportsTo.SAME_UNIT, ReportsTo.UNIT_ABOVE], to_agency__isnull=True) & ~Q(to_kind="")
                | Q(to=ReportsTo.NAMED, to_kind="", to_agency__isnull=False)
                | Q(to__in=[ReportsTo.COMMAND, ReportsTo.NOBODY], to_kind="", to_agency__isnull=True),
                name="cycle_rule_says_to_whom",
            ),
            models.CheckConstraint(
                condition=~Q(line__in=[CommandLine.MILITARY, CommandLine.POLICE]) | Q(detail=Detail.TOTALS),
                name="cycle_rule_armed_forces_in_totals",
            ),
        ]


@tracked
class CycleReminder(models.Model):
    """When those who owe a report are reminded: so many days from their due day, before it (negative) or after. `copy`:
    whom the report goes to is told too."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="reminders")
    days = models.SmallIntegerField(_("days from the due day"))
    copy = models.BooleanField(_("the body that it goes to is told too"), default=False)
    letter = models.BooleanField(_("with an official letter"), default=False)

    class Meta:
        ordering = ["days"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "days"], name="cycle_reminder_day_once"),
            models.CheckConstraint(condition=Q(days__gte=-90, days__lte=90), name="cycle_reminder_within_a_season"),
            models.CheckConstraint(condition=Q(letter=False) | Q(days__gt=0), name="cycle_letter_only_when_late"),
        ]

    @property
    def before(self) -> int:
        """Days before the due day; 0 where it is on it or after."""
        return max(-self.days, 0)
