"""What a unit's report of a year says, put together from the ledger, the indicators and the plans."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F
from django.utils import translation

from hocsuotdoi.indicators.enums import ValueState
from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.queries.units import path_of
from hocsuotdoi.programme.enums import MoneyStage, PlanKind, Recurrence, TargetUnit
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.binding import binding_plans, with_addenda
from hocsuotdoi.programme.queries.targets import TargetReading, unit_targets
from hocsuotdoi.programme.queries.tasks import TaskReading, unit_tasks
from hocsuotdoi.reporting.enums import CommandLine, Detail, ReportState, Section
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.models.content import (
    SHAPE,
    SHAPE_OF_A_CYCLE,
    ActivitiesContent,
    BelowContent,
    Content,
    FigureContent,
    MissingContent,
    PeriodContent,
    ReportContent,
    Silent,
    TargetContent,
    TargetYearContent,
    TaskContent,
    UnitContent,
    WordsContent,
)
from hocsuotdoi.reporting.queries.activities import activities_content, has_sample_activities
from hocsuotdoi.reporting.queries.amounts import Amount, due_key, indicator_key, is_of_year, money_key
from hocsuotdoi.reporting.queries.behind import BehindFigures, behind_figures, behind_materials, missing_institutions
from hocsuotdoi.reporting.queries.consolidation import below_content, gap_sentences, silence_sentences
from hocsuotdoi.reporting.queries.counts import tell_counts, tell_share
from hocsuotdoi.reporting.queries.figures import Figures, figures_by_year
from hocsuotdoi.reporting.queries.handed_down import tasks_content
from hocsuotdoi.reporting.queries.header import (
    header_of,
    header_of_report,
    in_time,
    recipients_of,
    recipients_of_report,
    signature_of,
    signature_of_report,
)
from hocsuotdoi.reporting.queries.measures import activities_of
from hocsuotdoi.reporting.queries.money import NO_MONEY, money_content, tell_money, untold_sentences
from hocsuotdoi.reporting.queries.own import figures_until, has_sample, superior_of
from hocsuotdoi.reporting.queries.period import lacking_sentences, period_content, tell_period, told_by
from hocsuotdoi.reporting.queries.suggestions import (
    NO_PROPOSAL,
    Facts,
    missing_sentences,
    suggested_difficulties,
    suggested_results,
    suggested_words,
    target_sentences,
    task_sentences,
)
from hocsuotdoi.reporting.queries.wording import (
    STATE_WORDS,
    TASK_STATE_WORDS,
    basis_words,
    coverage_words,
    day_words,
    in_sentence,
    number_words,
    percent_words,
    plan_short_words,
    plan_words,
    target_words,
    value_words,
)
from hocsuotdoi.reporting.queries.year_before import year_before_content

EVIDENCE_NAMED = 3


def report_content(unit: AdminUnit, year: int, as_of: dt.date) -> Content:
    """The content of `unit`'s report of `year` as it would be frozen on `as_of`, without number.

    Figures go up to `as_of` or the year's last day, or the unit's last day if it ended before. A constant number of
    queries, whatever the number of targets. Words that other areas translate come in Vietnamese too.
    """
    with translation.override("vi"):
        return _content(unit, year, as_of)


def _content(unit: AdminUnit, year: int, as_of: dt.date) -> Content:
    frame = frame_of(unit, year, as_of)
    day = data_day(unit, year, as_of)
    path = path_of(unit, day)
    superior = path[-2] if len(path) > 1 else None
    plans = with_addenda([binding.plan for binding in reversed(binding_plans(unit, day))], day)  # from the top down
    readings = _by_plan(unit_targets(unit, year, as_of), plans)
    behind = behind_figures([reading.value for reading in readings], year, as_of)
    targets = [target_content(reading, behind) for reading in readings]
    tasks = [task_content(reading) for reading in unit_tasks(unit, year, as_of)]
    missing = missing_institutions(targets)
    header = header_of(unit, year, superior, as_of)
    return {
        "shape": SHAPE,
        "unit": _unit(unit),
        "year": year,
        "as_of": day.isoformat(),
        "has_sample": behind.has_sample or has_sample_activities(frame),
        "header": header,
        "basis": _bases(plans),
        "opening": f"{header['issuer']} báo cáo kết quả thực hiện Chương trình năm {year} (số liệu tính đến ngày "
        f"{day_words(day)}) như sau:",
        "activities": activities_content(frame),
        "targets": targets,
        "target_sentences": target_sentences(targets),
        "tasks": tasks,
        "task_sentences": task_sentences(tasks),
        "missing": missing,
        "missing_sentences": missing_sentences(targets, missing),
        "words": _words(Report.objects.filter(cycle=None, unit=unit, year=year).first(), targets, tasks, missing),
        "closing": f"Trên đây là báo cáo kết quả thực hiện Chương trình năm {year} của {header['issuer']}./.",
        "recipients": recipients_of(unit, superior),
        "signature": signature_of(unit),
    }


def cycle_content(report: Report, day: dt.date, *, instead: Agency | None = None) -> Content:
    """What `report` says in its cycle (shape 2) as it would be frozen on `day`, without number. `instead`: whose people
    wrote it, where nobody sits at the body that owes it; the document says so.

    A number of queries that depends neither on the number of targets nor on how many reports or institutions lie below.
    """
    if report.cycle is None or report.agency is None or report.due_on is None:
        raise ValueError("a report outside any cycle has its own content")
    with translation.override("vi"):
        content = _cycle_content(report, report.cycle, report.agency, day)
    if instead is not None:
        content["report"]["written_instead_by"] = instead.name
        content["opening"] += (
            f" Báo cáo do {instead.name} lập thay, vì tại {report.agency.name} chưa có người được giao lập báo cáo."
        )
    return content


def _cycle_content(report: Report, cycle: Cycle, agency: Agency, day: dt.date) -> Content:
    unit, as_of, when = report.unit, figures_until(report, day), in_time(report)
    below = below_content(report)
    is_asked = {section: section in cycle.sections for section in Section}
    years = figures_by_year(report, as_of, is_leaf=not below)
    found = years[-1]
    readings, plans = _readings(found) if is_asked[Section.TARGETS] else ([], [])
    behind = behind_materials(found.own.materials)
    targets = _targets(years, readings, behind)
    tasks = tasks_content(years) if is_asked[Section.TASKS] else []
    for each in years if is_asked[Section.MONEY] else []:
        tell_money(each)
    tell_period(years)
    told = told_by(years)
    if is_asked[Section.MONEY]:
        tell_share(found, cycle.period)
    money = money_content(told, cycle.period, when) if is_asked[Section.MONEY] else NO_MONEY
    activities = activities_of(told, cycle.period, as_of, cycle.years[0])
    if not is_asked[Section.ACTIVITIES]:
        activities["sentences"] = []
    period = period_content(years, told, cycle.sections)
    missing = missing_institutions(targets)
    silent = _silent(report, years, told)
    gaps = [*silence_sentences(silent), *_gaps(found, below, missing, period)]
    tell_counts(found, targets, tasks, missing, below)
    header = header_of_report(report, superior_of(agency, cycle.map_on), day)
    content: Content = {
        "shape": SHAPE_OF_A_CYCLE,
        "report": _whose(report, cycle, agency),
        "unit": _unit(unit),
        "year": report.year,
        "as_of": as_of.isoformat(),
        "has_sample": behind.has_sample or agency.is_sample or has_sample(report),
        "header": header,
        "basis": _bases(plans),
        "opening": f"{header['issuer']} báo cáo kết quả thực hiện Chương trình {when} (số liệu tính đến ngày "
        f"{day_words(as_of)}) như sau:",
        "activities": activities,
        "targets": targets,
        "target_sentences": target_sentences(targets) if is_asked[Section.TARGETS] else [],
        "tasks": tasks,
        "task_sentences": task_sentences(tasks) if is_asked[Section.TASKS] else [],
        "missing": missing,
        "missing_sentences": missing_sentences(targets, missing) if any(each["behind"] for each in targets) else [],
        "money": money,
        "words": _cycle_words(report, told, activities, targets, tasks, missing, below, asked=is_asked[Section.WORDS]),
        "figures": list(told_by(years).values()),
        "below": below,
        "gaps": gaps,
        "closing": f"Trên đây là báo cáo kết quả thực hiện Chương trình {when} của {header['issuer']}./.",
        "recipients": recipients_of_report(report),
        "signature": signature_of_report(report),
    }
    if period is not None:
        content["period"] = period
    if silent:
        content["silent"] = silent
    if (added := year_before_content(told, found.before)) is not None:
        content["year_before"] = added
    return content


def _whose(report: Report, cycle: Cycle, agency: Agency) -> ReportContent:
    return {
        "cycle": cycle.code,
        "cycle_title": cycle.title,
        "kind": cycle.kind,
        "line": report.line,
        "detail": report.detail,
        "agency": agency.pk,
        "agency_name": agency.name,
        "due_on": report.due_on.isoformat() if report.due_on else "",
    }


def _silent(report: Report, years: Sequence[Figures], told: Mapping[str, FigureContent]) -> Silent | None:
    """Where figures of institutions are asked for and not one is told. Who reports totals only cannot submit none."""
    cycle = report.cycle
    asked = {Section.ACTIVITIES, Section.TARGETS} & set(cycle.sections if cycle else ())
    own = [
        each
        for key, each in told.items()
        if key.startswith(("measure:", "indicator:")) and any(is_of_year(key, found.year) for found in years)
    ]
    if not asked or report.detail == Detail.TOTALS or any(each["value_state"] != "not_reported" for each in own):
        return None
    has_any = any(each.own.has_any or not each.is_leaf for each in years)
    return "nothing" if has_any else "nobody"


def _gaps(
    found: Figures, below: list[BelowContent], missing: list[MissingContent], period: PeriodContent | None
) -> list[str]:
    cycle = found.report.cycle
    untold = untold_sentences(found) if below and cycle and Section.MONEY in cycle.sections else []
    return [*gap_sentences(below, found.missing, missing), *lacking_sentences(period), *untold]


def _targets(years: Sequence[Figures], readings: Sequence[TargetReading], behind: BehindFigures) -> list[TargetContent]:
    """As they are in the last year; of several years with each year beside."""
    targets = [target_content(each, behind) for each in readings]
    for target, reading in zip(targets, readings, strict=True):
        target["key"] = _target_key(years[-1], reading)
        target["due_key"] = _tell_due(years[-1], reading)
    if years[-1].looked.is_one_of_several:
        _tell_targets_by_year(years, readings, targets)
    return targets


def _readings(found: Figures) -> tuple[list[TargetReading], list[Plan]]:
    """The targets that bind the report's unit, read with the report's own figures; the plans they stand in, from the
    top down. Of other lines only what is asked of their institutions."""
    report, unit = found.report, found.report.unit

    def values_of(territory: AdminUnit, _year: int, pairs: list[Pair], _day: dt.date) -> dict[Pair, IndicatorValue]:
        return _values(found, territory, pairs)

    plans = with_addenda([binding.plan for binding in reversed(binding_plans(unit, found.as_of))], found.as_of)
    readings = _by_plan(unit_targets(unit, found.year, found.as_of, values_of), plans)
    if report.line != CommandLine.TERRITORY:
        readings = [each for each in readings if each.value.state != ValueState.NOT_APPLICABLE]
    return readings, plans


def _values(found: Figures, territory: AdminUnit, pairs: Sequence[Pair]) -> dict[Pair, IndicatorValue]:
    unit = found.report.unit
    if territory == unit:
        return {pair: found.value(unit, pair) for pair in pairs}
    known = found.partial(territory, pairs)
    nothing = ValueState.NOT_APPLICABLE
    return {pair: known.get(pair) or IndicatorValue(*pair, territory, found.year, nothing) for pair in pairs}


def tell_parts(years: Sequence[Figures]) -> None:
    """Tells, besides the figures of the report, those of the parts of its territory that targets of old are set for."""
    readings, _plans = _readings(years[-1])
    for found in years[:-1]:
        _values_of(found, readings)


def _values_of(found: Figures, readings: Sequence[TargetReading]) -> dict[AdminUnit, dict[Pair, IndicatorValue]]:
    of_territory: dict[AdminUnit, list[Pair]] = {}
    for reading in readings:
        value = reading.value
        of_territory.setdefault(value.unit, []).append((value.indicator_code, value.cohort_code))
    return {unit: _values(found, unit, pairs) for unit, pairs in of_territory.items()}


def _tell_targets_by_year(
    years: Sequence[Figures], readings: Sequence[TargetReading], targets: Sequence[TargetContent]
) -> None:
    """Each target with what was reached in each year beside what its trajectory asked for by then: the targets are
    those that bind at the end of the period."""
    by_year: list[list[TargetYearContent]] = [[] for _reading in readings]
    for found in years[:-1]:
        values = _values_of(found, readings)
        for reading, cells in zip(readings, by_year, strict=True):
            pair = reading.value.indicator_code, reading.value.cohort_code
            then = reading.in_year(found.year, values[reading.value.unit][pair])
            cells.append(_target_year(found, then))
    for reading, target, cells in zip(readings, targets, by_year, strict=True):
        target["years"] = [*cells, _target_year(years[-1], reading)]


def _target_year(found: Figures, reading: TargetReading) -> TargetYearContent:
    return {
        "year": found.year,
        "key": _target_key(found, reading),
        "due_key": _tell_due(found, reading),
        "value_words": value_words(reading.target, reading.value),
        "coverage_words": coverage_words(reading.value),
        "due_words": _due_now(reading),
        "state": str(reading.state),
        "state_words": STATE_WORDS[str(reading.state)],
    }


def _target_key(found: Figures, reading: TargetReading) -> str:
    """Of the figure that the target's value is; empty where it has none."""
    key = indicator_key(reading.value.indicator_code, reading.value.cohort_code, found.year)
    if reading.value.unit != found.report.unit:
        key = f"{key}:{reading.value.unit.code}"
    return key if key in found.told else ""


