import datetime as dt

import pytest
from django.utils import translation

from hocsuotdoi.indicators.queries.values import counts_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.reporting.formats.canonical import canonical_json
from hocsuotdoi.reporting.queries.content import report_content, unit_of_year
from tests.factories.ledger import make_posting, noon
from tests.reporting.conftest import add_target

QUERIES = 51


def test_content_holds_the_targets_value_with_numerator_denominator_and_coverage(
    bac_kan, plan, library, silent_library, today
):
    (target,) = report_content(bac_kan, 2026, today)["targets"]
    assert target["note"] == ""
    assert (target["numerator"], target["denominator"], target["percent"]) == ("1", "1", "100.00")
    assert (target["value_words"], target["coverage_words"]) == ("1/1 = 100%", "1/2 (50%)")
    assert (target["target_words"], target["state"], target["state_words"]) == (
        "60% (năm\N{NO-BREAK SPACE}2026)",
        "on_track",
        "Đúng tiến độ",
    )
    assert [(row["name"], row["counted"]) for row in target["behind"]] == [
        ("Thư viện cộng đồng Sông Cầu", "unknown"),
        ("Thư viện phường Bắc Kạn", "yes"),
    ]


def test_content_names_the_institutions_that_told_nothing(bac_kan, plan, library, silent_library, today):
    content = report_content(bac_kan, 2026, today)
    assert [missing["code"] for missing in content["missing"]] == ["tv-im-lang"]
    assert any("Thư viện cộng đồng Sông Cầu" in sentence for sentence in content["missing_sentences"])


def test_content_counts_sessions_attendance_and_visits_as_the_figures_do(bac_kan, plan, library, today):
    activities = report_content(bac_kan, 2026, today)["activities"]
    counts = counts_for(bac_kan, 2026, today)
    assert activities["sessions"] == counts[MeasureCode.PROGRAMME_SESSION] == 1
    assert activities["attendance"] == counts[MeasureCode.PROGRAMME_ATTENDANCE] == 12
    assert activities["visits"] == [{"code": "library_visit", "label": "thư viện", "quantity": 12}]
    assert [(c["label"], c["quantity"]) for c in activities["by_sex"]] == [("nữ", 7), ("nam", 5)]
    assert [(c["label"], c["quantity"]) for c in activities["by_age"]] == [
        ("từ 6 đến 10 tuổi", 7),
        ("không rõ tuổi", 5),
    ]
    assert [(o["code"], o["sessions"], o["attendance"]) for o in activities["observances"]] == [("heritage_day", 1, 12)]
    assert activities["months"] == [{"month": 11, "sessions": 1, "attendance": 12, "visits": 12}]


def test_content_leaves_out_what_was_taken_back(bac_kan, plan, library, today):
    reverse(Posting.objects.get(), reason="nhập nhầm", by=None, at=noon(today))
    activities = report_content(bac_kan, 2026, today)["activities"]
    assert (activities["sessions"], activities["attendance"], activities["observances"]) == (None, None, []), (
        "nobody has said anything that stands"
    )
    assert "chưa ghi nhận" in activities["sentences"][0]


def test_content_of_a_day_leaves_out_what_came_later(bac_kan, plan, library):
    content = report_content(bac_kan, 2026, dt.date(2026, 11, 21))
    assert content["activities"]["sessions"] is None
    assert content["as_of"] == "2026-11-21"


def test_content_tells_0_where_something_else_was_told(bac_kan, plan, library):
    make_posting(library, dt.date(2026, 11, 20), measure=MeasureCode.LOAN)
    content = report_content(bac_kan, 2026, dt.date(2026, 11, 21))
    assert (content["activities"]["sessions"], content["activities"]["attendance"]) == (0, 0)


def test_content_cites_the_plan_as_legal_basis(bac_kan, plan, today):
    assert report_content(bac_kan, 2026, today)["basis"] == [
        "Căn cứ Kế hoạch số 12/KH-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân phường Bắc Kạn triển khai "
        "Chương trình trên địa bàn phường Bắc Kạn."
    ]


def test_content_tells_tasks_with_their_state(bac_kan, plan, today):
    (task,) = report_content(bac_kan, 2026, today)["tasks"]
    assert (task["text"], task["due_words"], task["state"]) == (
        "Định kỳ hằng năm báo cáo kết quả",
        "Trước 25/11 hằng năm",
        "doing",
    )


