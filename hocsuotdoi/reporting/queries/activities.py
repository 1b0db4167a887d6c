"""What was held and who came in a unit's year, from the ledger, with the sentences that say so."""

import datetime as dt
from collections import Counter

from django.db.models import F, Func, QuerySet, Sum
from django.db.models.functions import ExtractMonth

from hocsuotdoi.activities.enums import Observance
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.longer import longer
from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.queries.entries import standing_postings
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import InstitutionPlacement
from hocsuotdoi.places.queries.units import units_reading_as
from hocsuotdoi.reporting.models.content import (
    ActivitiesContent,
    CountContent,
    LongerContent,
    MonthContent,
    ObservanceContent,
)
from hocsuotdoi.reporting.queries.wording import (
    AGE_WORDS,
    OBSERVANCE_WORDS,
    SEX_WORDS,
    VISIT_WORDS,
    day_words,
    number_words,
)

VISITS = tuple(MeasureCode(code) for code in VISIT_WORDS)
_COUNTED = (MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE, *VISITS)


def activities_content(frame: Frame) -> ActivitiesContent:
    """Sessions, attendance and visits of the frame's year up to its last day, on the unit's own map. Three queries, one
    more where all sums are nothing: then it is 0 where anybody has said anything, else not reported."""
    entries = entries_of_year(frame)
    totals: Counter[str] = Counter()
    by_sex: Counter[str] = Counter()
    by_age: Counter[str] = Counter()
    months: dict[int, Counter[str]] = {}
    for measure, sex, age_band, month, quantity in sums_by_month(entries):
        totals[measure] += quantity
        months.setdefault(month, Counter())[measure] += quantity
        if measure == MeasureCode.PROGRAMME_ATTENDANCE:
            by_sex[sex or ""] += quantity
            by_age[age_band or ""] += quantity
    apart: Counter[str] = Counter()
    for measure, month, quantity in longer_by_month(frame):
        months.setdefault(month, Counter())[measure] -= quantity
        apart[measure] += quantity
    is_told = any(totals.values()) or _has_said_anything(frame)
    content: ActivitiesContent = {
        "sessions": totals[MeasureCode.PROGRAMME_SESSION] if is_told else None,
        "attendance": totals[MeasureCode.PROGRAMME_ATTENDANCE] if is_told else None,
        "by_sex": _counts(by_sex, SEX_WORDS),
        "by_age": _counts(by_age, AGE_WORDS),
        "visits": _counts(totals, VISIT_WORDS),
        "observances": _observances(entries),
        "months": [_month(month, counts) for month, counts in sorted(months.items()) if any(counts.values())],
        "longer": _of_time(apart),
        "sentences": [],
    }
    content["sentences"] = activity_sentences(content, frame.year, frame.last_day)
    return content


def _has_said_anything(frame: Frame) -> bool:
    said = standing_postings().filter(occurred_on__range=(frame.starts_on, frame.last_day))
    if frame.unit.tier != Tier.COUNTRY:
        here = InstitutionPlacement.objects.on(frame.last_day).filter(
            unit__in=units_reading_as(frame.unit, frame.map_day)
        )
        said = said.filter(institution__in=here.values("institution"))
    return said.exists()


def activity_sentences(content: ActivitiesContent, first_year: int, day: dt.date) -> list[str]:
    """Only what was counted; nothing is said about a dimension that nobody recorded."""
    period = f"Từ ngày 01/01/{first_year} đến ngày {day_words(day)}"
    if not content["sessions"] and not content["attendance"] and not content["visits"]:
        return [f"{period}, chưa ghi nhận hoạt động nào của các thư viện, bảo tàng, trung tâm văn hóa trên địa bàn."]
    sentences = [_held(period, content["sessions"], content["attendance"])]
    for label, counts in (("Theo giới tính", content["by_sex"]), ("Theo độ tuổi", content["by_age"])):
        if any(count["code"] for count in counts):
            sentences.append(f"{label}: {_listed(counts)}.")
    if content["visits"]:
        sentences.append(f"Số lượt người đến: {_listed(content['visits'])}.")
    if content["observances"]:
        parts = [
            f"{each['label']} {number_words(each['sessions'])} buổi, {number_words(each['attendance'])} lượt người"
            for each in content["observances"]
        ]
        sentences.append(f"Hoạt động gắn với ngày lễ, ngày kỷ niệm: {'; '.join(parts)}.")
    return sentences


