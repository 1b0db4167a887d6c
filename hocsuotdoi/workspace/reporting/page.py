"""One report of a cycle on one page: where it stands, what is asked for, what is missing, what happened so far."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.programme.queries.assignments import names_of, to_report_for
from hocsuotdoi.reporting.enums import OWED, Detail, ReportState, SnapshotKind
from hocsuotdoi.reporting.models import Content, Report
from hocsuotdoi.reporting.queries.documents import with_issue
from hocsuotdoi.reporting.queries.exceptions import TASK_SHOWN, FoundException, assignment_of, exceptions_of
from hocsuotdoi.reporting.queries.state import days_late
from hocsuotdoi.reporting.queries.trail import trail_of, way_up
from hocsuotdoi.reporting.queries.typed import totals_missing, typed_rows
from hocsuotdoi.reporting.rules import Rights
from hocsuotdoi.workspace.reporting.forms import FIELDS, TotalForm, WordsForm, total_forms, total_words
from hocsuotdoi.workspace.reporting.found import prompting, rights
from hocsuotdoi.workspace.reporting.shown import shown, suggestion_of

ACTS = (
    "begin",
    "word",
    "total",
    "answer",
    "submit",
    "withdraw",
    "amend",
    "approve",
    "return",
    "reopen",
    "excuse",
    "resume",
    "move",
)
STATE_KINDS = {
    ReportState.EXPECTED: "neutral",
    ReportState.DRAFT: "neutral",
    ReportState.SUBMITTED: "working",
    ReportState.RETURNED: "gold",
    ReportState.APPROVED: "working",
    ReportState.EXCUSED: "neutral",
}
_UNFOLDED = 10


@dataclass(slots=True)
class Asked:
    """What looks odd, as it is put to the person. `seen` stands for what was shown of it, `by` is who has answered;
    `task`: what one tap calls done («12.3»: id and version), where the person may."""

    found: FoundException
    seen: str
    by: str = ""
    task: str = ""

    @property
    def is_open(self) -> bool:
        return self.found.answer is None


@dataclass(slots=True)
class Kind:
    """Odd things of one rule."""

    rule: str
    label: str
    asked: list[Asked] = field(default_factory=list)

    @property
    def open(self) -> list[Asked]:
        return [each for each in self.asked if each.is_open]

    @property
    def told(self) -> list[Asked]:
        return [each for each in self.asked if not each.is_open]

    @property
    def tasks(self) -> list[str]:
        return [each.task for each in self.asked if each.task]

    @property
    def confirm_words(self) -> str:
        """What «it is so» says of it."""
        return _("Leave it as it is") if self.rule == TASK_SHOWN else _("It is so")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do before the report goes up."""

    label: str
    url: str
    is_done: bool
    is_current: bool = False