def _tell_due(found: Figures, reading: TargetReading) -> str:
    """The key of what the trajectory asks for in the year; empty where it asks for nothing."""
    words = _due_now(reading)
    if reading.expected_now is None:
        return ""
    key, figure = due_key(reading.target.pk, found.year), Decimal(reading.expected_now)
    rounded = figure.quantize(Decimal("0.1") if words.endswith("%") else Decimal("0.01"), ROUND_HALF_UP)
    # Several plans ask for the same, each of other institutions.
    asked = f"{reading.target.indicator.short_name} ({in_sentence(reading.target.cohort.name)})"
    label = f"Lộ trình theo {in_sentence(plan_short_words(reading.plan))}: {asked}"
    found.tell(key, label, Amount(rounded), words, is_additive=False)
    return key


def _cycle_words(
    report: Report,
    figures: Mapping[str, FigureContent],
    activities: ActivitiesContent,
    targets: list[TargetContent],
    tasks: list[TaskContent],
    missing: list[MissingContent],
    below: list[BelowContent],
    *,
    asked: bool,
) -> WordsContent:
    """What people wrote; where they wrote nothing, what the figures say."""
    if not asked:
        return {"results": [], "difficulties": [], "causes": [], "proposals": [], "suggested": []}

    def money(stage: MoneyStage) -> Decimal | None:
        told = figures.get(money_key(stage, "all", report.cycle.period if report.cycle else report.year))
        return Decimal(told["numerator"]) if told and told["numerator"] is not None else None

    made = suggested_words(
        Facts(
            activities,
            targets,
            tasks,
            missing,
            below=sum(each["state"] != ReportState.EXCUSED for each in below),
            approved=sum(each["state"] == ReportState.APPROVED for each in below),
            estimated=money(MoneyStage.ESTIMATED),
            allocated=money(MoneyStage.ALLOCATED),
            spent=money(MoneyStage.SPENT),
        )
    )
    written = {field: paragraphs_of(getattr(report, field)) for field in made}
    return {
        "results": written["results"] or made["results"],
        "difficulties": written["difficulties"] or made["difficulties"],
        "causes": written["causes"] or made["causes"],
        "proposals": written["proposals"] or made["proposals"],
        "suggested": [field for field in made if not written[field]],
    }


