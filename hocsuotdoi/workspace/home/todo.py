"""What is to be done, gathered from the areas for one person. Each group is left out when nothing is in it."""

import datetime as dt
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.devices import devices_of
from hocsuotdoi.accounts.queries.scope import agencies_held, institutions_covered, units_covered, units_held
from hocsuotdoi.accounts.rules import roles_held
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.school import ANSWER_DAYS
from hocsuotdoi.activities.queries.marks import marks_by_session
from hocsuotdoi.activities.queries.notices import people_to_call
from hocsuotdoi.activities.queries.school import bookings_to_answer
from hocsuotdoi.activities.queries.staff import sessions_of_day, staff_drafts, to_close
from hocsuotdoi.core.templatetags.house import clock, day_short, number, time_range
from hocsuotdoi.indicators.enums import FindingState, OverrideState
from hocsuotdoi.indicators.models import CriteriaSet, CriterionAnswer, QualityFinding
from hocsuotdoi.indicators.queries.criteria import readings_of
from hocsuotdoi.indicators.queries.quality import narrowed, sentence_of
from hocsuotdoi.inspection.queries.visits import carried_by
from hocsuotdoi.papers.queries.inbox import papers_to_read
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionAgency
from hocsuotdoi.places.queries.institutions import active_on
from hocsuotdoi.programme.enums import TargetState
from hocsuotdoi.programme.models import FindingAnswer, Plan
from hocsuotdoi.programme.queries.assignments import late_of, new_of, shown_of, soon_of
from hocsuotdoi.programme.queries.money import to_appraise
from hocsuotdoi.programme.queries.plan_check import check_plans
from hocsuotdoi.programme.queries.rehoming import not_taken
from hocsuotdoi.programme.queries.targets import TargetReading, unit_targets
from hocsuotdoi.programme.queries.untaken import tasks_not_taken
from hocsuotdoi.reporting.enums import OWED
from hocsuotdoi.reporting.queries.inbox import own_reports, to_approve
from hocsuotdoi.reporting.queries.state import days_late
from hocsuotdoi.workspace.indicators.views import YEARS_BACK
from hocsuotdoi.workspace.tasks.shown import shown

_SHOWN = 5
_MOST_STATING = 100
_ANSWERED_BY_ONE_PERSON = 25  # whoever covers more institutions than this does not answer for each
_REPORT_ASKED_BEFORE = 60  # days
_MOST_SESSIONS = 100
_MOST_FINDINGS = 100
_MARKS_WAIT = dt.timedelta(days=2)  # then they are late: people remember what happened only for so long
_ENDS_SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class Job:
    """One thing to do. `due` in words; `is_late` shows it in the colour of attention."""

    title: str
    url: str
    detail: str = ""
    due: str = ""
    is_late: bool = False
    is_sample: bool = False


@dataclass(frozen=True)
class Group:
    title: str | Promise
    icon: str
    jobs: list[Job] = field(default_factory=list)
    more: int = 0  # how many are not shown
    more_url: str = ""

    @property
    def is_urgent(self) -> bool:
        return any(job.is_late for job in self.jobs)


@dataclass(frozen=True)
class _Asked:
    person: Person
    now: dt.datetime
    day: dt.date

    @cached_property
    def is_above(self) -> bool:
        """Whoever acts for a province or the country does not call the rolls of its communes."""
        units = units_held(self.person, Permission.CALL_ROLL, self.day)
        return units.exclude(tier=Tier.COMMUNE).exists()

    def of_own(self, sessions: QuerySet[Any]) -> QuerySet[Any]:
        """Of sessions or drafts those at institutions that the person looks after: everything covered, from above only
        what the own body runs."""
        if not self.is_above:
            return sessions
        held = roles_held(self.person, Permission.CALL_ROLL, self.day)
        bodies = agencies_held(self.person, Permission.CALL_ROLL, self.day)
        run = InstitutionAgency.objects.on(self.day).filter(agency__in=bodies.values("pk"))
        return sessions.filter(
            Q(institution__in=run.values("institution"))
            | Q(institution__in=held.filter(institution__isnull=False).values("institution"))
        )


