"""Marked sample inspections of one province: a visit planned, one under way, one closed with findings; made by the acts
that people use, at sample institutions alone."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import ItemKind, Seen, Severity
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding, state_opinion
from hocsuotdoi.inspection.operations.plan import Planned, make_plan, plan_visits
from hocsuotdoi.inspection.operations.seeing import Noted, take_answer
from hocsuotdoi.inspection.queries.visits import checklists_for
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency, Institution
from hocsuotdoi.places.queries.institutions import active_on, placed_in

PROVINCE = "19"
TITLE = "Kiểm tra thư viện, bảo tàng, trung tâm văn hóa (mẫu)"
_NOTES = {
    Seen.YES: "Đúng như niêm yết.",
    Seen.PARTLY: "Có, nhưng chưa thường xuyên.",
    Seen.NO: "Chưa có.",
}


@transaction.atomic
def load_sample(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Makes them once; nothing without the department, its sample inspector or three sample institutions."""
    day = timezone.localdate(at)
    agency = Agency.objects.on(day).filter(unit__code=PROVINCE, kind=AgencyKind.CULTURE).select_related("unit").first()
    if agency is None or agency.unit is None or InspectionPlan.objects.filter(agency=agency, title=TITLE).exists():
        return
    held = {"roles__role": RoleName.INSPECTOR, "roles__agency": agency}
    inspector = Person.objects.filter(is_sample=True, **held).first()
    samples = active_on(placed_in(agency.unit, day), day).filter(
        is_sample=True, institution_class__in=list(checklists_for(agency, at))
    )
    places = list(samples.order_by("code")[:3])
    if inspector is None or len(places) < 3:
        return
    # All of it happens today: the checklists are published no earlier.
    plan = make_plan(agency, year=day.year, title=TITLE, decision="", by=inspector, at=at)
    done, going_on, _ahead = _planned(plan, places, inspector, at)
    _answer(done, inspector, at)
    _conclude(done, inspector, at)
    _answer(going_on, inspector, at, most=4)
    progress(plan.title)


def _planned(plan: InspectionPlan, places: list[Institution], by: Person, at: dt.datetime) -> list[Visit]:
    today = timezone.localdate(at)
    ahead = min(today + dt.timedelta(days=3), dt.date(plan.year, 12, 31))
    planned = [Planned(each, on) for each, on in zip(places, (today, today, ahead), strict=True)]
    return plan_visits(plan, planned, team=[by.pk], by=by, at=at)


def _answer(visit: Visit, by: Person, at: dt.datetime, most: int = 100) -> None:
    """Most is in order, every fourth question partly, the fifth not."""
    for order, item in enumerate(visit.checklist.items.all()[:most]):
        seen = Seen.NO if order % 5 == 4 else Seen.PARTLY if order % 4 == 3 else Seen.YES
        is_choice = item.kind == ItemKind.YES_NO
        noted = Noted(
            id=uuid7(),
            visit=visit.pk,
            item=item.pk,
            seen=seen if is_choice else "",
            number=Decimal(12 + order) if item.kind == ItemKind.NUMBER else None,
            words=_NOTES[seen] if is_choice else "Đối chiếu tại chỗ (mẫu)." if item.kind == ItemKind.WORDS else "",
            seen_at=at,
        )
        take_answer(visit, noted, by=by, at=at)


def _conclude(visit: Visit, by: Person, at: dt.datetime) -> None:
    due = timezone.localdate(at) + dt.timedelta(days=45)
    add_finding(visit, severity=Severity.PRAISE, text="Sổ theo dõi hoạt động đầy đủ, khớp với hệ thống.", by=by, at=at)
    add_finding(
        visit,
        severity=Severity.SHORTCOMING,
        text="Chưa mở cửa ngoài giờ hành chính như đã đăng ký.",
        demand="Bố trí mở cửa ít nhất một buổi tối hoặc ngày cuối tuần và cập nhật giờ mở cửa trên hệ thống.",
        due_on=due,
        by=by,
        at=at,
    )
    state_opinion(
        visit,
        met="Người phụ trách cơ sở (mẫu)",
        opinion="Cơ sở nhất trí với nội dung kiểm tra, sẽ bố trí người trực buổi tối.",
        version=visit.version,
        by=by,
        at=at,
    )
    close_visit(
        visit,
        conclusion="Cơ sở hoạt động đúng chức năng; cần khắc phục nội dung về giờ mở cửa.",
        met="Người phụ trách cơ sở (mẫu)",
        version=visit.version,
        by=by,
        at=at,
    )
