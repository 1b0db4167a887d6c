"""Official Vietnamese for numbers, targets, values and states, as the document prints them. Pure.

These words are Vietnamese in the code on purpose: a report under Decree 30/2020/NĐ-CP is a Vietnamese document in
every language of the pages (docs/decisions, "Reports").
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import Operator, TargetUnit
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.reporting.queries.amounts import LONGER

NOT_REPORTED = "Chưa có số liệu"
NOT_APPLICABLE = "Không áp dụng"
KEPT_BACK_WORDS = "Không nêu, để không lộ thông tin cá nhân"
STATE_WORDS = {
    "on_track": "Đúng tiến độ",
    "at_risk": "Có nguy cơ chậm",
    "off_track": "Chậm tiến độ",
    "no_data": "Chưa đủ số liệu",
    "not_applicable": NOT_APPLICABLE,
}
TASK_STATE_WORDS = {
    "done": "Đã thực hiện",
    "shown": "Đã có minh chứng thực hiện, chưa báo hoàn thành",
    "doing": "Đang thực hiện",
    "late": "Chậm",
    "to_do": "Chưa thực hiện",
    "cannot": "Không thực hiện được",
}
MONEY_STAGE_WORDS = {"estimated": "Dự toán", "appraised": "Thẩm định", "allocated": "Được giao", "spent": "Đã chi"}
MONEY_SOURCE_WORDS = {
    "central_budget": "ngân sách trung ương",
    "province_budget": "ngân sách cấp tỉnh",
    "district_budget": "ngân sách cấp huyện (đến 30/6/2025)",
    "commune_budget": "ngân sách cấp xã",
    "donation": "đóng góp, tài trợ",
    "other": "nguồn hợp pháp khác",
}
SEX_WORDS = {"female": "nữ", "male": "nam", "other": "khác", "": "không rõ"}
AGE_WORDS = {
    "0-5": "dưới 6 tuổi",
    "6-10": "từ 6 đến 10 tuổi",
    "11-14": "từ 11 đến 14 tuổi",
    "15-17": "từ 15 đến 17 tuổi",
    "18-34": "từ 18 đến 34 tuổi",
    "35-59": "từ 35 đến 59 tuổi",
    "60+": "từ 60 tuổi trở lên",
    "": "không rõ tuổi",
}
VISIT_WORDS = {"library_visit": "thư viện", "museum_visit": "bảo tàng, di tích", "centre_visit": "trung tâm văn hóa"}
MEASURE_LABELS: dict[str, str] = {
    "programme_session": "Số buổi hoạt động phục vụ học tập suốt đời",
    "programme_attendance": "Số lượt người tham gia hoạt động",
    "library_visit": "Số lượt người đến thư viện",
    "museum_visit": "Số lượt người đến bảo tàng, di tích",
    "centre_visit": "Số lượt người đến trung tâm văn hóa",
    "visit": "Số lượt người đến",
}
OBSERVANCE_WORDS = {
    "book_day": "Ngày Sách và Văn hóa đọc Việt Nam (21/4)",
    "world_book_day": "Ngày Sách và Bản quyền thế giới (23/4)",
    "museum_day": "Ngày Quốc tế bảo tàng (18/5)",
    "lifelong_learning_week": "Tuần lễ hưởng ứng học tập suốt đời (tháng 10)",
    "digital_day": "Ngày Chuyển đổi số quốc gia (10/10)",
    "heritage_day": "Ngày Di sản văn hóa Việt Nam (23/11)",
    "other": "các ngày lễ, ngày kỷ niệm khác",
}


def number_words(value: Decimal | int) -> str:
    """«1.436», «12,5»: a point between thousands, a comma before decimals, no idle zeros."""
    rounded = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{rounded:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def percent_words(value: Decimal) -> str:
    """«33,3%»: one decimal, as on the pages."""
    return f"{number_words(value.quantize(Decimal('0.1'), ROUND_HALF_UP))}%"


def day_words(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def long_day_words(day: dt.date) -> str:
    """«ngày 05 tháng 02 năm 2026»: a zero before days under 10 and before the months 1 and 2, as the decree says."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def in_sentence(name: str) -> str:
    """A unit's name inside a sentence: «Phường Bắc Kạn» → «phường Bắc Kạn»."""
    return name[:1].lower() + name[1:]


def committee_of(unit: AdminUnit) -> str:
    return f"Ủy ban nhân dân {in_sentence(unit.name)}"


def plan_words(plan: Plan) -> str:
    """How tables cite a document: «Quyết định số 1520/QĐ-TTg ngày 09/12/2022 của Thủ tướng Chính phủ»."""
    when = f" ngày {day_words(plan.issued_on)}" if plan.issued_on else _month_only(plan.issued_text)
    return f"{_numbered(plan)}{when} của {plan.issuer}"


def plan_short_words(plan: Plan) -> str:
    """«Quyết định số 1520/QĐ-TTg»; a plan without a number by its date and issuer."""
    if _has_number(plan):
        return _numbered(plan)
    return plan_words(plan).replace(" (không số)", "").replace("Ủy ban nhân dân", "UBND")


