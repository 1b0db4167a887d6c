from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemKind(models.TextChoices):
    YES_NO = "yes_no", pgettext_lazy("of an inspection’s question", "yes, no, partly")
    NUMBER = "number", _("a number")
    WORDS = "words", pgettext_lazy("of an inspection’s question", "words")


class Seen(models.TextChoices):
    """What an inspector saw, to a question of yes or no."""

    YES = "yes", _("met")
    PARTLY = "partly", _("partly met")
    NO = "no", _("not met")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("of an inspection’s question", "does not apply")


class VisitState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("of an inspection", "planned")
    UNDER_WAY = "under_way", pgettext_lazy("of an inspection", "under way")
    CLOSED = "closed", pgettext_lazy("of an inspection", "finished")
    CANCELLED = "cancelled", pgettext_lazy("of an inspection", "cancelled")


class Severity(models.TextChoices):
    PRAISE = "praise", _("done well")
    ADVICE = "advice", _("advice")
    SHORTCOMING = "shortcoming", _("shortcoming")
    VIOLATION = "violation", _("violation of rules")


MENDED_BY_A_DAY = (Severity.SHORTCOMING, Severity.VIOLATION)
"""What must say until when it is mended, and becomes a task."""


class Chosen(models.TextChoices):
    """Why an institution is visited: said on the plan, so that nobody wonders."""

    LONGEST = "longest", _("not visited for longest")
    LOW = "low", _("few criteria met")
    LOT = "lot", _("drawn by lot")
    BY_HAND = "by_hand", _("chosen by hand")


class Side(models.TextChoices):
    """For whom somebody signs what was seen at a visit."""

    TEAM = "team", pgettext_lazy("who signs at an inspection", "the team")
    INSTITUTION = "institution", pgettext_lazy("who signs at an inspection", "the institution")


class NoticeOf(models.TextChoices):
    """Of what somebody is told about a visit."""

    PLANNED = "planned", _("a visit was planned")
    MOVED = "moved", _("a visit was moved to another day")
    LEFT = "left", _("no longer in the team")
    CANCELLED = "cancelled", _("a visit was cancelled")


class Outcome(models.TextChoices):
    """What became of an answer, a finding or a closing that a phone sent. `CHANGED`: somebody changed it meanwhile, and
    whoever sent this has not seen that."""

    TAKEN = "taken", _("taken")
    KNOWN = "known", _("taken before")
    LATER = "later", _("somebody answered later")
    CHANGED = "changed", _("somebody changed it meanwhile")
    REFUSED = "refused", _("not taken")
