"""The dimensions of an entry. NULL (or empty) always means "not known", never zero."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other")


class AgeBand(models.TextChoices):
    """Ages on the day. The bounds follow preschool, school, working age and retirement in Viet Nam."""

    UNDER_6 = "0-5", _("under 6")
    CHILD = "6-10", _("6-10")
    TEEN = "11-14", _("11-14")
    YOUTH = "15-17", _("15-17")
    YOUNG_ADULT = "18-34", _("18-34")
    ADULT = "35-59", _("35-59")
    SENIOR = "60+", _("60 and over")


class Channel(models.TextChoices):
    ON_SITE = "on_site", _("on site")
    OFF_SITE = "off_site", _("off site")
    ONLINE = "online", _("online")


class Purpose(models.TextChoices):
    LEARNING = "learning", _("learning, reading or finding information")
    STUDY_RESEARCH = "study_research", _("study or research")
    SIGHTSEEING = "sightseeing", _("sightseeing")
    RECREATION = "recreation", _("culture, sport or recreation")


class PostingKind(models.TextChoices):
    HAPPENING = "happening", _("happening")
    REVERSAL = "reversal", _("reversal")
    STATED = "stated", _("figure typed in")


class MeasureCode(models.TextChoices):
    """What an entry can count. Definitions, units and sources stand in indicators (data/measures.yaml)."""

    PROGRAMME_SESSION = "programme_session", _("programme sessions")
    PROGRAMME_ATTENDANCE = "programme_attendance", _("programme attendance")
    RECORDING_VIEW = "recording_view", _("views of recordings")
    LIBRARY_VISIT = "library_visit", _("library visits")
    MUSEUM_VISIT = "museum_visit", _("museum visits")
    CENTRE_VISIT = "centre_visit", _("culture-centre visits")
    LOAN = "loan", _("loans")
    RENEWAL = "renewal", _("renewals")
    IN_HOUSE_USE = "in_house_use", _("in-house use")
    RESERVATION = "reservation", _("reservations")
    GATE_COUNT = "gate_count", _("gate count")
    STAFF_TRAINED = "staff_trained", _("staff trained")


VISITS = (MeasureCode.LIBRARY_VISIT, MeasureCode.MUSEUM_VISIT, MeasureCode.CENTRE_VISIT)
MADE_OF: dict[str, tuple[MeasureCode, ...]] = {MeasureCode.PROGRAMME_ATTENDANCE: VISITS}
"""Measures that others make up, but for some of it: who attends on the spot makes one of these visits, too. So each of
them says something of the others, and what is kept back of one is decided with all of them."""
