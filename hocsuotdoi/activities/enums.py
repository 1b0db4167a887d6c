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
    TALENT_CLASS = "talent_class", _("talent class")
    LIVELIHOOD_CLASS = "livelihood_class", _("course on crops, livestock or livelihood")
    TRAVELLING_SHOW = "travelling_show", _("travelling exhibition or show")
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


class AudienceGroup(models.TextChoices):
    """People whom the programme wants reached in particular (002 I; 003 II; Decision 1520 article 1)."""

    ETHNIC_MINORITY = "ethnic_minority", _("people of ethnic minorities")
    REMOTE = "remote", _("people in remote areas")
    POOR = "poor", _("poor households")
    DISABILITY = "disability", _("people with disabilities")
    WOMEN = "women", _("women")
    FARMERS = "farmers", _("farmers")
    WORKERS = "workers", _("workers")
    ARMED_FORCES = "armed_forces", _("soldiers and border guards")
    OFFICIALS = "officials", _("officials")


class SpokenLanguage(models.TextChoices):
    """In which an activity is held; none stated: Vietnamese. Codes of ISO 639-3."""

    VIETNAMESE = "vie", _("Vietnamese")
    TAY = "tyz", _("Tày")
    NUNG = "nut", _("Nùng")
    DAO = "ium", _("Dao")
    HMONG = "hmn", _("Mông")
    THAI = "blt", _("Thái")
    MUONG = "mtq", _("Mường")
    KHMER = "khm", _("Khmer")
    EDE = "rad", _("Ê Đê")
    MNONG = "cmo", _("M’Nông")
    JARAI = "jra", _("Gia Rai")
    ENGLISH = "eng", _("English")
    SIGN = "hab", _("sign language")


class Subject(models.TextChoices):
    """What a school programme goes with, by the general education programme of 2018."""

    HISTORY = "history", _("history")
    LITERATURE = "literature", _("literature")
    GEOGRAPHY = "geography", _("geography")
    LOCAL_EDUCATION = "local_education", _("local education")
    NATURAL_SCIENCE = "natural_science", _("natural sciences")
    ARTS = "arts", _("music and fine arts")
    CIVICS = "civics", _("civics and ethics")
    INFORMATICS = "informatics", _("informatics")
    EXPERIENCE = "experience", _("experiential activities and career guidance")


class OtherProgramme(models.TextChoices):
    """Programmes that one activity may count for as well (plan 169 III; FEATURES P13)."""

    LIBRARY_DIGITISATION = "library_digitisation", _("digital transformation of libraries")
    HERITAGE_DIGITISATION = "heritage_digitisation", _("digitisation of cultural heritage")
    NEW_RURAL = "new_rural", _("new rural areas")
    CULTURED_LIFE = "cultured_life", _("the movement “All the people unite to build cultured life”")
    READING_CULTURE = "reading_culture", _("reading culture in the community")


class ContributorRole(models.TextChoices):
    LEADER = "leader", _("leader")
    SPEAKER = "speaker", _("speaker")
    CO_ORGANISER = "co_organiser", _("co-organiser")
    VOLUNTEER = "volunteer", _("volunteer")


class Joining(models.TextChoices):
    REGISTER = "register", _("people register for a session")
    SERIES = "series", _("people join the whole series")
    EITHER = "either", _("people may join the whole series or a session")
    JUST_COME = "just_come", _("nobody registers, people just come")


class WaitingRule(models.TextChoices):
    NONE = "none", _("no waiting list")
    IN_ORDER = "in_order", _("free places are offered in order, for a time")
    BY_HAND = "by_hand", _("staff choose who gets a free place")


class QuestionKind(models.TextChoices):
    TEXT = "text", _("words")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("one of several answers")


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
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class SessionStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLOSED = "closed", _("held and closed")
    CANCELLED = "cancelled", _("cancelled")


class RegistrationStatus(models.TextChoices):
    """Confirmed and offered ones hold places."""

    WAITING = "waiting", _("on the waiting list")
    OFFERED = "offered", _("offered a place")
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")
    LAPSED = "lapsed", _("offer not taken up in time")


class NoticeKind(models.TextChoices):
    """Why people are written to."""

    CONFIRMED = "confirmed", _("you are expected")
    WAITING = "waiting", _("you are on the waiting list")
    OFFERED = "offered", _("a place is free for you")
    LAPSED = "lapsed", _("the offer has lapsed")
    MOVED = "moved", _("the session is moved")
    CANCELLED = "cancelled", _("the session is cancelled")
    REMINDER = "reminder", _("the session is soon")
    BOOKING = "booking", _("about a class’s visit")


class NoticeState(models.TextChoices):
    WAITING = "waiting", _("to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")
    TO_TELL = "to_tell", _("to be told by phone")
    TOLD = "told", _("told by phone")
    DROPPED = "dropped", _("no longer needed")


class Face(models.IntegerChoices):
    """Three faces, so that a child can answer."""

    SAD = 1, _("not good")
    SO_SO = 2, _("all right")
    HAPPY = 3, _("good")


class BookingStatus(models.TextChoices):
    """Of a class's visit. Held is what its session says."""

    PROPOSED = "proposed", _("waiting for an answer")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn by the school")


class MarkOutcome(models.TextChoices):
    """What became of one thing that a device noted while it was offline."""

    APPLIED = "applied", _("taken into the roll")
    WAITING = "waiting", _("waits for a person to decide")
    SETTLED = "settled", _("settled by a person")
    DISMISSED = "dismissed", _("dismissed by a person")


class Repeating(models.TextChoices):
    """The plain ways in which a series repeats; anything else is written as a rule (RFC 5545)."""

    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every two weeks")
    MONTH_DAY = "month_day", _("every month, on the same day of the month")
    MONTH_WEEKDAY = "month_weekday", _("every month, on the same weekday")
    RULE = "rule", _("by a rule of its own")


class Vitality(models.TextChoices):
    """How alive a club is, by what its rolls say (docs/decisions/0053)."""

    NEW = "new", _("new")
    LIVELY = "lively", _("lively")
    QUIET = "quiet", _("quiet")
    ASLEEP = "asleep", _("asleep")


class Trend(models.TextChoices):
    UP = "up", _("more come than before")
    STEADY = "steady", _("as many come as before")
    DOWN = "down", _("fewer come than before")