def todo(person: Person, permissions: Set[Permission], *, now: dt.datetime, day: dt.date) -> list[Group]:
    """What cannot wait (a session today), then groups in which something is late, the late first, then the others;
    within that in the order in which a day goes. Targets, which nobody mends today, stand last. The number of queries
    depends on the permissions alone."""
    asked = _Asked(person, now, day)
    found = [(gather, gather(asked)) for permission, gather in _GATHERED if permission in permissions]
    found = [(gather, group) for gather, group in found if group.jobs]
    for _gather, group in found:
        group.jobs.sort(key=lambda job: not job.is_late)
    found.sort(key=lambda each: (each[0] is _targets_at_risk, each[0] is not _roll_today, not each[1].is_urgent))
    return [group for _gather, group in found]


def _roll_today(asked: _Asked) -> Group:
    planned = sessions_of_day(asked.person, at=asked.now).filter(status=SessionStatus.PLANNED)
    sessions = list(asked.of_own(planned)[: _SHOWN + 1])
    jobs = [_session_job(each, time_range(each.starts_at, each.ends_at)) for each in sessions[:_SHOWN]]
    more_url = reverse("workspace:activities-activity-list")
    return Group(gettext_lazy("Call the roll today"), "roll", jobs, len(sessions) - len(jobs), more_url)


def _not_closed(asked: _Asked) -> Group:
    covered = institutions_covered(asked.person, Permission.CALL_ROLL, asked.day)
    waiting = asked.of_own(to_close(at=asked.now).filter(institution__in=covered))
    waiting = waiting.select_related("activity", "institution")
    sessions = list(waiting.order_by("starts_at", "id")[:_SHOWN])
    jobs = [
        _session_job(each, _("{day}, ended at {time}").format(day=day_short(each.ends_at), time=clock(each.ends_at)))
        for each in sessions
    ]
    more = waiting.count() - len(jobs)
    more_url = reverse("workspace:activities-activity-list") + "?tab=to_close"
    return Group(gettext_lazy("Sessions to close"), "check", jobs, more, more_url)


def _session_job(session: Session, due: str) -> Job:
    return Job(
        title=session.activity.title,
        url=reverse("workspace:activities-session-roll", args=[session.pk]),
        detail=str(session.institution),
        due=due,
        is_sample=session.activity.is_sample,
    )


def _to_tell(asked: _Asked) -> Group:
    """People to be told by phone, session by session; reminders by phone are a courtesy and are not counted here."""
    more_url = reverse("workspace:activities-notice-list")
    rows = people_to_call(asked.person, at=asked.now, day=asked.day)
    jobs = [
        Job(
            title=row["session__activity__title"] or _("A class’s visit"),
            url=f"{more_url}?session={row['session']}" if row["session"] else more_url,
            detail=row["institution__name"],
            due=ngettext("{count} person to call", "{count} people to call", row["people"]).format(count=row["people"]),
            is_sample=bool(row["session__activity__is_sample"]),
        )
        for row in rows[: _SHOWN + 1]
    ]
    more = rows.count() - _SHOWN if len(jobs) > _SHOWN else 0
    return Group(gettext_lazy("People to be told by phone"), "phone", jobs[:_SHOWN], more, more_url)


def _drafts(asked: _Asked) -> Group:
    covered = institutions_covered(asked.person, Permission.EDIT_ACTIVITY, asked.day)
    waiting = asked.of_own(staff_drafts(asked.person, at=asked.now).filter(institution__in=covered))
    drafts = list(waiting[:_SHOWN])
    jobs = [
        Job(
            title=draft.title,
            url=reverse("workspace:activities-activity-detail", args=[draft.pk]),
            detail=str(draft.institution),
            due=day_short(draft.first_starts_at),
            is_late=draft.first_starts_at is not None and draft.first_starts_at <= asked.now,
            is_sample=draft.is_sample,
        )
        for draft in drafts
    ]
    more_url = reverse("workspace:activities-activity-list") + "?tab=drafts"
    return Group(gettext_lazy("Drafts to publish"), "edit", jobs, waiting.count() - len(jobs), more_url)


