"""Setting a cycle up, changing it while it is prepared, having it opened, closing it and opening it again."""

import dataclasses
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, CycleState, Detail, ReportsTo
from hocsuotdoi.reporting.models import Cycle, CycleReminder, CycleRule, Reminder
from hocsuotdoi.reporting.operations.opening import refuse_astray
from hocsuotdoi.reporting.operations.presets import CycleGiven, ReminderGiven, RuleGiven
from hocsuotdoi.reporting.queries.wording import day_words

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = dt.timedelta(days=366 * 12)
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
"""Of everything that is said about a cycle; days are added to them."""
_YEARS = range(2020, 2101)  # as the database's constraint on the year of a report
_DAYS = ("starts_on", "counted_until", "map_on", "opens_on", "due_on")
_FORCES_LINES = (CommandLine.MILITARY, CommandLine.POLICE)
_OWN_FIELDS = (
    "title",
    "kind",
    "starts_on",
    "ends_on",
    "counted_until",
    "map_on",
    "opens_on",
    "due_on",
    "sections",
    "addressee",
)


class BadCycle(Refused):
    """What is said about the cycle cannot be."""


class BadRule(Refused):
    """What a rule or a reminder says cannot be."""


class CodeTaken(Refused):
    pass


class NotBeingPrepared(Refused):
    """It is open or closed, or has been ordered to open: who reports to whom does not change any more."""


class CycleChangedMeanwhile(Refused):
    """Somebody else changed the cycle first; `current` is how it is now."""

    def __init__(self, message: str, current: Cycle):
        super().__init__(message)
        self.current = current


class CannotGoOn(Refused):
    """The cycle is not in a state from which this can be done."""


@transaction.atomic
def make_cycle(code: str, *, owner: Agency, given: CycleGiven, by: Person | None, at: dt.datetime) -> Cycle:
    """A cycle being set up, with its rules and reminders. It asks nobody for anything until it is opened.

    Refused: a code that is taken or cannot stand in an address, an owner without a territory, days that contradict each
    other, and rules that cannot be.
    """
    code = code.strip().lower()
    if not _CODE.fullmatch(code) or len(code) > 60:
        raise BadCycle(_("A code has small letters without marks, digits and hyphens: “nam-2026”."), field="code")
    if owner.unit_id is None:
        raise BadCycle(_("A cycle belongs to a body that stands in a unit."), field="owner")
    given = _checked(given)
    # Two who use the same code at once: the second waits here and is then told.
    cycle, made = Cycle.objects.get_or_create(code=code, defaults={"owner": owner, **_own(given)})
    if not made:
        raise CodeTaken(_("There is a cycle “{code}” already. Choose another code.").format(code=code), field="code")
    _write_rules(cycle, given.rules)
    _write_reminders(cycle, given.reminders)
    return cycle


def copy_of(cycle: Cycle, *, years: int) -> CycleGiven:
    """What a cycle says, all its days `years` later: to begin the next one from."""
    moved = {
        name: later(getattr(cycle, name), years) for name in ("starts_on", "ends_on", "counted_until", "map_on")
    } | {name: later(getattr(cycle, name), years) for name in ("opens_on", "due_on")}
    rules = tuple(dataclasses.replace(rule, due_on=later(rule.due_on, years)) for rule in _rules_of(cycle))
    return CycleGiven(
        title=re.sub(r"\b20\d\d\b", lambda found: str(int(found[0]) + years), cycle.title),
        kind=CycleKind(cycle.kind),
        sections=tuple(cycle.sections),
        addressee=cycle.addressee,
        rules=rules,
        reminders=tuple(ReminderGiven(each.days, each.copy, each.letter) for each in cycle.reminders.all()),
        **moved,
    )


