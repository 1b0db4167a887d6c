"""Reports and contents. `hand_made_content` is a whole report of phường Bắc Kạn that needs no database."""

import copy
from typing import Any

import factory
from django.utils import timezone

from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import SHAPE, Content

DIGEST = "3f9a21bc77de0a12" + "0" * 48
PROGRAMME = (
    "Chương trình “Đẩy mạnh các hoạt động phục vụ học tập suốt đời trong thư viện, bảo tàng, "
    "trung tâm văn hóa đến năm 2030”"
)


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Report

    year = 2026
    changed_at = factory.LazyFunction(timezone.now)


def target(name: str, of_whom: str, plan: str, clause: str, **changes: Any) -> dict[str, Any]:
    return {
        "indicator": "library_services",
        "cohort": "commune_libraries",
        "name": name,
        "short_name": name,
        "of_whom": of_whom,
        "plan": plan,
        "clause": clause,
        "target_year": 2030,
        "written": "Đến năm 2030, 50% thư viện các xã, phường",
        "target_words": "50% (năm 2030)",
        "operator": "equal",
        "low": "50.00",
        "high": "50.00",
        "unit": "percent",
        "value_state": "value",
        "numerator": "1",
        "denominator": "3",
        "percent": "33.3",
        "base_year": None,
        "value_words": "1/3 = 33,3%",
        "reporting": 3,
        "expected": 4,
        "coverage_words": "3/4 cơ sở (75%)",
        "expected_now": "52.00",
        "trajectory_words": "lộ trình năm nay: 52%",
        "state": "off_track",
        "state_words": "Chậm tiến độ",
        "rule_words": "Thấp hơn lộ trình trên 10 điểm phần trăm",
        "note": "",
        "behind": [
            {
                "code": "tv-bac-kan",
                "name": "Thư viện phường Bắc Kạn",
                "place": "Phường Bắc Kạn",
                "counted": "yes",
                "counted_words": "Đạt",
                "quantity": None,
            },
            {
                "code": "tv-song-cau",
                "name": "Tủ sách Sông Cầu",
                "place": "Phường Bắc Kạn",
                "counted": "no",
                "counted_words": "Chưa đạt",
                "quantity": None,
            },
            {
                "code": "tv-mau",
                "name": "Tủ sách pháp luật (mẫu)",
                "place": "Phường Bắc Kạn",
                "counted": "unknown",
                "counted_words": "Chưa có số liệu",
                "quantity": None,
            },
        ],
        **changes,
    }


def task(text: str, state: str, state_words: str, evidence: list[str], **changes: Any) -> dict[str, Any]:
    return {
        "plan": "Kế hoạch (không số) tháng 7 năm 2023 của UBND thành phố Bắc Kạn",
        "plan_short": "Kế hoạch của UBND thành phố Bắc Kạn",
        "clause": "II.1",
        "text": text,
        "due_words": "Hằng năm",
        "state": state,
        "state_words": state_words,
        "evidence": evidence,
        "rule_words": "Chưa có gì cho thấy đã làm.",
        **changes,
    }


_CITY_PLAN = "Kế hoạch của UBND thành phố Bắc Kạn (tháng 7/2023)"
_NATIONAL_PLAN = "Quyết định số 1520/QĐ-TTg ngày 09/12/2022 của Thủ tướng Chính phủ"

