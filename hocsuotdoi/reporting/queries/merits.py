"""What the program knows by itself that shows a merit: the book, ratings, tasks done in time, targets on track."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.activities.enums import Face
from hocsuotdoi.activities.models import Rating
from hocsuotdoi.indicators.queries.suppression import FEWEST
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.programme.enums import AssignmentState, TargetState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.enums import CommandLine
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.queries.amounts import DUE
from hocsuotdoi.reporting.queries.counts import COUNT
from hocsuotdoi.reporting.queries.newest import told_last
from hocsuotdoi.reporting.queries.wording import number_words, percent_words

MEASURE_WORDS = {
    MeasureCode.PROGRAMME_SESSION: "Số buổi hoạt động",
    MeasureCode.PROGRAMME_ATTENDANCE: "Lượt người tham gia hoạt động",
    MeasureCode.LIBRARY_VISIT: "Lượt người sử dụng thư viện",
    MeasureCode.MUSEUM_VISIT: "Lượt khách tham quan bảo tàng",
    MeasureCode.CENTRE_VISIT: "Lượt người đến trung tâm văn hóa",
    MeasureCode.LOAN: "Lượt mượn tài liệu",
    MeasureCode.IN_HOUSE_USE: "Lượt đọc tại chỗ",
    MeasureCode.STAFF_TRAINED: "Lượt cán bộ được tập huấn",
}
FROM_THE_BOOK = "Sổ hoạt động của cơ sở"
_NO_MERIT = (f"{COUNT}:", f"{DUE}:")
_JUDGED = (TargetState.ON_TRACK, TargetState.AT_RISK, TargetState.OFF_TRACK)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A number that may be named. `key` as figures and measures are keyed."""

    key: str
    label: str
    words: str
    source: str
    numerator: str | None
    denominator: str | None = None


def merits_of_institution(institution: int, year: int) -> list[Evidence]:
    """What was held, who came, what was lent, what those who came thought. Two queries."""
    sums = dict(
        Entry.objects.filter(institution=institution, occurred_on__year=year)
        .values_list("measure")
        .annotate(Sum("quantity"))
        .order_by()
    )
    counted = [
        Evidence(
            f"measure:{measure.value}:{year}",
            f"{words} năm {year}",
            number_words(sums[measure]),
            FROM_THE_BOOK,
            str(sums[measure]),
        )
        for measure, words in MEASURE_WORDS.items()
        if sums.get(measure)
    ]
    return counted + _ratings(institution, year)


def merits_of_agency(nominated: Agency, reader: int, year: int) -> list[Evidence]:
    """Its tasks, and the figures and targets of its approved reports of the year, the figures as amended since, as far
    as they reach the body `reader` that puts it forward. Four queries."""
    reaching = Q(line=CommandLine.TERRITORY) | Q(above__contains=[reader]) | Q(agency=reader)
    approved = Report.objects.filter(reaching, agency=nominated, year=year, approved__isnull=False).values("approved")
    snapshots = list(Snapshot.objects.filter(pk__in=approved).order_by("number").prefetch_related("addenda"))
    return [*_tasks(nominated, reader, year), *_targets(snapshots, year), *_figures(snapshots)]


def _ratings(institution: int, year: int) -> list[Evidence]:
    """The share of those who were content, where enough people said what they thought."""
    first = timezone.make_aware(dt.datetime(year, 1, 1))
    until = timezone.make_aware(dt.datetime(year + 1, 1, 1))
    given = Rating.objects.filter(
        institution=institution, session__starts_at__gte=first, session__starts_at__lt=until
    ).aggregate(all=Count("pk"), happy=Count("pk", filter=Q(face=Face.HAPPY)))
    if given["all"] < FEWEST:
        return []
    label = f"Lượt đánh giá “hài lòng” trên tổng số lượt đánh giá năm {year}"
    return [_share(f"ratings:happy:{year}", label, given["happy"], given["all"], "Ý kiến của người tham gia")]


def _tasks(nominated: Agency, reader: int, year: int) -> list[Evidence]:
    """Of those due in the year, how many were done by their day. What the armed forces and schools are charged with is
    told to their superiors only."""
    if nominated.kind not in LEADING_KINDS:
        under = AgencyLine.objects.filter(agency=nominated, superior=reader)
        if nominated.pk != reader and not under.exists():
            return []
    in_time = Q(state=AssignmentState.DONE, done_on__lte=F("due_on"))
    due = Assignment.objects.filter(agency=nominated, due_on__year=year).exclude(state=AssignmentState.DROPPED)
    found = due.aggregate(all=Count("pk"), done=Count("pk", filter=in_time))
    if not found["all"]:
        return []
    label = f"Nhiệm vụ hoàn thành đúng hạn trên tổng số nhiệm vụ đến hạn năm {year}"
    return [_share(f"tasks:in_time:{year}", label, found["done"], found["all"], "Sổ theo dõi nhiệm vụ")]


def _targets(snapshots: Iterable[Snapshot], year: int) -> list[Evidence]:
    told = []
    for snapshot in snapshots:
        states = [each["state"] for each in snapshot.content.get("targets", []) if each["state"] in _JUDGED]
        if states:
            key, label = f"targets:on_track:{year}", f"Chỉ tiêu đạt tiến độ trên tổng số chỉ tiêu năm {year}"
            done = states.count(TargetState.ON_TRACK)
            told.append(_share(key, label, done, len(states), f"Báo cáo {snapshot.number}"))
    return told[-1:]


def _figures(snapshots: Iterable[Snapshot]) -> list[Evidence]:
    return [
        Evidence(
            figure["key"],
            figure["label"],
            figure["words"],
            _source(approved, said_in),
            figure["numerator"],
            figure["denominator"],
        )
        for approved in snapshots
        for said_in, figure in told_last(approved).values()
        if figure["value_state"] == "value" and not figure["key"].startswith(_NO_MERIT)
    ]


def _source(approved: Snapshot, said_in: Snapshot) -> str:
    return f"Báo cáo {approved.number}" + ("" if said_in == approved else f", bổ sung {said_in.number}")


def _share(key: str, label: str, part: int, whole: int, source: str) -> Evidence:
    words = f"{number_words(part)}/{number_words(whole)} ({percent_words(Decimal(100) * part / whole)})"
    return Evidence(key, label, words, source, str(part), str(whole))
