from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tier(models.TextChoices):
    COUNTRY = "country", pgettext_lazy("tier", "country")
    PROVINCE = "province", pgettext_lazy("tier", "province")
    DISTRICT = "district", pgettext_lazy("tier", "district (until 30 June 2025)")
    COMMUNE = "commune", pgettext_lazy("tier", "commune")


class UnitKind(models.TextChoices):
    """The legal kind, as the law names it (the words stand in the unit's own name)."""

    COUNTRY = "quoc_gia", _("country")
    CITY_CENTRAL = "thanh_pho_truc_thuoc_trung_uong", _("centrally run city")
    PROVINCE = "tinh", _("province")
    URBAN_DISTRICT = "quan", _("urban district")
    RURAL_DISTRICT = "huyen", _("rural district")
    TOWN = "thi_xa", _("town")
    CITY = "thanh_pho", _("provincial city")
    WARD = "phuong", _("ward")
    COMMUNE = "xa", _("rural commune")
    TOWNSHIP = "thi_tran", _("township")
    SPECIAL_ZONE = "dac_khu", _("special zone")


class SuccessionKind(models.TextChoices):
    MERGE = "merge", _("merged into")
    SPLIT = "split", _("split into")
    RENAME = "rename", _("renamed")
    ABOLISH = "abolish", _("tier abolished")


class Certainty(models.TextChoices):
    CERTAIN = "certain", _("certain")
    UNCERTAIN = "uncertain", _("uncertain")


class Doubt(models.TextChoices):
    """Why a succession is uncertain."""

    DIVIDED = (
        "divided",
        _("the land was divided between several units; how much went where is not known"),
    )
    FAR = "far", _("the source names this unit too, but it lies too far away to be likely")


class Disagreement(models.TextChoices):
    """What the two sources of the territory say differently."""

    NAME = "name", _("another spelling")
    CODE = "code", _("another code")
    POSITION = "position", _("a position far from the units it was made of")


class InstitutionClass(models.TextChoices):
    """Libraries: Luật Thư viện 46/2019/QH14, article 9, and the small forms that the programme's plans name.

    Museums: the five classes of Thông tư 04/2015/TT-BVHTTDL. Culture centres: the tiers of Decision 1520.
    """

    LIBRARY_NATIONAL = "library_national", _("National library")
    LIBRARY_PROVINCE = "library_province", _("Public library of a province")
    LIBRARY_DISTRICT = "library_district", _("Public library of a district")
    LIBRARY_COMMUNE = "library_commune", _("Public library of a commune")
    LIBRARY_SPECIAL = "library_special", _("Special library")
    LIBRARY_ARMED_FORCES = "library_armed_forces", _("Library of the armed forces")
    LIBRARY_UNIVERSITY = "library_university", _("University library")
    LIBRARY_SCHOOL = (
        "library_school",
        _("Library of a school, vocational or other educational institution"),
    )
    LIBRARY_COMMUNITY = "library_community", _("Community library")
    LIBRARY_PRIVATE = "library_private", _("Private library serving the community")
    BOOKCASE = "bookcase", _("Bookcase")
    LAW_BOOKCASE = "law_bookcase", _("Law bookcase")
    POST_OFFICE_CULTURE_POINT = (
        "post_office_culture_point",
        _("Post-office culture point"),
    )
    MOBILE_LIBRARY = "mobile_library", _("Mobile library")
    MUSEUM_NATIONAL = "museum_national", _("National museum")
    MUSEUM_MINISTRY = (
        "museum_ministry",
        _("Specialised museum under a ministry or central body"),
    )
    MUSEUM_SPECIALISED = (
        "museum_specialised",
        _("Specialised museum under a unit of a ministry or central body"),
    )
    MUSEUM_PROVINCE = "museum_province", _("Museum of a province")
    MUSEUM_NON_PUBLIC = "museum_non_public", _("Non-public museum")
    HERITAGE_SITE = "heritage_site", _("Heritage site")
    CULTURE_CENTRE_PROVINCE = (
        "culture_centre_province",
        _("Culture centre of a province"),
    )
    CULTURE_CENTRE_DISTRICT = (
        "culture_centre_district",
        _("Culture and sport centre of a district"),
    )
    CULTURE_CENTRE_COMMUNE = (
        "culture_centre_commune",
        _("Culture and sport centre of a commune"),
    )
    VILLAGE_CULTURE_HOUSE = (
        "village_culture_house",
        _("Village culture house and sport ground"),
    )
    CHILDREN_HOUSE = "children_house", _("Children's house")
    COMMUNITY_LEARNING_CENTRE = (
        "community_learning_centre",
        _("Community learning centre"),
    )