_CONTENT: dict[str, Any] = {
    "shape": SHAPE,
    "number": "BC-01843-2026-003",
    "frozen_at": "2026-11-23T16:05:00+07:00",
    "unit": {
        "code": "01843",
        "name": "Phường Bắc Kạn",
        "short_name": "Bắc Kạn",
        "tier": "commune",
        "kind": "phuong",
    },
    "year": 2026,
    "as_of": "2026-11-23",
    "has_sample": False,
    "header": {
        "superior": "",
        "issuer_lines": ["ỦY BAN NHÂN DÂN", "PHƯỜNG BẮC KẠN"],
        "issuer": "Ủy ban nhân dân phường Bắc Kạn",
        "symbol": "BC-UBND",
        "place": "Bắc Kạn",
        "day": "ngày 23 tháng 11 năm 2026",
        "title": f"Kết quả thực hiện {PROGRAMME} năm 2026",
        "addressee": "Ủy ban nhân dân tỉnh Thái Nguyên",
    },
    "basis": [
        f"Căn cứ Quyết định số 1520/QĐ-TTg ngày 09/12/2022 của Thủ tướng Chính phủ phê duyệt {PROGRAMME};",
        "Căn cứ Kế hoạch tháng 7/2023 của Ủy ban nhân dân thành phố Bắc Kạn triển khai thực hiện Chương trình.",
    ],
    "opening": "Ủy ban nhân dân phường Bắc Kạn báo cáo kết quả thực hiện Chương trình năm 2026 "
    "(số liệu tính đến ngày 23/11/2026) như sau:",
    "activities": {
        "sessions": 12,
        "attendance": 1436,
        "by_sex": [
            {"code": "female", "label": "nữ", "quantity": 790},
            {"code": "male", "label": "nam", "quantity": 640},
            {"code": "", "label": "không rõ", "quantity": 6},
        ],
        "by_age": [
            {"code": "6-10", "label": "từ 6 đến 10 tuổi", "quantity": 1000},
            {"code": "", "label": "không rõ", "quantity": 436},
        ],
        "visits": [{"code": "library_visit", "label": "thư viện", "quantity": 1436}],
        "observances": [
            {"code": "heritage_day", "label": "Ngày Di sản văn hóa Việt Nam (23/11)", "sessions": 1, "attendance": 40}
        ],
        "months": [
            {"month": 4, "sessions": 5, "attendance": 900, "visits": 900},
            {"month": 11, "sessions": 7, "attendance": 536, "visits": 536},
        ],
        "sentences": [
            "Trong năm, trên địa bàn đã tổ chức 12 buổi hoạt động, thu hút 1.436 lượt người tham gia.",
            "Theo giới tính: nữ 790 lượt; nam 640 lượt; không rõ 6 lượt.",
            "Theo độ tuổi: từ 6 đến 10 tuổi 1.000 lượt; không rõ 436 lượt.",
            "Hưởng ứng các ngày kỷ niệm: Ngày Di sản văn hóa Việt Nam (23/11) 1 buổi, 40 lượt người tham gia.",
        ],
    },
    "targets": [
        target(
            "Tỷ lệ thư viện cung cấp dịch vụ phục vụ học tập suốt đời",
            "Thư viện công cộng cấp xã",
            _NATIONAL_PLAN,
            "I.2.a",
            low="60.00",
            high="60.00",
            target_words="60% (năm 2030)",
        ),
        target(
            "Tỷ lệ thư viện cung cấp dịch vụ phục vụ học tập suốt đời",
            "Thư viện các xã, phường và thư viện lực lượng vũ trang",
            _CITY_PLAN,
            "I.2.1.1",
        ),
        target(
            "Mức tăng bình quân số lượt người sử dụng thư viện",
            "",
            _CITY_PLAN,
            "I.2.1.3",
            target_words="10%/năm (năm 2030)",
            value_state="not_reported",
            numerator=None,
            denominator=None,
            percent=None,
            value_words="Chưa có số liệu",
            reporting=0,
            expected=4,
            coverage_words="0/4 cơ sở (0%)",
            trajectory_words="",
            expected_now=None,
            state="no_data",
            state_words="Chưa đủ số liệu",
        ),
    ],
    "target_sentences": [
        "Trong 3 chỉ tiêu giao cho đơn vị: 0 đúng tiến độ, 0 có nguy cơ chậm, 2 chậm tiến độ, 1 chưa đủ số liệu."
    ],
    "tasks": [
        task(
            "Tuyên truyền các hoạt động học tập suốt đời gắn với Tuần lễ hưởng ứng học tập suốt đời, Ngày sách và Văn "
            "hoá đọc Việt Nam (21/4), Ngày Di sản văn hoá Việt Nam (23/11)",
            "done",
            "Đã thực hiện",
            ["Ngày hội đọc sách, 23/11/2026"],
        ),
        task("Định kỳ hằng năm tổng hợp báo cáo kết quả thực hiện", "late", "Chậm", [], due_words="Trước 25/11"),
        task("Tổ chức phát động phong trào, cuộc vận động", "doing", "Đang thực hiện", [], due_words="Thường xuyên"),
    ],
    "task_sentences": ["Trong 3 nhiệm vụ: 1 đã thực hiện, 1 đang thực hiện, 1 chậm so với thời hạn."],
    "missing": [
        {
            "code": "tv-mau",
            "name": "Tủ sách pháp luật (mẫu)",
            "place": "Phường Bắc Kạn",
            "indicators": ["Tỷ lệ thư viện cung cấp dịch vụ phục vụ học tập suốt đời"],
        }
    ],
    "missing_sentences": ["01 cơ sở chưa có đủ số liệu: Tủ sách pháp luật (mẫu) (phường Bắc Kạn)."],
    "words": {
        "results": ["Phong trào đọc sách được duy trì đều ở các tổ dân phố.", "Phường đã mở thêm một điểm đọc."],
        "difficulties": ["Kinh phí bổ sung sách còn hạn hẹp."],
        "proposals": ["Đề nghị Ủy ban nhân dân tỉnh hỗ trợ luân chuyển sách từ thư viện tỉnh."],
        "suggested": [],
    },
    "closing": "Trên đây là báo cáo kết quả thực hiện Chương trình năm 2026 trên địa bàn phường Bắc Kạn./.",
    "recipients": ["- Như trên;", "- TT. Đảng ủy, HĐND phường;", "- Lưu: VT, VHXH."],
    "signature": {"lines": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]},
}


def hand_made_content(**changes: Any) -> Content:
    return {**copy.deepcopy(_CONTENT), **changes}  # type: ignore[typeddict-item]