def _visits(asked: _Asked) -> Group:
    waiting = bookings_to_answer(asked.person, at=asked.now)
    bookings = list(waiting[: _SHOWN + 1])
    jobs = [
        Job(
            title=f"{each.class_name}, {each.school}",
            url=reverse("workspace:activities-booking-detail", args=[each.pk]),
            detail=f"{each.activity}, {each.institution}",
            due=_("asked on {day}").format(day=day_short(each.created_at)),
            is_late=each.created_at < asked.now - dt.timedelta(days=ANSWER_DAYS),
            is_sample=each.activity.is_sample,
        )
        for each in bookings[:_SHOWN]
    ]
    more_url = reverse("workspace:activities-booking-list")
    return Group(gettext_lazy("Visits of classes to answer"), "people", jobs, len(bookings) - len(jobs), more_url)


def _marks(asked: _Asked) -> Group:
    """What devices noted and could not be taken into a roll, session by session; one query."""
    more_url = reverse("workspace:activities-mark-list")
    rows = list(marks_by_session(asked.person, asked.day)[:_MOST_SESSIONS])
    jobs = [
        Job(
            title=row["title"] or _("Unknown session"),
            url=f"{more_url}#session-{row['session']}",
            detail=row["institution__name"],
            due=ngettext("{count} mark waits", "{count} marks wait", row["marks"]).format(count=row["marks"]),
            is_late=row["oldest"] < asked.now - _MARKS_WAIT,
        )
        for row in rows[:_SHOWN]
    ]
    return Group(gettext_lazy("From devices, to be decided"), "roll", jobs, len(rows) - len(jobs), more_url)


def _devices(asked: _Asked) -> Group:
    """Those that stop working soon, while somebody may still be out with them; one query."""
    ending = list(devices_of(asked.person, at=asked.now).ending(at=asked.now, before=asked.now + _ENDS_SOON))
    more_url = reverse("workspace:accounts-device-list")
    jobs = [
        Job(
            title=each.name,
            url=reverse("workspace:accounts-device-invite", args=[each.institution.code]),
            detail=str(each.institution),
            due=_("works until {day}").format(day=day_short(each.expires_at)),
            is_late=each.expires_at <= asked.now + dt.timedelta(days=2),
        )
        for each in ending[:_SHOWN]
    ]
    return Group(gettext_lazy("Devices to enrol anew soon"), "phone", jobs, len(ending) - len(jobs), more_url)


def _criteria(asked: _Asked) -> Group:
    title, more_url = gettext_lazy("Criteria to answer"), reverse("workspace:indicators-criteria-list")
    classes = {each for row in CriteriaSet.objects.on(asked.day).values_list("classes", flat=True) for each in row}
    covered = institutions_covered(asked.person, Permission.ANSWER_CRITERIA, asked.day)
    asked_of = active_on(covered, asked.day).filter(institution_class__in=classes).order_by("sort_key", "pk")
    institutions = list(asked_of[: _ANSWERED_BY_ONE_PERSON + 1])
    if not institutions or len(institutions) > _ANSWERED_BY_ONE_PERSON:
        return Group(title, "check")
    year = asked.day.year
    readings = readings_of(institutions, year, asked.day)
    jobs = []
    for institution in institutions:
        if missing := sum(reading.open for reading in readings[institution.pk]):
            jobs.append(
                Job(
                    title=str(institution),
                    url=reverse("workspace:indicators-criteria-answer", args=[institution.code, year]),
                    due=ngettext("{count} question open", "{count} questions open", missing).format(count=missing),
                    is_sample=institution.is_sample,
                )
            )
    return Group(title, "check", jobs[:_SHOWN], len(jobs[_SHOWN:]), more_url)


