"""Taking a plan in: from a file, from the page, and the documents that come with the program."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityKind, Observance, OtherProgramme, Theme
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.indicators.enums import CohortKind
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.enums import BINDING, PlanKind, PlanStatus
from hocsuotdoi.programme.formats.plan_file import (
    ParsedClause,
    ParsedPlan,
    ParsedTarget,
    ParsedTask,
    Piece,
    Problem,
    parse_plan,
)
from hocsuotdoi.programme.models import Plan, TaskAgency
from hocsuotdoi.programme.operations.as_file import digest_of
from hocsuotdoi.programme.operations.steps import entered_as_issued
from hocsuotdoi.programme.operations.transcription import References, write_plan

DATA_DIR = Path(__file__).resolve().parent.parent / "data"
_FRONT = re.compile(r"^(?:uy ban )?(?:mttq|mat tran to quoc)\b(?: viet nam\b)?")


class PlanRefused(Refused):
    """The plan cannot be taken in. `problems` holds line, field and reason of each thing that is wrong."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__(" ".join(problem.reason for problem in self.problems))


class PlanIssued(Refused):
    """An issued plan is not edited."""


@transaction.atomic
def load_plan(parsed: ParsedPlan, *, by: Person | None, at: dt.datetime) -> Plan:
    """Takes in a plan with its clauses, targets and tasks, and returns it; `by` is recorded by the audit triggers.

    The same plan again changes nothing. Refused: `PlanIssued` when another text is already there under this code (an
    issued plan gets an addendum), `PlanRefused` when the plan names a unit, plan, indicator, class or agency that does
    not exist. Not done: checking the plan against the one above (`queries.plan_check`, which refuses nothing).
    """
    digest = digest_of(parsed)
    existing = Plan.objects.filter(code=parsed.code).first()
    if existing is not None:
        if existing.digest == digest:
            return existing
        if existing.status == PlanStatus.DRAFT:
            raise PlanIssued(
                _("A draft with the code %(code)s is there already: go on with it, or discard it first.")
                % {"code": parsed.code}
            )
        raise PlanIssued(
            _("The plan %(code)s has been issued and is not edited. Enter an addendum that amends it.")
            % {"code": parsed.code}
        )
    plan = write_plan(Plan(code=parsed.code), parsed, resolve(parsed, timezone.localdate(at)), digest)
    if by is not None and plan.status in BINDING:
        entered_as_issued(plan, by=by, at=at)
    return plan


@transaction.atomic
def load_documents(progress: Callable[[str], None] = lambda line: None) -> list[Plan]:
    """The documents that come with the program (`data/*.yaml`), each below the one it rests on.

    Running it again changes nothing. A file that was mended since is a better transcription of the same document: the
    rows of its clauses, targets and tasks are put right and stay the same rows, for what was handed down, spent or
    decided hangs on them (`operations.transcription`).
    """
    waiting = {plan.code: plan for plan in (parse_plan(file.read_bytes()) for file in sorted(DATA_DIR.glob("*.yaml")))}
    loaded: list[Plan] = []
    while waiting:
        ready = [p for p in waiting.values() if p.parent not in waiting and p.amends not in waiting]
        for parsed in ready:
            del waiting[parsed.code]
            progress(_("Document %(number)s of %(issuer)s") % {"number": parsed.number, "issuer": parsed.issuer})
            loaded.append(_load_document(parsed))
    return loaded


def _load_document(parsed: ParsedPlan) -> Plan:
    digest = digest_of(parsed)
    existing = Plan.objects.filter(code=parsed.code).first()
    if existing is not None and existing.digest == digest:
        return existing
    references = resolve(parsed, parsed.issued_on or parsed.unit_on or timezone.localdate())
    return write_plan(existing or Plan(code=parsed.code), parsed, references, digest)


# -- finding what the plan names --


