"""Who decides on a commendation, and what its decision and its certificate say.

Seen for it: that Decree 98/2023/NĐ-CP gave way to Decree 152/2025/NĐ-CP on 1 July 2025 (secondary sources, November
2026). Their annexes with the pattern of certificates could not be seen: size, emblem and border come with the printed
sheets that an office buys, or with a template of its own; here stand the words in the order in which they are printed.
"""

import datetime as dt

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.models.content import HeaderContent
from hocsuotdoi.reporting.models.other_contents import AwardContent, DecisionContent
from hocsuotdoi.reporting.queries.header import PROGRAMME, place_of_issue
from hocsuotdoi.reporting.queries.paper_header import initials_of, paper_header
from hocsuotdoi.reporting.queries.wording import committee_of, long_day_words

SHAPE = 1
LAW = "Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15 ngày 15/6/2022;"
DECREE = "Căn cứ Nghị định số 152/2025/NĐ-CP ngày 14/6/2025 của Chính phủ;"
_LOCAL_LAW = "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15 ngày 16/6/2025;"
_GIVEN_BY_THE_HEAD = "giấy khen"


def decides_itself(agency: Agency, form: str) -> bool:
    """Committees and ministries award what they propose; the head of a department gives certificates of its own, any
    higher form is the committee's."""
    if agency.unit is None or agency.kind in {AgencyKind.MINISTRY, AgencyKind.PEOPLES_COMMITTEE}:
        return True
    return (
        agency.kind == AgencyKind.CULTURE
        and agency.unit.tier != Tier.COUNTRY
        and form.casefold().startswith(_GIVEN_BY_THE_HEAD)
    )


def addressee_of(agency: Agency, form: str) -> str:
    """Whom the proposal asks."""
    if agency.unit is None or agency.kind in {AgencyKind.MINISTRY, AgencyKind.PEOPLES_COMMITTEE}:
        return agency.name
    if decides_itself(agency, form):
        return f"Giám đốc {agency.name}"
    return committee_of(agency.unit)


def authority_of(agency: Agency, form: str) -> str:
    """Who decides, in a sentence: «Chủ tịch Ủy ban nhân dân tỉnh Thái Nguyên»."""
    if agency.kind == AgencyKind.MINISTRY:
        return f"Bộ trưởng {agency.name}"
    if agency.kind == AgencyKind.PEOPLES_COMMITTEE or agency.unit is None:
        return f"{'Chủ tịch' if agency.kind == AgencyKind.PEOPLES_COMMITTEE else 'Thủ trưởng'} {agency.name}"
    return f"Giám đốc {agency.name}" if decides_itself(agency, form) else f"Chủ tịch {committee_of(agency.unit)}"


def decision_content(nomination: Nomination, nominee: str, day: dt.date) -> DecisionContent:
    """The draft that goes up with the proposal; number, day and signature are the office's."""
    agency, form = nomination.agency, nomination.form
    authority = authority_of(agency, form)
    is_local = authority.startswith("Chủ tịch")
    award = name_of_award(form)
    return {
        "header": _header(agency, form, "QĐ", f"Về việc tặng {award}", day),
        "authority": authority.upper(),
        "basis": [*([_LOCAL_LAW] if is_local else []), LAW, DECREE],
        "proposal": f"Theo đề nghị của {agency.name}",
        "articles": [
            f"Tặng {award} cho {nominee}, đã có thành tích trong thực hiện {PROGRAMME} năm\u00a0{nomination.year}.",
            "Tập thể, cá nhân nêu tại Điều 1 được thưởng theo quy định của pháp luật về thi đua, khen thưởng.",
            f"{agency.name}, các cơ quan có liên quan và tập thể, cá nhân nêu tại Điều 1 chịu trách nhiệm thi hành "
            "Quyết định này. Quyết định có hiệu lực kể từ ngày ký./.",
        ],
        "recipients": ["- Như Điều 3;", "- Ban Thi đua - Khen thưởng;", "- Lưu: VT."],
        "signature": {"lines": [_post_of(authority)]},
    }


def award_content(nomination: Nomination, nominee: str, day: dt.date) -> AwardContent:
    """What the certificate says, from the signed decision."""
    agency, form = nomination.agency, nomination.awarded_form
    assert nomination.decided_on is not None
    authority = nomination.decided_by or authority_of(agency, form)
    award = name_of_award(form)
    decision = f"Quyết định số {nomination.decision} {long_day_words(nomination.decided_on)}"
    is_person = bool(nomination.person_name)
    return {
        "shape": SHAPE,
        "year": nomination.year,
        "has_sample": has_sample(nomination),
        "header": _header(agency, form, "", f"{award} theo {decision}", nomination.decided_on),
        "figures": [],
        "authority": authority.upper(),
        "award": award.upper(),
        "nominee": nomination.person_name if is_person else nominee,
        "nominee_more": nomination.person_post if is_person else "",
        "reason": f"Đã có thành tích trong thực hiện {PROGRAMME} năm\u00a0{nomination.year}.",
        "decision": f"{decision}.",
        "signer": nomination.signer,
        "closing": "",
        "recipients": [],
        "signature": {"lines": [_post_of(authority)]},
    }


def name_of_award(form: str) -> str:
    """«Bằng khen» of «Bằng khen của Chủ tịch …»."""
    return form.split(" của ")[0].strip()


def has_sample(nomination: Nomination) -> bool:
    """Whoever of them is a sample: the paper must say so."""
    named = (nomination.agency, nomination.institution, nomination.nominated_agency)
    return any(each.is_sample for each in named if each is not None)


def _header(agency: Agency, form: str, symbol: str, title: str, day: dt.date) -> HeaderContent:
    unit = agency.unit
    if unit is None or decides_itself(agency, form):
        return paper_header(agency, title=title, addressee="", symbol=symbol, day=day)
    return {
        "superior": "",
        "issuer_lines": ["ỦY BAN NHÂN DÂN", unit.name.upper()],
        "issuer": committee_of(unit),
        "symbol": f"{symbol}-{initials_of('Ủy ban nhân dân')}",
        "place": place_of_issue(unit),
        "day": long_day_words(day),
        "title": title,
        "addressee": "",
    }


def _post_of(authority: str) -> str:
    """«CHỦ TỊCH» of «Chủ tịch Ủy ban …»."""
    return " ".join(authority.split(" ")[:2]).upper()
