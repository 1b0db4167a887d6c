"""Who issues the report, to whom, who signs: the blocks around the body. Pure, from the unit and what it lies in.

Decree 30/2020/NĐ-CP, appendix I: a people's committee and a ministry stand alone above the number (no superior body);
a committee decides collectively, so its deputy chair signs «TM. … KT. CHỦ TỊCH», a ministry's deputy «KT. BỘ TRƯỞNG»;
a report to a superior body names it after «Kính gửi», and the first recipient is «Như trên».
"""

import datetime as dt
import re

from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.reporting.enums import CycleKind
from hocsuotdoi.reporting.models import Report
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


def header_of_report(report: Report, superior: Agency | None, day: dt.date) -> HeaderContent:
    """Of a body's report in a cycle. A commune's office reports in the name of its committee; any other body stands
    below its own superior: `superior`, or the committee of its unit."""
    agency, unit, year = report.agency, report.unit, report.year
    if agency is None or signs_as_committee(agency):
        header = header_of(unit, year, None, day)
    else:
        own = agency.kind != AgencyKind.MINISTRY and agency.kind not in ARMED_FORCES
        above = superior.name if superior else committee_of(unit) if own and unit.tier != Tier.COUNTRY else ""
        header = {
            "superior": "" if agency.kind == AgencyKind.MINISTRY else above.upper(),
            "issuer_lines": [agency.name.upper()],
            "issuer": agency.name,
            "symbol": f"BC-{initials_of(agency, unit)}",
            "place": place_of_issue(unit),
            "day": long_day_words(day),
            "title": "",
            "addressee": "",
        }
    receiver = report.goes_to.agency if report.goes_to else None
    cycle = report.cycle
    header["title"] = title_of(report)
    header["addressee"] = receiver.name if receiver else (cycle.addressee if cycle else "") or "Thủ tướng Chính phủ"
    return header


def title_of(report: Report) -> str:
    kind = report.cycle.kind if report.cycle else CycleKind.YEARLY
    what = {CycleKind.MID_TERM: "Sơ kết", CycleKind.FINAL: "Tổng kết"}.get(CycleKind(kind), "Kết quả")
    return f"{what} thực hiện {PROGRAMME} {in_time(report)}"


def in_time(report: Report) -> str:
    """«năm 2026», «giai đoạn 2023 - 2025»."""
    cycle = report.cycle
    if cycle is None or not cycle.is_over_years:
        return f"năm {report.year}"
    return f"giai đoạn {cycle.years[0]} - {cycle.last_year}"


def signs_as_committee(agency: Agency) -> bool:
    in_commune = agency.unit is not None and agency.unit.tier == Tier.COMMUNE
    return agency.kind == AgencyKind.PEOPLES_COMMITTEE or (in_commune and agency.kind not in ARMED_FORCES)


def initials_of(agency: Agency, unit: AdminUnit) -> str:
    """«Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên» → «SVHTTDL»."""
    name = agency.name.replace(in_sentence(unit.name), "").replace(unit.short_name, "").replace(",", " ")
    return "".join(word[0].upper() for word in re.split(r"[\s-]+", name) if word and word.lower() not in _SMALL_WORDS)


_SMALL_WORDS = {"và", "tỉnh", "thành", "phố", "xã", "phường"}


def recipients_of_report(report: Report) -> list[str]:
    agency = report.agency
    if agency is None or signs_as_committee(agency):
        return recipients_of(report.unit, None)
    if agency.kind == AgencyKind.MINISTRY:
        return recipients_of(report.unit, None) if report.goes_to is None else ["- Như trên;", "- Lưu: VT."]
    if agency.kind in ARMED_FORCES:
        return ["- Như trên;", "- Lưu: VT."]
    return ["- Như trên;", f"- {committee_of(report.unit)} (để báo cáo);", "- Lãnh đạo cơ quan;", "- Lưu: VT."]


def signature_of_report(report: Report) -> SignatureContent:
    agency = report.agency
    if agency is None or signs_as_committee(agency):
        return signature_of(report.unit)
    if agency.kind == AgencyKind.MINISTRY:
        return {"lines": ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"]}
    if agency.kind == AgencyKind.MILITARY:
        return {"lines": ["CHỈ HUY TRƯỞNG"]}
    return {"lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]}


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
