"""Findings about figures: the program finds, a person answers, nothing is deleted.

Looking again is harmless: what is found again is the same row, what is not found any more closes itself, and what an
answer no longer speaks of, because the figures have changed, is opened again. Every step is kept.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.periods import months_from
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import FindingState, FindingStepKind, QualityRule
from hocsuotdoi.indicators.models import FindingStep, QualityFinding
from hocsuotdoi.indicators.queries.quality import corrections_of, digest_of
from hocsuotdoi.indicators.queries.quality_rules import RULES, Found, Rule, found_by, rules_of
from hocsuotdoi.ledger.queries.entries import months_touched
from hocsuotdoi.places.models import Institution

MONTHS_BACK = 3
"""Ended months that the nightly job looks at anew, besides the running one and those that somebody has touched."""
TOUCHED_WITHIN = dt.timedelta(days=2)
AT_ONCE = 5_000
"""Institutions looked at in one transaction: what is in hand stays small, however many there are."""
LONGEST_REASON = 500


class FindingReasonMissing(Refused):
    """An answer that does not say why."""


class CorrectionMissing(Refused):
    """«Corrected», and nothing was taken back, or nothing of this period."""


class NothingCorrected(Refused):
    """«Corrected», and the figures are what they were."""


class FindingIsGone(Refused):
    """The program does not find it any more: there is nothing to answer."""


class FindingChanged(Refused):
    """The figures are not any more what the person has seen."""


@dataclass(slots=True)
class Checked:
    """How many findings one look has opened (for the first time, or again) and closed, and how many there were."""

    found: int = 0
    opened: int = 0
    closed: int = 0

    def add(self, other: "Checked") -> None:
        self.found, self.opened, self.closed = (
            self.found + other.found,
            self.opened + other.opened,
            self.closed + other.closed,
        )


def check_figures(months: Iterable[dt.date], *, at: dt.datetime, rules: Sequence[QualityRule] = ()) -> Checked:
    """Look at `months` (any day of each) by all rules, or by `rules`; at their years where a rule is about years.

    A transaction for some thousand institutions at a time. Two looks at once go one after the other.
    """
    days = sorted({month.replace(day=1) for month in months})
    checked = Checked()
    if not days:
        return checked
    blocks = _blocks()
    for rule in rules_of(rules):
        for block in [_EVERYBODY] if rule.is_of_units else blocks:
            checked.add(_check(rule, days, block, at=at))
    return checked


def months_to_check(at: dt.datetime) -> set[dt.date]:
    """The running month and the last ones, those to which something was posted lately, those of open findings."""
    today = timezone.localdate(at)
    months = {months_from(today, -back) for back in range(MONTHS_BACK + 1)}
    months |= months_touched(since=at - TOUCHED_WITHIN)
    months |= set(QualityFinding.objects.waiting().values_list(TruncMonth("starts_on"), flat=True).distinct())
    return months


@transaction.atomic
def answer_finding(
    finding: QualityFinding,
    *,
    kind: FindingStepKind,
    reason: str,
    seen: str,
    by: Person,
    at: dt.datetime,
    correction: uuid.UUID | None = None,
) -> FindingStep:
    """A person says that the figures are right, were wrong and have been corrected, or are being looked into.

    `seen`: the digest of the numbers that the person was shown; `correction`: the posting that took the wrong one back.
    What was corrected is looked at again at once, so that the finding closes by itself where its cause is gone.
    Refused: a finding that is gone, numbers that have changed since they were shown, no reason, a correction without a
    reversal of the institution's own in the period, or one after which the program still finds the same figures.
    """
    held = QualityFinding.objects.select_for_update().get(pk=finding.pk)
    if held.state == FindingState.GONE:
        raise FindingIsGone(_("The program does not find this any more, so there is nothing to answer."))
    if digest_of(held.numbers) != seen:
        raise FindingChanged(_("The figures have changed since you looked. Look at them once more, then answer."))
    words = " ".join(normalise(reason).split())[:LONGEST_REASON]
    if not words and kind != FindingStepKind.CHECKING:
        raise FindingReasonMissing(_("Say why, in a sentence that others will understand."), field="reason")
    if kind == FindingStepKind.CORRECTED:
        _check_correction(held, correction)
    step = _step(held, kind, held.numbers, at=at, reason=words, correction=correction, by=by.pk)
    step.save()
    held.state, held.answered, held.changed_at = FindingState(kind.value), held.numbers, at
    held.save(update_fields=["state", "answered", "changed_at"])
    if kind == FindingStepKind.CORRECTED:
        _look_again(held, at=at)
    return step


def _check_correction(finding: QualityFinding, correction: uuid.UUID | None) -> None:
    if finding.institution_id is None:  # population is entered anew and has no postings; its own trail keeps what was
        return
    if correction is None or not corrections_of(finding).filter(pk=correction).exists():
        raise CorrectionMissing(
            _("Choose the entry that was taken back. If nothing was taken back yet, do that first."), field="correction"
        )


def _look_again(finding: QualityFinding, *, at: dt.datetime) -> None:
    rule = RULES[QualityRule(finding.rule)]
    block = (finding.institution_id, finding.institution_id) if finding.institution_id else _EVERYBODY
    found = {each.key: each for each in found_by(rule, [finding.starts_on], timezone.localdate(at), block)}
    still = found.get(key_of(finding))
    if still is not None and rule.is_same(still.numbers, finding.numbers):
        raise NothingCorrected(_("The figures are still what they were. Correct them first, then answer."))
    _follow(rule, [finding], [still] if still else [], at=at)


# -- what was found, and what is stored --

_EVERYBODY = (0, 2**62)


def _blocks() -> list[tuple[int, int]]:
    """Ranges of institutions' keys with about as many institutions each."""
    ends = Institution.objects.aggregate(least=Min("pk"), most=Max("pk"))
    if ends["least"] is None:
        return []
    keys = list(Institution.objects.order_by("pk").values_list("pk", flat=True))
    firsts = keys[::AT_ONCE]
    return [(first, after - 1) for first, after in zip(firsts, [*firsts[1:], ends["most"] + 1], strict=True)]


