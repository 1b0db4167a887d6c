from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityKind(models.TextChoices):
    """As the programme's documents name them (plan 169/KH-UBND II.1; FEATURES L8, M6, C2-C4)."""

    READING_DAY = "reading_day", _("reading day")
    BOOK_EXHIBITION = "book_exhibition", _("book exhibition")
    STORY_TELLING = "story_telling", _("story-telling")
    TALK = "talk", _("talk or seminar")
    CLASS = "class", _("class or course")
    CLUB = "club", _("club meeting")
    CONTEST = "contest", _("contest")
    PERFORMANCE = "performance", _("performance or festival")
    SPORTS = "sports", _("sports meet")
    EXHIBITION = "exhibition", _("exhibition")
    MUSEUM_PROGRAMME = "museum_programme", _("museum education programme")
    BOOK_DRIVE = "book_drive", _("book drive")
    MOBILE_SERVICE = "mobile_service", _("mobile service")
    STAFF_TRAINING = "staff_training", _("staff training")


class Theme(models.TextChoices):
    READING = "reading", _("reading culture")
    HERITAGE = "heritage", _("heritage and local history")
    DIGITAL_SKILLS = "digital_skills", _("digital skills")
    LIVELIHOOD = "livelihood", _("crops, livestock, livelihood")
    ARTS = "arts", _("arts and culture")
    SPORT = "sport", _("sport and health")
    SCIENCE = "science", _("science")
    LIFE_SKILLS = "life_skills", _("life skills")
    LAW = "law", _("law")
    LANGUAGES = "languages", _("languages")


class Audience(models.TextChoices):
    EVERYONE = "everyone", _("everyone")
    CHILDREN = "children", _("children")
    PUPILS = "pupils", _("pupils and students")
    ADULTS = "adults", _("adults")
    SENIORS = "seniors", _("older people")
    FAMILIES = "families", _("families")
    STAFF = "staff", _("staff of institutions")


class Observance(models.TextChoices):
    """Days the programme's documents name (plan 1346; plan 169 II.3; plan of Bắc Kạn city II.1)."""

    BOOK_DAY = "book_day", _("Viet Nam Book and Reading Culture Day, 21 April")
    WORLD_BOOK_DAY = "world_book_day", _("World Book and Copyright Day, 23 April")
    MUSEUM_DAY = "museum_day", _("International Museum Day, 18 May")
    DIGITAL_DAY = "digital_day", _("National Digital Transformation Day, 10 October")
    HERITAGE_DAY = "heritage_day", _("Viet Nam Cultural Heritage Day, 23 November")
    LIFELONG_LEARNING_WEEK = (
        "lifelong_learning_week",
        _("Lifelong Learning Week, 1-7 October"),
    )
    OTHER = "other", _("another national or local day")


class ActivityStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


class SessionStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLOSED = "closed", _("held and closed")
    CANCELLED = "cancelled", _("cancelled")


class RegistrationStatus(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")
