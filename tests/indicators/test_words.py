"""When an indicator's figure is kept back: small numbers of people, and what is missing to their whole."""

import pytest

from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries.open_data import State, number_of, parts_of, state_of
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.places.models import AdminUnit

COUNT = IndicatorKind.COUNT


def value(numerator, denominator=None) -> IndicatorValue:
    return IndicatorValue("a", "b", AdminUnit(), 2026, ValueState.VALUE, numerator, denominator)


@pytest.mark.parametrize(
    ("what", "numerator", "denominator", "is_told"),
    [
        ({"kind": COUNT, "measures": ["programme_attendance"], "sexes": ["female"]}, 4, None, False),
        ({"kind": COUNT, "measures": ["programme_attendance"], "sexes": ["female"]}, 5, None, True),
        ({"kind": COUNT, "measures": ["programme_attendance"], "sexes": ["female"]}, 0, None, True),
        ({"kind": COUNT, "measures": ["programme_attendance"], "age_bands": ["60+"], "over": ["loan"]}, 20, 23, False),
        ({"kind": COUNT, "measures": ["programme_attendance"], "age_bands": ["60+"], "over": ["loan"]}, 20, 25, True),
        ({"kind": COUNT, "measures": ["programme_attendance"]}, 3, None, True),
        ({"kind": COUNT, "measures": ["programme_session"], "sexes": ["female"]}, 3, None, True),
        ({"kind": IndicatorKind.SHARE_OF_POPULATION, "measures": ["programme_attendance"]}, 3, 1000, False),
        ({"kind": IndicatorKind.STOCK, "measures": ["active_users"]}, 3, None, False),
        ({"kind": IndicatorKind.STOCK, "measures": ["rooms"]}, 3, None, True),
        ({"kind": IndicatorKind.SHARE_OF_INSTITUTIONS}, 1, 3, True),
    ],
)
def test_figure_is_told_or_kept_back_with_all_its_parts(what, numerator, denominator, is_told):
    indicator, found = Indicator(**what), value(numerator, denominator)

    assert state_of(found, indicator) == (State.VALUE if is_told else State.KEPT_BACK)
    assert parts_of(found, indicator) == ((numerator, denominator) if is_told else (None, None))
    assert is_told or number_of(found, indicator) is None