def resolve(parsed: ParsedPlan, today: dt.date, *, unit: AdminUnit | None = None) -> References:
    """What the plan's words stand for; `unit` where it is known already. Raises `PlanRefused`."""
    problems: list[Problem] = []
    missing = partial(_missing, problems)
    day = parsed.unit_on or parsed.issued_on or today
    unit = unit or AdminUnit.objects.on(day).filter(code=parsed.unit).first()
    if unit is None:
        missing(parsed, "unit", _("There is no unit with the code %(code)s on %(day)s."), code=parsed.unit, day=day)
    issued = Plan.objects.exclude(status=PlanStatus.DRAFT)  # a draft is neither above another plan nor amended
    plans = {plan.code: plan for plan in issued.filter(code__in=[parsed.parent, parsed.amends])}
    for field in ("parent", "amends"):
        code = getattr(parsed, field)
        if code and code not in plans:
            missing(parsed, field, _("There is no plan with the code %(code)s."), code=code)
    if (parsed.kind == PlanKind.ADDENDUM) != bool(parsed.amends):
        missing(parsed, "amends", _("An addendum, and only an addendum, names the plan that it amends."))
    targets = [(clause, target) for clause in parsed.clauses for target in clause.targets]
    served = [(clause, task) for clause in parsed.clauses for task in clause.tasks if task.indicator]
    named: list[tuple[ParsedClause, ParsedTarget | ParsedTask]] = [*targets, *served]
    indicators = Indicator.objects.in_bulk({each.indicator for _clause, each in named})
    cohorts = _cohorts(targets, missing)
    for clause, each in named:
        if each.indicator not in indicators:
            reason = _("There is no indicator with the code %(code)s.")
            missing(each, "indicator", reason, clause.path, code=each.indicator)
    _check_tasks(parsed, missing)
    agencies = _agencies(parsed, unit, missing) if unit else {}
    if problems or unit is None:
        raise PlanRefused(problems)
    return References(
        unit=unit,
        parent=plans.get(parsed.parent),
        amends=plans.get(parsed.amends),
        issuer_agency=agencies.get(parsed.issuer_agency) or agencies.get(parsed.issuer),
        indicators=indicators,
        cohorts=cohorts,
        agencies=agencies,
    )


def unit_named(parsed: ParsedPlan, today: dt.date) -> AdminUnit | None:
    """The unit that bore the plan's code on its day; surfaces ask for the permission there before taking it in."""
    return AdminUnit.objects.on(_unit_day(parsed, today)).filter(code=parsed.unit).first()


def _unit_day(parsed: ParsedPlan, today: dt.date) -> dt.date:
    return parsed.unit_on or parsed.issued_on or today


Missing = Callable[..., None]


def _missing(
    problems: list[Problem], piece: Piece, field: str, reason: str, path: str = "", /, **values: object
) -> None:
    """`path`: of the clause in which the piece stands; the field is named by it."""
    named = f"{path}.{field}" if path else field
    line = piece.line_of(field.rpartition(".")[2])
    problems.append(Problem(line=line, field=named, reason=reason % values if values else reason))


def _cohorts(targets: list[tuple[ParsedClause, ParsedTarget]], missing: Missing) -> dict[str, Cohort]:
    """Each written cohort («a», «a + b») with the row it means; a merged one that is new is prepared, not yet saved."""
    known = {cohort.code: cohort for cohort in Cohort.objects.all()}
    by_classes = {(c.kind, frozenset(c.classes)): c for c in known.values() if c.kind == CohortKind.INSTITUTIONS}
    found: dict[str, Cohort] = {}
    for clause, target in targets:
        parts = [part.strip() for part in target.cohort.split("+")]
        unknown = [part for part in parts if part not in known]
        if unknown:
            reason = _("There is no class with the code %(code)s.")
            missing(target, "cohort", reason, clause.path, code=", ".join(unknown))
        elif len(parts) == 1:
            found[target.cohort] = known[parts[0]]
        elif any(known[part].kind != CohortKind.INSTITUTIONS for part in parts):
            missing(target, "cohort", _("Only classes of institutions can be joined with +."), clause.path)
        else:
            classes = frozenset(c for part in parts for c in known[part].classes)
            found[target.cohort] = by_classes.setdefault(
                (CohortKind.INSTITUTIONS, classes), _merged_cohort([known[part] for part in parts], classes)
            )
    return found