def later(day: dt.date, years: int) -> dt.date:
    """29 February is the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def rule_given(rule: CycleRule) -> RuleGiven:
    return RuleGiven(
        line=CommandLine(rule.line),
        reporter_kind=AgencyKind(rule.reporter_kind),
        reporter_tier=Tier(rule.reporter_tier),
        to=ReportsTo(rule.to),
        due_on=rule.due_on,
        to_kind=rule.to_kind,
        to_agency=rule.to_agency,
        detail=Detail(rule.detail),
        classes=tuple(rule.classes),
        copies_to=tuple(rule.copies_to),
    )


@transaction.atomic
def mend_cycle(cycle: Cycle, *, version: int, given: CycleGiven, by: Person | None, at: dt.datetime) -> Cycle:
    """Changes what is said about the cycle as a whole; its rules and reminders stay.

    Refused: a cycle that is not being set up, days that contradict each other or its rules', and
    (`CycleChangedMeanwhile`) when somebody else changed it since `version`.
    """
    cycle = _to_change(cycle, version)
    for name, value in _own(_checked(given)).items():
        setattr(cycle, name, value)
    _refuse_bad_rules(cycle, _rules_of(cycle))
    return _saved(cycle, *_OWN_FIELDS)


@transaction.atomic
def set_rules(cycle: Cycle, *, version: int, rules: Sequence[RuleGiven], by: Person | None, at: dt.datetime) -> Cycle:
    """Puts these rules in the place of those that were there, in this order. Refused as `mend_cycle`."""
    cycle = _to_change(cycle, version)
    cycle.rules.all().delete()
    _write_rules(cycle, rules)
    return _saved(cycle)


@transaction.atomic
def set_reminders(
    cycle: Cycle, *, version: int, reminders: Sequence[ReminderGiven], by: Person | None, at: dt.datetime
) -> Cycle:
    """Says when those who owe a report are reminded; also while the cycle is open. By which rule somebody was reminded
    stays readable: such a rule is not taken away, refused then."""
    cycle = _locked(cycle, version)
    if cycle.state == CycleState.CLOSED:
        raise NotBeingPrepared(_("This cycle is closed: nobody is reminded any more."))
    wanted = {each.days: each for each in reminders}
    gone = cycle.reminders.exclude(days__in=wanted)
    if Reminder.objects.filter(rule__in=gone).exists():
        raise BadRule(_("Bodies have been reminded by one of the days that you take away. Leave it."), field="days")
    gone.delete()
    kept = {each.days: each for each in cycle.reminders.all()}
    _refuse_bad_reminders(reminders)
    for days, each in wanted.items():
        if (row := kept.get(days)) is None:
            CycleReminder.objects.create(cycle=cycle, days=days, copy=each.copy, letter=each.letter)
        elif (row.copy, row.letter) != (each.copy, each.letter):
            row.copy, row.letter = each.copy, each.letter
            row.save(update_fields=["copy", "letter"])
    return _saved(cycle)


@transaction.atomic
def discard_cycle(cycle: Cycle, *, version: int, by: Person | None, at: dt.datetime) -> None:
    """Throws away a cycle that was never opened; the trail keeps what it was."""
    _to_change(cycle, version).delete()


@transaction.atomic
def order_opening(cycle: Cycle, *, version: int, by: Person, at: dt.datetime) -> Cycle:
    """Has the cycle opened by the worker: at once, or early on the day on which it is to open. What stops the worker
    stops nothing: as long as the order stands it is tried again. Until then the cycle cannot be changed; the order can
    be taken back. Refused where by its rules a report would not reach the owner, or would be due before it opens."""
    cycle = _to_change(cycle, version)
    _refuse_bad_rules(cycle, _rules_of(cycle))
    refuse_astray(cycle)
    cycle.opening_ordered_at, cycle.opening_ordered_by = at, by.pk
    cycle = _saved(cycle, "opening_ordered_at", "opening_ordered_by")
    if cycle.opens_on <= timezone.localdate(at):
        enqueue("reporting.open_cycle", cycle=cycle.pk)
    return cycle


@transaction.atomic
def take_back_opening(cycle: Cycle, *, version: int, by: Person, at: dt.datetime) -> Cycle:
    """Refused once it is open."""
    cycle = _locked(cycle, version)
    if cycle.state != CycleState.PREPARING or cycle.opening_ordered_at is None:
        raise CannotGoOn(_("This cycle does not wait to be opened any more. Load the page anew."))
    cycle.opening_ordered_at = cycle.opening_ordered_by = None
    return _saved(cycle, "opening_ordered_at", "opening_ordered_by")


@transaction.atomic
def close_cycle(cycle: Cycle, *, version: int, by: Person, at: dt.datetime) -> Cycle:
    """Nobody is reminded or counted as late any more. What was not handed in stays as it is, by name."""
    cycle = _locked(cycle, version)
    if cycle.state != CycleState.OPEN:
        raise CannotGoOn(_("Only a cycle that is open can be closed."))
    cycle.state, cycle.closed_at = CycleState.CLOSED, at
    return _saved(cycle, "state", "closed_at")


@transaction.atomic
def reopen_cycle(cycle: Cycle, *, version: int, by: Person, at: dt.datetime) -> Cycle:
    cycle = _locked(cycle, version)
    if cycle.state != CycleState.CLOSED:
        raise CannotGoOn(_("Only a cycle that is closed can be opened again."))
    cycle.state, cycle.closed_at = CycleState.OPEN, None
    return _saved(cycle, "state", "closed_at")


def _locked(cycle: Cycle, version: int) -> Cycle:
    current = Cycle.objects.select_for_update(of=("self",)).select_related("owner__unit").get(pk=cycle.pk)
    if current.version != version:
        raise CycleChangedMeanwhile(
            _("Somebody else has changed this cycle since you opened the page. Look at it as it is now."), current
        )
    return current


def _to_change(cycle: Cycle, version: int) -> Cycle:
    current = _locked(cycle, version)
    if current.state != CycleState.PREPARING:
        raise NotBeingPrepared(
            _("This cycle has been opened: reports are being written by it. Set up another one for something else.")
        )
    if current.opening_ordered_at is not None:
        raise NotBeingPrepared(_("This cycle is about to be opened. Take that back first, then change it."))
    return current


def _saved(cycle: Cycle, *fields: str) -> Cycle:
    cycle.version += 1
    cycle.save(update_fields=[*fields, "version"])
    return cycle


def _own(given: CycleGiven) -> dict[str, object]:
    return {name: getattr(given, name) for name in _OWN_FIELDS} | {"sections": list(given.sections)}


def _checked(given: CycleGiven) -> CycleGiven:
    title, addressee = (normalise(text).strip() for text in (given.title, given.addressee))
    given = dataclasses.replace(given, title=title, addressee=addressee)
    if not given.title:
        raise BadCycle(_("Give the cycle a title: people read it above their report."), field="title")
    for name in _DAYS:
        if not FIRST_DAY <= getattr(given, name) <= LAST_DAY:
            raise BadCycle(_("A day of a cycle lies between 2000 and 2100."), field=name)
    if (given.starts_on.month, given.starts_on.day) != (1, 1):
        # Every figure is one of a calendar year: what began within one would be told as if it were the whole.
        raise BadCycle(
            _(
                "Figures count from 1 January of a year. A report of part of a year ends earlier; it does not begin "
                "later."
            ),
            field="starts_on",
        )
    if not given.starts_on < given.ends_on <= given.starts_on + _LONGEST:
        raise BadCycle(_("The period must end after it begins, and within twelve years."), field="ends_on")
    if (given.ends_on - dt.timedelta(days=1)).year not in _YEARS:
        raise BadCycle(
            _("The last year of the period lies between {first} and {last}.").format(first=_YEARS[0], last=_YEARS[-1]),
            field="ends_on",
        )
    if not given.starts_on <= given.counted_until < given.ends_on:
        raise BadCycle(_("The last day of figures lies within the period."), field="counted_until")
    if given.opens_on < given.starts_on:
        # Its reports would be asked for figures of a year of which there are none.
        raise BadCycle(_("The cycle does not open before the period begins."), field="opens_on")
    if given.due_on < given.opens_on:
        raise BadCycle(_("Reports are due after the cycle opens."), field="due_on")
    if not given.sections:
        raise BadCycle(_("Say what the reports are to hold: at least one part."), field="sections")
    return given


def _write_rules(cycle: Cycle, rules: Iterable[RuleGiven]) -> None:
    rules = list(rules)
    _refuse_bad_rules(cycle, rules)
    CycleRule.objects.bulk_create(
        CycleRule(
            cycle=cycle,
            ordinal=number,
            line=rule.line,
            reporter_kind=rule.reporter_kind,
            reporter_tier=rule.reporter_tier,
            to=rule.to,
            to_kind=rule.to_kind,
            to_agency=rule.to_agency,
            copies_to=list(rule.copies_to),
            due_on=rule.due_on,
            detail=rule.detail,
            classes=list(rule.classes),
        )
        for number, rule in enumerate(rules, 1)
    )


def _rules_of(cycle: Cycle) -> list[RuleGiven]:
    return [rule_given(rule) for rule in cycle.rules.select_related("to_agency")]


def _refuse_bad_rules(cycle: Cycle, rules: list[RuleGiven]) -> None:
    whom = Counter((rule.line, rule.reporter_kind, rule.reporter_tier) for rule in rules)
    for number, rule in enumerate(rules, 1):
        if whom[rule.line, rule.reporter_kind, rule.reporter_tier] > 1:
            raise _bad_rule(number, _("Two rules ask the same bodies on the same line."))
        if bool(rule.to_kind) != (rule.to in (ReportsTo.SAME_UNIT, ReportsTo.UNIT_ABOVE)):
            raise _bad_rule(number, _("Say which kind of body gets the report, or choose another way to name it."))
        if (rule.to_agency is not None) != (rule.to == ReportsTo.NAMED):
            raise _bad_rule(number, _("Name the one body that gets the report, or choose another way to name it."))
        if rule.line in _FORCES_LINES and rule.detail != Detail.TOTALS:
            raise _bad_rule(number, _("The armed forces report in totals only."))
        if rule.reporter_kind in ARMED_FORCES and rule.line not in _FORCES_LINES:
            raise _bad_rule(number, _("The armed forces report on a line of their own."))
        if InstitutionClass.LIBRARY_ARMED_FORCES in rule.classes and rule.line not in _FORCES_LINES:
            raise _bad_rule(
                number,
                _("Libraries of the armed forces are counted in totals on their own line. Take their class away here."),
            )
        if cycle.owner.kind not in LEADING_KINDS and rule.reporter_kind != cycle.owner.kind:
            raise _bad_rule(
                number,
                _("{owner} leads no territory: it asks only bodies of its own line.").format(owner=cycle.owner),
            )
        if rule.due_on < cycle.opens_on:
            raise _bad_rule(
                number,
                _("Its day ({due_on}) lies before the cycle opens ({opens_on}). Change one of the two.").format(
                    due_on=day_words(rule.due_on), opens_on=day_words(cycle.opens_on)
                ),
            )


def _bad_rule(number: int, message: str) -> BadRule:
    return BadRule(_("Rule {number}: {message}").format(number=number, message=message))


def _write_reminders(cycle: Cycle, reminders: Iterable[ReminderGiven]) -> None:
    reminders = list(reminders)
    _refuse_bad_reminders(reminders)
    CycleReminder.objects.bulk_create(
        CycleReminder(cycle=cycle, days=each.days, copy=each.copy, letter=each.letter) for each in reminders
    )


def _refuse_bad_reminders(reminders: Sequence[ReminderGiven]) -> None:
    for days, number in Counter(each.days for each in reminders).items():
        if number > 1:
            raise BadRule(_("Two reminders are for the same day ({days}).").format(days=days), field="days")
        if not -90 <= days <= 90:
            raise BadRule(_("Remind within ninety days of the due day."), field="days")
    if any(each.letter and each.days <= 0 for each in reminders):
        raise BadRule(_("A letter is only for those who are late."), field="letter")


def due_to_open(day: dt.date) -> QuerySet[Cycle]:
    """Ordered to open, and their day has come."""
    return Cycle.objects.filter(opens_on__lte=day, state=CycleState.PREPARING, opening_ordered_at__isnull=False)
