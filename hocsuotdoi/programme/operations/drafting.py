"""Writing a plan before it is issued: its head, clause by clause; by several people, none over another's words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import fold, normalise
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import PlanKind, PlanStatus
from hocsuotdoi.programme.formats.plan_file import ParsedClause, ParsedPlan
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.as_file import as_file, begun_from, clause_of, digest_of, head_digest
from hocsuotdoi.programme.operations.plan import PlanRefused, resolve
from hocsuotdoi.programme.operations.transcription import write_plan
from hocsuotdoi.programme.queries.plan_check import path_order


class NotADraft(Refused):
    """The plan has been issued: it is amended, not edited."""


class DraftChanged(Refused):
    """Somebody else has written here since it was read. `now` is the clause as it stands; None: it was taken out."""

    def __init__(self, message: str, now: ParsedClause | None = None):
        super().__init__(message)
        self.now = now


class BadClause(Refused):
    """The clause cannot stand in the plan like this."""


@dataclass(frozen=True)
class Head:
    """What stands before the clauses. What is not known yet may stay empty until the plan is issued."""

    title: str
    issuer: str
    unit: AdminUnit
    number: str = ""
    issued_on: dt.date | None = None
    parent: Plan | None = None
    amends: Plan | None = None


@transaction.atomic
def begin_draft(
    head: Head, *, source: str, model: Plan | None = None, figures: bool = True, by: Person, at: dt.datetime
) -> Plan:
    """A draft, empty or with the clauses of `model` (the plan above, an earlier one) to be changed. Returned: the plan.

    Nobody but who may enter plans of its unit sees it, and nothing rests on it, until it is issued.
    """
    clauses = begun_from(model, unit_tier=head.unit.tier, figures=figures) if model is not None else []
    parsed = ParsedPlan.model_validate(
        {
            "code": code_for(head.number, head.issued_on or timezone.localdate(at), head.unit),
            "kind": PlanKind.ADDENDUM if head.amends else PlanKind.PLAN,
            "unit": head.unit.code,
            "status": PlanStatus.DRAFT,
            "source": source,
            **_head(head),
            "clauses": [clause.model_dump() for clause in clauses],
        }
    )
    return write_plan(
        Plan(code=parsed.code), parsed, resolve(parsed, timezone.localdate(at), unit=head.unit), digest_of(parsed)
    )


@transaction.atomic
def change_head(plan: Plan, head: Head, *, version: str, by: Person, at: dt.datetime) -> Plan:
    """`version`: `head_digest` as the person read it. Refused: issued by now, changed by somebody else meanwhile."""
    draft = _locked(plan)
    if head_digest(draft) != version:
        raise DraftChanged(_("Somebody else has changed the head of the draft since you opened it. Look at it again."))
    parsed = as_file(draft).model_copy(update=_head(head))
    return _write(draft, parsed, at, unit=head.unit)


@transaction.atomic
def put_clause(
    plan: Plan, clause: ParsedClause, *, instead_of: str = "", version: str = "", by: Person, at: dt.datetime
) -> Plan:
    """Write a clause: in the place of the one at the path `instead_of`, else as a new one where its number belongs.

    `version`: `digest_of` the clause as the person read it. Clauses below one that gets another number go with it.
    Refused: issued by now; written by somebody else meanwhile; a number that another clause has.
    """
    draft = _locked(plan)
    parsed = as_file(draft)
    clauses = list(parsed.clauses)
    if any(each.path == clause.path and each.path != instead_of for each in clauses):
        raise BadClause(
            _("The clause %(path)s is there already: give this one another number.") % {"path": clause.path},
            field="path",
        )
    if instead_of:
        known = _as_read(parsed, instead_of, version)
        clauses[clauses.index(known)] = clause
        if clause.path != instead_of:
            clauses = [_renumbered(each, instead_of, clause.path) for each in clauses]
    else:
        clauses.insert(_place_of(clause.path, clauses), clause)
    return _write(draft, parsed.model_copy(update={"clauses": clauses}), at)


@transaction.atomic
def take_out_clause(plan: Plan, path: str, *, version: str, by: Person, at: dt.datetime) -> Plan:
    """Take a clause out, with those below it. Refused: issued by now; written by somebody else meanwhile."""
    draft = _locked(plan)
    parsed = as_file(draft)
    _as_read(parsed, path, version)
    kept = [each for each in parsed.clauses if each.path != path and not each.path.startswith(f"{path}.")]
    return _write(draft, parsed.model_copy(update={"clauses": kept}), at)


@transaction.atomic
def discard_draft(plan: Plan, *, by: Person, at: dt.datetime) -> None:
    """A draft goes altogether. Refused: issued by now, or money or tasks stand on it."""
    draft = _locked(plan)
    try:
        with transaction.atomic():
            draft.clauses.filter(parent=None).delete()
            draft.delete()
    except ProtectedError:
        raise NotADraft(_("Money or tasks stand on this draft already, so it cannot be discarded.")) from None


def code_for(number: str, day: dt.date, unit: AdminUnit) -> str:
    """A code that no plan has yet: number, year and place."""
    digits = "".join(c for c in number if c.isdigit()) or "khong-so"
    code = slugify(f"kh-{digits}-{day.year}-{fold(unit.name)}")[:70]
    taken = set(Plan.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(c for c in [code, *(f"{code}-{n}" for n in range(2, 1000))] if c not in taken)


def _locked(plan: Plan) -> Plan:
    draft = Plan.objects.select_for_update(of=("self",)).select_related("unit", "parent", "amends").get(pk=plan.pk)
    if draft.status != PlanStatus.DRAFT:
        raise NotADraft(
            _("The plan %(plan)s has been issued and is not edited. Enter an addendum that amends it.")
            % {"plan": draft.name}
        )
    return draft


def _write(draft: Plan, parsed: ParsedPlan, at: dt.datetime, *, unit: AdminUnit | None = None) -> Plan:
    try:
        parsed = ParsedPlan.model_validate(parsed.model_dump())
    except ValidationError as error:
        problem = error.errors()[0]
        raise BadClause(str(problem.get("ctx", {}).get("sentence") or problem["msg"])) from None
    try:
        refs = resolve(parsed, timezone.localdate(at), unit=unit or draft.unit)
    except PlanRefused as refused:
        raise BadClause(str(refused)) from None
    return write_plan(draft, parsed, refs, digest_of(parsed))


def _head(head: Head) -> dict[str, object]:
    return {
        "number": " ".join(normalise(head.number).split()),
        "title": " ".join(normalise(head.title).split()),
        "issuer": " ".join(normalise(head.issuer).split()),
        "issued_on": head.issued_on,
        "parent": head.parent.code if head.parent else "",
        "amends": head.amends.code if head.amends else "",
    }


def _as_read(parsed: ParsedPlan, path: str, version: str) -> ParsedClause:
    known = clause_of(parsed, path)
    if known is None:
        raise DraftChanged(
            _("Somebody else has taken this clause out, or given it another number, since you opened it.")
        )
    if digest_of(known) != version:
        raise DraftChanged(
            _("Somebody else has changed this clause since you opened it. Both texts stand here: put yours right."),
            known,
        )
    return known


def _renumbered(clause: ParsedClause, old: str, new: str) -> ParsedClause:
    if not clause.path.startswith(f"{old}."):
        return clause
    return clause.model_copy(update={"path": new + clause.path.removeprefix(old)})


def _place_of(path: str, clauses: Sequence[ParsedClause]) -> int:
    """Before the first clause that comes after it by its number, within the clause above it where that stands."""
    above = path.rpartition(".")[0]
    within = [n for n, each in enumerate(clauses) if not above or f"{each.path}.".startswith(f"{above}.")]
    for number in within:
        if clauses[number].path != above and path_order(clauses[number].path) > path_order(path):
            return number
    return within[-1] + 1 if within else len(clauses)
