"""How good the figures are: what the program found odd, one such point with what stands behind it and its answers."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.months import MonthPoint, months
from hocsuotdoi.core.periods import months_from, parse_period
from hocsuotdoi.core.templatetags.house import day as day_words
from hocsuotdoi.core.vietnamese import normalise, search_terms
from hocsuotdoi.indicators.enums import WAITING, FindingState, FindingStepKind, QualityRule
from hocsuotdoi.indicators.models import FindingStep, QualityFinding, StatedFigure
from hocsuotdoi.indicators.operations.quality import answer_finding
from hocsuotdoi.indicators.queries.quality import (
    corrections_of,
    digest_of,
    measure_words,
    measures_of,
    narrowed,
    sentence_of,
    series_of,
)
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.ledger.queries.entries import posting_lines
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import units_reading_as
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.quality_forms import FindingForm, FindingsForm

ON_A_PAGE = 25
POSTINGS_SHOWN = 20
CORRECTIONS_OFFERED = 20


@require_GET
@requires(Permission.VIEW_FIGURES)
def quality_list(request: HttpRequest) -> HttpResponse:
    """Findings that one may see, those that wait unless another state is asked for."""
    today = timezone.localdate()
    form = FindingsForm(request.GET, today=today)
    asked = form.asked()
    visible = QualityFinding.objects.visible_to(request.user, today)
    unit = _unit(request, today)
    if unit is not None:
        visible = visible.filter(unit__in=units_reading_as(unit, today))
    found = narrowed(_named(visible, asked.text), rule=asked.rule, states=asked.states or WAITING, year=asked.year)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workspace/indicators/quality_list.html",
        {
            "form": form,
            "unit": unit,
            "page_obj": page,
            "rows": [shown_finding(each) for each in page],
            "is_narrowed": bool(asked.rule or asked.states or asked.year or asked.text or unit),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_FIGURES)
def quality_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One finding: the series, the entries, what was said so far, and the form for who may answer."""
    now = timezone.now()
    today = timezone.localdate(now)
    finding = get_object_or_404(
        QualityFinding.objects.visible_to(request.user, today).select_related("institution", "unit"), pk=pk
    )
    thing = finding.institution or finding.unit
    may_answer = request.person_may(Permission.CHECK_FIGURES, thing)
    if request.method == "POST":
        require(request.user, Permission.CHECK_FIGURES, thing)
    corrections = list(corrections_of(finding)[:CORRECTIONS_OFFERED]) if finding.institution else []
    form = FindingForm(
        request.POST or None,
        corrections=corrections,
        of_unit=finding.institution is None,
        seen=digest_of(finding.numbers),
    )
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data
        with refusals_in(form):
            answer_finding(
                finding,
                kind=FindingStepKind(answer["kind"]),
                reason=answer["reason"],
                correction=uuid.UUID(answer["correction"]) if answer.get("correction") else None,
                seen=answer["seen"],
                by=request.user,
                at=now,
            )
            messages.success(request, _("Your answer stands beside the finding now."))
            return redirect("workspace:indicators-quality-detail", pk=pk)
        finding.refresh_from_db()
    return render(
        request,
        "workspace/indicators/quality_detail.html",
        {
            "finding": finding,
            "shown": shown_finding(finding),
            "chart": chart_of(finding),
            "postings": _postings(finding),
            "steps": _steps(finding),
            "may_answer": may_answer and finding.state != FindingState.GONE,
            "may_state": finding.institution is None and request.person_may(Permission.STATE_FIGURES, finding.unit),
            "form": form,
            "path": [(_("Points to check in the figures"), reverse("workspace:indicators-quality-list"))],
        },
        status=422 if form.errors else 200,
    )


def shown_finding(finding: QualityFinding) -> dict[str, Any]:
    """As a row of a list, and the head of its page."""
    subject = finding.institution or finding.unit
    return {
        "finding": finding,
        "url": reverse("workspace:indicators-quality-detail", args=[finding.pk]),
        "title": subject.name,
        "rule": finding.get_rule_display(),
        "sentence": sentence_of(finding),
        "period": parse_period(finding.period).words,
        "state": finding.get_state_display(),
        "state_kind": _STATE_KINDS[FindingState(finding.state)],
        "is_sample": bool(finding.institution and finding.institution.is_sample),
    }


