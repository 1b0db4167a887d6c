"""Marked sample plans through time (data_samples/plans.yaml): old ones taken over at the reform, targets that found a
new home, and a draft; said by the acts that people use."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.programme.enums import PlanStatus, RehomingKind
from hocsuotdoi.programme.formats.plan_file import ParsedPlan
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.as_file import digest_of
from hocsuotdoi.programme.operations.drafting import Head, begin_draft
from hocsuotdoi.programme.operations.life import inherit_plan
from hocsuotdoi.programme.operations.plan import resolve
from hocsuotdoi.programme.operations.rehoming import rehome
from hocsuotdoi.programme.operations.transcription import write_plan

DATA = Path(__file__).resolve().parent.parent / "data_samples" / "plans.yaml"
REFORM = dt.date(2025, 7, 1)


@transaction.atomic
def load_sample(*, at: dt.datetime, day: dt.date, progress: Callable[[str], Any] = print) -> None:
    """Writes what is not there yet; nothing where units, act or the sample planner are missing."""
    data = read_yaml(DATA)
    new = AdminUnit.objects.on(day).filter(code=data["draft"]["unit"]).first()
    act = LegalAct.objects.filter(number=data["acts"]["reform"]).first()
    planners = Person.objects.filter(is_sample=True, roles__role=RoleName.PLANNER)
    planner = planners.filter(Q(roles__unit=new) | Q(roles__agency__unit=new)).first()
    if new is None or act is None or planner is None:
        return
    for old in data["old"]:
        plan = _old_plan(old)
        if plan is not None:
            inherit_plan(plan, new, effective_on=REFORM, legal_act=act, by=planner, at=at, today=day)
            progress(plan.title)
    _take_over(data["taken_over"], new, act, planner, at=at, day=day)
    _draft(data["draft"], new, planner, at=at)


def _old_plan(old: dict[str, Any]) -> Plan | None:
    unit = AdminUnit.objects.filter(code=old["unit"], ends_on=REFORM).first()
    if unit is None or Plan.objects.filter(code=old["code"]).exists():
        return None
    clauses = [
        {
            "path": f"I.{number}",
            "kind": "target",
            "text": _("Sample figures"),
            "targets": [
                {"indicator": target["indicator"], "cohort": target["class"], "year": year, "figure": figure}
                for year, figure in target["figures"].items()
            ],
        }
        for number, target in enumerate(old["targets"], 1)
    ]
    parsed = ParsedPlan.model_validate(
        {
            **{name: old[name] for name in ("code", "number", "title", "issuer", "unit")},
            "issued_on": dt.date(2023, 3, 1),
            "parent": "qd-1520-2022",
            "source": _("Sample"),
            "clauses": clauses,
        }
    )
    return write_plan(Plan(code=parsed.code), parsed, resolve(parsed, REFORM, unit=unit), digest_of(parsed))


def _take_over(
    what: dict[str, Any], new: AdminUnit, act: LegalAct, by: Person, *, at: dt.datetime, day: dt.date
) -> None:
    plan = Plan.objects.filter(code=what["plan"]).first()
    cohort = Cohort.objects.filter(code=what["to"]).first()
    if plan is None or cohort is None:
        return
    targets = list(plan.targets.filter(cohort=what["class"], rehomings=None))
    if targets:
        rehome(
            targets,
            kind=RehomingKind.TAKEN_OVER,
            units=[new],
            cohort=cohort,
            effective_on=REFORM,
            legal_act=act,
            reason=what["reason"],
            by=by,
            at=at,
            today=day,
        )


def _draft(what: dict[str, Any], new: AdminUnit, by: Person, *, at: dt.datetime) -> None:
    model = Plan.objects.filter(code=what["from"]).first()
    title = " ".join(what["title"].split())
    if model is None or Plan.objects.filter(status=PlanStatus.DRAFT, title=title).exists():
        return
    head = Head(title=title, issuer=what["issuer"], unit=new, parent=model)
    begin_draft(head, source=_("Sample"), model=model, by=by, at=at)
