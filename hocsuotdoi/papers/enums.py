from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PaperKind(models.TextChoices):
    LAW = "law", pgettext_lazy("kind of a paper", "law")
    RESOLUTION = "resolution", _("resolution")
    DECREE = "decree", _("decree")
    CIRCULAR = "circular", _("circular")
    DECISION = "decision", _("decision")
    DIRECTIVE = "directive", _("directive")
    OFFICIAL_LETTER = "official_letter", _("official letter")
    GUIDELINE = "guideline", _("guideline")
    METHOD = "method", _("method or handbook")
    STANDARD = "standard", _("standard")
    OTHER = "other", pgettext_lazy("kind of a paper", "other")


class PaperState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("of a paper", "draft")
    SENT = "sent", pgettext_lazy("of a paper", "sent down")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a paper", "withdrawn")
    OVERTAKEN = "overtaken", _("replaced before it took effect")
    """The days that stand in it never came to hold; that it ended before it began no dates could say."""