def _statements(asked: _Asked) -> Group:
    """What staff state against the book and somebody must decide about, of all years about which they may still answer:
    most is stated in January, of the year before."""
    title, more_url = gettext_lazy("Answers to decide about"), reverse("workspace:indicators-criteria-compare")
    this_year = asked.day.year
    # What differs from the book has a reason, so the others need no look.
    open_ones = CriterionAnswer.objects.filter(
        year__range=(this_year - YEARS_BACK, this_year),
        reviews=None,
        institution__in=institutions_covered(asked.person, Permission.REVIEW_CRITERIA, asked.day),
    ).exclude(note="")
    found = open_ones.order_by("-year", "institution__sort_key", "institution_id").distinct(
        "year", "institution__sort_key", "institution_id"
    )
    stating: dict[int, list[Institution]] = {}
    for each in found.select_related("institution")[:_MOST_STATING]:
        stating.setdefault(each.year, []).append(each.institution)
    jobs = [
        Job(
            title=answer.criterion.question,
            url=reverse("workspace:indicators-criteria-review", args=[answer.stated.answer_id]),
            detail=str(institution) if year == this_year else f"{institution}, {year}",
            due=_("stated on {day}").format(day=day_short(answer.stated.answered_at)),
            is_sample=institution.is_sample,
        )
        for year, institutions in stating.items()
        for readings in [readings_of(institutions, year, asked.day)]
        for institution in institutions
        for reading in readings[institution.pk]
        for answer in reading.answers
        if answer.override == OverrideState.AWAITING and answer.stated.answered_by != asked.person.pk
    ]
    return Group(title, "check", jobs[:_SHOWN], len(jobs[_SHOWN:]), more_url)


def _figures_to_check(asked: _Asked) -> Group:
    """What the program found odd where the person may answer, the newest period first."""
    institutions = institutions_covered(asked.person, Permission.CHECK_FIGURES, asked.day)
    units = units_covered(asked.person, Permission.CHECK_FIGURES, asked.day)
    mine = QualityFinding.objects.filter(Q(institution__in=institutions) | Q(institution=None, unit__in=units))
    found = list(narrowed(mine.filter(state=FindingState.OPEN))[: _MOST_FINDINGS + 1])
    jobs = [
        Job(
            title=str(each.institution or each.unit),
            url=reverse("workspace:indicators-quality-detail", args=[each.pk]),
            detail=sentence_of(each),
            due=_("found on {day}").format(day=day_short(each.found_at)),
            is_sample=bool(each.institution and each.institution.is_sample),
        )
        for each in found[:_SHOWN]
    ]
    more_url = reverse("workspace:indicators-quality-list")
    return Group(gettext_lazy("Points to check in the figures"), "search", jobs, len(found) - len(jobs), more_url)


def _report_due(asked: _Asked) -> Group:
    """Of the bodies for which one writes: what is still owed, from two months before its day on. Two queries."""
    soon = asked.day + dt.timedelta(days=_REPORT_ASKED_BEFORE)
    owed = list(own_reports(asked.person, asked.day).filter(state__in=OWED, due_on__lte=soon)[: _SHOWN + 1])
    jobs = []
    for each in owed[:_SHOWN]:
        late = days_late(each, each.cycle, asked.day)
        left = -late or (each.due_on - asked.day).days
        detail = f"{each.cycle}, {each.get_state_display()}"
        url = reverse("workspace:reporting-report-detail", args=[each.pk])
        title = _("Report {year} of {agency}").format(year=each.year, agency=each.agency)
        jobs.append(Job(title, url, detail, _days_left(left), is_late=late > 0))
    more_url = reverse("workspace:reporting-report-list")
    return Group(gettext_lazy("Report"), "report", jobs, len(owed) - len(jobs), more_url)


def _reports_to_approve(asked: _Asked) -> Group:
    more_url = f"{reverse('workspace:reporting-report-list')}?view=approve"
    found = list(to_approve(asked.person, asked.day)[: _SHOWN + 1])
    jobs = [
        Job(
            title=str(each.agency),
            url=reverse("workspace:reporting-report-detail", args=[each.pk]),
            detail=str(each.cycle),
            due=_("submitted {day}").format(day=day_short(each.submitted_at)),
        )
        for each in found[:_SHOWN]
    ]
    return Group(gettext_lazy("Reports to approve"), "check", jobs, len(found) - len(jobs), more_url)


