"""Who issues the report, to whom, who signs: the blocks around the body. Pure, from the unit and what it lies in.

Decree 30/2020/NĐ-CP, appendix I: a people's committee and a ministry stand alone above the number (no superior body);
a committee decides collectively, so its deputy chair signs «TM. … KT. CHỦ TỊCH», a ministry's deputy «KT. BỘ TRƯỞNG»;
a report to a superior body names it after «Kính gửi», and the first recipient is «Như trên».
"""

import datetime as dt

from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.models.content import HeaderContent, SignatureContent
from hocsuotdoi.reporting.queries.wording import committee_of, in_sentence, long_day_words

PROGRAMME = (
    "Chương trình “Đẩy mạnh các hoạt động phục vụ học tập suốt đời trong thư viện, bảo tàng, "
    "trung tâm văn hóa đến năm 2030”"
)
MINISTRY = "Bộ Văn hóa, Thể thao và Du lịch"


def header_of(unit: AdminUnit, year: int, superior: AdminUnit | None, day: dt.date) -> HeaderContent:
    """`superior` is the unit that `unit` lies in, None for the country; `day` is the day of issue."""
    is_country = unit.tier == Tier.COUNTRY
    if is_country:
        addressee = "Thủ tướng Chính phủ"
    elif superior is None or superior.tier == Tier.COUNTRY:
        addressee = MINISTRY
    else:
        addressee = committee_of(superior)
    return {
        "superior": "",
        "issuer_lines": ["BỘ VĂN HÓA,", "THỂ THAO VÀ DU LỊCH"]
        if is_country
        else ["ỦY BAN NHÂN DÂN", unit.name.upper()],
        "issuer": MINISTRY if is_country else committee_of(unit),
        "symbol": "BC-BVHTTDL" if is_country else "BC-UBND",
        "place": place_of_issue(unit),
        "day": long_day_words(day),
        "title": f"Kết quả thực hiện {PROGRAMME} năm {year}",
        "addressee": addressee,
    }


def place_of_issue(unit: AdminUnit) -> str:
    """The unit's name without its kind; in full where that is a number or a great man's name that the law protects."""
    if unit.tier == Tier.COUNTRY:
        return "Hà Nội"
    if unit.short_name[:1].isdigit() or unit.short_name == "Hồ Chí Minh":
        return unit.name
    return unit.short_name


def recipients_of(unit: AdminUnit, superior: AdminUnit | None) -> list[str]:
    """The usual recipients; the office adds or strikes out in Word."""
    name = in_sentence(unit.name)
    if unit.tier == Tier.COUNTRY:
        return ["- Như trên;", "- Bộ trưởng (để báo cáo);", "- Các Thứ trưởng;", "- Lưu: VT, TV."]
    if unit.tier == Tier.PROVINCE:
        party, level = ("Thành ủy", "thành phố") if unit.kind == UnitKind.CITY_CENTRAL else ("Tỉnh ủy", "tỉnh")
        return [
            "- Như trên;",
            f"- TT. {party}, TT. HĐND {level};",
            f"- Chủ tịch, các PCT UBND {level};",
            "- Sở VHTTDL;",
            "- Lưu: VT, KGVX.",
        ]
    above = f"- Sở VHTTDL {in_sentence(superior.name)};" if superior and superior.tier == Tier.PROVINCE else ""
    lines = ["- Như trên;", above, "- TT. Đảng ủy, TT. HĐND;", f"- Chủ tịch, các PCT UBND {name};", "- Lưu: VT, VHXH."]
    return [line for line in lines if line]


def signature_of(unit: AdminUnit) -> SignatureContent:
    if unit.tier == Tier.COUNTRY:
        return {"lines": ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"]}
    return {"lines": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]}
