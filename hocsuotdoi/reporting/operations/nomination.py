"""Putting forward for commendation: prepared, proposed as a document, decided by whom it goes to."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.reporting.enums import NominationState, NomineeKind, SnapshotKind
from hocsuotdoi.reporting.models import Nomination, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.queries.commendation import authority_of, award_content
from hocsuotdoi.reporting.queries.nominations import Rank, evidence_for, nomination_content, nominee_words, rank_of


class NominationChanged(Refused):
    """Somebody else wrote first; nothing is lost, the newest stands."""


class NotPossibleNow(Refused):
    """A nomination that is proposed or decided is not written any more."""


class NotWhole(Refused):
    """What a proposal needs is not there."""


@transaction.atomic
def begin_nomination(nomination: Nomination, *, by: Person, at: dt.datetime) -> Nomination:
    """A new draft; `nomination` comes filled in and unsaved. Refused: a body that puts itself forward."""
    if nomination.nominee_kind == NomineeKind.AGENCY and nomination.nominated_agency_id == nomination.agency_id:
        raise NotWhole(_("A body does not put itself forward: choose another."), field="nominated_agency")
    nomination.changed_by, nomination.changed_at = by.pk, at
    nomination.save(force_insert=True)
    return nomination


@transaction.atomic
def word_nomination(
    nomination: Nomination, *, version: int, form: str, merits: str, keys: Collection[str], by: Person, at: dt.datetime
) -> Nomination:
    """Writes form and merits, and takes as evidence those numbers of `evidence_for` that `keys` name, as they are now.

    Refused: not a draft any more, somebody else wrote since.
    """
    held = _held(nomination, version, [NominationState.DRAFT])
    held.form, held.merits = normalise(form).strip(), normalise(merits.replace("\r\n", "\n")).strip()
    held.evidence = [asdict(each) for each in evidence_for(held) if each.key in keys]
    return _kept(held, ["form", "merits", "evidence"], by=by, at=at)


@transaction.atomic
def propose(nomination: Nomination, *, version: int, by: Person, at: dt.datetime) -> Snapshot:
    """Freezes the proposal, from which its document is written; its numbers are read anew at this moment.

    Refused: not a draft, somebody else wrote since, no merits in words.
    """
    held = _held(nomination, version, [NominationState.DRAFT])
    if not held.merits:
        raise NotWhole(_("Say the merits in words first: numbers alone put nobody forward."), field="merits")
    named = {each["key"] for each in held.evidence}
    held.evidence = [asdict(each) for each in evidence_for(held) if each.key in named]
    held.state = NominationState.PROPOSED
    _kept(held, ["evidence", "state"], by=by, at=at)
    day = timezone.localdate(at)
    content = nomination_content(held, ranks_of(held, day), day)
    return freeze(SnapshotKind.NOMINATION, dict(content), nomination=held, by=by, at=at)


@transaction.atomic
def take_back(nomination: Nomination, *, version: int, by: Person, at: dt.datetime) -> Nomination:
    """Back to a draft; what was frozen stays, and its document says so no less. Refused: not proposed."""
    held = _held(nomination, version, [NominationState.PROPOSED])
    held.state = NominationState.DRAFT
    return _kept(held, ["state"], by=by, at=at)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was signed: number («123/QĐ-UBND»), day, by which authority, the signer's name, and the form awarded, each
    empty where it is as proposed."""

    number: str
    day: dt.date | None
    authority: str = ""
    signer: str = ""
    form: str = ""


@transaction.atomic
def award(nomination: Nomination, *, version: int, decision: Decision, by: Person, at: dt.datetime) -> Snapshot:
    """Writes down the signed decision and freezes what the certificate says.

    Refused: not proposed, no number or day, a day before the year or still to come.
    """
    held = _held(nomination, version, [NominationState.PROPOSED])
    day = timezone.localdate(at)
    held.decision = normalise(decision.number).strip()
    if not held.decision:
        raise NotWhole(_("Enter the number of the decision by which it was awarded."), field="number")
    if decision.day is None or not dt.date(held.year, 1, 1) <= decision.day <= day:
        raise NotWhole(_("Enter the day of the decision: it lies in the year or after, and not ahead."), field="day")
    held.decided_on = decision.day
    held.awarded_form = normalise(decision.form).strip() or held.form
    held.decided_by = normalise(decision.authority).strip() or authority_of(held.agency, held.awarded_form)
    held.signer = normalise(decision.signer).strip()
    held.state = NominationState.AWARDED
    told = ["state", "decision", "decided_on", "decided_by", "signer", "awarded_form"]
    kept = _kept(held, told, by=by, at=at)
    content = award_content(kept, nominee_words(kept), day)
    return freeze(SnapshotKind.AWARD, dict(content), nomination=kept, by=by, at=at)


@transaction.atomic
def award_together(
    nominations: Sequence[tuple[Nomination, int]], *, decision: Decision, by: Person, at: dt.datetime
) -> list[Snapshot]:
    """One decision that commends several, each with the version that was looked at: the first in the form that it
    names, the others in theirs. All or none; refused as `award` refuses, and the sentence says whom it is about."""
    as_proposed = replace(decision, form="")
    decided = {nomination.pk: as_proposed for nomination, _version in nominations[1:]}
    decided[nominations[0][0].pk] = decision
    made = {}
    for nomination, version in sorted(nominations, key=lambda each: each[0].pk):  # two people never wait for each other
        try:
            made[nomination.pk] = award(nomination, version=version, decision=decided[nomination.pk], by=by, at=at)
        except (NominationChanged, NotPossibleNow) as refusal:
            if len(nominations) == 1:
                raise
            raise type(refusal)(f"{nominee_words(nomination)}: {refusal}") from refusal
    return [made[nomination.pk] for nomination, _version in nominations]


@transaction.atomic
def decline(nomination: Nomination, *, version: int, by: Person, at: dt.datetime) -> Nomination:
    """It was not awarded. Refused: not proposed."""
    held = _held(nomination, version, [NominationState.PROPOSED])
    held.state = NominationState.DECLINED
    return _kept(held, ["state"], by=by, at=at)


def ranks_of(nomination: Nomination, day: dt.date) -> list[Rank]:
    """How an institution stands among its equals, for each measure that is named as evidence."""
    institution = nomination.institution
    if institution is None:
        return []
    territory = nomination.agency.unit
    measures = [each["key"].split(":")[1] for each in nomination.evidence if each["key"].startswith("measure:")]
    found = [rank_of(institution, MeasureCode(each), nomination.year, territory, day) for each in measures]
    return [rank for rank in found if rank is not None]


def _held(nomination: Nomination, version: int, states: Collection[NominationState]) -> Nomination:
    locked = Nomination.objects.select_for_update(of=("self",)).select_related(
        "agency__unit", "institution", "nominated_agency"
    )
    held = locked.get(pk=nomination.pk)
    if held.version != version:
        raise NominationChanged(
            _("Somebody changed this while you were at it. Look at it as it is now, then try again.")
        )
    if held.state not in states:
        raise NotPossibleNow(
            _("This nomination is “%(state)s”: that cannot be done with it now.") % {"state": held.get_state_display()}
        )
    return held


def _kept(held: Nomination, fields: list[str], *, by: Person, at: dt.datetime) -> Nomination:
    held.version += 1
    held.changed_by, held.changed_at = by.pk, at
    held.save(update_fields=[*fields, "version", "changed_by", "changed_at"])
    return held
