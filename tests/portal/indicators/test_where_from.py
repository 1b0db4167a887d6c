"""What pages say of where a figure comes from: only that on which it rests, and nothing where there is no figure."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.enums import IndicatorKind
from tests.factories.indicators import AnswerFactory, CohortFactory, CriteriaSetFactory, IndicatorFactory

BAR = "Buổi hoạt động"


@pytest.fixture
def indicator(posting):
    """With a session held at the library of Bắc Kạn, of which the figure knows nothing."""
    return IndicatorFactory(code="co_so", short_name="Cơ sở có việc thử", cohort=CohortFactory())


def said(client, unit, year):
    page = client.get(reverse("portal:indicators-indicator-detail", args=["co_so"]), {"unit": unit.code, "year": year})
    assert page.status_code == 200
    return page.context["page"].trust, page.content.decode()


def test_figure_of_the_register_is_not_said_to_come_from_sessions(client, posting, bac_kan, day):
    communes = CohortFactory(kind="units", tier="commune")
    IndicatorFactory(code="co_so", kind=IndicatorKind.SHARE_OF_UNITS, cohort=communes)

    trust, text = said(client, bac_kan, day.year)

    assert (trust.rests, trust.origins) == ("Theo sổ đăng ký: cơ sở đang hoạt động thì được tính.", ())
    assert BAR not in text


def test_where_there_is_no_figure_nothing_is_its_origin(client, indicator, bac_kan, day):
    CriteriaSetFactory(indicator=indicator)

    trust, text = said(client, bac_kan, day.year)

    assert trust is None
    assert "Số liệu từ đâu ra" not in text


def test_what_staff_state_is_said_to_be_stated(client, indicator, library_of_bac_kan, bac_kan, day):
    looked_at = {"measure": "museum_visit", "quantity": 1}
    asked = [("first", "", {}), ("second", "", {}), ("visits", "quantity_at_least", looked_at)]
    CriteriaSetFactory(indicator=indicator, criteria=asked)
    AnswerFactory(institution=library_of_bac_kan, indicator_code="co_so", criterion_code="first", year=day.year)

    trust, text = said(client, bac_kan, day.year)

    assert trust.rests == "Xét theo 3 câu hỏi của bảng tiêu chí: 1 từ hoạt động đã ghi, 2 do cơ sở tự khai."
    assert trust.origins == ()
    assert trust.rests in text
    assert BAR not in text


def test_checklist_that_looks_at_sessions_says_how_many_were_typed(client, indicator, bac_kan, day):
    looked_at = {"measure": "programme_session", "quantity": 1}
    CriteriaSetFactory(indicator=indicator, criteria=[("held", "quantity_at_least", looked_at)])

    (origin,) = said(client, bac_kan, day.year)[0].origins

    assert (origin.of, origin.traced, origin.traced_at) == (BAR, "ghi từ hoạt động: 1 (100%)", 100)


def test_what_the_documents_ask_without_a_figure_stands_on_every_units_page(client, target, posting, bac_kan, country):
    names = {"Giờ mở cửa ngoài giờ hành chính", "Lượt cán bộ được tập huấn", "Thư viện tỉnh có trang điện tử"}
    for unit in (bac_kan, country):
        page = client.get(reverse("portal:indicators-unit-look", args=[unit.code]))
        shown = {name for name, _cards in page.context["groups"]}
        left_out = {each.partition(" (")[0] for each in page.context["left_out"]}

        assert names <= shown | left_out
        assert "Lượt cán bộ được tập huấn" in shown