def _tasks(asked: _Asked) -> Group:
    """Of the bodies for which one reports: what is late, what is shown to be done and waits for one tap, then what is
    due soon; newly handed down comes last."""
    late = list(late_of(asked.person, asked.day)[: _SHOWN + 1])
    held = list(shown_of(asked.person, asked.day)[: _SHOWN + 1])
    soon = list(soon_of(asked.person, asked.day)[: _SHOWN + 1])
    new = list(new_of(asked.person, asked.day, asked.now)[: _SHOWN + 1])
    found = [shown(each, asked.day) for each in [*late, *held, *soon, *new]]
    jobs = [
        Job(title=each.title, url=each.url, detail=f"{each.body}. {each.source}", due=each.due, is_late=each.is_late)
        for each in found[:_SHOWN]
    ]
    more_url = reverse("workspace:programme-task-list")
    return Group(gettext_lazy("Tasks of the plans"), "plan", jobs, len(found) - len(jobs), more_url)


def _days_left(days: int) -> str:
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("{count} day late", "{count} days late", -days).format(count=-days)
    return ngettext("{count} day left", "{count} days left", days).format(count=days)


def _findings(asked: _Asked) -> Group:
    title = gettext_lazy("Findings of the plan check to answer")
    plans = list(Plan.objects.kept_near(asked.person, Permission.ANSWER_FINDING, asked.day).issued())
    if not plans:
        return Group(title, "plan")
    answered = set(FindingAnswer.objects.filter(plan__in=plans).values_list("plan_id", "finding_key"))
    found = check_plans(plans)
    jobs = []
    for plan in plans:
        if waiting := sum((plan.pk, finding.key) not in answered for finding in found[plan.pk]):
            words = ngettext("{count} without an answer", "{count} without an answer", waiting)
            url = reverse("portal:programme-plan-check", args=[plan.code])
            jobs.append(Job(plan.name, url, plan.title, words.format(count=waiting)))
    return Group(title, "plan", jobs[:_SHOWN], len(jobs[_SHOWN:]), reverse("workspace:programme-plan-list"))


def _not_taken(asked: _Asked) -> Group:
    """Targets whose class or place is no more, by plan: about them somebody has to decide."""
    plans = Plan.objects.kept_near(asked.person, Permission.EDIT_PLAN, asked.day).issued().select_related("unit")
    groups = not_taken(plans, asked.day)
    jobs = [
        Job(
            title=str(each.cohort.name),
            url=f"{reverse('workspace:programme-rehoming-decide', args=[each.plan.code])}?cohort={each.cohort.code}",
            detail=each.plan.name,
            due=ngettext("{count} target", "{count} targets", len(each.targets)).format(count=len(each.targets)),
        )
        for each in groups[:_SHOWN]
    ]
    more_url = reverse("workspace:programme-rehoming-list")
    return Group(gettext_lazy("Targets that nobody takes"), "plan", jobs, len(groups) - len(jobs), more_url)


def _tasks_not_taken(asked: _Asked) -> Group:
    """Tasks whose tier, place or bodies are no more, by plan."""
    groups = tasks_not_taken(Plan.objects.kept_near(asked.person, Permission.EDIT_PLAN, asked.day).issued(), asked.day)
    jobs = [
        Job(
            title=each.plan.name,
            url=reverse("workspace:programme-task-rehoming-decide", args=[each.plan.code]),
            detail=each.plan.title,
            due=ngettext("{count} task", "{count} tasks", len(each.rows)).format(count=len(each.rows)),
        )
        for each in groups[:_SHOWN]
    ]
    more_url = reverse("workspace:programme-task-rehoming-list")
    return Group(gettext_lazy("Tasks that nobody takes"), "plan", jobs, len(groups) - len(jobs), more_url)


def _targets_at_risk(asked: _Asked) -> Group:
    """Of the first unit that the person answers for; the others' are on their pages."""
    title = gettext_lazy("Targets that need attention")
    unit = units_held(asked.person, Permission.WRITE_REPORT, asked.day).first()
    if unit is None:
        return Group(title, "chart")
    readings = unit_targets(unit, asked.day.year, asked.day)
    worrying = [each for each in readings if each.state == TargetState.OFF_TRACK]
    worrying += [each for each in readings if each.state == TargetState.AT_RISK]
    url = reverse("portal:places-unit-detail", args=[unit.code])
    jobs = [_target_job(each, unit, url) for each in worrying[:_SHOWN]]
    return Group(title, "chart", jobs, len(worrying) - len(jobs), url)


