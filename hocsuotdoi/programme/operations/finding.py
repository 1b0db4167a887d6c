"""Answering what the plan check found. An answer is recorded beside the finding and never hides it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.enums import AnswerKind
from hocsuotdoi.programme.models import FindingAnswer, Plan
from hocsuotdoi.programme.queries.plan_check import check_plan


class FindingNotAnswered(Refused):
    """The answer lacks something, or there is no such finding."""


@transaction.atomic
def answer_finding(
    plan: Plan, *, key: str, kind: AnswerKind, reason: str, addendum: Plan | None = None, by: Person, at: dt.datetime
) -> FindingAnswer:
    """Records an answer to the finding `key` of `plan`: accepted with a reason, or corrected by an addendum.

    A later answer stands beside the earlier one; the newest is shown first. Refused (`FindingNotAnswered`): the check
    does not find this (any more); no reason; corrected without an addendum of this plan, or accepted with one.
    """
    finding = next((found for found in check_plan(plan) if found.key == key), None)
    if finding is None:
        raise FindingNotAnswered(_("The check does not find this in the plan any more; look at the list again."))
    if not reason.strip():
        raise FindingNotAnswered(_("Write the reason in a sentence: others will read it beside the finding."))
    if kind == AnswerKind.CORRECTED and (addendum is None or addendum.amends_id != plan.pk):
        raise FindingNotAnswered(_("Choose the addendum of this plan that corrects it; enter the addendum first."))
    if kind == AnswerKind.ACCEPTED and addendum is not None:
        raise FindingNotAnswered(_("An addendum corrects a finding; to accept it, give the reason alone."))
    return FindingAnswer.objects.create(
        plan=plan,
        finding_key=key,
        rule=finding.rule,
        kind=kind,
        reason=reason.strip(),
        addendum=addendum,
        answered_by=by,
        answered_at=at,
    )
