"""How much of a figure is traced to happenings, and how much was typed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Definition
from hocsuotdoi.indicators.queries.definitions import counts_happenings
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.quality import Waiting, waiting_at
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.enums import MeasureCode


@dataclass(frozen=True, slots=True)
class Origin:
    """Of `measures` so much is `traced` to happenings, so much was `typed` in; both are parts of the same sum."""

    measures: tuple[str, ...]
    traced: int
    typed: int

    @property
    def total(self) -> int:
        return self.traced + self.typed


@dataclass(frozen=True, slots=True)
class Trust:
    """What can be said of all figures of a unit and a year: where they come from, and what waits to be checked."""

    cells: Mapping[tuple[str, str, str, bool], int]
    """(measure, class, purpose, typed in) to the sum."""
    waiting: Waiting

    def origin_of(self, definition: Definition, cohort: Cohort) -> Origin | None:
        """None where the question has no meaning: what there is on a day comes from the register, of ages, sexes
        and ways only happenings know, and towns are not told from the land. Of a checklist: of the sessions that it
        looks at."""
        if cohort.urban is not None:
            return None
        if definition.kind == IndicatorKind.STOCK or definition.age_bands or definition.sexes or definition.channels:
            return None
        if definition.tags or (definition.measures and not counts_happenings(definition)):
            return None
        measures = tuple(definition.measures) or (MeasureCode.PROGRAMME_SESSION.value,)
        sums = {True: 0, False: 0}
        for (measure, institution_class, purpose, typed), quantity in self.cells.items():
            of_cohort = not cohort.classes or institution_class in cohort.classes
            if measure in measures and of_cohort and (not definition.purposes or purpose in definition.purposes):
                sums[typed] += quantity
        return Origin(measures, sums[False], sums[True])

    def waiting_for(self, definition: Definition, cohort: Cohort) -> int:
        """How many findings touch the figure."""
        measures = definition.measures if counts_happenings(definition) else []
        return self.waiting.touching(measures, cohort.classes)


def trust_in(frame: Frame) -> Trust:
    """Three queries."""
    rows = totals(
        Slice(()),
        [frame.unit],
        by=("measure", "institution_class", "purpose", "stated"),
        first=frame.starts_on,
        last=frame.starts_on,
        map_day=frame.map_day,
    )
    cells = {tuple(keys): quantity for *keys, quantity, lines in rows if lines}
    return Trust(cells, waiting_at(frame.unit, frame.year, frame.map_day))
