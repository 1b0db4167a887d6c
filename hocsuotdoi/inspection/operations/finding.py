"""What a team concludes, what the institution says to it, closing, and looking again at what was to be mended."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, Severity, VisitState
from hocsuotdoi.inspection.models import ChecklistItem, FindingCheck, Visit, VisitFinding
from hocsuotdoi.inspection.operations.plan import locked, save
from hocsuotdoi.inspection.queries.visits import ORIGIN
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency, UnitAncestry
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.programme.operations.assignment import hand_down_one

LONGEST = 4_000
_ANSWERING = [AgencyKind.CULTURE_SOCIETY, AgencyKind.CULTURE, AgencyKind.PEOPLES_COMMITTEE, AgencyKind.MINISTRY]


class BadFinding(Refused):
    """The finding cannot stand that way."""


class NotOpen(Refused):
    """The visit is where nothing of the kind can happen."""


class NotClosed(Refused):
    """The visit cannot be closed yet."""


@transaction.atomic
def add_finding(
    visit: Visit,
    *,
    severity: Severity,
    text: str,
    demand: str = "",
    due_on: dt.date | None = None,
    item: ChecklistItem | None = None,
    by: Person,
    at: dt.datetime,
) -> VisitFinding:
    """Refused: a visit not under way; a shortcoming or violation without what is asked and until when."""
    row = locked(visit)
    _check_under_way(row)
    text, demand = _words(text), _words(demand)
    if not text:
        raise BadFinding(_("Write what was found."), field="text")
    if severity in MENDED_BY_A_DAY:
        if not demand:
            raise BadFinding(_("Say what is to be done about it."), field="demand")
        if due_on is None:
            raise BadFinding(_("Say by when it is to be mended."), field="due_on")
        if due_on <= timezone.localdate(at):
            raise BadFinding(_("Give them time: choose a day to come."), field="due_on")
    else:
        due_on = None
    if item is not None and item.checklist_id != row.checklist_id:
        raise BadFinding(_("This question does not belong to the visit’s checklist."), field="item")
    return VisitFinding.objects.create(
        visit=row,
        institution_id=row.institution_id,
        item=item,
        severity=severity,
        text=text,
        demand=demand,
        due_on=due_on,
    )


@transaction.atomic
def remove_finding(finding: VisitFinding, *, by: Person, at: dt.datetime) -> None:
    """Before the visit is closed; what was removed stays in the history of changes."""
    _check_under_way(locked(finding.visit))
    finding.delete()


@transaction.atomic
def state_opinion(visit: Visit, *, met: str, opinion: str, version: int, by: Person, at: dt.datetime) -> None:
    """What the institution says to what was seen, and who spoke for it; until the visit is closed."""
    row = locked(visit)
    _check_under_way(row)
    _check_version(row, version)
    row.met, row.opinion = " ".join(normalise(met).split())[:300], _words(opinion)
    save(row, visit, "met", "opinion")


@transaction.atomic
def close_visit(visit: Visit, *, conclusion: str, met: str, version: int, by: Person, at: dt.datetime) -> None:
    """Everything that was seen then stands, and what is to be mended becomes a task of the body that runs the
    institution (else of the office that answers for culture where it stands).

    Refused: a visit not under way, no conclusion, nobody met, open questions, and when somebody changed it meanwhile.
    """
    row = locked(visit)
    _check_under_way(row)
    _check_version(row, version)
    conclusion, met = _words(conclusion), " ".join(normalise(met).split())[:300]
    if not conclusion:
        raise NotClosed(_("Write the conclusion: the institution reads it first."), field="conclusion")
    if not met:
        raise NotClosed(_("Write who spoke for the institution."), field="met")
    open_questions = row.checklist.items.count() - row.answers.count()
    if open_questions:
        raise NotClosed(
            _("{number} questions have no answer yet. What does not apply is answered so, with the reason.").format(
                number=open_questions
            )
        )
    row.state, row.closed_at, row.closed_by = VisitState.CLOSED, at, by.pk
    row.conclusion, row.met = conclusion, met
    day = timezone.localdate(at)
    findings = list(row.findings.filter(severity__in=MENDED_BY_A_DAY).order_by("pk"))
    agency = answering_agency(row, day) if findings else None
    save(row, visit, "state", "closed_at", "closed_by", "conclusion", "met")
    for finding in findings:
        if agency is None:
            raise NotClosed(_("No body answers for this institution: enter in the register who runs it, then close."))
        hand_down_one(
            title=_("{place}: {demand}").format(place=row.institution.name, demand=finding.demand)[:300],
            origin=f"{ORIGIN}{finding.pk}",
            agency=agency,
            due_on=finding.due_on,
            remark=_("Found at the inspection on {day}: {text}").format(day=day_short(row.began_at), text=finding.text),
            by=by,
            at=at,
        )


@transaction.atomic
def check_finding(finding: VisitFinding, *, is_mended: bool, words: str, by: Person, at: dt.datetime) -> FindingCheck:
    """Somebody looked again. Refused: of a visit not closed, of what asked for nothing, without words, what is mended
    already said to be mended again."""
    row = locked(finding.visit)
    if row.state != VisitState.CLOSED:
        raise NotOpen(_("Close the visit first: until then the finding itself can be changed."))
    if finding.severity not in MENDED_BY_A_DAY:
        raise NotOpen(_("Nothing was to be mended here."))
    words = _words(words)
    if not words:
        raise BadFinding(_("Say what you saw when you looked again."), field="words")
    newest = finding.checks.order_by("-checked_at", "-pk").first()
    if newest is not None and newest.is_mended and is_mended:
        raise NotOpen(_("It was said already that this has been mended."))
    return FindingCheck.objects.create(
        finding=finding,
        institution_id=finding.institution_id,
        is_mended=is_mended,
        words=words,
        checked_at=at,
        checked_by=by.pk,
    )


@transaction.atomic
def number_minutes(visit: Visit, number: str, *, by: Person, at: dt.datetime) -> None:
    """Note under which number the minutes were frozen. Refused: of a visit not closed."""
    row = locked(visit)
    if row.state != VisitState.CLOSED:
        raise NotOpen(_("Minutes are written once the visit is closed."))
    row.minutes_number = number
    save(row, visit, "minutes_number")


def answering_agency(visit: Visit, day: dt.date) -> Agency | None:
    """Who runs the institution; else the nearest office for culture, from its place upwards."""
    run = visit.institution.agencies.on(day).select_related("agency").first()
    if run is not None:
        agency: Agency = run.agency
        return agency
    unit = place_of(visit.institution, day)
    above = dict(UnitAncestry.objects.on(day).filter(unit=unit).values_list("ancestor", "distance"))
    offices = Agency.objects.on(day).filter(unit__in=above, kind__in=_ANSWERING)
    return min(
        offices,
        key=lambda each: (above[each.unit_id or 0], _ANSWERING.index(AgencyKind(each.kind)), each.pk),
        default=None,
    )


def _check_under_way(row: Visit) -> None:
    if row.state == VisitState.PLANNED:
        raise NotOpen(_("The visit has not begun: begin it when the team is there."))
    if row.state == VisitState.CLOSED:
        raise NotOpen(_("This visit has been closed: what was found stands."))
    if row.state == VisitState.CANCELLED:
        raise NotOpen(_("This visit was cancelled: {reason}").format(reason=row.cancel_reason))


def _check_version(row: Visit, version: int) -> None:
    if row.version != version:
        raise NotOpen(_("Somebody else has changed this visit in the meantime. Look at it, then change it again."))


def _words(text: str) -> str:
    return normalise(text).strip()[:LONGEST]
