"""What the checklists say about institutions: computed and stated answers side by side, and the outcome.

What holds for a criterion that the program answers is what it found. A statement about it that is not what was found,
also where nothing was, stands beside it and holds only once a reviewer has accepted it, and only as long as the program
finds what the reviewer saw (decisions 75 and 122). Both are always shown. What only staff can answer holds as stated.
What was stated belongs to the words that were asked (decision 125).

An institution meets a checklist when the needed number of criteria that apply hold; it does not when it could not reach
that number even if every open criterion were answered yes; otherwise not enough is known, and it counts for coverage
only.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from hocsuotdoi.indicators.enums import AnswerSource, AnswerValue, Outcome, OverrideState, Verdict
from hocsuotdoi.indicators.models import CriteriaSet, Criterion, CriterionAnswer, Indicator
from hocsuotdoi.indicators.queries.answers import Answers, Asked, Computed, asked_with, computed_answers, is_typed
from hocsuotdoi.indicators.queries.frame import Expected, Frame, at_any_of, named
from hocsuotdoi.places.models import AdminUnit, Institution


@dataclass(frozen=True, slots=True)
class Review:
    """`found`: the answer of the program that the reviewer saw; empty where it had none."""

    verdict: str
    reason: str
    found: str
    reviewed_by: uuid.UUID
    reviewed_at: dt.datetime

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(frozen=True, slots=True)
class Stated:
    """What staff last said about a criterion for a year, and what a reviewer said of it."""

    value: str
    note: str
    answered_by: uuid.UUID
    answered_at: dt.datetime
    answer_id: uuid.UUID
    review: "Review | None" = None

    @property
    def label(self) -> str:
        return str(AnswerValue(self.value).label)


@dataclass(frozen=True, slots=True)
class CriterionReading:
    """One criterion at one institution. `value` is what holds (None: not known), `basis` on what it rests. `is_typed`:
    the program has no answer though figures were typed in, which leave it open; said by `Checklists.reading` only."""

    criterion: Criterion
    computed: Computed | None
    stated: Stated | None
    value: AnswerValue | None
    basis: AnswerSource | None
    is_typed: bool = False

    @property
    def differ(self) -> bool:
        """Staff state something that the program, which answers, did not find; or that the question does not apply."""
        return self.override is not None

    @property
    def override(self) -> OverrideState | None:
        """How far a statement is that holds only once it is accepted; None: it needs no decision."""
        if self.stated is None or not self.is_against(self.stated.value):
            return None
        if self.stated.review is None:
            return OverrideState.AWAITING
        if self.stated.review.verdict == Verdict.REJECTED:
            return OverrideState.REJECTED
        return OverrideState.ACCEPTED if _is_accepted(self.stated, found_value(self.computed)) else OverrideState.LAPSED

    def is_against(self, value: str) -> bool:
        """Whether this waits for a decision: the program answers the criterion and has not found it, or it takes the
        question away, and with it what is asked of the institution."""
        return needs_review(self.criterion, value) and value != found_value(self.computed)

    @property
    def is_open(self) -> bool:
        """Nothing holds, and nothing that staff have stated with a reason waits for a decision."""
        waits = self.override == OverrideState.AWAITING and self.stated is not None and self.stated.note
        return self.value is None and not waits


@dataclass(frozen=True, slots=True)
class InstitutionReading:
    """A checklist at one institution."""

    institution_id: int
    criteria_set: CriteriaSet
    answers: list[CriterionReading]
    outcome: Outcome

    @property
    def met(self) -> int:
        return sum(answer.value == AnswerValue.YES for answer in self.answers)

    @property
    def excused(self) -> int:
        """Criteria of which somebody has accepted that they do not apply."""
        return sum(answer.value == AnswerValue.NOT_APPLICABLE for answer in self.answers)

    @property
    def open(self) -> int:
        """Criteria that staff have still to answer."""
        return sum(answer.is_open for answer in self.answers)


class Checklists:
    """The checklists of some indicators with all answers about some institutions, loaded once.

    `outcome` and `reading` run no query. Loading takes a number of queries that depends on the rules in play and not
    on how many institutions there are.
    """

    def __init__(self, frame: Frame, indicators: Iterable[str], institutions: Sequence[Expected]) -> None:
        self._set_of: dict[tuple[str, str], CriteriaSet] = {}
        codes = sorted(set(indicators))
        sets = (
            CriteriaSet.objects.filter(indicator__in=codes)
            .select_related("indicator")
            .prefetch_related(Prefetch("criteria", Criterion.objects.order_by("ordinal")))
            .order_by("version")
        )
        self._year = frame.year
        self._versions: dict[tuple[str, str], list[CriteriaSet]] = defaultdict(list)
        for criteria_set in frame.together.once(("criteria sets", *codes), lambda: list(sets)):
            for institution_class in criteria_set.classes:
                self._versions[criteria_set.indicator_id, institution_class].append(criteria_set)
                if criteria_set.holds_on(frame.last_day):
                    self._set_of[criteria_set.indicator_id, institution_class] = criteria_set
        self._criteria = {s.pk: list(s.criteria.all()) for s in self._set_of.values()}
        present = {institution.institution_class for institution in institutions}
        in_play = {s.pk for (_code, c), s in self._set_of.items() if c in present}
        criteria = [criterion for pk, each in self._criteria.items() if pk in in_play for criterion in each]
        asked = self._asked = asked_with(criteria, Asked(frame, institutions))
        self._computed: dict[int, Answers] = computed_answers(criteria, asked) if criteria else {}
        have_versions = any(len(each) > 1 for each in self._versions.values())
        self._stated = _stated_in(frame, asked.institutions, every=have_versions) if criteria else {}
        self._same_words: dict[tuple[int, str, dt.date], bool] = {}
        self._outcomes: dict[tuple[str, int], Outcome] = {}

    def set_for(self, indicator: str, institution_class: str) -> CriteriaSet | None:
        """The checklist that held on the frame's last day; None where the indicator has none for the class."""
        return self._set_of.get((indicator, institution_class))

    def outcome(self, indicator: str, institution: Expected) -> Outcome:
        key = indicator, institution.institution_id
        if key not in self._outcomes:
            self._outcomes[key] = self._outcome(indicator, institution)
        return self._outcomes[key]

    def _outcome(self, indicator: str, institution: Expected) -> Outcome:
        criteria_set = self.set_for(indicator, institution.institution_class)
        if criteria_set is None:
            return Outcome.UNKNOWN
        values = [
            self._reading(indicator, criterion, institution).value for criterion in self._criteria[criteria_set.pk]
        ]
        return outcome_of(values, criteria_set.needed)

    def _reading(self, indicator: str, criterion: Criterion, institution: Expected) -> CriterionReading:
        computed = self._computed.get(criterion.pk, {}).get(institution.institution_id)
        said = self._stated.get((institution.institution_id, indicator, criterion.code), ())
        stated = next((each for each in said if self._answers(each, indicator, criterion, institution)), None)
        return CriterionReading(criterion, computed, stated, *_holds(criterion, computed, stated))

    def _answers(self, stated: Stated, indicator: str, criterion: Criterion, institution: Expected) -> bool:
        """Whether it was stated about the criterion as it is worded in this version: the version that held then, for a
        year that was over the one of its last day, asked the same in the same words."""
        versions = self._versions[indicator, institution.institution_class]
        if len(versions) < 2:
            return True
        day = min(timezone.localdate(stated.answered_at), dt.date(self._year, 12, 31))
        key = criterion.pk, institution.institution_class, day
        if key not in self._same_words:
            asked = next((each for each in reversed(versions) if each.holds_on(day)), None)
            self._same_words[key] = asked is None or any(
                (each.code, each.question.split()) == (criterion.code, criterion.question.split())
                for each in asked.criteria.all()
            )
        return self._same_words[key]

    def holds(self, indicator: str, criterion_code: str, institution: Expected) -> AnswerValue | None:
        """What holds for one criterion of the checklist at one institution; None: not known, or not asked there."""
        criteria_set = self.set_for(indicator, institution.institution_class)
        if criteria_set is None:
            return None
        for criterion in self._criteria[criteria_set.pk]:
            if criterion.code == criterion_code:
                return self._reading(indicator, criterion, institution).value
        return None

    def reading(self, indicator: str, institution: Expected) -> InstitutionReading | None:
        """The same with every answer laid open; None where there is no checklist."""
        key = institution.institution_id
        criteria_set = self.set_for(indicator, institution.institution_class)
        if criteria_set is None:
            return None
        answers = [
            replace(each, is_typed=each.computed is None and is_typed(each.criterion, self._asked, key))
            for each in (self._reading(indicator, c, institution) for c in self._criteria[criteria_set.pk])
        ]
        outcome = outcome_of([answer.value for answer in answers], criteria_set.needed)
        return InstitutionReading(key, criteria_set, answers, outcome)