def test_content_suggests_words_from_the_figures_and_says_which(bac_kan, plan, library, silent_library, today):
    words = report_content(bac_kan, 2026, today)["words"]
    assert words["suggested"] == ["results", "difficulties", "proposals"]
    assert words["results"][0].startswith("1/1 chỉ tiêu đúng tiến độ: Thư viện phục vụ học tập suốt đời")
    assert words["difficulties"] == ["1 cơ sở, đơn vị chưa có đủ số liệu để đánh giá."]
    assert words["proposals"] == ["Đơn vị chưa nêu đề xuất, kiến nghị."]


def test_content_is_vietnamese_whatever_language_the_page_is_in(bac_kan, plan, library, today):
    with translation.override("vi"):
        vietnamese = report_content(bac_kan, 2026, today)
    with translation.override("en"):
        assert canonical_json(report_content(bac_kan, 2026, today)) == canonical_json(vietnamese)


def test_content_marks_figures_of_sample_institutions(bac_kan, plan, library, today):
    assert not report_content(bac_kan, 2026, today)["has_sample"]
    library.is_sample = True
    library.save()
    assert report_content(bac_kan, 2026, today)["has_sample"]


@pytest.mark.parametrize(
    ("fixture", "issuer", "symbol", "addressee", "signature"),
    [
        (
            "bac_kan",
            ["ỦY BAN NHÂN DÂN", "PHƯỜNG BẮC KẠN"],
            "BC-UBND",
            "Ủy ban nhân dân tỉnh Thái Nguyên",
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        ),
        (
            "thai_nguyen",
            ["ỦY BAN NHÂN DÂN", "TỈNH THÁI NGUYÊN"],
            "BC-UBND",
            "Bộ Văn hóa, Thể thao và Du lịch",
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        ),
        (
            "country",
            ["BỘ VĂN HÓA,", "THỂ THAO VÀ DU LỊCH"],
            "BC-BVHTTDL",
            "Thủ tướng Chính phủ",
            ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"],
        ),
    ],
)
def test_content_names_issuer_addressee_and_signature_of_each_tier(
    request, today, fixture, issuer, symbol, addressee, signature
):
    content = report_content(request.getfixturevalue(fixture), 2026, today)
    header = content["header"]
    assert (header["issuer_lines"], header["symbol"], header["addressee"]) == (issuer, symbol, addressee)
    assert content["signature"]["lines"] == signature
    assert content["recipients"][0] == "- Như trên;"


def test_content_of_one_and_of_three_targets_takes_the_same_queries(
    bac_kan, plan, library, today, django_assert_num_queries
):
    with django_assert_num_queries(QUERIES):
        assert len(report_content(bac_kan, 2026, today)["targets"]) == 1
    add_target(plan, cohort="library_school")
    add_target(plan, cohort="library_community")
    with django_assert_num_queries(QUERIES):
        assert len(report_content(bac_kan, 2026, today)["targets"]) == 3


def test_unit_of_year_reads_the_code_as_it_stood(bac_kan, today):
    assert unit_of_year("01843", 2026, today) == bac_kan
    assert unit_of_year("01843", 2025, today) == bac_kan
    with pytest.raises(AdminUnit.DoesNotExist):
        unit_of_year("01843", 2024, today)


@pytest.mark.slow
@pytest.mark.usefixtures("reference")
def test_content_of_the_real_ward_rests_on_the_documents_that_bind_it(today):
    content = report_content(unit_by_code("01843", today), 2026, today)
    assert content["header"]["place"] == "Bắc Kạn"
    assert content["header"]["addressee"] == "Ủy ban nhân dân tỉnh Thái Nguyên"
    cited = " ".join(content["basis"])
    assert all(number in cited for number in ("1520/QĐ-TTg", "1346/QĐ-BVHTTDL", "thành phố Bắc Kạn"))
    libraries = [t for t in content["targets"] if t["clause"] == "I.2.1.1.2"]
    assert [(t["target_words"], t["expected_now"]) for t in libraries][:1] == [
        ("50% (năm\N{NO-BREAK SPACE}2030)", "58.00")
    ]
    assert {task["state"] for task in content["tasks"]} <= {"done", "doing", "late"}


@pytest.mark.slow
@pytest.mark.usefixtures("reference")
def test_content_of_the_ended_city_counts_up_to_its_last_day(today):
    content = report_content(unit_of_year("058", 2025, today), 2025, today)
    assert content["as_of"] == "2025-06-30"
    assert content["header"]["issuer_lines"] == ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ BẮC KẠN"]
    assert content["header"]["addressee"] == "Ủy ban nhân dân tỉnh Bắc Kạn"