def _unit(unit: AdminUnit) -> UnitContent:
    return {
        "code": unit.code,
        "name": unit.name,
        "short_name": unit.short_name,
        "tier": unit.tier,
        "kind": unit.kind,
    }


def data_day(unit: AdminUnit, year: int, as_of: dt.date) -> dt.date:
    """The last day whose happenings the report counts."""
    day = min(as_of, dt.date(year, 12, 31))
    return min(day, unit.ends_on - dt.timedelta(days=1)) if unit.ends_on else day


def has_something_to_say(content: Content) -> bool:
    """Is there a target, a task, or anything that was held or visited?"""
    activities = content["activities"]
    return bool(content["targets"] or content["tasks"] or activities["sessions"] or activities["visits"])


def target_content(reading: TargetReading, behind: BehindFigures) -> TargetContent:
    target, value = reading.target, reading.value
    return {
        "indicator": target.indicator.code,
        "cohort": target.cohort.code,
        "name": target.indicator.name,
        "short_name": target.indicator.short_name,
        "of_whom": target.cohort.name,
        "plan": _plan_of(reading),
        "clause": target.clause.path,
        "target_year": target.year,
        "written": target.written,
        "target_words": target_words(target),
        "operator": target.operator,
        "low": _plain(target.low),
        "high": _plain(target.high),
        "unit": target.unit,
        "value_state": value.state,
        "numerator": _plain_or_none(value.numerator),
        "denominator": _plain_or_none(value.denominator),
        "percent": _plain_or_none(value.percent),
        "base_year": value.base_year,
        "value_words": value_words(target, value),
        "reporting": value.reporting,
        "expected": value.expected,
        "coverage_words": coverage_words(value),
        "expected_now": _plain_or_none(reading.expected_now),
        "trajectory_words": _trajectory_words(reading),
        "state": str(reading.state),
        "state_words": STATE_WORDS[str(reading.state)],
        "rule_words": str(reading.rule_in_words),
        "note": "" if value.note == reading.rule_in_words else value.note,
        "behind": behind.of(value),
    }


