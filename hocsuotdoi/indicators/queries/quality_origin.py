"""On what a figure rests: how much of it is traced to happenings, how much was typed in, what a checklist asks staff,
what stands in the register."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hocsuotdoi.indicators.enums import AnswerSource, IndicatorKind
from hocsuotdoi.indicators.models import Cohort, CriteriaSet, Criterion, Indicator
from hocsuotdoi.indicators.queries.answers import counted_by
from hocsuotdoi.indicators.queries.conditions import criterion_of
from hocsuotdoi.indicators.queries.definitions import CONDITIONED, counts_happenings
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.quality import Waiting, waiting_at
from hocsuotdoi.indicators.queries.totals import Slice, totals


@dataclass(frozen=True, slots=True)
class Origin:
    """Of `measures` so much is `traced` to happenings, so much was `typed` in; both are parts of the same sum."""

    measures: tuple[str, ...]
    traced: int
    typed: int

    @property
    def total(self) -> int:
        return self.traced + self.typed


Asked = Counter[AnswerSource]
"""How many of a checklist's questions are answered from what happened, from the register, and by staff."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What can be said of all figures of a unit and a year: where they come from, and what waits to be checked."""

    cells: Mapping[tuple[str, str, str, bool], int]
    """(measure, class, purpose, typed in) to the sum."""
    waiting: Waiting
    criteria: Sequence[Criterion]
    """Those of all checklists that hold, with their checklists."""

    def origins_of(self, definition: Indicator, cohort: Cohort) -> list[Origin]:
        """None where the question has no meaning: what there is on a day comes from the register, of ages, sexes and
        ways only happenings know, and towns are not told from the land. Of a checklist one for each measure that it
        looks at: they are no sum."""
        if cohort.urban is not None or definition.kind == IndicatorKind.STOCK:
            return []
        if definition.age_bands or definition.sexes or definition.channels or definition.tags:
            return []
        if definition.measures:
            measures, purposes = tuple(definition.measures), tuple(definition.purposes)
            return [self._origin(measures, purposes, cohort.classes)] if counts_happenings(definition) else []
        looked_at: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = {}
        for criterion in self._asks(definition, cohort):
            # Without a measure whatever happened is looked at, and of marks and ages only happenings know.
            if not {"tags", "bands"} & set(criterion.parameters) and {"measure", "measures"} & set(
                criterion.parameters
            ):
                for counted in counted_by(criterion):
                    classes = looked_at.setdefault((counted.measures, counted.purposes), set())
                    classes.update(criterion.criteria_set.classes)
        return [
            self._origin(measures, purposes, classes & set(cohort.classes) if cohort.classes else classes)
            for (measures, purposes), classes in looked_at.items()
        ]

    def _origin(self, measures: tuple[str, ...], purposes: Collection[str], classes: Collection[str]) -> Origin:
        sums = {True: 0, False: 0}
        for (measure, institution_class, purpose, typed), quantity in self.cells.items():
            of_classes = not classes or institution_class in classes
            if measure in measures and of_classes and (not purposes or purpose in purposes):
                sums[typed] += quantity
        return Origin(measures, sums[False], sums[True])

    def asked_by(self, definition: Indicator, cohort: Cohort) -> Asked:
        """Of the checklists that decide which institutions count; empty where none does."""
        return Counter(AnswerSource(each.answered_by) for each in self._asks(definition, cohort))

    def is_of_register(self, definition: Indicator, cohort: Cohort) -> bool:
        """Whether an institution counts by being open: nothing else decides."""
        decides = definition.measures or definition.criterion or self._asks(definition, cohort)
        return definition.kind in CONDITIONED and not decides

    def _asks(self, definition: Indicator, cohort: Cohort) -> list[Criterion]:
        if definition.kind not in CONDITIONED or definition.measures:
            return []
        indicator, code = criterion_of(definition)
        return [
            each
            for each in self.criteria
            if each.criteria_set.indicator_id == (indicator or definition.code)
            and (not code or each.code == code)
            and (not cohort.classes or set(cohort.classes) & set(each.criteria_set.classes))
        ]

    def waiting_for(self, definition: Indicator, cohort: Cohort) -> int:
        """How many findings touch the figure."""
        measures = definition.measures if counts_happenings(definition) else []
        return self.waiting.touching(measures, cohort.classes)


def trust_in(frame: Frame) -> Trust:
    """Four queries."""
    rows = totals(
        Slice(()),
        [frame.unit],
        by=("measure", "institution_class", "purpose", "stated"),
        first=frame.starts_on,
        last=frame.starts_on,
        map_day=frame.map_day,
    )
    cells = {tuple(keys): quantity for *keys, quantity, lines in rows if lines}
    in_force = CriteriaSet.objects.on(frame.last_day)
    criteria = Criterion.objects.filter(criteria_set__in=in_force).select_related("criteria_set").order_by("pk")
    return Trust(cells, waiting_at(frame.unit, frame.year, frame.map_day), list(criteria))
