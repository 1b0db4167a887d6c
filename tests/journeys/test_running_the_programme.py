"""A reporting year as six people walk through it in a browser: commune and province officers, a finance officer, an
inspector, an auditor, and a planner of the Ministry.

The ward of the story is a real one of the reference; its cycle is opened on three of its province's communes only, so
that nobody waits for the country. The walks follow upon each other in one database.
"""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.operations.plan import Planned, make_plan, plan_visits
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.enums import AssignmentState, MoneySource
from hocsuotdoi.programme.models import Assignment, Plan
from hocsuotdoi.programme.operations.money import Spending, add_line
from hocsuotdoi.reporting.enums import CommandLine, CycleState, Detail, ReportState, Section, SnapshotKind
from hocsuotdoi.reporting.models import Cycle, Document, Report, Snapshot
from hocsuotdoi.reporting.operations.documents import write
from hocsuotdoi.reporting.operations.opening import open_cycle
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import ClauseFactory, PlanFactory, TaskFactory
from tests.factories.running import make_assignment, make_cycle, make_report
from tests.inspection.conftest import answer_all
from tests.reporting.cycle_tree import count, submitted
from tests.support.browser import DESK, PHONE, sign_in, watch_for_errors

pytestmark = pytest.mark.slow

WARD, PROVINCE = "01843", "19"
PURPOSE = "Mua sách thiếu nhi cho tủ sách thôn"


class Story:
    """Who and what the walks meet; made once, kept in the database of this file."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.day = timezone.localdate(self.now)
        self.ward = AdminUnit.objects.get(code=WARD, ends_on=None)
        self.country = AdminUnit.objects.get(tier=Tier.COUNTRY, ends_on=None)
        self.office = self._body(self.ward, AgencyKind.CULTURE_SOCIETY)
        self.department = self._body(AdminUnit.objects.get(code=PROVINCE, ends_on=None), AgencyKind.CULTURE)
        self.ministry = self._body(self.country, AgencyKind.MINISTRY)
        self.officer = self._person("Nông Thị Hạnh", RoleName.AGENCY_OFFICER, agency=self.office)
        self.province_officer = self._person("Hà Văn Thắng", RoleName.AGENCY_OFFICER, agency=self.department)
        self.inspector = self._person("Dương Văn Nam", RoleName.INSPECTOR, agency=self.department)
        self.finance_officer = self._person("Lê Thị Thu", RoleName.FINANCE_OFFICER, unit=self.department.unit)
        self.auditor = self._person("Vũ Văn Kiểm", RoleName.AUDITOR, unit=self.country)
        self.planner = self._person("Lê Minh Châu", RoleName.PLANNER, agency=self.ministry)
        self.plan = self._plan()
        self.library = InstitutionFactory(unit=self.ward, name="Thư viện thôn Nà Pài")
        self._open()
        self.army = self._of_the_army()

    def report(self) -> Report:
        return Report.objects.get(cycle=self.cycle, agency=self.office)

    def _body(self, unit: AdminUnit, kind: AgencyKind) -> Agency:
        return Agency.objects.filter(unit=unit, kind=kind, ends_on=None, is_sample=False).first()

    def _person(self, name: str, role: RoleName, **where: object) -> Person:
        person = PersonFactory(full_name=name)
        RoleAssignmentFactory(person=person, role=role, **where)
        return person

    def _plan(self) -> Plan:
        """Two tasks that are late: what is odd about the report."""
        plan = PlanFactory(unit=self.ward, title="Kế hoạch của phường", issued_on=self.day.replace(month=1, day=1))
        clause = ClauseFactory(plan=plan, path="II.1")
        for text in ("rà soát tủ sách thôn, tổ dân phố", "tổ chức ngày đọc sách"):
            task = TaskFactory(clause=clause, text=text, due_month=1, due_day=1)
            yesterday = self.day - dt.timedelta(days=1)
            make_assignment(task=task, agency=self.office, year=self.day.year, due_on=yesterday)
        return plan

    def _open(self) -> None:
        """The ward's report, and those of two others that have been sent already."""
        first = self.day.replace(month=1, day=1)
        self.cycle = make_cycle(
            owner=self.ministry,
            title=f"Báo cáo năm {self.day.year} của ba xã, phường",
            starts_on=first,
            ends_on=first.replace(year=first.year + 1),
            counted_until=self.day,
            map_on=self.day,
            opens_on=first,
            due_on=self.day,
            sections=[each.value for each in Section],
            opened_at=self.now,
        )
        fields = {"year": self.day.year}
        self.top = make_report(self.cycle, self.department, above=[self.ministry.pk], **fields)
        make_posting(
            self.library,
            self.day,
            Line(MeasureCode.PROGRAMME_SESSION, 1),
            Line(MeasureCode.PROGRAMME_ATTENDANCE, 12),
        )
        units = AdminUnit.objects.filter(
            parents__parent=self.department.unit, parents__ends_on=None, ends_on=None, tier=Tier.COMMUNE
        ).exclude(pk=self.ward.pk)
        self.others = []
        for unit in (self.ward, *units.order_by("code")[:2]):
            above = [self.department.pk, self.ministry.pk]
            body = self._body(unit, AgencyKind.CULTURE_SOCIETY)
            report = make_report(self.cycle, body, goes_to=self.top, above=above, **fields)
            if unit != self.ward:
                writer = self._person(f"Cán bộ {unit.name}", RoleName.AGENCY_OFFICER, agency=body)
                self.others.append(submitted(report, writer, self.now))
        count(self.report(), self.library)

    def _of_the_army(self) -> Report:
        """A draft on another line of command: the territory does not read it."""
        body = self._body(self.department.unit, AgencyKind.MILITARY)
        fields = {"line": CommandLine.MILITARY, "detail": Detail.TOTALS, "state": ReportState.DRAFT}
        return make_report(self.cycle, body, year=self.day.year, results="Thư viện đơn vị mở cửa cả tuần.", **fields)


