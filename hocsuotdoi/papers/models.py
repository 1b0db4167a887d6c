"""Papers, to whom they are sent, who has read them."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import agencies_commanded, institutions_on_line
from hocsuotdoi.accounts.queries.scope import agencies_on_line, offices_held
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.attachments import KeptFile
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated, DatedQuerySet, on
from hocsuotdoi.papers.enums import PaperKind, PaperState
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency

SENT = (PaperState.SENT, PaperState.WITHDRAWN, PaperState.OVERTAKEN)

_KEPT_AS_SENT = (
    "number", "title", "kind", "issuer", "issued_on", "starts_on", "summary", "text", "replaces_id", "change_note",
    "sender_id", "is_public", "to_tiers", "to_kinds", "to_classes", "must_read", "read_by", "sent_at", "sent_by",
)  # fmt: skip
"""All but what becomes of it: its end, its state, why it was withdrawn."""


def _several(choices: type[models.Choices], label: Any, longest: int) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=longest, choices=choices), verbose_name=label, default=list, blank=True
    )


def to_follow(day: dt.date, prefix: str = "") -> Q:
    """The condition that a paper holds on `day` or is still to: neither withdrawn nor over, nor replaced before it took
    effect. `prefix` ("paper__") reaches through a relation."""
    not_over = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})
    return Q(**{f"{prefix}state": PaperState.SENT}) & not_over


def in_force(day: dt.date) -> Q:
    """The condition that a paper holds on `day`; `Paper.is_in_force` says the same of one."""
    return on(day) & to_follow(day)


class PaperQuerySet(DatedQuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Public ones once sent, for all; what was sent to a body or institution at which `person` has a role, or above
        which: by the map, and of the armed forces on their own line of command; everything of a body whose papers
        `person` publishes, drafts too. A paper of an office only is nobody else's."""
        public = Q(state__in=SENT, is_public=True)
        if person is None or not person.is_authenticated:
            return self.filter(public)
        day = day or timezone.localdate()
        agencies = agencies_on_line(person, Permission.VIEW_WORKSPACE, day)
        commanded = agencies_commanded(person, Permission.VIEW_WORKSPACE, day)
        institutions = institutions_on_line(person, Permission.VIEW_WORKSPACE, day)
        sent = Delivery.objects.filter(
            Q(agency__in=agencies) | Q(agency__in=commanded) | Q(institution__in=institutions)
        )
        return self.filter(
            public
            | Q(state__in=SENT, pk__in=sent.values("paper"))
            | Q(sender__in=offices_held(person, Permission.PUBLISH_PAPER, day))
        )


@tracked
class Paper(Dated):
    """One document with number and date, valid from `starts_on` until `ends_on`. It takes the place of another one
    (`replaces`), and `change_note` says in plain words what is different. The audience is said in rules (tiers, kinds
    of bodies, classes of institutions under the sender) and becomes deliveries when it is sent. What was sent stays."""

    number = models.CharField(_("number"), max_length=60, blank=True)
    title = models.TextField(_("title"))
    kind = models.CharField(_("kind"), max_length=16, choices=PaperKind)
    issuer = models.CharField(_("issued by"), max_length=200)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    summary = models.TextField(_("what it is about, in plain words"), blank=True)
    text = models.TextField(_("full text"), blank=True)
    search_text = models.TextField(editable=False, help_text=_("Normalised (core.vietnamese)"))
    search_vector = models.GeneratedField(
        expression=models.Func(
            F("search_text"),
            template=(
                "setweight(to_tsvector('simple'::regconfig, split_part(%(expressions)s, '|', 1)), 'A') || "
                "setweight(to_tsvector('simple'::regconfig, split_part(%(expressions)s, '|', 2)), 'B')"
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    change_note = models.TextField(_("what has changed"), blank=True)
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="papers")
    is_public = models.BooleanField(_("may be read by everybody"), default=False)
    to_tiers = _several(Tier, _("to bodies of these tiers"), 10)
    to_kinds = _several(AgencyKind, _("to bodies of these kinds"), 24)
    to_classes = _several(InstitutionClass, _("to institutions of these classes"), 32)
    must_read = models.BooleanField(_("asks for a read receipt"), default=True)
    read_by = models.DateField(_("to be read by"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.DRAFT)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.UUIDField(null=True, editable=False)
    withdrawn_for = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PaperQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["-issued_on", "-pk"]
        indexes = [GinIndex(fields=["search_vector"], name="paper_search")]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["number", "issuer", "issued_on"],
                condition=~Q(number=""),
                nulls_distinct=False,
                name="paper_number_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="paper_has_a_title"),
            models.CheckConstraint(condition=~Q(replaces=F("pk")), name="paper_not_in_place_of_itself"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(change_note=""), name="paper_replacing_says_what_has_changed"
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.DRAFT, sent_at__isnull=True, sent_by__isnull=True)
                | ~Q(state=PaperState.DRAFT) & Q(sent_at__isnull=False, sent_by__isnull=False),
                name="paper_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.WITHDRAWN) | ~Q(withdrawn_for=""), name="paper_withdrawn_for_a_reason"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="paper_goes_on",
                field="state",
                transitions=[
                    (PaperState.DRAFT.value, PaperState.SENT.value),
                    (PaperState.SENT.value, PaperState.WITHDRAWN.value),
                    (PaperState.SENT.value, PaperState.OVERTAKEN.value),
                ],
            ),
            pgtrigger.Protect(
                name="paper_kept_as_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND ("
                    + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _KEPT_AS_SENT)
                    + ")"
                ),
            ),
            pgtrigger.Protect(
                name="paper_kept", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state=PaperState.DRAFT.value)
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    def is_to_follow(self, day: dt.date) -> bool:
        return self.state == PaperState.SENT and (self.ends_on is None or self.ends_on > day)

    def is_in_force(self, day: dt.date) -> bool:
        return self.state == PaperState.SENT and self.holds_on(day)


_ONLY_OF_DRAFTS = """
    IF EXISTS (SELECT FROM papers_paper WHERE id = coalesce(NEW.paper_id, OLD.paper_id) AND state <> 'draft') THEN
        RAISE EXCEPTION 'what was sent keeps its files' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
"""


class PaperFile(KeptFile):
    """The document as issued, and what goes with it. Files come and go with a draft; what was sent stays."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="files")
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta(KeptFile.Meta):
        ordering = ["ordinal", "pk"]
        triggers = [
            pgtrigger.Protect(name="paper_file_kept_as_it_is", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="paper_file_of_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=_ONLY_OF_DRAFTS,
            ),
        ]
        constraints = [
            *KeptFile.Meta.constraints,
            models.UniqueConstraint(fields=["paper", "digest"], name="paper_file_once"),
        ]


def _to_one() -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(agency__isnull=False, institution__isnull=True) | Q(agency__isnull=True, institution__isnull=False),
        name="%(class)s_to_one_place",
    )


class Delivery(models.Model):
    """That a paper was sent to a body or an institution; those made later are sent what still holds. Never taken
    back."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="deliveries")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="deliveries")
    institution = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [
            _to_one(),
            models.UniqueConstraint(
                fields=["paper", "agency", "institution"], name="delivery_once", nulls_distinct=False
            ),
        ]


class Receipt(models.Model):
    """That one person at the place it was sent to has opened the paper and said so; the first stands for the place."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="receipts")
    read_by = models.UUIDField(help_text=_("Person's id; no link, so that an account can go"))
    read_at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["delivery", "read_by"], name="receipt_once")]
