"""Documents written from snapshots: the templates, each document, and a run that writes many."""

import datetime as dt
import secrets
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.attachments import KeptFile
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState
from hocsuotdoi.reporting.models.cycle import Cycle
from hocsuotdoi.reporting.models.line import on_the_line
from hocsuotdoi.reporting.models.report import Report
from hocsuotdoi.reporting.models.snapshot import Snapshot

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """What a document's QR code leads by: cannot be guessed, and has no letter that looks like another."""
    return "".join(secrets.choice(ALPHABET) for _each in range(16))


class DocumentTemplateQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        return self.filter(agency__in=agencies_on_line(person, Permission.VIEW_REPORT, day))

    def in_use(self) -> Self:
        return self.filter(retired_at=None)


@tracked
class DocumentTemplate(KeptFile):
    """A Word file of a body's own for one kind of document, in place of the one that comes with the program. It
    serves the body and, where they have none, those below it. Never changed: a new one takes its place. A template
    with an unknown placeholder is not taken in, so whatever stands here can be filled."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="document_templates")
    kind = models.CharField(max_length=24, choices=DocumentKind)
    placeholders = ArrayField(models.CharField(max_length=120), default=list)
    uploaded_by = models.UUIDField()
    uploaded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentTemplateQuerySet.as_manager()

    class Meta(KeptFile.Meta):
        constraints = [
            *KeptFile.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "kind"], condition=Q(retired_at__isnull=True), name="template_in_use_once"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="template_kept_as_uploaded", fields=["agency", "kind", "digest", "placeholders"]),
            pgtrigger.Protect(name="template_kept", operation=pgtrigger.Delete),
        ]


class DocumentRunQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Runs of the bodies at which `person` reads reports, and of those whose draft of that cycle `person` may read:
        by the line of command, not by the map. Who only gets a copy has no run of theirs."""
        led = on_the_line(person, Permission.VIEW_REPORT, day, with_copies=False)
        told = Report.objects.filter(led, cycle=OuterRef("cycle"), agency=OuterRef("agency"))
        return self.filter(Q(agency__in=agencies_held(person, Permission.VIEW_REPORT, day)) | Exists(told))


@tracked
class DocumentRun(models.Model):
    """Many documents at once: those of all reports of a cycle that lead to one report. Begun again after a stop, it
    writes what is still waiting; nothing is written twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="runs")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text=_("Down from whom"))
    formats = ArrayField(models.CharField(max_length=12, choices=DocumentFormat))
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    objects = DocumentRunQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(formats=[]), name="run_writes_something")]


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Documents of the snapshots that `person` may read."""
        return self.filter(snapshot__in=Snapshot.objects.visible_to(person, day))

    def waiting(self) -> Self:
        return self.filter(state=DocumentState.WAITING)


class Document(models.Model):
    """One file written from a snapshot, once for each kind, format and template. `code` stands in its QR code and
    opens the public page on which every figure can be checked. The bytes are kept (core.attachments) once it is made;
    a document whose template has changed is another document."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=24, choices=DocumentKind)
    format = models.CharField(max_length=12, choices=DocumentFormat)
    template = models.ForeignKey(
        DocumentTemplate, null=True, on_delete=models.PROTECT, related_name="+", help_text=_("Empty: the program's own")
    )
    runs = models.ManyToManyField(
        DocumentRun, related_name="documents", help_text=_("Each that wants it; written once for all of them")
    )
    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    state = models.CharField(max_length=8, choices=DocumentState, default=DocumentState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True, help_text=_("Who asked for it; of a signed one, who had it signed"))
    begun_at = models.DateTimeField(null=True, help_text=_("Since when a worker is writing it"))
    made_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=300, blank=True, help_text=_("Subject of the certificate"))
    signed_at = models.DateTimeField(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state=DocumentState.WAITING), name="document_to_write"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "kind", "format", "template"], name="document_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(state=DocumentState.MADE, made_at__isnull=False, size__isnull=False)
                & Q(digest__regex="^[0-9a-f]{64}$")
                & ~Q(file_name="")
                | ~Q(state=DocumentState.MADE) & Q(made_at__isnull=True, digest="", signed_at__isnull=True),
                name="document_made_has_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.FAILED) | ~Q(problem=""), name="document_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(format=DocumentFormat.SIGNED_PDF)
                & (~Q(state=DocumentState.MADE) | Q(signed_at__isnull=False) & ~Q(signed_by=""))
                | ~Q(format=DocumentFormat.SIGNED_PDF) & Q(signed_at__isnull=True, signed_by=""),
                name="document_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(made_at__gte=F("asked_at")), name="document_made_after_asked"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="document_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="document_of_the_same", fields=["snapshot", "kind", "format", "template", "code"]),
            pgtrigger.FSM(
                name="document_goes_on",
                field="state",
                transitions=[
                    (DocumentState.WAITING.value, DocumentState.MADE.value),
                    (DocumentState.WAITING.value, DocumentState.FAILED.value),
                    (DocumentState.FAILED.value, DocumentState.WAITING.value),
                ],
            ),
        ]
