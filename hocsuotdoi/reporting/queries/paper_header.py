"""The blocks around a letter, minutes or a proposal of one body (Decree 30/2020/NĐ-CP, appendix I). Pure, from the body
with its unit."""

import datetime as dt
import re
import unicodedata

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models.content import HeaderContent, SignatureContent
from hocsuotdoi.reporting.queries.header import place_of_issue
from hocsuotdoi.reporting.queries.wording import committee_of, long_day_words

_SMALL_WORDS = {"và", "của", "các"}
_ALONE = {AgencyKind.MINISTRY, AgencyKind.PEOPLES_COMMITTEE}


def paper_header(agency: Agency, *, title: str, addressee: str, symbol: str = "", day: dt.date) -> HeaderContent:
    """`symbol`: the kind's part of it («TTr», «BB»); an official letter has none."""
    unit = agency.unit
    name = short_name(agency)
    superior = ""
    if unit is not None and agency.kind not in _ALONE and unit.tier != Tier.COUNTRY:
        superior = committee_of(unit).upper()
    initials = initials_of(name)
    return {
        "superior": superior,
        "issuer_lines": [name.upper()] if agency.kind != AgencyKind.PEOPLES_COMMITTEE else [agency.name.upper()],
        "issuer": agency.name,
        "symbol": f"{symbol}-{initials}" if symbol else initials,
        "place": place_of_issue(unit) if unit else "Hà Nội",
        "day": long_day_words(day),
        "title": title,
        "addressee": addressee,
    }


def short_name(agency: Agency) -> str:
    """Without the place, which stands above it: «Sở Văn hóa, Thể thao và Du lịch»."""
    if agency.unit is None:
        return agency.name
    return re.sub(rf"[\s,]+{re.escape(agency.unit.name)}$", "", agency.name, flags=re.IGNORECASE)


def initials_of(name: str) -> str:
    """As offices abbreviate themselves: SVHTTDL, PVHXH, UBND; Đ keeps its bar."""
    words = [word for word in re.findall(r"\w+", name) if word.lower() not in _SMALL_WORDS]
    return "".join(_plain(word[0].upper()) for word in words)


def signature_of_body(agency: Agency) -> SignatureContent:
    if agency.kind == AgencyKind.MINISTRY:
        return {"lines": ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"]}
    if agency.kind == AgencyKind.PEOPLES_COMMITTEE:
        return {"lines": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]}
    head = short_name(agency).split(" ")[0].lower()
    return {"lines": [{"sở": "GIÁM ĐỐC", "phòng": "TRƯỞNG PHÒNG"}.get(head, "THỦ TRƯỞNG CƠ QUAN")]}


def _plain(letter: str) -> str:
    return letter if letter == "Đ" else unicodedata.normalize("NFD", letter)[0]