def outcome_of(values: Sequence[AnswerValue | None], needed: int) -> Outcome:
    """The outcome of answers of which `needed` must be yes; those not applicable lower the number asked for."""
    applicable = [value for value in values if value != AnswerValue.NOT_APPLICABLE]
    if not applicable:
        return Outcome.NOT_APPLICABLE
    needed = min(needed, len(applicable))
    yes = sum(value == AnswerValue.YES for value in applicable)
    if yes >= needed:
        return Outcome.MET
    if yes + sum(value is None for value in applicable) < needed:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN


def _holds(
    criterion: Criterion, computed: Computed | None, stated: Stated | None
) -> tuple[AnswerValue | None, AnswerSource | None]:
    """What holds, and on what it rests."""
    found = found_value(computed)
    if stated is not None and (
        not needs_review(criterion, stated.value) or (stated.value != found and _is_accepted(stated, found))
    ):
        return AnswerValue(stated.value), AnswerSource.STAFF
    return (None, None) if found is None else (found, AnswerSource(criterion.answered_by))


def needs_review(criterion: Criterion, value: str) -> bool:
    return bool(criterion.rule) or value == AnswerValue.NOT_APPLICABLE


def _is_accepted(stated: Stated, found: AnswerValue | None) -> bool:
    review = stated.review
    return review is not None and review.verdict == Verdict.ACCEPTED and review.found == (found or "")