def basis_words(plan: Plan) -> str:
    """One legal basis: the citation with the date in full, and what the document is about."""
    title = plan.title.strip()
    if title.startswith("Kế hoạch ") and "QĐ" not in plan.number:
        about = title.removeprefix("Kế hoạch ")
    else:
        about = ("phê duyệt " if title.startswith("Chương trình") else "ban hành ") + title
    when = f" {long_day_words(plan.issued_on)}" if plan.issued_on else _month_only(plan.issued_text)
    return f"Căn cứ {_numbered(plan)}{when} của {plan.issuer} {about}"


def _numbered(plan: Plan) -> str:
    kind = "Quyết định" if "QĐ" in plan.number else "Kế hoạch"
    return f"{kind} số {plan.number}" if _has_number(plan) else f"{kind} (không số)"


def _has_number(plan: Plan) -> bool:
    """«/KH-UBND» is a print whose number was never filled in."""
    return bool(plan.number) and not plan.number.startswith("/")


def _month_only(issued_text: str) -> str:
    """What a print without a day still says: «ngày tháng 7 năm 2023» → « tháng 7 năm 2023»."""
    text = issued_text.strip()
    return f" {text.removeprefix('ngày').strip()}" if text else ""


def target_words(target: Target) -> str:
    """The figure as set, and its year: «10-15%/năm (năm 2030)», «7/8», «từ 80% trở lên (năm 2025)»."""
    suffix = {TargetUnit.PERCENT: "%", TargetUnit.PERCENT_PER_YEAR: "%/năm"}.get(TargetUnit(target.unit), "")
    if target.unit == TargetUnit.OF and target.total is not None:
        figure = f"{number_words(target.low)}/{number_words(target.total)}"
    elif target.operator == Operator.RANGE:
        figure = f"{number_words(target.low)}-{number_words(target.high)}{suffix}"
    elif target.operator == Operator.AT_LEAST:
        figure = f"từ {number_words(target.low)}{suffix} trở lên"
    else:
        figure = f"{number_words(target.low)}{suffix}"
    return f"{figure} (năm\N{NO-BREAK SPACE}{target.year})" if target.year else figure


def value_words(target: Target, value: IndicatorValue) -> str:
    """The value with numerator and denominator, never a bare percentage; the two states without a value in words."""
    return figure_words(target.indicator, value)


def figure_words(indicator: Indicator, value: IndicatorValue) -> str:
    if value.state == "not_applicable":
        return NOT_APPLICABLE
    if value.kept_back:
        return KEPT_BACK_WORDS
    if value.state != "value" or value.numerator is None:
        return NOT_REPORTED
    kind = indicator.kind
    if kind == IndicatorKind.GROWTH and value.percent is not None and value.denominator is not None:
        counts = (
            f"{number_words(value.numerator)} lượt so với {number_words(value.denominator)} lượt năm {value.base_year}"
        )
        return f"{percent_words(value.percent)}/năm ({counts})"
    if kind == IndicatorKind.YES_NO:
        if value.denominator is not None and value.denominator > 1:
            return f"{number_words(value.numerator)}/{number_words(value.denominator)} đơn vị có"
        return "Có" if value.numerator else "Chưa"
    if kind == IndicatorKind.UNITS_OF_UNITS and value.denominator is not None:
        return f"{number_words(value.numerator)}/{number_words(value.denominator)}"
    if value.percent is not None and value.denominator is not None:
        share = f"{number_words(value.numerator)}/{number_words(value.denominator)}"
        return f"{share} = {percent_words(value.percent)}"
    return number_words(value.numerator)


def indicator_label(indicator: Indicator, cohort: Cohort) -> str:
    """«Tỷ lệ thư viện … (thư viện cấp xã)»."""
    return f"{indicator.short_name} ({in_sentence(cohort.name)})" if cohort.name else indicator.short_name


def measure_label(key: str) -> str:
    """Of a figure of what was held and who came, by its key: «Số lượt người tham gia hoạt động, nữ»."""
    _measure, name, _year, *cut = key.split(":")
    label = MEASURE_LABELS.get(name, name)
    if not cut:
        return label
    kind, value = cut
    value = "" if value == "unknown" else value
    words = {
        "sex": SEX_WORDS.get(value, value),
        "age": AGE_WORDS.get(value, value),
        "observance": OBSERVANCE_WORDS.get(value, value),
        "month": "nhập theo quý, theo năm" if value == LONGER else f"tháng {value}",
        "after": f"sau ngày {day_words(dt.date.fromisoformat(value))}" if kind == "after" else "",
    }
    return f"{label}, {words[kind]}"


NOBODY_EXPECTED = "-"


def coverage_words(value: IndicatorValue) -> str:
    """«3/4 (75%)»: how many of those expected have reported."""
    return share_words(value.reporting, value.expected)


def share_words(reporting: int | None, expected: int | None) -> str:
    if not expected:
        return NOBODY_EXPECTED
    share = percent_words(Decimal(100) * (reporting or 0) / expected)
    return f"{number_words(reporting or 0)}/{number_words(expected)} ({share})"


def money_words(dong: Decimal | int) -> str:
    return f"{number_words(dong)} đồng"
