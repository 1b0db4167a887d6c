"""The reporting year of the country: a cycle of 3,321 communes opened, one unit's report prefilled, a province added up
from ten reports and from a hundred, the country's page of the cycle, and 3,321 documents written by a worker that is
killed in the middle.

The book is that of the roll-up (`bench/rollup_data.py`): an institution or more in each commune. Reports of some
communes are submitted by the acts themselves; for the documents the others get a snapshot of the same length each,
without going through what looks odd in them. BENCH_DOCUMENTS: how many documents there are at most.
"""

import copy
import datetime as dt
import http.client
import os
import subprocess
import sys
import time
from functools import partial
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.report import Table
from bench.rollup_data import PER_INSTITUTION, TODAY, enter_values, entered
from bench.stage import ROOT, Stage, settle
from bench.timing import TIMES, middle_ms, seconds
from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.indicators.operations.parts import refresh
from hocsuotdoi.indicators.operations.rolling import rebuild
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentState, ReportState
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Cycle, DocumentRun, Report, Snapshot
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.documents import QUIET, begin_run, left_lying, write_run
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import ExceptionsUnanswered, submit_report
from hocsuotdoi.reporting.queries.content import cycle_content

YEAR = 2025
COMMUNES = 3321
DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", COMMUNES))
FEW, MANY = 10, 100
AT = dt.datetime(YEAR, 11, 24, 9, tzinfo=dt.UTC)
DAY = AT.date()
_PART = 400
"""Documents over which the time of one is taken, at the beginning and at the end."""


def run(stage: Stage) -> Table:
    table = Table(
        "The reporting year",
        f"a cycle of {YEAR} over the whole country, few against many; load {os.getloadavg()[0]:.1f} at the start",
    )
    if not entered(stage):
        enter_values(stage, PER_INSTITUTION * COMMUNES)
        rebuild(TODAY)
    ministry = Agency.objects.get(code="bo-vhttdl")
    writer, approver = _person("soạn", ministry), _person("duyệt", ministry)
    cycle = _opening(table, ministry, writer)
    province = _province(cycle)
    _prefill(stage, table, cycle, province)
    _consolidation(table, cycle, province, writer, approver)
    _pages(stage, table, cycle, approver)
    _documents(stage, table, cycle, ministry, approver)
    return table


def _person(name: str, agency: Agency) -> Person:
    email = f"bench-{agency.code}-{timezone.now().timestamp()}@thu.example"
    person = Person.objects.create(email=email, full_name=f"Người {name}", password="!")
    RoleAssignment.objects.create(person=person, role=RoleName.AGENCY_OFFICER, agency=agency)
    return person


# -- opening --


def _opening(table: Table, ministry: Agency, by: Person) -> Cycle:
    """Of one province, then of the country."""
    small = Agency.objects.filter(kind=AgencyKind.CULTURE, unit__tier=Tier.PROVINCE, ends_on=None).order_by("code")[0]
    few, few_seconds, _statements = _opened(small, by)
    cycle, many_seconds, statements = _opened(ministry, by)
    reports, before = cycle.reports.count(), few.reports.count()
    table.add(f"a cycle of a province opened, {before} reports", f"{few_seconds:.1f} s", "to compare with")
    table.add(
        f"a cycle of the country opened, {reports:,} reports",
        f"{many_seconds:.1f} s, {statements} statements",
        f"{reports / before:.0f} times the reports in {many_seconds / few_seconds:.0f} times the time; "
        f"{cycle.counted.count():,} institutions counted",
    )
    return cycle


def _opened(owner: Agency, by: Person) -> tuple[Cycle, float, int]:
    code = f"bench-{timezone.now():%H%M%S%f}"
    cycle = make_cycle(code, owner=owner, given=yearly(YEAR, owner), by=by, at=AT)
    with CaptureQueriesContext(connection) as seen:
        took = seconds(lambda: open_cycle(cycle, by=by, at=AT))
    cycle.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reporting_report, reporting_countedinstitution")
    return cycle, took, len(seen)


def _province(cycle: Cycle) -> Report:
    """One with more than a hundred communes."""
    reports = Report.objects.filter(cycle=cycle, agency__kind=AgencyKind.CULTURE, unit__tier=Tier.PROVINCE)
    return next(each for each in reports.order_by("unit__code") if each.from_below.count() > MANY + 5)


