"""What is drawn of a figure beside what the plans ask."""

from decimal import Decimal

import pytest

from hocsuotdoi.indicators.enums import IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.portal.indicators.trends import Figure, trend_points
from hocsuotdoi.programme.enums import TargetUnit
from hocsuotdoi.programme.queries.target_paths import TargetPath
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.programme import figure_of


@pytest.mark.parametrize(
    ("kind", "unit", "drawn"),
    [
        (IndicatorKind.SHARE_OF_INSTITUTIONS, TargetUnit.COUNT, None),
        (IndicatorKind.SHARE_OF_INSTITUTIONS, TargetUnit.PERCENT, 5),
        (IndicatorKind.STOCK, TargetUnit.COUNT, 5),
        (IndicatorKind.STOCK, TargetUnit.PERCENT, None),
        (IndicatorKind.GROWTH, TargetUnit.PERCENT, None),
        (IndicatorKind.GROWTH, TargetUnit.PERCENT_PER_YEAR, 5),
    ],
)
def test_target_that_is_not_measured_as_its_indicator_is_not_drawn_beside_it(db, kind, unit, drawn):
    figure = Figure(IndicatorFactory(kind=kind, measures=[StockCode.INSTITUTIONS_OPEN]), CohortFactory())
    value = IndicatorValue(*figure.pair, None, 2025, ValueState.VALUE, 2, 5, Decimal(40), 5, 5)
    path = TargetPath((), (figure_of("5", unit=unit),), territory=None, plan=None, is_partial=False)
    (point,) = trend_points(figure, {2025: value}, path)
    assert (point.expected, point.target) == (drawn, drawn)
    assert (point.band is None) == (drawn is None)
