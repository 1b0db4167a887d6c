"""Marked sample papers of one province's department (data/sample.yaml), made by the acts that people use."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import Wording, enter_paper, send_paper
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency

DATA = Path(__file__).resolve().parent.parent / "data" / "sample.yaml"
PROVINCE = "19"


@transaction.atomic
def load_sample(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Sends the sample papers that are not there yet; nothing without the department or its sample officer."""
    sender = Agency.objects.on(timezone.localdate(at)).filter(unit__code=PROVINCE, kind=AgencyKind.CULTURE).first()
    roles = {"roles__role": RoleName.AGENCY_OFFICER, "roles__agency": sender}
    officer = Person.objects.filter(is_sample=True, **roles).first()
    if sender is None or officer is None:
        return
    for row in read_yaml(DATA):
        issued = at - dt.timedelta(days=row["days_ago"])
        if Paper.objects.filter(number=row["number"], issuer=sender.name).exists():
            continue
        paper = enter_paper(sender, wording=_wording(row, sender, issued), by=officer, at=issued)
        send_paper(paper, version=1, by=officer, at=issued, day=timezone.localdate(issued))
        progress(paper.title)


def _wording(row: dict[str, Any], sender: Agency, issued: dt.datetime) -> Wording:
    day = timezone.localdate(issued)
    old = Paper.objects.filter(number=row.get("replaces", "-"), issuer=sender.name).first()
    return Wording(
        title=f"{row['title']} (mẫu)",
        kind=row["kind"],
        issuer=sender.name,
        number=row["number"],
        issued_on=day,
        starts_on=day,
        summary=row["summary"],
        text=row["text"],
        replaces=old,
        change_note=row.get("change_note", ""),
        is_public=row["is_public"],
        to_tiers=row["tiers"],
        to_kinds=row["kinds"],
        to_classes=row["classes"],
        must_read="read_in" in row,
        read_by=day + dt.timedelta(days=row["read_in"]) if "read_in" in row else None,
    )