def _target_job(reading: TargetReading, unit: AdminUnit, url: str) -> Job:
    return Job(
        title=_("{indicator}: {figure}").format(indicator=reading.target.indicator.short_name, figure=reading.figure),
        url=url,
        detail=f"{unit}. {reading.rule_in_words}",
        due=str(reading.state.label),
        is_late=reading.state == TargetState.OFF_TRACK,
    )


def _to_appraise(asked: _Asked) -> Group:
    """Estimates that wait for the finance office."""
    more_url = reverse("workspace:money-appraise-list")
    found = list(to_appraise(asked.person, asked.day)[: _SHOWN + 1])
    jobs = [
        Job(
            title=each.purpose,
            url=reverse("workspace:money-line-detail", args=[each.pk]),
            detail=str(each.agency),
            due=_("estimated: {sum} đồng").format(sum=number(each.estimated)),
        )
        for each in found[:_SHOWN]
    ]
    return Group(gettext_lazy("Estimates to appraise"), "check", jobs, len(found) - len(jobs), more_url)


def _papers(asked: _Asked) -> Group:
    """What an office above has sent down and nobody here has said to have read."""
    papers = papers_to_read(asked.person, asked.day).defer("text", "search_text", "search_vector")
    found = list(papers[: _SHOWN + 1])
    jobs = [
        Job(
            title=each.title,
            url=reverse("portal:papers-paper-detail", args=[each.pk]),
            detail=each.issuer,
            due=_("by {day}").format(day=day_short(each.to_read_by)) if each.to_read_by else "",
            is_late=each.to_read_by is not None and each.to_read_by < asked.day,
        )
        for each in found[:_SHOWN]
    ]
    more_url = reverse("workspace:papers-paper-list")
    return Group(gettext_lazy("Papers to read"), "book", jobs, len(found) - len(jobs), more_url)


# In the order of a day.
def _inspections(asked: _Asked) -> Group:
    """Own visits of the week, those missed included."""
    visits = list(carried_by(asked.person, asked.day)[: _SHOWN + 1])
    jobs = [
        Job(
            title=each.institution.name,
            url=reverse("workspace:inspection-visit-detail", args=[each.pk]),
            detail=each.plan.title,
            due=_("under way since {day}").format(day=day_short(each.began_at))
            if each.began_at
            else _("planned for {day}").format(day=day_short(each.planned_on)),
            is_late=each.planned_on < asked.day,
            is_sample=each.institution.is_sample,
        )
        for each in visits[:_SHOWN]
    ]
    more_url = reverse("workspace:inspection-visit-list")
    return Group(gettext_lazy("Visits to make"), "inspect", jobs, len(visits) - len(jobs), more_url)


_GATHERED: list[tuple[Permission, Callable[[_Asked], Group]]] = [
    (Permission.CALL_ROLL, _roll_today),
    (Permission.CALL_ROLL, _not_closed),
    (Permission.EDIT_ACTIVITY, _visits),
    (Permission.VIEW_PARTICIPANTS, _to_tell),
    (Permission.CALL_ROLL, _marks),
    (Permission.EDIT_ACTIVITY, _drafts),
    (Permission.ENROL_DEVICE, _devices),
    (Permission.INSPECT, _inspections),
    (Permission.RECORD_PROGRESS, _tasks),
    (Permission.WRITE_REPORT, _report_due),
    (Permission.APPROVE_REPORT, _reports_to_approve),
    (Permission.REVIEW_CRITERIA, _statements),
    (Permission.ANSWER_CRITERIA, _criteria),
    (Permission.CHECK_FIGURES, _figures_to_check),
    (Permission.ANSWER_FINDING, _findings),
    (Permission.EDIT_PLAN, _not_taken),
    (Permission.EDIT_PLAN, _tasks_not_taken),
    (Permission.APPRAISE_MONEY, _to_appraise),
    (Permission.VIEW_WORKSPACE, _papers),
    (Permission.WRITE_REPORT, _targets_at_risk),
]
