"""The public pages of plans."""

import re

import pytest
from django.urls import reverse

from hocsuotdoi.programme.enums import AnswerKind, PlanKind, PlanStatus
from hocsuotdoi.programme.models import FindingAnswer, Plan
from hocsuotdoi.programme.queries.plan_check import check_plan
from hocsuotdoi.programme.queries.plan_page import SHOWN_BELOW
from tests.factories.accounts import PersonFactory
from tests.factories.programme import PlanFactory, TargetFactory, TaskFactory, change_plan

CODES = [
    "qd-1520-2022",
    "qd-1346-2023-bvhttdl",
    "kh-169-2023-dak-nong",
    "kh-169-2023-dak-nong-tin",
    "kh-176-2021-dak-nong",
    "qd-1150-2023-bac-kan",
    "kh-2023-tp-bac-kan",
]


def page_of(client, name: str, *args: str, **query: str) -> str:
    response = client.get(reverse(f"portal:programme-{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("code", CODES)
def test_every_document_has_its_page(client, reference, code):
    page = page_of(client, "plan-detail", code)
    assert Plan.objects.get(code=code).issuer in page


@pytest.mark.parametrize("code", ["kh-169-2023-dak-nong", "kh-2023-tp-bac-kan"])
@pytest.mark.parametrize("name", ["plan-compare", "plan-check"])
def test_every_checked_plan_has_its_other_pages(client, reference, code, name):
    assert page_of(client, name, code)


def test_plan_list_shows_the_tree_with_the_city_below_the_province_below_the_nation(client, reference):
    page = page_of(client, "plan-list")
    assert [page.index(reverse("portal:programme-plan-detail", args=[code])) for code in CODES]
    assert "1520/QĐ-TTg" in page


def test_plan_list_finds_by_number_or_issuer_and_says_what_to_do_when_nothing_is_found(client, db):
    PlanFactory(number="169/KH-UBND", issuer="Ủy ban nhân dân tỉnh Đắk Nông")
    PlanFactory(number="7/KH-UBND")
    for words in ("169", "đắk nông"):
        page = page_of(client, "plan-list", q=words)
        assert "169/KH-UBND" in page
        assert "7/KH-UBND" not in page.replace("“169/KH-UBND”", "")
    assert 'class="empty' in page_of(client, "plan-list", q="không có")


def test_plan_list_without_plans_says_so(client, db):
    assert 'class="empty' in page_of(client, "plan-list")


def test_plan_detail_marks_figures_in_the_words_and_shows_them_in_a_table(client, reference):
    page = page_of(client, "plan-detail", "kh-2023-tp-bac-kan")
    assert '<mark class="written">50%</mark> thư viện các xã, phường' in page
    assert "phân đầu đạt" in page


def test_plan_detail_unknown_code_is_not_found(client, db):
    assert client.get(reverse("portal:programme-plan-detail", args=["khong-co"])).status_code == 404


def test_plan_compare_sets_both_figures_side_by_side(client, db):
    above = TargetFactory(figure=80).plan
    plan = TargetFactory(figure=60).plan
    change_plan(plan, parent=above)
    page = page_of(client, "plan-compare", plan.code)
    assert "60%</a> /" in page
    assert ">80%</a>" in page
    assert "badge-attention" in page


def test_plan_check_shows_findings_with_their_answers_and_keeps_them(client, db):
    plan = PlanFactory(number="", issued_on="2026-01-05")
    (finding,) = check_plan(plan)
    FindingAnswer.objects.create(
        plan=plan,
        finding_key=finding.key,
        rule=finding.rule,
        kind=AnswerKind.ACCEPTED,
        reason="Bản dự thảo gửi lấy ý kiến",
        answered_by=PersonFactory(),
        answered_at="2026-11-23T02:00Z",
    )
    page = page_of(client, "plan-check", plan.code)
    assert "Bản dự thảo gửi lấy ý kiến" in page
    assert finding.message.replace("«", "«") in page


def test_plan_check_can_be_narrowed_to_one_rule(client, reference):
    page = page_of(client, "plan-check", "kh-2023-tp-bac-kan", rule="falling_path")
    assert page.count('<li class="stack stack-s">') == 1


def test_plan_check_offers_an_answer_only_to_the_planner_of_the_territory(client, bac_kan, planner, auditor):
    plan = PlanFactory(unit=bac_kan, number="")
    link = reverse("workspace:programme-finding-answer", args=[plan.code])
    assert link not in page_of(client, "plan-check", plan.code)
    client.force_login(auditor)
    assert link not in page_of(client, "plan-check", plan.code)
    client.force_login(planner)
    assert link in page_of(client, "plan-check", plan.code)


@pytest.mark.parametrize("status", [PlanStatus.RETIRED, PlanStatus.REPLACED])
def test_check_of_a_plan_that_has_ended_does_not_praise_its_figures(client, db, status):
    page = page_of(client, "plan-check", PlanFactory(number="", status=status).code)
    assert "Kế hoạch này không còn được kiểm tra" in page


def test_finding_list_leaves_announcements_out(client, db):
    plan = PlanFactory()
    news = PlanFactory(parent=plan, kind=PlanKind.ANNOUNCEMENT)
    page = page_of(client, "finding-list")
    assert reverse("portal:programme-plan-check", args=[plan.code]) in page
    assert reverse("portal:programme-plan-check", args=[news.code]) not in page


def test_feasibility_names_provinces_with_and_without_a_figure(client, reference):
    page = page_of(client, "feasibility-list")
    assert "Tỉnh Đắk Nông: 60%" in page
    assert "Tỉnh Cao Bằng" in page


def test_feasibility_without_a_national_programme_says_so(client, db):
    assert 'class="empty' in page_of(client, "feasibility-list")


@pytest.mark.parametrize(("name", "queries"), [("plan-list", 9), ("finding-list", 9)])
def test_list_needs_as_many_queries_for_three_plans_as_for_one(client, db, django_assert_num_queries, name, queries):
    for number in (1, 3):
        while Plan.objects.count() < number:
            TaskFactory(clause__plan=TargetFactory().plan)
        with django_assert_num_queries(queries):
            page_of(client, name)


def test_tree_reads_and_checks_only_the_plans_that_it_shows(client, db, django_assert_num_queries):
    root = TargetFactory().plan
    below = [TargetFactory(clause__plan__parent=root).plan for _each in range(SHOWN_BELOW + 2)]
    with django_assert_num_queries(10) as captured:
        page = page_of(client, "plan-list")
    shown = [plan for plan in below if reverse("portal:programme-plan-detail", args=[plan.code]) in page]
    assert len(shown) == SHOWN_BELOW
    of_targets, _amended = (each["sql"] for each in captured if 'FROM "programme_target" INNER JOIN' in each["sql"])
    read = re.search(r'"plan_id" IN \(([\d, ]+)\)', of_targets)
    assert len(read[1].split(", ")) == 1 + SHOWN_BELOW


def shown_codes(page: str) -> list[str]:
    """Of the plans named, in the order of the page."""
    return re.findall(r'item-title"><a href="/plans/([^/"]+)/"', page)


def test_documents_in_force_come_first_and_earlier_ones_stand_behind_a_link(client, db):
    old = PlanFactory(code="cu", status=PlanStatus.RETIRED)
    PlanFactory(code="cu-duoi", parent=old, status=PlanStatus.REPLACED)
    ended = PlanFactory(code="het-hieu-luc", status=PlanStatus.REPLACED)  # but what implements it is in force
    PlanFactory(code="con-hieu-luc", parent=ended)
    root = PlanFactory(code="goc")
    for number in range(SHOWN_BELOW):
        PlanFactory(code=f"cu-{number}", parent=root, status=PlanStatus.RETIRED)
    PlanFactory(code="moi", parent=root)
    page = page_of(client, "plan-list")
    codes = shown_codes(page)
    assert {"het-hieu-luc", "con-hieu-luc", "goc", "moi"} <= set(codes)
    assert not {"cu", "cu-duoi"} & set(codes)
    assert codes.index("moi") == codes.index("goc") + 1  # before those that have ended
    assert "1 văn bản trước đây" in page and 'href="?earlier=1"' in page
    assert shown_codes(page_of(client, "plan-list", earlier="1")) == ["cu", "cu-duoi"]
    assert 'href="?earlier=1"' not in page_of(client, "plan-list", earlier="1")


@pytest.mark.parametrize(("status", "query"), [(PlanStatus.IN_FORCE, {}), (PlanStatus.RETIRED, {"earlier": "1"})])
def test_many_documents_without_one_above_are_led_through_page_by_page(
    client, db, django_assert_num_queries, status, query
):
    PlanFactory.create_batch(31, status=status)
    with django_assert_num_queries(9):
        assert len(shown_codes(page_of(client, "plan-list", **query))) == 30
    assert len(shown_codes(page_of(client, "plan-list", page="2", **query))) == 1


def test_list_says_when_no_document_is_in_force_and_when_none_is_earlier(client, db):
    assert "Không lưu văn bản nào trước đây" in page_of(client, "plan-list", earlier="1")
    PlanFactory(status=PlanStatus.RETIRED)
    page = page_of(client, "plan-list")
    assert "Hiện không có văn bản nào còn hiệu lực" in page and "?earlier=1" in page


def test_plan_detail_needs_as_many_queries_for_three_clauses_as_for_one(client, db, django_assert_num_queries):
    plan = PlanFactory()
    for number in (1, 3):
        while plan.clauses.count() < 2 * number:
            TargetFactory(clause__plan=plan)
            TaskFactory(clause__plan=plan)
        with django_assert_num_queries(17):
            page_of(client, "plan-detail", plan.code)
