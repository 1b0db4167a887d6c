"""One sentence for each kind of figure and each kind of nothing, in the words that people read."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from hocsuotdoi.indicators.enums import CohortKind, Direction, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue, percent_of
from hocsuotdoi.indicators.queries.story import Goal, Told, story
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

PROVINCE = AdminUnit(code="19", tier=Tier.PROVINCE, name="Tỉnh Thái Nguyên")
COUNTRY = AdminUnit(code="VN", tier=Tier.COUNTRY, name="Việt Nam")
LIBRARIES = Cohort(code="library_commune", kind=CohortKind.INSTITUTIONS, name="Thư viện công cộng cấp xã")
SERVICES = Indicator(
    code="library_services",
    kind=IndicatorKind.SHARE_OF_INSTITUTIONS,
    short_name="Thư viện phục vụ học tập suốt đời",
    direction=Direction.UP,
)
EIGHTY = Goal(Decimal(80), Decimal(80), 2030, "80%")


def value(numerator, denominator, reporting=None, expected=None, *, year=2025, state=ValueState.VALUE, **more):
    if numerator is not None and denominator is not None:
        more.setdefault("percent", percent_of(numerator, denominator))
    return IndicatorValue(
        "x",
        "y",
        more.pop("unit", PROVINCE),
        year,
        state,
        numerator,
        denominator,
        reporting=denominator if reporting is None else reporting,
        expected=denominator if expected is None else expected,
        **more,
    )


def share(numerator, denominator, *, expected=92, year=2025, **more):
    return value(numerator, denominator, denominator, expected, year=year, **more)


def indicator(kind, name, **more):
    return Indicator(code="x", kind=kind, short_name=name, direction=more.pop("direction", Direction.UP), **more)


CASES = {
    "all that can be told": (
        Told(SERVICES, LIBRARIES, share(41, 66), share(36, 66, year=2024), EIGHTY),
        "Năm 2025, 62,1% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời, tăng 7,6 điểm phần "
        "trăm so với năm 2024, còn thiếu 17,9 điểm phần trăm so với chỉ tiêu 80% của năm 2030; số liệu của 66/92 "
        "cơ sở.",
    ),
    "reached, of the whole country": (
        Told(SERVICES, LIBRARIES, share(90, 100, expected=100, unit=COUNTRY), None, EIGHTY),
        "Năm 2025, 90% thư viện công cộng cấp xã của cả nước phục vụ học tập suốt đời, đã đạt chỉ tiêu 80% của năm "
        "2030; có đủ số liệu của 100 cơ sở.",
    ),
    "exactly reached": (
        Told(SERVICES, LIBRARIES, share(80, 100, expected=100), None, EIGHTY),
        "Năm 2025, 80% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời, đã đạt chỉ tiêu 80% "
        "của năm 2030; có đủ số liệu của 100 cơ sở.",
    ),
    "all of them": (
        Told(SERVICES, LIBRARIES, share(3, 3, expected=3)),
        "Năm 2025, cả 3 thư viện công cộng cấp xã của tỉnh Thái Nguyên đều phục vụ học tập suốt đời; có đủ số liệu của "
        "3 cơ sở.",
    ),
    "zero is a value": (
        Told(SERVICES, LIBRARIES, share(0, 80), share(4, 80, year=2024), EIGHTY),
        "Năm 2025, chưa thư viện công cộng cấp xã nào của tỉnh Thái Nguyên phục vụ học tập suốt đời, giảm 5 điểm phần "
        "trăm so với năm 2024, còn thiếu 80 điểm phần trăm so với chỉ tiêu 80% của năm 2030; số liệu của 80/92 cơ sở.",
    ),
    "nothing changed": (
        Told(SERVICES, LIBRARIES, share(40, 80), share(30, 60, year=2023)),
        "Năm 2025, 50% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời, không đổi so với năm "
        "2023; số liệu của 80/92 cơ sở.",
    ),
    "low coverage is not held against the target": (
        Told(SERVICES, LIBRARIES, share(19, 20), None, EIGHTY),
        "Năm 2025, 95% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời; mới có số liệu của "
        "20/92 cơ sở nên chưa nói thay được cho tất cả.",
    ),
    "the year runs": (
        Told(SERVICES, LIBRARIES, share(40, 80), None, None, dt.date(2025, 11, 27)),
        "Năm 2025, tính đến ngày 27/11, 50% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời; "
        "số liệu của 80/92 cơ sở.",
    ),
    "not reported": (
        Told(SERVICES, LIBRARIES, value(None, None, 0, 11, state=ValueState.NOT_REPORTED), share(31, 50, year=2024)),
        "Năm 2025, chưa có số liệu “Thư viện phục vụ học tập suốt đời” (thư viện công cộng cấp xã) của tỉnh Thái "
        "Nguyên; 0/11 cơ sở có số liệu; con số gần nhất là 62%, của năm 2024.",
    ),
    "not applicable": (
        Told(
            SERVICES,
            LIBRARIES,
            value(None, None, 0, 0, state=ValueState.NOT_APPLICABLE, note="Ở đây không có cơ sở nào loại này."),
        ),
        "Năm 2025, “Thư viện phục vụ học tập suốt đời” (thư viện công cộng cấp xã) không áp dụng cho tỉnh Thái Nguyên: "
        "ở đây không có cơ sở nào loại này.",
    ),
    "a range": (
        Told(SERVICES, LIBRARIES, share(8, 80), None, Goal(Decimal(10), Decimal(15), 2025, "10 - 15%")),
        "Năm 2025, 10% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời, đã đạt chỉ tiêu "
        "10 - 15% của năm 2025; số liệu của 80/92 cơ sở.",
    ),
    "a target without a year": (
        Told(SERVICES, LIBRARIES, share(8, 80), None, Goal(Decimal(50), Decimal(50), None, "50%")),
        "Năm 2025, 10% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời, còn thiếu 40 điểm phần "
        "trăm so với chỉ tiêu 50%; số liệu của 80/92 cơ sở.",
    ),
    "falling is good": (
        Told(
            indicator(IndicatorKind.SHARE_OF_INSTITUTIONS, "Thư viện đóng cửa buổi tối", direction=Direction.DOWN),
            LIBRARIES,
            share(40, 80),
            share(48, 80, year=2024),
            Goal(Decimal(30), Decimal(30), 2030, "30%"),
        ),
        "Năm 2025, 50% thư viện công cộng cấp xã của tỉnh Thái Nguyên đóng cửa buổi tối, giảm 10 điểm phần trăm so với "
        "năm 2024 (giảm là tốt), còn cao hơn chỉ tiêu 30% của năm 2030 là 20 điểm phần trăm; số liệu của 80/92 cơ sở.",
    ),
    "rising is bad, though the target holds": (
        Told(
            indicator(IndicatorKind.SHARE_OF_INSTITUTIONS, "Thư viện đóng cửa buổi tối", direction=Direction.DOWN),
            LIBRARIES,
            share(20, 80),
            share(16, 80, year=2024),
            Goal(Decimal(30), Decimal(30), 2030, "30%"),
        ),
        "Năm 2025, 25% thư viện công cộng cấp xã của tỉnh Thái Nguyên đóng cửa buổi tối, tăng 5 điểm phần trăm so với "
        "năm 2024 (lẽ ra cần giảm), đã đạt chỉ tiêu 30% của năm 2030; số liệu của 80/92 cơ sở.",
    ),
    "growth": (
        Told(
            indicator(IndicatorKind.GROWTH, "Tăng lượt người sử dụng thư viện"),
            Cohort(kind=CohortKind.INSTITUTIONS, name="Thư viện các loại"),
            value(1215, 1000, 17, 27, percent=Decimal("6.71"), base_year=2022),
            None,
            Goal(Decimal(10), Decimal(10), 2025, "10%/năm"),
        ),
        "Năm 2025, lượt người sử dụng thư viện của tỉnh Thái Nguyên (thư viện các loại) tăng bình quân 6,7% mỗi năm so "
        "với năm 2022, còn thiếu 3,3 điểm phần trăm so với chỉ tiêu 10%/năm của năm 2025; số liệu của 17/27 cơ sở.",
    ),
    "growth below zero": (
        Told(
            indicator(IndicatorKind.GROWTH, "Tăng lượt người sử dụng thư viện"),
            Cohort(kind=CohortKind.INSTITUTIONS, name="Thư viện các loại"),
            value(800, 1000, 27, 27, percent=Decimal("-7.17"), base_year=2022),
        ),
        "Năm 2025, lượt người sử dụng thư viện của tỉnh Thái Nguyên (thư viện các loại) giảm bình quân 7,2% mỗi năm so "
        "với năm 2022; có đủ số liệu của 27 cơ sở.",
    ),
    "so many of so many": (
        Told(
            indicator(IndicatorKind.UNITS_OF_UNITS, "Huyện có trung tâm đủ hạng mục"),
            Cohort(kind=CohortKind.UNITS, name="Huyện, thành phố thuộc tỉnh"),
            value(6, 8),
            None,
            Goal(Decimal(100), Decimal(100), 2025, "8/8", is_percent=False),
        ),
        "Năm 2025, 6/8 huyện, thành phố thuộc tỉnh của tỉnh Thái Nguyên có trung tâm đủ hạng mục, chưa đạt chỉ tiêu "
        "8/8 của năm 2025; có đủ số liệu của 8 đơn vị.",
    ),
    "a share of the population rests on attendances": (
        Told(
            indicator(IndicatorKind.SHARE_OF_POPULATION, "Người dân tham gia"),
            Cohort(kind=CohortKind.POPULATION, name="Dân số vùng đô thị"),
            value(1200, 10000, 900, 1500),
        ),
        "Năm 2025, 12% dân số vùng đô thị của tỉnh Thái Nguyên tham gia; số liệu của 900/1.500 lượt tham gia.",
    ),
    "fewer than five people are not counted out": (
        Told(
            indicator(IndicatorKind.SHARE_OF_POPULATION, "Người dân tham gia"),
            Cohort(kind=CohortKind.POPULATION, name="Dân số vùng đô thị"),
            value(3, 10000, 3, 1500),
        ),
        "Năm 2025, mới biết có dưới 5 người ở tỉnh Thái Nguyên tham gia (dân số vùng đô thị).",
    ),
    "a count and its change in per cent": (
        Told(
            indicator(IndicatorKind.COUNT, "Số buổi đã tổ chức"),
            LIBRARIES,
            value(1120, None, 40, 92),
            value(1000, None, 80, 92, year=2024),
        ),
        "Năm 2025, tại tỉnh Thái Nguyên: Số buổi đã tổ chức (thư viện công cộng cấp xã) là 1.120, tăng 12% so với năm "
        "2024; mới có số liệu của 40/92 cơ sở nên chưa nói thay được cho tất cả.",
    ),
    "a count of a running year is not compared": (
        Told(
            indicator(IndicatorKind.COUNT, "Số buổi đã tổ chức"),
            LIBRARIES,
            value(300, None, 92, 92),
            value(1000, None, 92, 92, year=2024),
            None,
            dt.date(2025, 3, 31),
        ),
        "Năm 2025, tính đến ngày 31/3, tại tỉnh Thái Nguyên: Số buổi đã tổ chức (thư viện công cộng cấp xã) là 300; có "
        "đủ số liệu của 92 cơ sở.",
    ),
    "an indicator whose words do not say who does it": (
        Told(indicator(IndicatorKind.SHARE_OF_INSTITUTIONS, "Mở cửa buổi tối"), LIBRARIES, share(40, 80)),
        "Năm 2025, tại tỉnh Thái Nguyên: Mở cửa buổi tối (thư viện công cộng cấp xã) là 50%; số liệu của 80/92 cơ sở.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_story_in_one_sentence(name):
    told, sentence = CASES[name]

    assert story(told) == sentence


@pytest.mark.parametrize("name", CASES)
def test_story_is_one_sentence_in_english_too(name):
    with translation.override("en"):
        said = story(CASES[name][0])

    assert said.endswith(".")
    assert "{" not in said
    assert said.count(". ") == 0
