"""Saying what something costs, stage by stage: estimated, appraised, allocated, spent. Every sum said is a step that
stays; the line holds the newest.

The state budget's money is appraised by the finance office before it is allocated. Donations and other lawful sources
are not: for them «allocated» is what has come in.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import BUDGETS, MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine, MoneyStep, Plan, Task
from hocsuotdoi.programme.models.money import DEAREST

FIRST_YEAR, LAST_YEAR = 2020, 2100
LONGEST_PURPOSE, LONGEST_GIVER = 300, 200
"""Letters."""


class MoneyRefused(Refused):
    """It cannot be as things are now."""


class BadMoney(Refused):
    """A value that can never be used."""


class LineChanged(MoneyRefused):
    """Somebody else has changed the line since it was opened."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What a line is for; together with plan, agency and year it stands once."""

    purpose: str
    source: MoneySource
    source_name: str = ""
    task: Task | None = None


@transaction.atomic
def add_line(
    agency: Agency,
    *,
    plan: Plan,
    year: int,
    spending: Spending,
    estimated: int | None,
    by: Person,
    at: dt.datetime,
    remark: str = "",
    imported: uuid.UUID | None = None,
    in_place: bool = False,
) -> MoneyLine:
    """A new line of `agency`, with its estimate where there is one. `in_place`: by somebody from above, because nobody
    there could; each sum that is said so says it, also in `estimate` and `spend`.

    Refused: no purpose or one that is too long, a year out of bounds, a task of another plan, a donation without who
    gives it, a sum that cannot be, a line that is there already.
    """
    purpose, source_name = (" ".join(normalise(text).split()) for text in (spending.purpose, spending.source_name))
    if not purpose:
        raise BadMoney(_("Say what the money is for."), field="purpose")
    if len(purpose) > LONGEST_PURPOSE:
        raise BadMoney(too_long(LONGEST_PURPOSE), field="purpose")
    if len(source_name) > LONGEST_GIVER:
        raise BadMoney(too_long(LONGEST_GIVER), field="source_name")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadMoney(_("The programme runs in no such year."), field="year")
    if spending.task is not None and spending.task.plan_id != plan.pk:
        raise BadMoney(_("This task belongs to another plan."), field="task")
    if spending.source in (MoneySource.DONATION, MoneySource.OTHER) and not source_name:
        raise BadMoney(_("Say who gives it: a reader of the report asks."), field="source_name")
    line = MoneyLine(
        agency=agency,
        plan=plan,
        year=year,
        task=spending.task,
        source=spending.source,
        source_name=source_name,
        purpose=purpose,
    )
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError as error:
        if "money_line_once" not in str(error):
            raise
        raise MoneyRefused(_("This line is there already: change its sums instead of adding it again.")) from error
    if estimated is not None:
        _estimate(
            line,
            estimated,
            remark=_in_place(in_place, " ".join(normalise(remark).split())),
            by=by,
            at=at,
            imported=imported,
        )
        line.save()
    return line


@transaction.atomic
def estimate(
    line: MoneyLine,
    *,
    version: int,
    amount: int | None,
    remark: str = "",
    by: Person,
    at: dt.datetime,
    imported: uuid.UUID | None = None,
    in_place: bool = False,
) -> MoneyLine:
    """What it will cost, newly said; None takes it back, with a remark. An appraisal of the sum before it lapses.

    Refused: the line has changed since `version`; money is allocated or spent already.
    """
    locked = _locked(line, version)
    if amount == locked.estimated:
        return _as_it_is(locked, remark)
    if locked.allocated is not None or locked.spent is not None:
        raise MoneyRefused(_("Money has been allocated or spent: the estimate stays as it was. Add another line."))
    remark = " ".join(normalise(remark).split())
    if amount is None and not remark:
        raise BadMoney(_("Say why the estimate is taken back."), field="remark")
    _estimate(locked, amount, remark=_in_place(in_place, remark), by=by, at=at, imported=imported)
    return _saved(locked)


@transaction.atomic
def appraise(line: MoneyLine, *, version: int, amount: int, remark: str = "", by: Person, at: dt.datetime) -> MoneyLine:
    """What the finance office makes of the estimate; with a remark where it differs.

    Refused: nothing estimated, not of the state budget, by the one who estimated, a difference without a remark, money
    allocated already.
    """
    locked = _locked(line, version)
    _may_appraise(locked, by)
    remark = " ".join(normalise(remark).split())
    if amount != locked.estimated and not remark:
        raise BadMoney(_("Say why it is not the sum that was estimated: the office reads it."), field="remark")
    _appraise(locked, _sum(amount), remark=remark, by=by, at=at)
    return _saved(locked)