def task_content(reading: TaskReading) -> TaskContent:
    task = reading.task
    return {
        "plan": plan_words(task.plan),
        "plan_short": plan_short_words(task.plan),
        "clause": task.clause.path,
        "text": task.text[:1].upper() + task.text[1:],
        "due_words": _due_words(task),
        "state": str(reading.state),
        "state_words": TASK_STATE_WORDS[str(reading.state)],
        "evidence": _evidence(reading),
        "rule_words": str(reading.rule_in_words),
    }


def _evidence(reading: TaskReading) -> list[str]:
    """The latest few, and how many more there are: a province has thousands."""
    named = [f"{each.title}, {day_words(each.on)}" for each in reading.evidence[:EVIDENCE_NAMED]]
    more = len(reading.evidence) - len(named)
    return [*named, f"và {number_words(more)} hoạt động khác"] if more else named


def _by_plan(readings: list[TargetReading], plans: list[Plan]) -> list[TargetReading]:
    """The readings plan by plan in that order, what an addendum says among those of its plan; else as they came."""
    rank = {plan.pk: number for number, plan in enumerate(plans)}
    return sorted(readings, key=lambda reading: rank.get(reading.plan.amends_id or reading.plan.pk, len(rank)))


def _bases(plans: list[Plan]) -> list[str]:
    """The plans that bind the unit with their addenda, but for news about one of them."""
    lines = [basis_words(plan) for plan in plans if plan.kind != PlanKind.ANNOUNCEMENT]
    return [f"{line}{'.' if line is lines[-1] else ';'}" for line in lines]


