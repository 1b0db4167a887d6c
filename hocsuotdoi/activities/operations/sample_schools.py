"""Marked sample programmes for schools (data/sample_schools.yaml), each named «… (mẫu)», at sample institutions."""

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from hocsuotdoi.activities.enums import ActivityStatus, Audience
from hocsuotdoi.activities.models import Activity, SchoolProgramme
from hocsuotdoi.activities.queries.search import searchable_text
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.models import Institution

DATA = Path(__file__).resolve().parent.parent / "data" / "sample_schools.yaml"
_NAMESPACE = uuid.UUID("0f1f9a52-55b1-5d1c-9d0e-3c1c2f6a8b11")
_ANNOUNCED = dt.timedelta(days=30)


@transaction.atomic
def load_sample(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Write the sample programmes that are not there yet; again changes nothing."""
    data = read_yaml(DATA)
    known = set(Activity.objects.filter(is_sample=True, is_bookable=True).values_list("pk", flat=True))
    activities, told = [], []
    for institution in Institution.objects.filter(is_sample=True).order_by("code"):
        if institution.code.rpartition("-")[2] not in data["full"]:
            continue
        for number, rule in enumerate(data["programmes"]):
            key = uuid.uuid5(_NAMESPACE, f"{institution.code}|{number}")
            if institution.institution_class in rule["classes"] and key not in known:
                activities.append(_activity(key, rule, institution, at - _ANNOUNCED))
                words = {name: rule[name] for name in ("knowledge", "skills", "bring", "minutes", "most_people")}
                told.append(SchoolProgramme(institution=institution, activity=activities[-1], **words))
    Activity.objects.bulk_create(activities)
    SchoolProgramme.objects.bulk_create(told)
    progress(str(len(activities)))


def _activity(key: uuid.UUID, rule: dict, institution: Institution, announced: dt.datetime) -> Activity:
    title = f"{rule['title']} (mẫu)"
    activity = Activity(
        id=key,
        institution=institution,
        title=title,
        kind=rule["kind"],
        themes=sorted(rule["themes"]),
        audience=Audience.PUPILS,
        grades=rule["grades"],
        subjects=sorted(rule["subjects"]),
        is_bookable=True,
        description=rule["description"],
        status=ActivityStatus.PUBLISHED,
        published_at=announced,
        created_at=announced,
        is_sample=True,
    )
    activity.search_text = searchable_text(activity)
    return activity
