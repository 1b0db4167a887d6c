"""Whom a body puts forward for commendation, and on what (P8)."""

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import NominationState, NomineeKind


def put_forward_on_the_line(person: Someone, day: dt.date | None = None) -> Q:
    """Of bodies whose reports `person` reads; what the armed forces put forward stays on their line."""
    return Q(agency__in=agencies_on_line(person, Permission.VIEW_REPORT, day))


class NominationQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        return self.filter(put_forward_on_the_line(person, day))


@tracked
class Nomination(models.Model):
    """One institution, body or person put forward by `agency`. `evidence` names happenings and figures by kind and
    key, as the ledger and snapshots name them, with what each showed on the day. A person's name is kept while the
    nomination is; nothing of a person's own learning is taken as evidence without consent. What was awarded may be
    another form than the one proposed; it is told by number, day, authority and signer of the decision."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="nominations")
    year = models.PositiveSmallIntegerField(_("year"))
    nominee_kind = models.CharField(max_length=12, choices=NomineeKind)
    institution = models.ForeignKey(
        "places.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    nominated_agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(_("name"), max_length=120, blank=True)
    person_post = models.CharField(_("post and place of work"), max_length=200, blank=True)
    form = models.CharField(_("form of commendation"), max_length=120)
    merits = models.TextField(_("merits"))
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=NominationState, default=NominationState.DRAFT)
    decision = models.CharField(_("number of the decision"), max_length=120, blank=True)
    decided_on = models.DateField(_("day of the decision"), null=True, blank=True)
    decided_by = models.CharField(_("who decided"), max_length=200, blank=True)
    signer = models.CharField(_("who signed"), max_length=120, blank=True)
    awarded_form = models.CharField(_("form that was awarded"), max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.UUIDField()
    changed_at = models.DateTimeField()

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    nominee_kind=NomineeKind.INSTITUTION,
                    institution__isnull=False,
                    nominated_agency__isnull=True,
                    person_name="",
                )
                | Q(
                    nominee_kind=NomineeKind.AGENCY,
                    institution__isnull=True,
                    nominated_agency__isnull=False,
                    person_name="",
                )
                | Q(nominee_kind=NomineeKind.PERSON, institution__isnull=True, nominated_agency__isnull=True)
                & ~Q(person_name=""),
                name="nomination_of_one",
            ),
            models.CheckConstraint(
                condition=~Q(state=NominationState.AWARDED) | ~Q(decision=""), name="nomination_awarded_by_a_decision"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="nomination_goes_on",
                field="state",
                transitions=[
                    (NominationState.DRAFT.value, NominationState.PROPOSED.value),
                    (NominationState.PROPOSED.value, NominationState.DRAFT.value),
                    (NominationState.PROPOSED.value, NominationState.AWARDED.value),
                    (NominationState.PROPOSED.value, NominationState.DECLINED.value),
                ],
            )
        ]
