"""A museum's programme and what a teacher fills in, for the tests of classes' visits."""

import datetime as dt
import uuid
from typing import Any

from hocsuotdoi.activities.models import Activity, ClassBooking
from hocsuotdoi.activities.operations.school import book_visit, offer_to_schools
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, local


def make_programme(institution: Institution, **told: Any) -> Activity:
    """Published and offered to grades 6 to 9, for history, 90 minutes, at most 45 people."""
    title = told.pop("title", "Kể chuyện trống đồng")
    activity = ActivityFactory(institution=institution, title=title, kind="museum_programme", themes=["heritage"])
    fields = {
        "is_bookable": True,
        "grades": [6, 7, 8, 9],
        "subjects": ["history"],
        "knowledge": "Trống đồng Đông Sơn và đời sống người Việt cổ.",
        "skills": "Quan sát, làm việc nhóm.",
        "bring": "Vở, bút chì.",
        "minutes": 90,
        "most_people": 45,
    }
    return offer_to_schools(activity, **(fields | told), by=None, at=local(2026, 11, 1))


def make_museum(institution: Institution) -> Institution:
    """The same house, as a museum."""
    institution.institution_class = InstitutionClass.MUSEUM_PROVINCE
    institution.save(update_fields=["institution_class"])
    return institution


def asked(**changes: Any) -> dict[str, Any]:
    """Class 7A1 with 20 girls, 18 boys and 2 adults, three mornings in December 2026."""
    return {
        "school": "Trường THCS Đức Xuân",
        "class_name": "7A1",
        "grade": 7,
        "subject": "history",
        "teacher": "Hà Thị Thơm",
        "phone": "0912 345 678",
        "email": "",
        "girls": 20,
        "boys": 18,
        "adults": 2,
        "proposed": [local(2026, 12, 8), local(2026, 12, 9), local(2026, 12, 10, 14)],
        "wishes": "Các em muốn tự tay đánh trống.",
        "transport": "Xe buýt, 20 phút",
        "risks": "Một em dị ứng lạc.",
    } | changes


def book(activity: Activity, *, at: dt.datetime, **changes: Any) -> ClassBooking:
    return book_visit(activity, form_key=uuid.uuid4(), at=at, **asked(**changes))
