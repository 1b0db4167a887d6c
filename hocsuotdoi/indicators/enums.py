from django.db import models
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.places.enums import LIBRARIES, MUSEUMS


class IndicatorKind(models.TextChoices):
    COUNT = "count", _("count")
    SHARE_OF_INSTITUTIONS = (
        "share_of_institutions",
        _("share of institutions meeting the criteria"),
    )
    SHARE_OF_UNITS = "share_of_units", _("share of units having it")
    SHARE_OF_POPULATION = "share_of_population", _("share of the population")
    GROWTH = "growth", _("average yearly growth since the base year")
    UNITS_OF_UNITS = "n_of_n", _("so many of so many")
    YES_NO = "yes_no", _("yes or no")
    STOCK = "stock", _("how many there are on a day")


class MeasureKind(models.TextChoices):
    """How a count behaves in time: what happens adds up over days, what there is does not, people never add up."""

    HAPPENING = "happening", _("what happened, added up over days")
    STOCK = "stock", _("what there is on a day, never added up over days")
    PEOPLE = "people", _("different people, never added up over days or places")


class StockCode(models.TextChoices):
    """What can be counted on a day, from the register and from memberships (`queries.stocks`). Definitions, units and
    sources stand beside those of the ledger's measures in data/measures.yaml."""

    INSTITUTIONS_OPEN = "institutions_open", _("institutions open")
    HOURS_OPEN = "hours_open", _("hours open in a normal week")
    HOURS_OUTSIDE_OFFICE = "hours_outside_office", _("hours open outside office hours in a normal week")
    HOURS_WEEKEND = "hours_weekend", _("hours open at weekends in a normal week")
    HOURS_OPEN_IN_YEAR = "hours_open_in_year", _("hours open since the beginning of the year, less closures")
    HOURS_OUTSIDE_IN_YEAR = (
        "hours_outside_in_year",
        _("hours open outside office hours since the beginning of the year, holidays included"),
    )
    ROOMS = "rooms", _("rooms")
    ROOM_PLACES = "room_places", _("places in rooms")
    EQUIPMENT_USABLE = "equipment_usable", _("usable equipment")
    COMPUTERS_USABLE = "computers_usable", _("usable computers")
    CLUB_MEMBERS = "club_members", _("members of clubs and classes")
    ACTIVE_USERS = "active_users", _("active users")


class Direction(models.TextChoices):
    UP = "up", _("higher is better")
    DOWN = "down", _("lower is better")


class CohortKind(models.TextChoices):
    INSTITUTIONS = "institutions", _("institutions")
    UNITS = "units", _("administrative units")
    POPULATION = "population", _("population")


class AnswerSource(models.TextChoices):
    LEDGER = "ledger", _("from what happened")
    REGISTER = "register", _("from the register")
    STAFF = "staff", _("stated by staff")


