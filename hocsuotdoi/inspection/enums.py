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
