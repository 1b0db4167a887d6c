"""Who stands beside whom: units of one kind and size, thin figures after the others."""

from decimal import Decimal

import pytest

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.residents import Residents
from hocsuotdoi.indicators.queries.results import IndicatorValue, percent_of
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators.fair_ranking import fair_ranking
from hocsuotdoi.portal.indicators.trends import Figure

LIBRARIES = Cohort(code="library_commune", kind=CohortKind.INSTITUTIONS, name="Thư viện cấp xã")
SHARE = Figure(Indicator(code="x", kind=IndicatorKind.SHARE_OF_INSTITUTIONS, short_name="Thư viện phục vụ"), LIBRARIES)
COUNT = Figure(Indicator(code="x", kind=IndicatorKind.COUNT, short_name="Số buổi"), LIBRARIES)


def unit(number: int, kind: str = UnitKind.PROVINCE) -> AdminUnit:
    name = f"Tỉnh {number:02}"
    return AdminUnit(
        pk=number, code=f"{number:02}", tier=Tier.PROVINCE, kind=kind, name=name, short_name=name, sort_key=name
    )


def value(where: AdminUnit, met: int | None, known: int, expected: int, state: str | None = None) -> IndicatorValue:
    state = state or (ValueState.NOT_REPORTED if met is None else ValueState.VALUE)
    percent = percent_of(met, known) if met is not None else None
    return IndicatorValue("x", "library_commune", where, 2025, state, met, known, percent, known, expected)


def shown(ranking) -> list[tuple[str, list[str]]]:
    return [(group.heading, [bar.name[-2:] for bar in group.bars]) for group in ranking.groups]


def test_units_of_different_kinds_are_not_ranked_together():
    city, province = unit(1, UnitKind.CITY_CENTRAL), unit(2)

    ranking = fair_ranking(SHARE, [value(city, 1, 2, 2), value(province, 2, 2, 2)], {})

    assert shown(ranking) == [("Thành phố trực thuộc trung ương", ["01"]), ("Tỉnh", ["02"])]


def test_highest_first_then_thin_figures_then_those_without_and_what_does_not_apply_is_left_out():
    values = [
        value(unit(1), None, 0, 4),
        value(unit(2), 1, 1, 9),
        value(unit(3), 1, 4, 4),
        value(unit(4), 3, 4, 4),
        value(unit(5), None, 0, 0, ValueState.NOT_APPLICABLE),
    ]

    ranking = fair_ranking(SHARE, values, {})

    assert shown(ranking) == [("", ["04", "03", "02", "01"])]
    assert [bar.is_thin for bar in ranking.groups[0].bars] == [False, False, True, True]
    assert ranking.groups[0].bars[-1].words == "chưa có số liệu"
    assert ranking.left_out == 1


def test_many_units_are_ranked_in_quarters_by_residents():
    values = [value(unit(number), number, 20, 20) for number in range(1, 13)]
    residents = {number: Residents(2024, 1000 * number, 0, 1000 * number) for number in range(1, 13)}

    ranking = fair_ranking(SHARE, values, residents)

    assert [heading for heading, _names in shown(ranking)] == [
        "Tỉnh, 10.000–12.000 dân",
        "Tỉnh, 7.000–9.000 dân",
        "Tỉnh, 4.000–6.000 dân",
        "Tỉnh, 1.000–3.000 dân",
    ]
    assert shown(ranking)[0][1] == ["12", "11", "10"]
    assert "dân số tương đương" in ranking.rule


def test_where_the_population_of_one_is_not_known_size_is_how_many_are_expected():
    values = [value(unit(number), 1, 2, 2 * number) for number in range(1, 13)]

    ranking = fair_ranking(SHARE, values, {1: Residents(2024, 5, 5, 10)})

    assert shown(ranking)[0][0] == "Tỉnh, 20–24 cơ sở"
    assert "quy mô" in ranking.rule


def test_units_of_one_size_stay_together():
    values = [value(unit(number), 1, 2, 2 if number < 10 else number) for number in range(1, 13)]

    groups = shown(fair_ranking(SHARE, values, {}))

    assert sum("02" in names for _heading, names in groups) == 1
    assert {len(names) for _heading, names in groups} >= {9} or len(groups) <= 2


@pytest.mark.parametrize(
    ("residents", "figure", "words"), [({}, Decimal("5"), "mỗi cơ sở"), ({1: 2000}, Decimal("10"), "1.000 dân")]
)
def test_counts_are_made_comparable(residents, figure, words):
    counted = IndicatorValue("x", "y", unit(1), 2025, ValueState.VALUE, 20, None, None, 4, 4)

    known = {pk: Residents(2024, people, 0, people) for pk, people in residents.items()}
    ranking = fair_ranking(COUNT, [counted], known)

    assert ranking.groups[0].bars[0].figure == figure
    assert words in ranking.rule


def test_nothing_to_rank_is_no_group():
    assert fair_ranking(SHARE, [], {}).groups == []