def _communes(province: Report) -> list[Report]:
    rows = province.from_below.filter(unit__tier=Tier.COMMUNE).select_related("cycle", "agency", "unit")
    return list(rows.order_by("unit__code"))


# -- prefill, consolidation --


def _prefill(stage: Stage, table: Table, cycle: Cycle, province: Report) -> None:
    report = next(each for each in _communes(province) if each.counted.exists())
    ours, queries = _content_ms(report)
    refresh(timezone.localdate())
    with stage.program(PAGE_KEPT_SECONDS="0"):
        page = _wait(stage.port, f"/indicators/units/{report.unit.code}/?year={YEAR}")
    table.add(
        "prefill of a commune's report",
        f"{ours:.0f} ms, {queries} queries",
        f"{ours / page:.1f} of its dashboard's {page:.0f} ms",
    )


def _content_ms(report: Report) -> tuple[float, int]:
    def fresh() -> Report:
        return Report.objects.select_related("cycle", "agency", "unit").get(pk=report.pk)

    with CaptureQueriesContext(connection) as seen:
        cycle_content(fresh(), DAY)
    return middle_ms(lambda: cycle_content(fresh(), DAY), times=5), len(seen)


def _consolidation(table: Table, cycle: Cycle, province: Report, writer: Person, approver: Person) -> None:
    communes = _communes(province)
    took = [seconds(partial(_through, each, writer, approver)) for each in communes[:FEW]]
    few, few_queries = _content_ms(province)
    took += [seconds(partial(_through, each, writer, approver)) for each in communes[FEW:MANY]]
    many, many_queries = _content_ms(province)
    table.add(
        "a commune's report begun, submitted, approved",
        f"{median(took) * 1000:.0f} ms",
        f"the last ten of {MANY}: {median(took[-10:]) / median(took[:10]):.1f} of the first ten",
    )
    table.add(f"a province added up from {FEW} reports", f"{few:.0f} ms, {few_queries} queries", "to compare with")
    table.add(
        f"a province added up from {MANY} reports",
        f"{many:.0f} ms, {many_queries} queries",
        f"{MANY / FEW:.0f} times the reports in {many / few:.1f} times the time",
    )


def _through(report: Report, writer: Person, approver: Person) -> None:
    report = begin_report(report, by=writer, at=AT)
    try:
        submit_report(report, version=report.version, by=writer, at=AT)
    except ExceptionsUnanswered as unanswered:
        answer_exceptions(report, answers=[Answer(e.key, e.numbers) for e in unanswered.found], by=writer, at=AT)
        report.refresh_from_db()
        submit_report(report, version=report.version, by=writer, at=AT)
    report.refresh_from_db()
    approve_report(report, version=report.version, by=approver, at=AT)


# -- pages --