_story: list[Story] = []


@pytest.fixture
def story(live_program) -> Story:
    if not _story:
        _story.append(Story())
    return _story[0]


@pytest.fixture
def walk(visitor, accessibility) -> Callable[..., Page]:
    """A page of somebody who has signed in; `seen(page)` at each stop: it fits and has no barrier."""

    def start(person: Person, **device: object) -> Page:
        context = visitor(**{"viewport": PHONE, "has_touch": True, **device})
        sign_in(context, person)
        page = context.new_page()
        page.complaints = watch_for_errors(page)
        return page

    return start


@pytest.fixture
def seen(accessibility) -> Callable[[Page], None]:
    def look(page: Page) -> None:
        page.wait_for_load_state()
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
        assert accessibility(page) == [], page.url

    return look


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def test_commune_officer_submits_what_she_owes_though_the_connection_goes(story, walk, seen):
    page = walk(story.officer)
    page.goto("/workspace/")
    page.locator(".staff-nav").get_by_role("link", name="Báo cáo").click()
    seen(page)
    follow(page, story.office.name)
    press(page, "Bắt đầu báo cáo")
    expect(page.locator("#figures")).to_contain_text("12")
    page.locator("#odd").get_by_role("button", name=re.compile(r"^Cả \d+ đều đúng$")).first.click()
    expect(page.locator("#odd").get_by_role("button", name="Đúng như vậy")).to_have_count(0)
    seen(page)

    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.locator("#words").get_by_role("button", name=re.compile("^Dùng câu này")).first.click()
    proposals = page.get_by_label("Kiến nghị", exact=False).first
    proposals.fill("Đề nghị tỉnh hỗ trợ sách cho ba thôn vùng cao.")
    press(page, "Lưu phần lời")
    expect(page.locator("#words-status")).to_contain_text("giữ trên máy này")
    seen(page)
    page.context.set_offline(False)
    expect(page.locator("#words-status")).to_contain_text("Đã lưu", timeout=30_000)
    assert "ba thôn vùng cao" in story.report().proposals

    follow(page, "Gửi báo cáo")
    seen(page)
    press(page, "Gửi")
    expect(page.locator(".report-stand")).to_contain_text("Đã gửi")
    seen(page)
    report = story.report()
    assert (report.state, report.submitted_by) == (ReportState.SUBMITTED, story.officer.pk)
    assert [each for each in page.complaints if "ERR_INTERNET_DISCONNECTED" not in each] == []