def _held(period: str, sessions: int | None, attendance: int | None) -> str:
    """Where only one of the two is told, of the other that it is not."""
    of_these = "các thư viện, bảo tàng, trung tâm văn hóa trên địa bàn"
    if sessions is None and attendance is None:
        return f"{period}: chưa có số liệu về số buổi hoạt động và số lượt người tham gia của {of_these}."
    if sessions is None:
        came = f"{number_words(attendance or 0)} lượt người tham gia hoạt động phục vụ học tập suốt đời"
        return f"{period}, {of_these} có {came}; chưa có số liệu về số buổi."
    held = f"{period}, {of_these} đã tổ chức {number_words(sessions)} buổi hoạt động phục vụ học tập suốt đời"
    if attendance is None:
        return f"{held}; chưa có số liệu về số lượt người tham gia."
    return f"{held} với {number_words(attendance)} lượt người tham gia."


def has_sample_activities(frame: Frame) -> bool:
    """Was anything of the year counted at a made-up institution?"""
    return entries_of_year(frame).filter(institution__is_sample=True).exists()


def sums_by_month(entries: QuerySet[Entry]) -> QuerySet:
    """Measure, sex, age band, month, quantity. One query."""
    return (
        entries.filter(measure__in=_COUNTED)
        .annotate(month=ExtractMonth("occurred_on"))
        .values_list("measure", "sex", "age_band", "month")
        .annotate(total=Sum("quantity"))
        .order_by()
    )


def longer_by_month(frame: Frame) -> list[tuple[str, int, int]]:
    """Measure, month in which it is booked, quantity: of `sums_by_month`, what was typed in for a quarter or a year and
    is therefore no figure of that month. One query."""
    found = longer(
        Slice(_COUNTED),
        [] if frame.within is not None else [frame.unit],
        by=["measure", "occurred_on"],
        first=frame.starts_on,
        last=frame.last_day,
        map_day=None if frame.map.is_reported else frame.map_day,
        within=frame.within,
    )
    booked = ((*each.keys, each.quantity) for each in found)
    return [(measure, day.month, quantity) for measure, day, quantity in booked if day <= frame.last_day]


def observance_sums(entries: QuerySet[Entry]) -> QuerySet:
    """Observance, measure, quantity. One query."""
    return (
        entries.filter(
            measure__in=[MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE],
            tags__overlap=Observance.values,
        )
        .annotate(tag=Func(F("tags"), function="unnest"))
        .values_list("tag", "measure")
        .annotate(total=Sum("quantity"))
        .order_by()
    )


def _observances(entries: QuerySet[Entry]) -> list[ObservanceContent]:
    counts: dict[str, Counter[str]] = {}
    for tag, measure, total in observance_sums(entries):
        counts.setdefault(tag, Counter())[measure] += total
    return [
        {
            "code": code,
            "label": label,
            "sessions": counts[code][MeasureCode.PROGRAMME_SESSION],
            "attendance": counts[code][MeasureCode.PROGRAMME_ATTENDANCE],
        }
        for code, label in OBSERVANCE_WORDS.items()
        if code in counts and any(counts[code].values())
    ]


def _counts(quantities: Counter[str], words: dict[str, str]) -> list[CountContent]:
    """In the order of `words`; what sums to nothing (also after a reversal) is left out."""
    return [{"code": c, "label": label, "quantity": quantities[c]} for c, label in words.items() if quantities[c]]


def _month(month: int, counts: Counter[str]) -> MonthContent:
    return {"month": month, **_of_time(counts)}


def _of_time(counts: Counter[str]) -> LongerContent:
    return {
        "sessions": counts[MeasureCode.PROGRAMME_SESSION],
        "attendance": counts[MeasureCode.PROGRAMME_ATTENDANCE],
        "visits": sum(counts[measure] for measure in VISITS),
    }


def _listed(counts: list[CountContent]) -> str:
    return "; ".join(f"{count['label']} {number_words(count['quantity'])} lượt" for count in counts)
