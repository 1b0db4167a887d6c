"""Writes the real institutions of data/institutions.yaml into the register."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.models import AdminUnit, Agency, Institution
from hocsuotdoi.places.operations.load_units import DATA
from hocsuotdoi.places.operations.register import Entry, write_entries

UNVERIFIED = "Chưa kiểm chứng được việc tổ chức lại từ ngày 1/7/2025"


def load_institutions(progress: Callable[[str], Any] = print) -> None:
    data = read_yaml(DATA / "institutions.yaml")["institutions"]
    codes = {code for row in data for code, _a, _b in row["units"]}
    before: dict[str, int] = dict(AdminUnit.objects.filter(Q(starts_on=None), code__in=codes).values_list("code", "pk"))
    since: dict[str, int] = dict(AdminUnit.objects.on(REFORM_DAY).filter(code__in=codes).values_list("code", "pk"))
    agencies: dict[str, int] = dict(Agency.objects.values_list("code", "pk"))
    write_entries(_entry(row, before, since, agencies) for row in data)
    progress(_("%(number)d real institutions") % {"number": len(data)})


def _entry(row: dict, before: dict[str, int], since: dict[str, int], agencies: dict[str, int]) -> Entry:
    institution = Institution(
        code=row["code"],
        name=row["name"],
        institution_class=InstitutionClass(row["class"]),
        website=row.get("website", ""),
        source=row["source"],
    )
    entry = Entry(institution)
    address = row.get("address", "")
    for code, starts_on, ends_on in row["units"]:
        unit = since[code] if starts_on else before[code]
        entry.placements.append((unit, starts_on, ends_on, address))
    entry.agencies = [(agencies[code], starts_on, ends_on) for code, starts_on, ends_on in row["agency"]]
    entry.states = _states(row)
    return entry


def _states(row: dict) -> list[tuple[InstitutionState, dt.date | None, dt.date | None, str]]:
    if closed := row.get("closed"):
        reason = row["closed_because"]
        return [
            (InstitutionState.ACTIVE, None, closed, ""),
            (InstitutionState.CLOSED, closed, None, reason),
        ]
    if row.get("unverified"):
        return [
            (InstitutionState.ACTIVE, None, REFORM_DAY, ""),
            (InstitutionState.ACTIVE, REFORM_DAY, None, UNVERIFIED),
        ]
    return [(InstitutionState.ACTIVE, None, None, "")]