class AnswerValue(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Verdict(models.TextChoices):
    """What a reviewer says about a statement that differs from what the program found."""

    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")


class OverrideState(models.TextChoices):
    """How far a statement is that differs from what the program found."""

    AWAITING = "awaiting", _("waits for a decision")
    ACCEPTED = "accepted", _("accepted, holds")
    REJECTED = "rejected", _("rejected, does not hold")
    LAPSED = "lapsed", _("accepted before the program found something else; does not hold any more")


class Outcome(models.TextChoices):
    """What a checklist says about one institution."""

    MET = "met", _("meets the criteria")
    NOT_MET = "not_met", _("does not meet the criteria")
    UNKNOWN = "unknown", _("not enough answers yet")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class ValueState(models.TextChoices):
    """Zero is a value; a missing one is not zero; and some figures have no meaning at a unit."""

    VALUE = "value", _("reported")
    NOT_REPORTED = "not_reported", _("not reported")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class StatedColumn(models.TextChoices):
    """What figures can be typed in: a measure, or a part of it by purpose. No two of them count the same people, so
    that each can be stated, corrected and added up by itself."""

    LIBRARY_VISIT = "library_visit", _("library visits")
    LOAN = "loan", _("loans")
    IN_HOUSE_USE = "in_house_use", _("in-house use")
    MUSEUM_STUDY = "museum_visit:study_research", _("museum visits for study or research")
    MUSEUM_OTHER = "museum_visit", _("museum visits for another or an unknown purpose")
    CENTRE_VISIT = "centre_visit", _("culture-centre visits")
    SESSION = "programme_session", _("programme sessions")
    ATTENDANCE = "programme_attendance", _("programme attendance")
    STAFF_TRAINED = "staff_trained", _("staff trained")
    RENEWAL = "renewal", _("renewals")
    RESERVATION = "reservation", _("reservations")
    GATE_COUNT = "gate_count", _("gate count")

    @property
    def measure(self) -> str:
        return str(self.value).partition(":")[0]

    @property
    def purpose(self) -> str | None:
        return str(self.value).partition(":")[2] or None


def columns_of(institution_class: str) -> list[StatedColumn]:
    """What makes sense for a class of institution, in the order of the sheet: what few know comes last."""
    c = StatedColumn
    seldom = [c.GATE_COUNT]
    if institution_class in LIBRARIES:
        own = [c.LIBRARY_VISIT, c.LOAN, c.IN_HOUSE_USE]
        seldom = [c.RENEWAL, c.RESERVATION, c.GATE_COUNT]
    elif institution_class in MUSEUMS:
        own = [c.MUSEUM_STUDY, c.MUSEUM_OTHER]
    else:
        own = [c.CENTRE_VISIT]
    return [*own, c.SESSION, c.ATTENDANCE, c.STAFF_TRAINED, *seldom]


class StatingWay(models.TextChoices):
    """How a figure came in."""

    XLSX = "xlsx", _("Excel file")
    CSV = "csv", _("CSV file")
    FORM = "form", _("typed in on the page")
    UNDO = "undo", _("undoing an earlier one")


class ImportKind(models.TextChoices):
    FIGURES = "figures", _("figures of institutions")
    POPULATION = "population", _("population")


class QualityRule(models.TextChoices):
    """What about a figure can call for a look (`queries.quality_rules` says by which formula). Codes are stable."""

    SERIES_OUTLIER = "series_outlier", _("far from its own earlier months")
    SERIES_SILENCE = "series_silence", _("suddenly silent")
    PERIOD_OUTLIER = "period_outlier", _("far from its own earlier quarters or years")
    PERIOD_SILENCE = "period_silence", _("a quarter or a year stays away")
    REPEATED_FIGURE = "repeated_figure", _("the same figure month after month")
    SESSIONS_WITHOUT_PEOPLE = "sessions_without_people", _("sessions, but nobody who took part")
    PEOPLE_WITHOUT_SESSIONS = "people_without_sessions", _("people who took part, but no session")
    CROWDED_SESSIONS = "crowded_sessions", _("more people at each session than can be")
    SESSIONS_OVER_PEOPLE = "sessions_over_people", _("more sessions than people who took part")
    BEYOND_ITS_DAYS = "beyond_its_days", _("more than its days can hold")
    TYPED_AND_TRACED = "typed_and_traced", _("typed in and recorded: perhaps counted twice")
    ABOVE_POPULATION = "above_population", _("too many for so few residents")
    POPULATION_PARTS = "population_parts", _("the parts do not make the whole")
    POPULATION_JUMP = "population_jump", _("population far from the year before")
    HOUSES_OVER_VILLAGES = "houses_over_villages", _("more village houses than villages")


class FindingState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    CHECKING = "checking", _("being looked into")
    RIGHT = "right", _("right, with a reason")
    CORRECTED = "corrected", _("was wrong, has been corrected")
    GONE = "gone", _("its cause is gone")


WAITING = (FindingState.OPEN, FindingState.CHECKING)
"""Findings in these states are not settled."""


class FindingStepKind(models.TextChoices):
    """What can happen to a finding: the first and the last two by the program, the others by a person."""

    FOUND = "found", _("found")
    CHECKING = "checking", _("being looked into")
    RIGHT = "right", _("right")
    CORRECTED = "corrected", _("wrong, corrected")
    CHANGED = "changed", _("the figures have changed since: opened again")
    GONE = "gone", _("the cause is gone: closed by itself")


ANSWERS = (FindingStepKind.RIGHT, FindingStepKind.CORRECTED, FindingStepKind.CHECKING)