def _plan_of(reading: TargetReading) -> str:
    """The plan's citation; one that binds only a part of the unit says which."""
    if not reading.is_partial:
        return plan_words(reading.plan)
    return f"{plan_words(reading.plan)} (áp dụng cho địa bàn trước đây thuộc {in_sentence(reading.plan.unit.name)})"


def _words(
    report: Report | None, targets: list[TargetContent], tasks: list[TaskContent], missing: list[MissingContent]
) -> WordsContent:
    """What people wrote; where they wrote nothing, what the figures say."""
    made = {
        "results": suggested_results(targets, tasks),
        "difficulties": suggested_difficulties(targets, tasks, missing),
        "proposals": [NO_PROPOSAL],
    }
    written = {field: paragraphs_of(getattr(report, field)) if report else [] for field in made}
    return {
        "results": written["results"] or made["results"],
        "difficulties": written["difficulties"] or made["difficulties"],
        "proposals": written["proposals"] or made["proposals"],
        "suggested": [field for field in made if not written[field]],
    }


def paragraphs_of(text: str) -> list[str]:
    """A paragraph for each line that says something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _trajectory_words(reading: TargetReading) -> str:
    due = _due_now(reading)
    return f"lộ trình năm nay: {due}" if due else ""


def _due_now(reading: TargetReading) -> str:
    """What the trajectory asks for in the year; empty where it asks for nothing."""
    if reading.expected_now is None:
        return ""
    is_percent = reading.target.unit in {TargetUnit.PERCENT, TargetUnit.PERCENT_PER_YEAR}
    now = Decimal(reading.expected_now)
    return percent_words(now) if is_percent else number_words(now)


def _due_words(task: Task) -> str:
    """«Trước 25/11 hằng năm», «Năm 2025», «Thường xuyên»."""
    if task.due_month and task.due_day:
        year = f"/{task.due_year}" if task.due_year else " hằng năm" if task.recurrence == Recurrence.YEARLY else ""
        return f"Trước {task.due_day:02d}/{task.due_month:02d}{year}"
    if task.due_year:
        return f"Năm {task.due_year}"
    return {Recurrence.YEARLY: "Hằng năm", Recurrence.ONGOING: "Thường xuyên"}.get(Recurrence(task.recurrence), "")


def _plain(value: Decimal | int) -> str:
    return format(Decimal(value), "f")


def _plain_or_none(value: Decimal | int | None) -> str | None:
    return None if value is None else _plain(value)


def unit_of_year(code: str, year: int, today: dt.date) -> AdminUnit:
    """The unit that bore `code` on the year's last day, or today while the year runs, or last in the year.

    Raises `AdminUnit.DoesNotExist`.
    """
    last = min(dt.date(year, 12, 31), max(today, dt.date(year, 1, 1)))
    units = AdminUnit.objects.during(dt.date(year, 1, 1), last + dt.timedelta(days=1)).filter(code=code)
    unit = units.order_by(F("ends_on").desc(nulls_first=True)).first()
    if unit is None:
        raise AdminUnit.DoesNotExist(f"{code} in {year}")
    return unit