C = InstitutionClass
LIBRARIES = frozenset(c for c in C if c.startswith("library_") or c in {C.BOOKCASE, C.LAW_BOOKCASE, C.MOBILE_LIBRARY})
"""Everything that lends or shows books; the post-office culture point counts too."""
LIBRARIES |= {C.POST_OFFICE_CULTURE_POINT}
MUSEUMS = frozenset(c for c in C if c.startswith("museum_") or c == C.HERITAGE_SITE)
CENTRES = frozenset(C) - LIBRARIES - MUSEUMS
del C


class EquipmentKind(models.TextChoices):
    """What plans ask a house to have (169/KH-UBND of Đắk Nông, I.2.c), and what reading and learning need."""

    SOUND = "sound", _("sound system")
    LIGHT = "light", _("stage light")
    TABLES = "tables", _("tables and chairs")
    SHELVES = "shelves", _("book shelves")
    COMPUTER = "computer", _("computer with internet")
    PROJECTOR = "projector", _("projector or screen")
    MUSICAL = "musical", _("musical instruments")
    SPORT = "sport", _("sport equipment")
    VEHICLE = "vehicle", _("vehicle for mobile service")
    ACCESS = "access", _("ramp, lift or aid for people with disabilities")


class AgencyKind(models.TextChoices):
    MINISTRY = "ministry", _("ministry")
    PEOPLES_COMMITTEE = "peoples_committee", _("people's committee")
    CULTURE = "culture", _("culture, sport and tourism")
    CULTURE_SOCIETY = "culture_society", _("culture and society")
    EDUCATION = "education", _("education and training")
    FINANCE = "finance", _("finance")
    HOME_AFFAIRS = "home_affairs", _("home affairs")
    MILITARY = "military", _("military command")
    POLICE = "police", _("public security")
    PARTY = "party", _("Party body")
    FRONT = "front", _("Fatherland Front and mass organisations")
    STUDY_ENCOURAGEMENT = (
        "study_encouragement",
        _("association for the encouragement of learning"),
    )
    OTHER = "other", _("other")


ARMED_FORCES = frozenset({AgencyKind.MILITARY, AgencyKind.POLICE})
"""What they do inside is not read by those who lead a territory; they report in totals."""
ONE_AT_A_TIME = frozenset({AgencyKind.PEOPLES_COMMITTEE, AgencyKind.CULTURE, AgencyKind.CULTURE_SOCIETY})
"""A unit has one body of such a kind: it answers for the programme there, and reports go to it."""


class LineKind(models.TextChoices):
    ADMINISTRATIVE = "administrative", _("administrative command")
    PROFESSIONAL = "professional", _("professional guidance")


class InstitutionState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("of an institution", "open")
    SUSPENDED = "suspended", _("temporarily closed")
    CLOSED = "closed", pgettext_lazy("of an institution", "closed")


class HolidayBasis(models.TextChoices):
    """Why a day is a public holiday."""

    LAW = "law", _("by law")
    COMPENSATION = "compensation", _("in place of another day; announced each year")
    DECISION = "decision", _("as decided")
    MEANT = "meant", _("not confirmed: no act has been entered")


class HolidayAnswer(models.TextChoices):
    """What an institution does on a holiday on which its hours would have it open."""

    OPEN = "open", _("open as its hours are")
    CLOSED = "closed", pgettext_lazy("on a holiday", "closed")
    PARTLY = "partly", _("open on some of the days")
    NOT_SAID = "not_said", _("not said yet")
