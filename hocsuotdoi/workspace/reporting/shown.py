"""A content made ready for the page: figures with where they open, targets by plan, tasks by state."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.reporting.formats.docx import target_groups, task_groups
from hocsuotdoi.reporting.models import Content

MEASURE = "portal:indicators-measure-lineage"
LISTED_AT_MOST = 60
VALUE = "portal:indicators-value-lineage"


def shown(content: Content) -> dict[str, Any]:
    code, year = content["unit"]["code"], content["year"]
    activities = content["activities"]
    counts = [
        (MeasureCode.PROGRAMME_SESSION, _("sessions held"), activities["sessions"]),
        (MeasureCode.PROGRAMME_ATTENDANCE, _("attendances"), activities["attendance"]),
        *(
            (MeasureCode(each["code"]), MeasureCode(each["code"]).label, each["quantity"])
            for each in activities["visits"]
        ),
    ]
    groups = target_groups(content["targets"])
    for group in groups:
        for row in group["rows"]:
            row["url"] = reverse(VALUE, args=[code, year, row["indicator"], row["cohort"]])
    return {
        "day": dt.date.fromisoformat(content["as_of"]),
        "figures": [
            {"label": label, "quantity": quantity, "url": reverse(MEASURE, args=[code, year, measure.value])}
            for measure, label, quantity in counts
        ],
        "sentences": activities["sentences"],
        "plans": groups,
        "tasks": task_groups(content["tasks"]),
        "missing": content["missing"][:LISTED_AT_MOST],
        "missing_count": len(content["missing"]),
        "missing_more": max(len(content["missing"]) - LISTED_AT_MOST, 0),
        "words": content["words"],
        "is_sample": content["has_sample"],
    }
