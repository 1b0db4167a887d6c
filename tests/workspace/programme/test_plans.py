"""A planner's pages: only the planner of the territory, and nothing half done."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.programme.enums import PlanKind, Recurrence
from hocsuotdoi.programme.models import FindingAnswer, Plan
from hocsuotdoi.programme.queries.plan_check import check_plan
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, PlanFactory, TargetFactory

FILE = """\
code: kh-bac-kan
number: 12/KH-UBND
title: Kế hoạch thử
issuer: Ủy ban nhân dân phường Bắc Kạn
unit: "01843"
issued_on: 2026-03-21
source: thử
clauses:
  - path: I
    targets:
      - {indicator: library_services, cohort: library_commune, year: 2027, figure: 60%}
"""


def url(name: str, *args: str) -> str:
    return reverse(f"workspace:programme-{name}", args=args)


@pytest.fixture
def planner_of_duc_xuan(duc_xuan):
    person = PersonFactory(full_name="Triệu Văn Sơn")
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=duc_xuan)
    return person


@pytest.fixture
def plan(bac_kan) -> Plan:
    return PlanFactory(unit=bac_kan, code="kh-phuong", number="", issued_on=dt.date(2026, 1, 5))


@pytest.fixture
def definitions(db):
    return IndicatorFactory(), CohortFactory()


def upload(client, text: str):
    return client.post(url("plan-upload"), {"file": SimpleUploadedFile("plan.yaml", text.encode())})


def filled(unit, *rows: dict, tasks: tuple[dict, ...] = (), **head: str) -> dict[str, str]:
    data = {
        "number": "12/KH-UBND",
        "issued_on": "2026-03-21",
        "title": "Kế hoạch thử",
        "issuer": "Ủy ban nhân dân phường Bắc Kạn",
        "unit": str(unit.pk) if unit else "",
        "parent": "",
        "clauses-TOTAL_FORMS": "6",
        "clauses-INITIAL_FORMS": "0",
        "tasks-TOTAL_FORMS": "2",
        "tasks-INITIAL_FORMS": "0",
        "tasks-0-recurrence": Recurrence.ONGOING,
        "tasks-1-recurrence": Recurrence.ONGOING,
    } | head
    for prefix, forms in (("clauses", rows), ("tasks", tasks)):
        for number, row in enumerate(forms):
            data |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
    return data


FIGURE = {"path": "I.1", "text": "60% thư viện", "indicator": "library_services", "cohort": "library_commune"}


# -- who may --


@pytest.mark.parametrize("page", ["plan-list", "plan-create", "plan-upload"])
def test_planners_pages_open_for_a_planner_and_for_nobody_else(client, page, planner, auditor, librarian_of_bac_kan):
    assert client.get(url(page)).status_code == 302
    for person in (auditor, librarian_of_bac_kan):
        client.force_login(person)
        assert client.get(url(page)).status_code == 403
    client.force_login(planner)
    assert client.get(url(page)).status_code == 200


@pytest.mark.parametrize("page", ["addendum-create", "finding-answer"])
def test_pages_of_a_plan_open_for_the_planner_of_its_territory_only(client, page, plan, planner, planner_of_duc_xuan):
    (finding,) = check_plan(plan)
    address = f"{url(page, plan.code)}?key={finding.key}"
    client.force_login(planner_of_duc_xuan)
    assert client.get(address).status_code == 403
    client.force_login(planner)
    assert client.get(address).status_code == 200


def test_plan_list_shows_the_plans_of_the_territory_only(client, plan, planner, planner_of_duc_xuan):
    check = reverse("portal:programme-plan-check", args=[plan.code])
    client.force_login(planner)
    assert check in client.get(url("plan-list")).content.decode()
    client.force_login(planner_of_duc_xuan)
    assert check not in client.get(url("plan-list")).content.decode()


def test_plan_list_needs_as_many_queries_for_three_plans_as_for_one(
    client, planner, bac_kan, django_assert_num_queries
):
    client.force_login(planner)
    client.get(url("plan-list"))
    for number in (1, 3):
        while Plan.objects.count() < number:
            TargetFactory(clause__plan__unit=bac_kan)
        with django_assert_num_queries(22):
            client.get(url("plan-list"))


def test_plan_of_a_city_that_ended_is_kept_by_the_planner_of_its_main_successor(client, reference, planner):
    client.force_login(planner)
    page = client.get(url("plan-list")).content.decode()
    assert reverse("portal:programme-plan-check", args=["kh-2023-tp-bac-kan"]) in page
    assert reverse("portal:programme-plan-check", args=["kh-169-2023-dak-nong"]) not in page


# -- entering a plan --


def test_plan_create_takes_in_clauses_figures_and_tasks(client, planner, bac_kan, definitions):
    above = PlanFactory(code="cap-tren", unit=bac_kan.ancestries.get(distance=1).ancestor)
    client.force_login(planner)
    rows = [
        FIGURE | {"year": 2027, "figure": "60%"},
        FIGURE | {"text": "", "year": 2030, "figure": "70 - 75%"},
        {"path": "III", "text": "Kinh phí"},
    ]
    task = {"path": "II", "text": "Báo cáo", "recurrence": Recurrence.YEARLY, "due_on": "2026-11-25", "lead": "Phòng"}
    response = client.post(url("plan-create"), filled(bac_kan, *rows, tasks=(task,), parent=above.pk))
    plan = Plan.objects.get(number="12/KH-UBND")
    assert response.url == reverse("portal:programme-plan-check", args=[plan.code])
    assert (plan.code, plan.unit, plan.parent) == ("kh-12-2026-phuong-bac-kan", bac_kan, above)
    assert list(plan.targets.values_list("clause__path", "year", "low", "high")) == [
        ("I.1", 2027, 60, 60),
        ("I.1", 2030, 70, 75),
    ]
    assert list(plan.clauses.values_list("path", "text")) == [
        ("I.1", "60% thư viện"),
        ("III", "Kinh phí"),
        ("II", "Báo cáo"),
    ]
    made = plan.tasks.get()
    assert (made.due_month, made.due_day, made.due_year, made.agencies.get().written) == (11, 25, None, "Phòng")


def test_plan_create_draft_without_number_or_day_is_taken_in_and_told_by_the_check(client, planner, bac_kan):
    client.force_login(planner)
    client.post(url("plan-create"), filled(bac_kan, number="", issued_on=""))
    assert [finding.rule for finding in check_plan(Plan.objects.get())] == ["no_number_or_date"]


def test_plan_create_without_a_plan_above_takes_the_nearest_of_the_territory(client, planner, bac_kan):
    nation = PlanFactory(unit=bac_kan.ancestries.get(distance=2).ancestor)
    province = PlanFactory(unit=bac_kan.ancestries.get(distance=1).ancestor, parent=nation)
    PlanFactory(unit=province.unit, parent=province, kind=PlanKind.ANNOUNCEMENT, number="")
    client.force_login(planner)
    client.post(url("plan-create"), filled(bac_kan))
    assert Plan.objects.get(number="12/KH-UBND", unit=bac_kan).parent == province


def test_plan_create_twice_makes_two_codes(client, planner, bac_kan):
    client.force_login(planner)
    for _time in range(2):
        client.post(url("plan-create"), filled(bac_kan))
    codes = ["kh-12-2026-phuong-bac-kan", "kh-12-2026-phuong-bac-kan-2"]
    assert sorted(Plan.objects.values_list("code", flat=True)) == codes


@pytest.mark.parametrize(
    "row",
    [
        {"figure": "nhiều", "year": 2027},
        {"figure": "", "year": 2027},
        {"figure": "160%", "year": 2027},
        {"figure": "60%", "year": 27},
        {"figure": "60%", "path": ""},
        {"figure": "60%", "path": "I..1"},
    ],
)
def test_plan_create_with_a_bad_row_shows_it_again_and_enters_nothing(client, planner, bac_kan, definitions, row):
    client.force_login(planner)
    response = client.post(url("plan-create"), filled(bac_kan, FIGURE | row))
    assert response.status_code == 200
    assert "alert-attention" in response.content.decode()
    assert "60% thư viện" in response.content.decode()
    assert not Plan.objects.exists()


def test_plan_create_issued_before_its_unit_began_is_taken_in(client, planner, bac_kan):
    client.force_login(planner)
    assert client.post(url("plan-create"), filled(bac_kan, issued_on="2024-03-21")).status_code == 302
    assert Plan.objects.get().unit == bac_kan


def test_plan_create_offers_no_indicator_that_is_not_computed_any_more(client, planner, bac_kan, definitions):
    Indicator.objects.filter(code="library_services").update(
        ends_on=timezone.localdate(), end_note="Thay bằng chỉ số mới"
    )
    client.force_login(planner)

    assert "Thư viện phục vụ học tập suốt đời" not in client.get(url("plan-create")).content.decode()
    response = client.post(url("plan-create"), filled(bac_kan, FIGURE | {"year": 2027, "figure": "60%"}))

    assert response.status_code == 200
    assert not Plan.objects.exists()


def test_plan_create_for_a_year_in_which_the_indicator_has_ended_says_so(client, planner, bac_kan, definitions):
    year = timezone.localdate().year + 2
    Indicator.objects.filter(code="library_services").update(
        ends_on=dt.date(year, 1, 1), end_note="Thay bằng chỉ số mới"
    )
    client.force_login(planner)

    late = client.post(url("plan-create"), filled(bac_kan, FIGURE | {"year": year, "figure": "60%"}))
    assert f"không còn được tính từ ngày 1/1/{year}" in late.content.decode()
    assert not Plan.objects.exists()

    client.post(url("plan-create"), filled(bac_kan, FIGURE | {"year": year - 1, "figure": "60%"}))
    assert Plan.objects.get().targets.get().year == year - 1


@pytest.mark.parametrize("rows", ["", "nhiều", "-1", "٣", "99999999999999999999"])
def test_plan_create_with_a_tampered_number_of_rows_enters_nothing(client, planner, bac_kan, rows):
    client.force_login(planner)
    for more in ({}, {"more": "1"}):
        sent = filled(bac_kan, title="") | {"clauses-TOTAL_FORMS": rows} | more
        assert client.post(url("plan-create"), sent).status_code == 200
    assert not Plan.objects.exists()


def test_plan_create_for_another_territory_is_refused(client, planner_of_duc_xuan, bac_kan):
    client.force_login(planner_of_duc_xuan)
    assert client.post(url("plan-create"), filled(bac_kan)).status_code == 200
    assert not Plan.objects.exists()


def test_plan_create_more_rows_keeps_what_was_written(client, planner, bac_kan, definitions):
    client.force_login(planner)
    response = client.post(url("plan-create"), filled(bac_kan, FIGURE) | {"more": "1"})
    page = response.content.decode()
    assert "clauses-11-path" in page
    assert "60% thư viện" in page
    assert 'value="12/KH-UBND"' in page
    assert not Plan.objects.exists()


def test_addendum_is_entered_under_the_plan_that_it_amends(client, planner, plan, definitions):
    client.force_login(planner)
    client.post(url("addendum-create", plan.code), filled(None, FIGURE | {"year": 2027, "figure": "60%"}))
    addendum = Plan.objects.get(kind=PlanKind.ADDENDUM)
    assert (addendum.amends, addendum.unit, addendum.targets.get().low) == (plan, plan.unit, 60)
    assert plan.targets.count() == 0


# -- a file --


def test_plan_upload_takes_a_good_file_in(client, planner, bac_kan, definitions):
    client.force_login(planner)
    assert upload(client, FILE).url == reverse("portal:programme-plan-check", args=["kh-bac-kan"])
    assert Plan.objects.get(code="kh-bac-kan").unit == bac_kan


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("figure: 60%", "figure: nhiều", 11), ("library_services", "khong_co", 11), ('"01843"', '"99999"', 5)],
)
def test_plan_upload_bad_file_shows_line_and_field_and_changes_nothing(
    client, planner, bac_kan, definitions, old, new, line
):
    client.force_login(planner)
    page = upload(client, FILE.replace(old, new)).content.decode()
    assert f'<th scope="row" class="end number">{line}</th>' in page
    assert not Plan.objects.exists()


def test_plan_upload_for_another_territory_is_refused(client, planner_of_duc_xuan, bac_kan, definitions):
    client.force_login(planner_of_duc_xuan)
    [problem] = upload(client, FILE).context["problems"]
    assert (problem.line, problem.field) == (FILE[: FILE.index("unit:")].count("\n") + 1, "unit")
    assert not Plan.objects.exists()


def test_plan_upload_of_an_addendum_to_another_territorys_plan_is_refused(client, planner, country, bac_kan):
    PlanFactory(unit=country, code="kh-nuoc", number="", issued_on=dt.date(2026, 1, 5))
    client.force_login(planner)
    text = FILE.split("clauses:")[0] + "kind: addendum\namends: kh-nuoc\n"
    [problem] = upload(client, text).context["problems"]
    assert (problem.line, problem.field) == (text[: text.index("amends:")].count("\n") + 1, "amends")
    assert not Plan.objects.filter(code="kh-bac-kan").exists()


def test_plan_upload_of_an_issued_plan_with_another_text_is_refused(client, planner, bac_kan, definitions):
    client.force_login(planner)
    upload(client, FILE)
    assert "kh-bac-kan" in upload(client, FILE.replace("60%", "70%")).content.decode()
    assert Plan.objects.get(code="kh-bac-kan").targets.get().low == 60


# -- an answer --


def test_finding_answer_is_recorded_and_leads_back_to_the_finding(client, planner, plan):
    (finding,) = check_plan(plan)
    client.force_login(planner)
    address = f"{url('finding-answer', plan.code)}?key={finding.key}"
    response = client.post(address, {"kind": "accepted", "reason": "Bản dự thảo"})
    assert response.url.startswith(reverse("portal:programme-plan-check", args=[plan.code]))
    answer = FindingAnswer.objects.get()
    assert (answer.reason, answer.answered_by) == ("Bản dự thảo", planner)


@pytest.mark.parametrize("answer", [{"kind": "accepted", "reason": ""}, {"kind": "corrected", "reason": "Đã sửa"}])
def test_finding_answer_that_lacks_something_is_shown_again(client, planner, plan, answer):
    (finding,) = check_plan(plan)
    client.force_login(planner)
    response = client.post(f"{url('finding-answer', plan.code)}?key={finding.key}", answer)
    assert "alert-attention" in response.content.decode()
    assert not FindingAnswer.objects.exists()


def test_finding_answer_to_what_the_check_does_not_find_is_not_found(client, planner, plan):
    client.force_login(planner)
    assert client.get(f"{url('finding-answer', plan.code)}?key=below_parent|I|||").status_code == 404


def test_finding_answer_by_a_planner_of_another_ward_records_nothing(client, planner_of_duc_xuan, plan):
    (finding,) = check_plan(plan)
    client.force_login(planner_of_duc_xuan)
    address = f"{url('finding-answer', plan.code)}?key={finding.key}"
    assert client.post(address, {"kind": "accepted", "reason": "x"}).status_code == 403
    assert not FindingAnswer.objects.exists()


def test_plan_create_with_bad_rows_comes_back_with_one_summary_that_leads_to_them(
    client, planner, bac_kan, definitions
):
    client.force_login(planner)
    data = filled(bac_kan, {"path": "I.1", "figure": "nhiều"}, tasks=({"path": "", "text": "Việc không có mục"},))
    page = client.post(url("plan-create"), data).content.decode()
    assert page.count("data-focus") == 1
    summary = page[page.index("data-focus") :].partition("</ul>")[0]
    assert 'href="#id_clauses-0-indicator"' in summary
    assert 'href="#id_tasks-0-path"' in summary