def _merged_cohort(parts: list[Cohort], classes: frozenset[str]) -> Cohort:
    code = "-".join(sorted(part.code for part in parts))
    if len(code) > 60:
        code = "merged-" + hashlib.sha256(code.encode()).hexdigest()[:16]
    with stored_words():
        name = ", ".join(part.name for part in parts)[:300]
    return Cohort(code=code, name=name, kind=CohortKind.INSTITUTIONS, classes=sorted(classes))


def _check_tasks(parsed: ParsedPlan, missing: Missing) -> None:
    for clause in parsed.clauses:
        for task in clause.tasks:
            for field, given, known in (
                ("observances", task.observances, Observance.values),
                ("activity_kinds", task.activity_kinds, ActivityKind.values),
                ("themes", task.themes, Theme.values),
                ("programmes", task.programmes, OtherProgramme.values),
                ("measures", task.measures, MeasureCode.values),
            ):
                for value in sorted(set(given) - set(known)):
                    missing(task, field, _("«%(value)s» is not known here."), clause.path, value=value)


def _agencies(parsed: ParsedPlan, unit: AdminUnit, missing: Missing) -> dict[str, Agency]:
    """Agencies by code where the file gives one, and by their words where one of this unit or above is so called."""
    placed = [(clause.path, part) for clause in parsed.clauses for task in clause.tasks for part in task.agencies]
    parts = [part for _path, part in placed]
    codes = {part.agency for part in parts if part.agency} | ({parsed.issuer_agency} - {""})
    found = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
    unknown = _("There is no agency with the code %(code)s.")
    for path, part in placed:
        if part.agency and part.agency not in found:
            missing(part, "agencies.agency", unknown, path, code=part.agency)
    if parsed.issuer_agency and parsed.issuer_agency not in found:
        missing(parsed, "issuer_agency", unknown, code=parsed.issuer_agency)
    # The one that still stands, where another of that name has ended.
    here = {_words(agency.name): agency for agency in Agency.objects.filter(unit=unit).order_by("ends_on", "pk")}
    central = {
        _words(agency.name): agency
        for agency in Agency.objects.filter(Q(unit__isnull=True) | Q(unit__tier=Tier.COUNTRY))
    }
    for written in {part.written for part in parts} | {parsed.issuer}:
        known = next((here[full] for full in _full_names(written, unit) if full in here), None)
        agency = known or central.get(_words(written))
        if agency is not None:
            found[written] = agency
    return found


def take_up_body(agency: Agency) -> int:
    """A body that was entered or renamed gets the parts in which plans of its unit, issued ones too, name it and in
    which nobody of that name was found. What the document says stays as it is. Return how many parts."""
    if agency.unit is None:
        return 0
    open_parts = TaskAgency.objects.filter(agency=None, task__plan__unit=agency.unit).values_list("pk", "written")
    name = _words(agency.name)
    named = [pk for pk, written in open_parts if name in _full_names(written, agency.unit)]
    return TaskAgency.objects.filter(pk__in=named, agency=None).update(agency=agency)


def _full_names(written: str, unit: AdminUnit) -> tuple[str, ...]:
    """The register's names end in the unit: «Sở … tỉnh Đắk Nông», «Phòng … thành phố Bắc Kạn»."""
    name = _words(written)
    return name, f"{name} {_words(unit.short_name)}", f"{name} {_words(unit.name)}"


def _words(name: str) -> str:
    """A name as bare words: documents write «Văn hoá và Thông tin» and «Văn hóa - Thông tin» for one office, «Mặt trận
    Tổ quốc tỉnh», «Ủy ban MTTQ tỉnh» and «Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh» for one body."""
    words = " ".join(word for word in re.findall(r"\w+", fold(name)) if word != "va")
    return _FRONT.sub("mat tran to quoc", words)