def test_province_officer_returns_one_approves_the_others_sends_the_sum_and_hands_a_task_down(story, walk, seen):
    page = walk(story.province_officer)
    page.goto("/workspace/reports/")
    page.locator(".tabs").get_by_role("link", name=re.compile("^Chờ duyệt")).click()
    seen(page)
    follow(page, story.office.name)
    follow(page, "Trả lại")
    page.locator("textarea[name=reason]").fill("Ghi rõ vì sao việc rà soát tủ sách chậm.")
    seen(page)
    press(page, "Trả lại")
    assert story.report().state == ReportState.RETURNED

    for other in story.others:
        page.goto(f"/workspace/reports/{other.pk}/approve/")
        page.get_by_role("button", name=re.compile("^Duyệt")).click()
        other.refresh_from_db()
        assert other.state == ReportState.APPROVED
    page.goto(f"/workspace/reports/{story.top.pk}/")
    press(page, "Bắt đầu báo cáo")
    expect(page.locator("#below")).to_contain_text("Bị trả lại")
    seen(page)
    while page.locator("#odd").get_by_role("button", name="Đúng như vậy").count():
        with page.expect_navigation():  # the page anew, with what is left to do
            press(page, "Đúng như vậy")
    follow(page, "Gửi báo cáo")
    expect(page.locator("main")).to_contain_text("1 báo cáo")  # that of the ward is left out, and named
    press(page, "Gửi")
    expect(page.locator(".report-stand")).to_contain_text("Đã gửi")
    story.top.refresh_from_db()
    assert story.top.state == ReportState.SUBMITTED
    assert {each["state"] for each in story.top.submitted.content["below"]} == {"approved", "returned"}

    page.goto(f"/workspace/documents/of/{story.top.submitted.number}/")
    seen(page)
    page.get_by_role("button", name=re.compile("Word")).click()
    document = Document.objects.get(snapshot=story.top.submitted, format="docx")
    write([document], at=timezone.now())
    page.reload()
    with page.expect_download() as given:
        page.get_by_role("main").get_by_role("link", name=re.compile(r"\.docx$")).click()
    assert given.value.suggested_filename.endswith(".docx")

    page.goto(f"/workspace/documents/letters/?cycle={story.cycle.code}")
    expect(page.locator("main")).to_contain_text(story.office.name)  # due today, and sent back
    page.goto(f"/workspace/documents/letters/{story.report().pk}/")
    seen(page)
    press(page, "Lập công văn")
    letter = Snapshot.objects.get(kind=SnapshotKind.LETTER, report=story.report())
    expect(page.locator("main")).to_contain_text(letter.number)

    page.goto(f"/workspace/tasks/hand-down/own/?unit={PROVINCE}")
    page.locator("textarea[name=title]").fill("Gửi bổ sung danh mục tủ sách thôn")
    page.locator("textarea[name=reason]").fill("Báo cáo năm còn thiếu danh mục này.")
    page.get_by_label(story.office.name, exact=True).check()
    seen(page)
    press(page, "Giao việc")
    task = Assignment.objects.get(title="Gửi bổ sung danh mục tủ sách thôn")
    assert (task.agency, task.state) == (story.office, AssignmentState.TO_DO)


def test_finance_officer_appraises_and_allocates_and_reads_the_totals(story, walk, seen):
    spending = Spending(PURPOSE, MoneySource.COMMUNE_BUDGET)
    line = add_line(
        story.office,
        plan=story.plan,
        year=story.day.year,
        spending=spending,
        estimated=120_000_000,
        by=story.officer,
        at=story.now,
    )
    page = walk(story.finance_officer)
    page.goto("/workspace/")
    expect(page.locator(".staff-nav a").nth(1)).to_have_text("Kinh phí")  # what a finance officer does comes first
    page.goto(f"/workspace/money/appraise/?year={story.day.year}")
    seen(page)
    follow(page, PURPOSE)
    page.goto(f"/workspace/money/lines/{line.pk}/appraise/")
    page.locator("[name=amount]").fill("100 000 000")
    page.locator("[name=remark]").fill("Theo định mức")
    seen(page)
    page.locator("main form [type=submit]").last.click()
    page.goto(f"/workspace/money/lines/{line.pk}/allocate/")
    page.locator("[name=amount]").fill("90 000 000")
    page.locator("[name=act]").fill("12/QĐ-UBND")
    page.locator("main form [type=submit]").last.click()
    line.refresh_from_db()
    assert (line.appraised, line.allocated) == (100_000_000, 90_000_000)
    page.goto(f"/workspace/money/?year={story.day.year}")
    expect(page.locator("main")).to_contain_text("90.000.000")
    seen(page)