@transaction.atomic
def appraise_as_estimated(lines: Iterable[MoneyLine], *, by: Person, at: dt.datetime) -> int:
    """The estimates of many lines at once, as they are; returns how many. All or none; refused as `appraise`."""
    keys = [each.pk for each in lines]
    locked = list(MoneyLine.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    seen = {each.pk: each.version for each in lines}
    waiting = [each for each in locked if each.appraised is None]
    for each in waiting:
        if each.version != seen[each.pk]:
            raise LineChanged(_changed())
        _may_appraise(each, by)
        assert each.estimated is not None
        _appraise(each, each.estimated, remark="", by=by, at=at)
        _saved(each)
    return len(waiting)


@transaction.atomic
def allocate(line: MoneyLine, *, version: int, amount: int, act: str, by: Person, at: dt.datetime) -> MoneyLine:
    """What was given by which decision; of a donation, what has come in and on which paper it stands.

    Refused: no decision; of the state budget before it was appraised. Less than is spent already is noted as the
    decision has it: the line shows what is over (decision 95).
    """
    locked = _locked(line, version)
    act = " ".join(normalise(act).split())
    if not act:
        raise BadMoney(_("Number and day of the decision are missing."), field="act")
    if locked.source in BUDGETS and locked.appraised is None:
        raise MoneyRefused(_("The finance office has not appraised it yet."))
    locked.allocated, locked.allocation_act = _sum(amount), act[:120]
    _step(locked, MoneyStage.ALLOCATED, amount, remark=act, by=by, at=at)
    return _saved(locked)


@transaction.atomic
def spend(
    line: MoneyLine,
    *,
    version: int,
    amount: int,
    remark: str = "",
    by: Person,
    at: dt.datetime,
    imported: uuid.UUID | None = None,
    in_place: bool = False,
) -> MoneyLine:
    """What has been spent of it in all so far. Refused: more than was allocated, without a remark that says how."""
    locked = _locked(line, version)
    if amount == locked.spent:
        return _as_it_is(locked, remark)
    remark = " ".join(normalise(remark).split())
    if _sum(amount) > (locked.allocated or 0) and not remark:
        raise BadMoney(
            _("That is more than was allocated ({sum} đồng). Say where the rest comes from.").format(
                sum=number(locked.allocated or 0)
            ),
            field="remark",
        )
    locked.spent = amount
    _step(locked, MoneyStage.SPENT, amount, remark=_in_place(in_place, remark), by=by, at=at, imported=imported)
    return _saved(locked)


def too_long(longest: int) -> str:
    return _("This is too long: at most {number} letters.").format(number=longest)


def _as_it_is(line: MoneyLine, remark: str) -> MoneyLine:
    """Nothing changes; words that would stand nowhere are refused and not lost."""
    if remark.strip():
        raise BadMoney(_("This sum stands already. A remark goes with a new sum."), field="amount")
    return line


def _in_place(is_so: bool, remark: str = "") -> str:
    """The remark, which says first that a sum was entered in the office's place."""
    if not is_so:
        return remark
    said = _("Entered from above in the office’s place: nobody there holds the role yet.")
    return f"{said} {remark}".strip()


def _changed() -> str:
    return _("Somebody has changed this line since you opened it. Look at the newest sums, then go on.")


def _locked(line: MoneyLine, version: int) -> MoneyLine:
    locked = MoneyLine.objects.select_for_update(of=("self",)).select_related("agency").get(pk=line.pk)
    if locked.version != version:
        raise LineChanged(_changed())
    return locked


def _saved(line: MoneyLine) -> MoneyLine:
    line.version += 1
    line.save()
    return line


def _may_appraise(line: MoneyLine, by: Person) -> None:
    if line.source not in BUDGETS:
        raise MoneyRefused(_("Only money of the state budget is appraised."))
    if line.estimated is None:
        raise MoneyRefused(_("Nothing has been estimated yet, so there is nothing to appraise."))
    if line.estimated_by == by.pk:
        raise MoneyRefused(_("Who has estimated does not appraise: somebody else of the finance office has to."))
    if line.allocated is not None:
        raise MoneyRefused(_("Money has been allocated already; the appraisal stays as it was."))


def _estimate(
    line: MoneyLine,
    amount: int | None,
    *,
    remark: str,
    by: Person,
    at: dt.datetime,
    imported: uuid.UUID | None,
) -> None:
    if line.appraised is not None:
        lapsed = _("The estimate was changed, so the appraisal lapsed.")
        _step(line, MoneyStage.APPRAISED, None, remark=lapsed, by=by, at=at, imported=imported)
        line.appraised, line.appraised_by, line.appraised_at, line.remark = None, None, None, ""
    line.estimated = None if amount is None else _sum(amount)
    line.estimated_by, line.estimated_at = (None, None) if amount is None else (by.pk, at)
    _step(line, MoneyStage.ESTIMATED, amount, remark=remark, by=by, at=at, imported=imported)


def _appraise(line: MoneyLine, amount: int, *, remark: str, by: Person, at: dt.datetime) -> None:
    line.appraised, line.appraised_by, line.appraised_at, line.remark = amount, by.pk, at, remark
    _step(line, MoneyStage.APPRAISED, amount, remark=remark, by=by, at=at)


def _step(
    line: MoneyLine,
    stage: MoneyStage,
    amount: int | None,
    *,
    remark: str,
    by: Person,
    at: dt.datetime,
    imported: uuid.UUID | None = None,
) -> None:
    MoneyStep.objects.create(line=line, stage=stage, amount=amount, remark=remark, by=by.pk, at=at, imported=imported)


def _sum(amount: int) -> int:
    if not 0 <= amount <= DEAREST:
        raise BadMoney(_("A sum lies between 0 and a million billion đồng."), field="amount")
    return amount
