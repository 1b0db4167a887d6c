"""One sentence for each kind of figure and each kind of nothing, in the words that people read."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

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
        Told(SERVICES, LIBRARIES, share(40, 80), share(36, 72, year=2023)),
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
        "Năm 2025, 12% dân số vùng đô thị của tỉnh Thái Nguyên tham gia; biết được người tham gia ở ít nhất 60% "
        "số lượt.",
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
            value(1120, None, 70, 92),
            value(1000, None, 75, 92, year=2024),
        ),
        "Năm 2025, số buổi đã tổ chức của tỉnh Thái Nguyên (thư viện công cộng cấp xã) là 1.120, tăng 12% so với năm "
        "2024; số liệu của 70/92 cơ sở.",
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
        "Năm 2025, tính đến ngày 31/3, số buổi đã tổ chức của tỉnh Thái Nguyên (thư viện công cộng cấp xã) là 300; có "
        "đủ số liệu của 92 cơ sở.",
    ),
    "an indicator whose words do not say who does it": (
        Told(indicator(IndicatorKind.SHARE_OF_INSTITUTIONS, "Mở cửa buổi tối"), LIBRARIES, share(40, 80)),
        "Năm 2025, tỷ lệ “Mở cửa buổi tối” của tỉnh Thái Nguyên (thư viện công cộng cấp xã) là 50%; số liệu của 80/92 "
        "cơ sở.",
    ),
    "an indicator that calls itself a share": (
        Told(indicator(IndicatorKind.SHARE_OF_INSTITUTIONS, "Tỷ lệ thư viện mở buổi tối"), LIBRARIES, share(40, 80)),
        "Năm 2025, tỷ lệ thư viện mở buổi tối của tỉnh Thái Nguyên (thư viện công cộng cấp xã) là 50%; số liệu của "
        "80/92 cơ sở.",
    ),
    "a question is answered, not measured": (
        Told(
            indicator(IndicatorKind.YES_NO, "Có thư viện mở cửa buổi tối"),
            LIBRARIES,
            value(0, 1, 92, 92),
            value(1, 1, 92, 92, year=2024),
            Goal(Decimal(100), Decimal(100), 2025, "có"),
        ),
        "Năm 2025, “Có thư viện mở cửa buổi tối” của tỉnh Thái Nguyên (thư viện công cộng cấp xã): không, chưa đạt chỉ "
        "tiêu có của năm 2025; có đủ số liệu của 92 cơ sở.",
    ),
    "what does not speak for all tells no change": (
        Told(SERVICES, LIBRARIES, share(3, 4), share(60, 80, year=2024)),
        "Năm 2025, 75% thư viện công cộng cấp xã của tỉnh Thái Nguyên phục vụ học tập suốt đời; mới có số liệu của "
        "4/92 cơ sở nên chưa nói thay được cho tất cả.",
    ),
    "everybody is no number of the population": (
        Told(
            indicator(IndicatorKind.SHARE_OF_POPULATION, "Người dân tham gia"),
            Cohort(kind=CohortKind.POPULATION, name="Dân số vùng đô thị"),
            value(900, 900, 900, 900),
        ),
        "Năm 2025, 100% dân số vùng đô thị của tỉnh Thái Nguyên tham gia; biết được người tham gia ở ít nhất 90% "
        "số lượt.",
    ),
    "the last known growth is a rate": (
        Told(
            indicator(IndicatorKind.GROWTH, "Tăng lượt người sử dụng thư viện"),
            LIBRARIES,
            value(None, None, 0, 27, state=ValueState.NOT_REPORTED),
            value(1215, 1000, 17, 27, year=2024, percent=Decimal("6.71"), base_year=2022),
        ),
        "Năm 2025, chưa có số liệu “Tăng lượt người sử dụng thư viện” (thư viện công cộng cấp xã) của tỉnh Thái "
        "Nguyên; 0/27 cơ sở có số liệu; con số gần nhất là +6,7% mỗi năm, của năm 2024.",
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

    assert_is_one_sentence(said)


def assert_is_one_sentence(said: str) -> None:
    assert said.endswith(".")
    assert not said.endswith("..")
    assert not any(wrong in said for wrong in ("{", "None", "  ", " ,", " ;", ",,", "()", "“”", "Decimal", "nan"))
    assert said.count(". ") == 0


KINDS = {
    IndicatorKind.SHARE_OF_INSTITUTIONS: (CohortKind.INSTITUTIONS, "Thư viện mở cửa buổi tối"),
    IndicatorKind.SHARE_OF_POPULATION: (CohortKind.POPULATION, "Người dân tham gia"),
    IndicatorKind.UNITS_OF_UNITS: (CohortKind.UNITS, "Xã có trung tâm văn hóa - thể thao"),
    IndicatorKind.GROWTH: (CohortKind.INSTITUTIONS, "Tăng lượt người sử dụng thư viện"),
    IndicatorKind.COUNT: (CohortKind.INSTITUTIONS, "Số buổi đã tổ chức"),
    IndicatorKind.STOCK: (CohortKind.INSTITUTIONS, "Số chỗ ngồi"),
    IndicatorKind.YES_NO: (CohortKind.INSTITUTIONS, "Có thư viện mở cửa buổi tối"),
}


@st.composite
def told(draw: st.DrawFn) -> Told:
    """A figure of any kind in any state, with whatever may stand beside it."""
    kind = draw(st.sampled_from(list(KINDS)))
    cohort_kind, name = KINDS[kind]
    over = kind in (IndicatorKind.COUNT, IndicatorKind.STOCK) and draw(st.booleans())
    made = indicator(
        kind, draw(st.sampled_from([name, "Mở cửa buổi tối"])), direction=draw(st.sampled_from(list(Direction)))
    )
    made.over = ["library_visit"] if over else []

    def figure(year: int, state: ValueState) -> IndicatorValue:
        expected = draw(st.integers(0, 3321))
        reporting = draw(st.integers(0, expected))
        where = draw(st.sampled_from([PROVINCE, COUNTRY]))
        if state != ValueState.VALUE:
            note = draw(st.sampled_from(["", "Ở đây không có cơ sở nào loại này."]))
            return value(None, None, reporting, expected, year=year, state=state, unit=where, note=note)
        is_plain = kind in (IndicatorKind.COUNT, IndicatorKind.STOCK) and not over
        whole = None if is_plain else 1 if kind == IndicatorKind.YES_NO else draw(st.integers(1, 9999))
        part = draw(st.integers(0, 9999 if whole is None else whole))
        more = {}
        if kind == IndicatorKind.GROWTH:
            more = {"percent": draw(st.decimals(-99, 99, places=2)), "base_year": 2022}
        return value(part, whole, reporting, expected, year=year, unit=where, **more)

    goal = draw(st.sampled_from([None, EIGHTY, Goal(Decimal(100), Decimal(100), None, "8/8", is_percent=False)]))
    return Told(
        made,
        Cohort(code="x", kind=cohort_kind, name="Thư viện công cộng cấp xã"),
        figure(2025, draw(st.sampled_from([ValueState.VALUE, ValueState.NOT_REPORTED, ValueState.NOT_APPLICABLE]))),
        draw(st.sampled_from([None, figure(2024, ValueState.VALUE)])),
        goal,
        draw(st.sampled_from([None, dt.date(2025, 6, 30)])),
    )


@given(told())
def test_whatever_is_told_is_one_sentence_that_says_no_more_than_the_figures(told):
    said = story(told)

    assert_is_one_sentence(said)
    assert said.startswith("Năm 2025, ")
    has_value = told.value.state == ValueState.VALUE
    if not has_value or (told.value.coverage is not None and told.value.coverage < 50):
        assert not any(claim in said for claim in ("đã đạt chỉ tiêu", "còn thiếu", "so với năm 2024", "chưa đạt"))
    if told.previous is None or (told.until is not None and not told.indicator.over):
        assert "so với năm 2024" not in said
    if told.indicator.kind == IndicatorKind.SHARE_OF_POPULATION and has_value and 0 < told.value.numerator < 5:
        assert "dưới 5 người" in said
        assert "%" not in said


YEAR_RUNS = dt.date(2025, 2, 10)
SHARE_OF_PEOPLE = indicator(IndicatorKind.SHARE_OF_POPULATION, "Người dân tham gia học tập")
EVERYBODY = Cohort(code="residents", kind=CohortKind.POPULATION, name="Mọi người dân")
VISITS = indicator(IndicatorKind.COUNT, "Lượt bạn đọc", measures=["library_visit"])


@pytest.mark.parametrize(
    ("made", "cohort", "now", "before"),
    [
        (SHARE_OF_PEOPLE, EVERYBODY, value(100, 10_000, 900, 1000), value(900, 10_000, 900, 1000, year=2024)),
        (SERVICES, LIBRARIES, share(10, 90), share(80, 90, year=2024)),
        (VISITS, LIBRARIES, value(100, None, 92, 92), value(900, None, 92, 92, year=2024)),
    ],
)
def test_what_a_running_year_has_gathered_is_not_held_against_a_whole_one(made, cohort, now, before):
    assert "so với năm 2024" not in story(Told(made, cohort, now, before, None, YEAR_RUNS))
    assert "so với năm 2024" in story(Told(made, cohort, now, before))


def test_part_of_a_count_is_compared_while_the_year_runs():
    made = indicator(IndicatorKind.COUNT, "Tỷ lệ lượt của nữ", measures=["library_visit"], over=["library_visit"])
    said = story(Told(made, LIBRARIES, share(60, 100), share(50, 100, year=2024), None, YEAR_RUNS))
    assert "so với năm 2024" in said


def test_more_reporting_is_not_told_as_growth():
    now, before = value(2000, None, 100, 100), value(1000, None, 50, 100, year=2024)
    said = story(Told(VISITS, LIBRARIES, now, before))
    assert "tăng" not in said
    assert "chưa so với năm 2024 vì năm đó có số liệu của 50/100 cơ sở" in said
    near = value(1000, None, 90, 100, year=2024)
    assert "tăng 100% so với năm 2024" in story(Told(VISITS, LIBRARIES, now, near))


def test_how_many_attendances_are_known_is_not_told_of_people():
    said = story(Told(SHARE_OF_PEOPLE, EVERYBODY, value(700, 10_000, 963, 1007)))
    assert "963" not in said
    assert said.endswith("; biết được người tham gia ở ít nhất 90% số lượt.")


def test_nothing_is_compared_with_a_year_that_is_kept_back():
    now, before = value(9, 10_000, 90, 100), value(3, 10_000, 90, 100, year=2024)
    assert "so với năm 2024" not in story(Told(SHARE_OF_PEOPLE, EVERYBODY, now, before))


def test_what_is_kept_back_may_be_of_many_and_is_not_told_with_its_reason():
    women = Indicator(short_name="Số lượt phụ nữ", kind="count", measures=["programme_attendance"], sexes=["female"])
    note = "Theo giới tính."
    kept = replace(value(None, None, 5, 5), kept_back=True, note=note)

    said = story(Told(women, EVERYBODY, kept))

    assert "dưới 5" not in said
    assert said.count("không nêu") == 1 and said.endswith(": theo giới tính.")