def found_value(computed: Computed | None) -> AnswerValue | None:
    if computed is None:
        return None
    return AnswerValue.YES if computed.is_met else AnswerValue.NO


def stated_answers(year: int, institutions: Sequence[int]) -> dict[tuple[int, str, str], Stated]:
    """The newest answer for each (institution, indicator, criterion) of the year. One query."""
    return {key: said[0] for key, said in _by_criterion(_newest(_answers_of(year, institutions))).items()}


def _stated_in(
    frame: Frame, institutions: Sequence[int], *, every: bool
) -> Mapping[tuple[int, str, str], Sequence[Stated]]:
    """The newest about each criterion; with `every`, all of them, the newest first."""
    these = named(frame, institutions)

    def build(each: Frame) -> QuerySet[Any, Any]:
        answers = _answers_of(each.year, these)
        return answers.order_by() if every else _newest(answers)

    return _by_criterion(frame.rows(("stated answers", every), build))


def _answers_of(year: int, institutions: Collection[int]) -> QuerySet[Any, Any]:
    answers = CriterionAnswer.objects.filter(at_any_of(institutions), year=year)
    return answers.values_list(*_SPOT, *_STATED)


def _newest(answers: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return answers.order_by(*_SPOT, "-answered_at", "-id").distinct(*_SPOT)


def _by_criterion(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[int, str, str], list[Stated]]:
    found: dict[tuple[int, str, str], list[Stated]] = {}
    for institution, indicator, criterion, *columns in rows:
        found.setdefault((institution, indicator, criterion), []).append(_stated(*columns))
    for said in found.values():
        if len(said) > 1:
            said.sort(key=lambda each: (each.answered_at, each.answer_id), reverse=True)
    return found


def statements_of(institution: Institution, year: int, indicator: str, criterion: str) -> list[Stated]:
    """Everything that was ever stated about one criterion for a year, with its review, the newest first. One query."""
    rows = CriterionAnswer.objects.filter(
        institution=institution, year=year, indicator_code=indicator, criterion_code=criterion
    ).order_by("-answered_at", "-id")
    return [_stated(*columns) for columns in rows.values_list(*_STATED)]


_SPOT = ("institution_id", "indicator_code", "criterion_code")
_STATED = (
    "value",
    "note",
    "answered_by",
    "answered_at",
    "id",
    "reviews__verdict",
    "reviews__reason",
    "reviews__found",
    "reviews__reviewed_by",
    "reviews__reviewed_at",
)


def _stated(
    value: str, note: str, by: uuid.UUID, at: dt.datetime, answer: uuid.UUID, verdict: str | None, *review: Any
) -> Stated:
    return Stated(value, note, by, at, answer, Review(verdict, *review) if verdict else None)


def readings_of(
    institutions: Sequence[Institution], year: int, as_of: dt.date, indicator_code: str | None = None
) -> dict[int, list[InstitutionReading]]:
    """Every checklist (or that of one indicator) of each institution in `year`, in the order of the indicators.

    Keyed by institution id; empty where the class has no checklist. A constant number of queries.
    """
    frame = Frame(AdminUnit(), year, as_of)  # a checklist looks at institutions, wherever they stand
    codes = Indicator.objects.filter(criteria_sets__isnull=False).distinct().order_by("ordinal")
    if indicator_code is not None:
        codes = codes.filter(code=indicator_code)
    asked = list(codes.values_list("code", flat=True))
    expected = {each.pk: Expected(each.pk, each.institution_class, 0) for each in institutions}
    checklists = Checklists(frame, asked, list(expected.values()))
    return {
        pk: [reading for code in asked if (reading := checklists.reading(code, each)) is not None]
        for pk, each in expected.items()
    }


def reading_of(answer: CriterionAnswer, day: dt.date) -> CriterionReading | None:
    """The criterion of an answer as it reads on `day`; None where the institution is not asked about it any more."""
    institution = answer.institution
    for reading in readings_of([institution], answer.year, day, answer.indicator_code)[institution.pk]:
        for each in reading.answers:
            if each.criterion.code == answer.criterion_code:
                return each
    return None
