"""What inspectors look at, by class of institution."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hocsuotdoi.core.audit import tracked
from hocsuotdoi.inspection.enums import ItemKind
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Agency

_REFUSE_PUBLISHED = """
IF EXISTS (SELECT FROM inspection_checklist WHERE id = OLD.checklist_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'checklist % has been published: a new version takes its place', OLD.checklist_id
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


@tracked
class Checklist(models.Model):
    """The questions for institutions of some classes. Once published it is kept as it is: a new `version` takes its
    place, and visits keep the one that they were made with."""

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=200)
    classes = ArrayField(models.CharField(max_length=32, choices=InstitutionClass))
    owner = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=_("Empty: our proposal")
    )
    source = models.CharField(_("legal basis"), max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once"),
            models.CheckConstraint(condition=~Q(classes=[]), name="checklist_for_some_class"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(published_at__isnull=False, retired_at__gte=F("published_at")),
                name="checklist_retired_after_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChecklistItem(models.Model):
    """One question, with the rule it comes from (`source`). `indicator_code` and `criterion_code` name the criterion
    that asks the institution the same (indicators): what is known of it stands beside the question. By code and not by
    a link: criteria are published anew, a published question stays as it is."""

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="items")
    ordinal = models.PositiveSmallIntegerField()
    heading = models.CharField(pgettext_lazy("of a checklist", "part"), max_length=200, blank=True)
    question = models.TextField(_("question"))
    guide = models.TextField(_("how to look at it"), blank=True)
    kind = models.CharField(max_length=8, choices=ItemKind, default=ItemKind.YES_NO)
    source = models.CharField(_("legal basis"), max_length=300, blank=True)
    indicator_code = models.SlugField(max_length=60, blank=True)
    criterion_code = models.SlugField(max_length=60, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "ordinal"], name="checklist_item_once"),
            models.CheckConstraint(condition=~Q(question=""), name="checklist_item_asks_something"),
            models.CheckConstraint(
                condition=Q(indicator_code="", criterion_code="") | ~Q(indicator_code="") & ~Q(criterion_code=""),
                name="checklist_item_names_a_whole_criterion",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="item_kept_as_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_REFUSE_PUBLISHED,
            )
        ]