_STATE_KINDS = {
    FindingState.OPEN: "gold",
    FindingState.CHECKING: "working",
    FindingState.RIGHT: "neutral",
    FindingState.CORRECTED: "neutral",
    FindingState.GONE: "neutral",
}


def chart_of(finding: QualityFinding) -> Chart | None:
    """None where no series stands behind it."""
    series = series_of(finding)
    if not series or finding.rule in _WITHOUT_SERIES:
        return None
    measure = measure_words(finding.measure, finding.rule).capitalize() or _("Entries in the book")
    marked = _months_in_question(finding)
    return months(
        _("{measure}, {name}, month by month").format(measure=measure, name=finding.institution.name),
        [MonthPoint(*each) for each in series],
        marked=marked,
        usual=finding.numbers.get("median"),
        measure=measure,
    )


_OF_PERIODS = (QualityRule.PERIOD_OUTLIER, QualityRule.PERIOD_SILENCE)
_WITHOUT_SERIES = (QualityRule.CROWDED_SESSIONS, *_OF_PERIODS)
"""What is of a whole quarter or year has no place month by month."""


def _months_in_question(finding: QualityFinding) -> list[dt.date]:
    if finding.rule == QualityRule.REPEATED_FIGURE:  # its period is the month in which it became a row
        first = months_from(finding.starts_on, -3)
        return [months_from(first, each) for each in range(finding.numbers["months"])]
    months_of = (finding.ends_on.year - finding.starts_on.year) * 12 + finding.ends_on.month - finding.starts_on.month
    return [months_from(finding.starts_on, each) for each in range(months_of)]


def _postings(finding: QualityFinding) -> list[dict[str, Any]]:
    """What stands in the book for the finding's institution, measure and period, the newest first; of a whole quarter
    or year also what was typed in for those before it, which it is compared with."""
    if finding.institution is None or finding.rule == QualityRule.SERIES_SILENCE:
        return []
    if finding.rule in _OF_PERIODS:
        return _typed_in(finding)
    last = finding.ends_on - dt.timedelta(days=1)
    lines = posting_lines(finding.institution, finding.starts_on, last, measures_of(finding))[:POSTINGS_SHOWN]
    return [{**each, "title": day_words(each["occurred_on"])} for each in lines]


def _typed_in(finding: QualityFinding) -> list[dict[str, Any]]:
    """The figures that hold now, of periods as long as the finding's."""
    newest = (
        StatedFigure.objects.filter(institution=finding.institution_id, starts_on__lte=finding.starts_on)
        .order_by("slot", "-revision")
        .distinct("slot")
    )
    if finding.measure:
        newest = newest.filter(column=finding.measure)
    length = len(finding.period)  # «2025-Q4», «2025»
    figures = [each for each in newest if each.quantity is not None and len(each.period) == length]
    figures.sort(key=lambda each: (each.starts_on, each.column), reverse=True)
    return [
        {
            "posting_id": each.posting_id,
            "title": f"{capfirst(parse_period(each.period).words)}: {each.get_column_display()}",
            "quantity": each.quantity,
            "posting__kind": PostingKind.STATED,
        }
        for each in figures[:POSTINGS_SHOWN]
    ]


def _steps(finding: QualityFinding) -> list[tuple[FindingStep, str]]:
    """With the names of who answered, where they still have an account; the newest first."""
    steps = list(finding.steps.order_by("-at", "-id"))
    names = {each.pk: str(each) for each in Person.objects.filter(pk__in={step.by for step in steps if step.by})}
    return [(step, names.get(step.by, "")) for step in steps]


def _named(findings: QuerySet[QualityFinding], text: str) -> QuerySet[QualityFinding]:
    for term in search_terms(text):
        findings = findings.filter(Q(institution__search_text__contains=term) | Q(unit__search_text__contains=term))
    return findings


def _unit(request: HttpRequest, today: dt.date) -> AdminUnit | None:
    code = normalise(request.GET.get("unit", "")).strip()
    if not code:
        return None
    unit = AdminUnit.objects.visible_to(request.user).on(today).filter(code=code).first()
    if unit is None:
        raise Http404
    return unit