def test_inspector_writes_down_what_a_visit_found_and_the_minutes(story, walk, seen):
    """Noting without a connection is walked in test_inspection_offline.py; here is what follows at the same phone."""
    plan = make_plan(
        story.department,
        year=story.day.year,
        title="Kiểm tra tủ sách thôn",
        decision="",
        by=story.inspector,
        at=story.now,
    )
    visit = plan_visits(
        plan, [Planned(story.library, story.day)], team=[story.inspector.pk], by=story.inspector, at=story.now
    )[0]
    page = walk(story.inspector)
    page.goto("/workspace/")
    page.locator(".staff-nav").get_by_role("link", name="Kiểm tra").click()
    seen(page)
    follow(page, story.library.name)
    press(page, "Đoàn đã có mặt: bắt đầu")
    answer_all(Visit.objects.get(pk=visit.pk), story.inspector, timezone.now())
    page.reload()
    page.locator("#findings select[name=severity]").select_option("shortcoming")
    page.locator("#findings textarea").first.fill("Tủ sách chưa mở cửa buổi tối")
    page.locator("#findings textarea").nth(1).fill("Mở ít nhất một buổi tối mỗi tuần")
    page.locator("#findings input[type=date]").fill((story.day + dt.timedelta(days=30)).isoformat())
    page.locator("#findings form [type=submit]").click()
    expect(page.locator("#findings")).to_contain_text("Tủ sách chưa mở cửa buổi tối")
    seen(page)
    page.locator("#close textarea").fill("Cơ sở hoạt động, cần mở cửa buổi tối.")
    page.locator("#close input[type=text]").fill("Bà Lường Thị Lan")
    press(page, "Kết thúc cuộc kiểm tra")
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED
    assert Assignment.objects.filter(title__contains="Mở ít nhất một buổi tối").exists()
    press(page, "Lập biên bản")
    expect(page.locator("#minutes")).to_contain_text("BB-")
    seen(page)


def test_auditor_reads_every_line_and_changes_nothing(story, walk, seen):
    page = walk(story.auditor, viewport=DESK)
    page.goto(f"/workspace/reports/{story.report().pk}/")
    expect(page.locator("main")).to_contain_text("Ghi rõ vì sao việc rà soát tủ sách chậm.")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    seen(page)
    assert page.goto(f"/workspace/reports/{story.report().pk}/submit/").status in (403, 404)
    page.goto(f"/workspace/reports/{story.army.pk}/")
    expect(page.locator("main")).to_contain_text("Thư viện đơn vị mở cửa cả tuần.")
    assert walk(story.province_officer).goto(f"/workspace/reports/{story.army.pk}/").status == 404
    page.goto("/workspace/audit/")
    expect(page.locator("main")).to_contain_text(story.province_officer.full_name)
    seen(page)


def test_ministry_sets_a_cycle_up_opens_it_and_sees_where_the_country_hangs(story, walk, seen):
    page = walk(story.planner, viewport=DESK)
    page.set_default_timeout(60_000)  # the whole country is looked at before it is opened
    page.goto("/workspace/")
    page.locator(".staff-side").get_by_role("link", name="Kỳ báo cáo").click()
    follow(page, "Lập kỳ báo cáo")
    page.get_by_label("Mã", exact=True).fill("ca-nuoc")
    seen(page)
    press(page, "Lập kỳ")
    seen(page)
    follow(page, "Mở kỳ")
    press(page, "Mở kỳ")
    cycle = Cycle.objects.get(code="ca-nuoc")
    open_cycle(cycle, by=story.planner, at=timezone.now())  # what the worker does
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(34)
    seen(page)
    follow(page, "Tỉnh Thái Nguyên")
    expect(page.locator("main")).to_contain_text(story.office.name)
    seen(page)
    page.goto("/workspace/cycles/ca-nuoc/")
    follow(page, "Đóng kỳ")
    press(page, "Đóng kỳ")
    cycle.refresh_from_db()
    assert cycle.state == CycleState.CLOSED
