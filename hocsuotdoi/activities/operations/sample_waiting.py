"""One marked sample session with a waiting list (data/sample_waiting.yaml), made by the acts that people use, so that
its counts, positions and offer are what the program itself makes of them."""

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hocsuotdoi.activities.enums import Joining, WaitingRule
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import NewSession, create_activity, publish_activity
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.models import Institution

DATA = Path(__file__).resolve().parent.parent / "data" / "sample_waiting.yaml"
_NAMESPACE = uuid.UUID("3d0a2a52-61a5-5f0e-8d52-5a0a8c1f9b11")
_ANNOUNCED = dt.timedelta(days=10)


@transaction.atomic
def load_sample(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Write the session at the sample library of one commune, unless it is there; again changes nothing."""
    data = read_yaml(DATA)
    title = f"{data['title']} (mẫu)"
    institution = Institution.objects.filter(
        is_sample=True, institution_class=data["institution_class"], code__endswith=f"-{data['commune']}"
    ).first()
    if institution is None or Activity.objects.filter(institution=institution, title=title, is_sample=True).exists():
        return
    session = _session(institution, title, data, at=at)
    gives_back = []
    for who in data["registered"]:
        registration = register(
            session,
            name=who["name"],
            group_size=who["people"],
            form_key=uuid.uuid5(_NAMESPACE, who["name"]),
            at=at - dt.timedelta(days=who["days_ago"]),
        )
        if who.get("gives_back"):
            gives_back.append(registration)
    for registration in gives_back:
        cancel_registration(registration, at=at)
    progress(title)


def _session(institution: Institution, title: str, data: dict[str, Any], *, at: dt.datetime) -> Session:
    day = timezone.localdate(at) + dt.timedelta(days=data["in_days"])
    starts, ends = (timezone.make_aware(dt.datetime.fromisoformat(f"{day}T{clock}")) for clock in data["time"])
    activity = create_activity(
        institution,
        title=title,
        kind=data["kind"],
        sessions=[NewSession(starts, ends, venue=data["venue"], capacity=data["capacity"])],
        by=None,
        at=at - _ANNOUNCED,
        is_sample=True,
        themes=data["themes"],
        audience=data["audience"],
        description=data["description"],
        joining=Joining.REGISTER,
        waiting_rule=WaitingRule.IN_ORDER,
        offer_hours=data["offer_hours"],
    )
    publish_activity(activity, by=None, at=at - _ANNOUNCED)
    return activity.sessions.get()