def _pages(stage: Stage, table: Table, cycle: Cycle, person: Person) -> None:
    """Signed in, uncached: with a hundred reports handed in, then with all of them."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with stage.program(PAGE_KEPT_SECONDS="0"):
        start = _wait(stage.port, "/workspace/", cookie)
        few = _wait(stage.port, f"/workspace/cycles/{cycle.code}/", cookie)
        _freeze_all(cycle, person)
        settle()
        many = _wait(stage.port, f"/workspace/cycles/{cycle.code}/", cookie)
    handed_in = cycle.reports.filter(state=ReportState.SUBMITTED).count()
    table.add(
        f"the country's page of the cycle, {MANY} reports handed in",
        f"{few:.0f} ms",
        f"{few / start:.1f} of /workspace/'s {start:.0f} ms",
    )
    table.add(
        f"the same, {handed_in + MANY:,} handed in",
        f"{many:.0f} ms",
        f"{many / start:.1f} of /workspace/, {many / few:.1f} of before",
    )


def _wait(port: int, path: str, cookie: str = "") -> float:
    """The middle of some waits, in milliseconds, after a first one."""
    waits = []
    for _time in range(TIMES + 1):
        started = time.perf_counter()
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        asked.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = asked.getresponse()
        body = answer.read()
        asked.close()
        assert answer.status == 200, (path, answer.status, body[:500])
        waits.append((time.perf_counter() - started) * 1000)
    return median(waits[1:])


# -- documents --


def _freeze_all(cycle: Cycle, by: Person) -> None:
    """Every commune that has not handed in gets a snapshot like that of one which has."""
    model = Snapshot.objects.filter(report__cycle=cycle, report__unit__tier=Tier.COMMUNE).first()
    assert model is not None
    waiting = Report.objects.filter(cycle=cycle, unit__tier=Tier.COMMUNE, state=ReportState.EXPECTED)
    reports = list(waiting.select_related("unit", "agency").order_by("pk")[: max(0, DOCUMENTS - MANY)])
    for start in range(0, len(reports), 500):
        made = Snapshot.objects.bulk_create(_snapshot(model, each, by) for each in reports[start : start + 500])
        for snapshot in made:
            mine = Report.objects.filter(pk=snapshot.report_id)
            mine.update(state=ReportState.DRAFT)
            mine.update(state=ReportState.SUBMITTED, submitted=snapshot, submitted_at=AT, submitted_by=by.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reporting_report, reporting_snapshot")


def _snapshot(model: Snapshot, report: Report, by: Person) -> Snapshot:
    unit = report.unit
    number = f"BC-{unit.code}-{YEAR}-{report.pk}"
    content = copy.deepcopy(model.content)
    content |= {"number": number, "unit": {**content["unit"], "code": unit.code, "name": unit.name}}
    return Snapshot(
        report=report, number=number, content=content, digest=digest_of(content), frozen_at=AT, frozen_by=by
    )  # fmt: skip


def _documents(stage: Stage, table: Table, cycle: Cycle, ministry: Agency, by: Person) -> None:
    asked = seconds(lambda: begin_run(cycle, ministry, formats=[DocumentFormat.DOCX], by=by, at=AT))
    run = DocumentRun.objects.filter(cycle=cycle).latest("asked_at")
    documents = run.documents.order_by("pk")
    expected = documents.count()
    table.add(f"{expected:,} documents asked for", f"{asked:.1f} s", f"{asked / expected * 1000:.2f} ms each")
    first = _write(run, _PART)
    killed_at = _killed_in_the_middle(stage, run, expected // 2)
    before = dict(documents.filter(state=DocumentState.MADE).values_list("pk", "digest"))
    later = AT + 2 * QUIET  # what the killed worker had begun is free again
    resumed, _single = left_lying(at=later)
    assert run in resumed
    rest = _write(run, expected, at=later)
    made = dict(documents.filter(state=DocumentState.MADE).values_list("pk", "digest"))
    again = sum(made[pk] != digest for pk, digest in before.items())
    last = rest[-_PART // 25 :]
    table.add(
        "a document written",
        f"{median(first) * 40:.0f} ms",
        f"at the end {median(last) / median(first):.2f} of that",
    )
    table.add(
        f"the worker killed after {killed_at:,}, the run resumed",
        f"{len(made):,} of {expected:,} made",
        f"{again} twice, {documents.filter(state=DocumentState.FAILED).count()} failed, "
        f"{len(set(made.values())):,} different files",
    )


def _write(run: DocumentRun, most: int, *, at: dt.datetime = AT) -> list[float]:
    """Seconds of each batch of 25."""
    took: list[float] = []
    left = 1
    while left and len(took) * 25 < most:
        started = time.perf_counter()
        left = write_run(run, at=at)
        took.append(time.perf_counter() - started)
    return took


_WORKER = """
import sys, uuid, django
django.setup()
from django.utils import timezone
from hocsuotdoi.reporting.models import DocumentRun
from hocsuotdoi.reporting.operations.documents import write_run
run = DocumentRun.objects.get(pk=uuid.UUID(sys.argv[1]))
while write_run(run, at=run.asked_at):
    pass
"""


def _killed_in_the_middle(stage: Stage, run: DocumentRun, at_least: int) -> int:
    environment = {**os.environ, "DATABASE_URL": stage.url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(run.pk)], cwd=ROOT, env=environment)
    while worker.poll() is None and run.documents.filter(state=DocumentState.MADE).count() < at_least:
        time.sleep(0.05)
    worker.kill()
    worker.wait(30)
    return run.documents.filter(state=DocumentState.MADE).count()