@transaction.atomic
def _check(rule: Rule, months: Sequence[dt.date], block: tuple[int, int], *, at: dt.datetime) -> Checked:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_quality'))")
    found = found_by(rule, months, timezone.localdate(at), block)
    stored = _stored(rule, months, block).select_for_update(of=("self",))
    return _follow(rule, list(stored), found, at=at)


def _stored(rule: Rule, months: Sequence[dt.date], block: tuple[int, int]) -> QuerySet[QualityFinding]:
    """The findings that this very look would find again."""
    rows = QualityFinding.objects.filter(rule=rule.code)
    if not rule.is_of_units:
        rows = rows.filter(institution__gte=block[0], institution__lte=block[1])
    if rule.is_monthly:
        return rows.filter(starts_on__in=months)
    return rows.filter(starts_on__year__in={month.year for month in months})


@dataclass(slots=True)
class _Changes:
    new: list[QualityFinding] = field(default_factory=list)
    changed: list[QualityFinding] = field(default_factory=list)
    steps: list[FindingStep] = field(default_factory=list)


def _follow(rule: Rule, stored: Sequence[QualityFinding], found: Sequence[Found], *, at: dt.datetime) -> Checked:
    by_key = {key_of(each): each for each in stored}
    now = {each.key: each for each in found}
    changes = _Changes()
    for key, each in now.items():
        if key in by_key:
            _found_again(rule, by_key[key], each, changes, at=at)
        else:
            _found_first(each, changes, at=at)
    for key, row in by_key.items():
        if key not in now and row.state != FindingState.GONE:
            row.state, row.changed_at = FindingState.GONE, at
            changes.changed.append(row)
            changes.steps.append(_step(row, FindingStepKind.GONE, row.numbers, at=at))
    QualityFinding.objects.bulk_create(changes.new)
    QualityFinding.objects.bulk_update(changes.changed, ["state", "numbers", "unit_id", "changed_at"], batch_size=1000)
    FindingStep.objects.bulk_create(changes.steps)
    kinds = [step.kind for step in changes.steps]
    closed = kinds.count(FindingStepKind.GONE)
    return Checked(len(now), len(kinds) - closed, closed)


def _found_first(each: Found, changes: _Changes, *, at: dt.datetime) -> None:
    finding = QualityFinding(
        rule=each.rule,
        institution_id=each.institution_id,
        unit_id=each.unit_id,
        measure=each.measure,
        period=each.period,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        numbers=each.numbers,
        found_at=at,
        changed_at=at,
    )
    changes.new.append(finding)
    changes.steps.append(_step(finding, FindingStepKind.FOUND, each.numbers, at=at))


def _found_again(rule: Rule, row: QualityFinding, each: Found, changes: _Changes, *, at: dt.datetime) -> None:
    """Numbers follow what is there; an answer stands as long as it speaks of these figures."""
    was = row.state
    if row.answered is not None and not rule.is_same(each.numbers, row.answered):
        row.answered = None
        row.state = FindingState.OPEN
    elif was == FindingState.GONE:
        # Back with the very figures that somebody has called right: that still holds.
        last = row.steps.exclude(kind__in=[FindingStepKind.GONE, FindingStepKind.FOUND]).last()
        is_right = row.answered is not None and last is not None and last.kind == FindingStepKind.RIGHT
        row.state = FindingState.RIGHT if is_right else FindingState.OPEN
    if row.state != was:
        kind = FindingStepKind.FOUND if was == FindingState.GONE else FindingStepKind.CHANGED
        changes.steps.append(_step(row, kind, each.numbers, at=at))
    if row.state != was or row.numbers != each.numbers or row.unit_id != each.unit_id:
        row.numbers, row.unit_id, row.changed_at = each.numbers, each.unit_id, at
        changes.changed.append(row)


def _step(finding: QualityFinding, kind: FindingStepKind, numbers: dict[str, Any], **more: Any) -> FindingStep:
    return FindingStep(finding=finding, kind=kind, numbers=numbers, **more)


def key_of(finding: QualityFinding) -> tuple[str, int | None, int | None, str, str]:
    """As `Found.key`."""
    unit = None if finding.institution_id else finding.unit_id
    return finding.rule, finding.institution_id, unit, finding.measure, finding.period