def report_page(
    request: HttpRequest,
    report: Report,
    *,
    words_form: WordsForm | None = None,
    totals: list[TotalForm] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`words_form` and `totals` as they were sent, where something in them is wrong."""
    day = timezone.localdate()
    allowed = rights(request, report)
    can = {act: allowed.can(act, report.state) for act in ACTS}
    content = prompting(report, day)
    odd = exceptions_of(report, content, day) if report.state in OWED or report.state == ReportState.SUBMITTED else []
    kinds = kinds_of(odd, to_confirm(request, odd, day) if report.state in OWED and not allowed.is_closed else {})
    rows = typed_rows(report) if report.state != ReportState.EXCUSED else []
    steps = steps_of(report, content, odd)
    frozen = list(with_issue(report.snapshots.select_related("frozen_by").defer("content")))
    context = {
        "report": report,
        "day": day,
        "can": can,
        "is_author": allowed.write,
        "instead": allowed.instead,
        "closed_by": report.cycle.owner.name if allowed.is_closed and report.cycle else "",
        "shown": shown(content, report),
        "state_kind": STATE_KINDS[ReportState(report.state)],
        "lies": lies(report, day),
        "late_days": days_late(report, report.cycle, day),
        "stations": way_up(report),
        "kinds": kinds,
        "odd_open": sum(each.answer is None for each in odd),
        "fields": _fields(words_form or WordsForm.of(report), content, report),
        "form": words_form or WordsForm.of(report),
        "totals": totals or total_forms(rows),
        "totals_unsaved": totals is not None,
        "totals_open": totals is not None or any(row.total for row in rows),
        **_below_in_parts(report, content),
        "steps": steps,
        "steps_done": sum(each.is_done for each in steps),
        "missing": missing_before(report, content, odd),
        "trail": trail_of(report),
        "snapshots": frozen,
        "compared": [each for each in frozen if each.kind == SnapshotKind.REPORT],
        "whose": whose(request),
        "path": [(_("Reports"), reverse("workspace:reporting-report-list"))],
        **more,
    }
    response = render(request, "workspace/reporting/report_page.html", context, status=status)
    if _is_kept_offline(report, allowed) and status == 200:
        response["X-Kept-Offline"] = "yes"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_kept_offline(report: Report, allowed: Rights) -> bool:
    """Only a report that the person writes, while it is written: readers keep nothing of it on their devices."""
    return allowed.write and report.state in OWED and not allowed.is_closed


def whose(request: HttpRequest) -> str:
    """Tells a browser's kept drafts of one person from another's, and says nothing else about either."""
    return hmac.new(settings.SECRET_KEY.encode(), f"draft:{request.user.pk}".encode(), "sha256").hexdigest()[:16]


def kinds_of(found: Iterable[FoundException], tasks: Mapping[int, str]) -> list[Kind]:
    """With who has answered. `tasks`: those that the person may call done, by id. One query, where somebody has
    answered."""
    kinds: dict[str, Kind] = {}
    found = list(found)
    people = names_of({each.answer.by for each in found if each.answer})
    for each in found:
        kind = kinds.setdefault(each.rule, Kind(each.rule, rule_words(each.rule)))
        by = people.get(each.answer.by, "") if each.answer else ""
        kind.asked.append(Asked(each, each.seen, by, tasks.get(assignment_of(each) or 0, "")))
    return list(kinds.values())


def to_confirm(request: HttpRequest, found: Iterable[FoundException], day: dt.date) -> dict[int, str]:
    """Which of the tasks among them the person may call done, with their versions. No query where there are none."""
    keys = [key for each in found if (key := assignment_of(each)) is not None]
    rows = to_report_for(request.user, day).filter(pk__in=keys).values_list("pk", "version") if keys else ()
    return {key: f"{key}.{version}" for key, version in rows}


def rule_words(rule: str) -> str:
    return {
        "silent": _("No figure at all"),
        "change": _("Much more or less than last year"),
        "zero": _("Nothing this year, something last year"),
        "off_track": _("Targets that are behind"),
        "task_late": _("Tasks that are late"),
        TASK_SHOWN: _("Shown by what was held, not yet called done"),
        "population": _("Population of another year"),
        "quality": _("Found odd in the figures"),
    }.get(rule, _("Worth a look"))


def steps_of(report: Report, content: Content, odd: list[FoundException]) -> list[Step]:
    """The figures are there by themselves; what is left is to look, to answer, to write, to send."""
    below = content.get("below", [])
    gone_up = report.state in (ReportState.SUBMITTED, ReportState.APPROVED)
    steps = [Step(_("Figures"), "#figures", report.state != ReportState.EXPECTED)]
    if below:
        done = all(each["state"] in (ReportState.APPROVED, ReportState.EXCUSED) for each in below)
        steps.append(Step(_("Reports from below"), "#below", done))
    if report.detail == Detail.TOTALS:
        steps.append(Step(_("Totals"), "#totals", not totals_missing(report, content)))
    steps.append(Step(_("Anything odd"), "#odd", gone_up or (not any(each.answer is None for each in odd))))
    steps.append(Step(_("Words"), "#words", gone_up or any(getattr(report, name) for name in FIELDS)))
    steps.append(Step(_("Submit"), "#submit", gone_up))
    current = next((number for number, step in enumerate(steps) if not step.is_done), None)
    return [Step(step.label, step.url, step.is_done, is_current=number == current) for number, step in enumerate(steps)]


def missing_before(report: Report, content: Content, odd: list[FoundException]) -> list[dict[str, Any]]:
    """What stands in the way of submitting (`blocks`), and what does not but will be named."""
    found: list[dict[str, Any]] = []
    if totals_missing(report, content):
        found.append({"text": _("Enter the totals, with where they are from."), "url": "#totals", "blocks": True})
    if waiting := sum(each.answer is None for each in odd):
        text = ngettext("{count} odd thing waits for a word.", "{count} odd things wait for a word.", waiting)
        found.append({"text": text.format(count=waiting), "url": "#odd", "blocks": True})
    late = [
        each for each in content.get("below", []) if each["state"] not in (ReportState.APPROVED, ReportState.EXCUSED)
    ]
    if late:
        text = ngettext(
            "{count} report from below is not approved: it is left out and named.",
            "{count} reports from below are not approved: they are left out and named.",
            len(late),
        )
        found.append({"text": text.format(count=len(late)), "url": "#below", "blocks": False})
    if content["missing"] and report.detail == Detail.FULL:
        text = ngettext(
            "{count} institution has not told enough: it is named.",
            "{count} institutions have not told enough: they are named.",
            len(content["missing"]),
        )
        found.append({"text": text.format(count=len(content["missing"])), "url": "#missing", "blocks": False})
    if empty := [name for name in FIELDS if not getattr(report, name)]:
        text = ngettext(
            "{count} field of words is left to its suggestion.",
            "{count} fields of words are left to their suggestions.",
            len(empty),
        )
        found.append({"text": text.format(count=len(empty)), "url": "#words", "blocks": False})
    return found


def held_in(report: Report) -> list[str]:
    """What people have put into a report, in lines: fields of words, and totals with their numbers."""
    words = [str(WordsForm.base_fields[name].label) for name in FIELDS if getattr(report, name)]
    return words + [f"{row.label}: {total_words(row.total)}" for row in typed_rows(report) if row.total]


def lies(report: Report, day: dt.date) -> str:
    """«With Sở Văn hóa since 3 days»."""
    if report.state not in (ReportState.SUBMITTED, ReportState.APPROVED) or report.submitted_at is None:
        return ""
    days = (day - timezone.localdate(report.submitted_at)).days
    body = str((report.goes_to or report).agency)
    if report.state == ReportState.APPROVED:
        return _("approved by {body}").format(body=body)
    if days == 0:
        return _("with {body} since today").format(body=body)
    return ngettext("with {body} for {count} day", "with {body} for {count} days", days).format(body=body, count=days)


def _fields(form: WordsForm, content: Content, report: Report) -> list[dict[str, Any]]:
    """Each field with what the figures would say."""
    return [
        {
            "name": name,
            "bound": form[name],
            "suggestion": suggestion_of(content, name),
            "written": [line for line in getattr(report, name).splitlines() if line.strip()],
        }
        for name in FIELDS
    ]


def _below_in_parts(report: Report, content: Content) -> dict[str, Any]:
    """A province has a hundred below it: what nobody has begun is named behind one line, once it is many."""
    rows = _below(report, content)
    begun = [each for each in rows if each["state"] != ReportState.EXPECTED]
    folded = len(rows) - len(begun) > _UNFOLDED
    return {
        "below": rows,
        "below_open": begun if folded else rows,
        "below_folded": [each for each in rows if each["state"] == ReportState.EXPECTED] if folded else [],
    }


def _below(report: Report, content: Content) -> list[dict[str, Any]]:
    """The reports that go into this one, with a way to each."""
    pages = dict(report.from_below.values_list("agency_id", "pk").order_by("pk")) if content.get("below") else {}
    rows = []
    for each in content.get("below", []):
        pk = pages.get(each["agency"])
        kind = STATE_KINDS.get(ReportState(each["state"]), "neutral")
        rows.append(
            {**each, "url": reverse("workspace:reporting-report-detail", args=[pk]) if pk else "", "kind": kind}
        )
    order = [ReportState.SUBMITTED, ReportState.RETURNED, ReportState.DRAFT, ReportState.EXPECTED]
    return sorted(
        rows, key=lambda row: (order.index(row["state"]) if row["state"] in order else len(order), row["name"])
    )
