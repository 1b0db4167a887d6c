"""One report of a cycle on its page: what it shows, what one does there, each refusal in words."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import CountedInstitution, Report, Snapshot
from hocsuotdoi.reporting.operations.cycle import close_cycle
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.running import make_assignment, make_cycle, make_report, make_snapshot, submit
from tests.workspace.reporting.conftest import (
    answered,
    approved,
    begun,
    fresh,
    holder,
    returned,
    signed_in,
    submitted,
    worded,
)

LIST = "workspace:reporting-report-list"


def at(report: Report, name: str = "detail") -> str:
    return reverse(f"workspace:reporting-report-{name}", args=[report.pk])


def typed(report: Report, **changes: object) -> dict[str, object]:
    return {"version": report.version, "results": "", "difficulties": "", "causes": "", "proposals": "", **changes}


def test_page_of_a_report_not_begun_has_figures_and_one_act(report, library, plan, officer_of_bac_kan):
    page = signed_in(officer_of_bac_kan).get(at(report))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" in text
    assert at(report, "begin") in text
    assert at(report, "submit") not in text
    signed_in(officer_of_bac_kan).post(at(report, "begin"))
    assert fresh(report).state == ReportState.DRAFT


def test_words_are_saved_and_an_empty_field_leaves_the_suggestion(report, library, plan, officer_of_bac_kan):
    report = begun(report, officer_of_bac_kan)
    client = signed_in(officer_of_bac_kan)
    page = client.get(at(report))
    assert {each["name"] for each in page.context["fields"] if each["suggestion"]} >= {"results"}
    answer = client.post(at(report, "word"), typed(report, proposals="Đề nghị hỗ trợ sách."))
    assert answer.status_code == 302
    report = fresh(report)
    assert (report.results, report.proposals) == ("", "Đề nghị hỗ trợ sách.")


def test_use_takes_the_suggestion_over_without_javascript(report, library, plan, officer_of_bac_kan):
    report = begun(report, officer_of_bac_kan)
    client = signed_in(officer_of_bac_kan)
    page = client.get(at(report))
    suggestion = next(each["suggestion"] for each in page.context["fields"] if each["name"] == "results")
    client.post(at(report, "word"), typed(report, use="results", causes="Ít tiền."))
    report = fresh(report)
    assert report.results == "\n".join(suggestion)
    assert report.causes == "Ít tiền."


def test_words_of_two_people_in_different_fields_stand_both_and_it_is_said(report, officer_of_bac_kan, second_officer):
    report = begun(report, officer_of_bac_kan)
    worded(report, second_officer, difficulties="Thiếu kho sách.")
    page = signed_in(officer_of_bac_kan).post(at(report, "word"), typed(report, results="Tốt."), follow=True)
    report = fresh(report)
    assert (report.results, report.difficulties) == ("Tốt.", "Thiếu kho sách.")
    assert str(second_officer) in page.content.decode()


def test_words_of_two_people_in_one_field_are_both_shown_with_who_and_when(report, officer_of_bac_kan, second_officer):
    report = begun(report, officer_of_bac_kan)
    worded(report, second_officer, results="Của người kia.", causes="Vì vậy.")
    client = signed_in(officer_of_bac_kan)
    page = client.post(at(report, "word"), typed(report, results="Của tôi.", proposals="Chỉ tôi viết."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Của người kia." in text
    assert "Của tôi." in text
    (theirs,) = page.context["theirs"]
    assert theirs["by"] == str(second_officer)
    assert theirs["at"]
    assert fresh(report).results == "Của người kia."
    form = page.context["form"]
    assert (form.initial["causes"], form.initial["proposals"]) == ("Vì vậy.", "Chỉ tôi viết.")
    again = typed(report, **{**form.initial, "results": "Của cả hai."})
    assert client.post(at(report, "word"), again).status_code == 302
    report = fresh(report)
    assert (report.results, report.causes, report.proposals) == ("Của cả hai.", "Vì vậy.", "Chỉ tôi viết.")


def test_words_for_a_report_that_was_submitted_meanwhile_are_shown_and_not_lost(report, officer_of_bac_kan):
    draft = begun(report, officer_of_bac_kan)
    submitted(report, officer_of_bac_kan)
    page = signed_in(officer_of_bac_kan).post(at(draft, "word"), typed(draft, results="Viết lúc mất mạng."))
    assert page.status_code == 409
    assert "Viết lúc mất mạng." in page.content.decode()
    assert fresh(report).results == ""


def test_words_asked_for_as_json_say_the_new_version(report, officer_of_bac_kan, second_officer):
    report = begun(report, officer_of_bac_kan)
    client, json = signed_in(officer_of_bac_kan), {"Accept": "application/json"}
    answer = client.post(at(report, "word"), typed(report, results="Tốt."), headers=json)
    assert answer.json()["fields"]["version"] == report.version + 1
    same = client.post(at(report, "word"), typed(report, results="Tốt."), headers=json)
    assert same.json()["fields"]["version"] == report.version + 1
    worded(fresh(report), second_officer, results="Khác.")
    assert client.post(at(report, "word"), typed(report, results="Hay."), headers=json).status_code == 409
    assert client.post(at(report, "word"), typed(report, version=""), headers=json).status_code == 422


def test_words_too_long_are_told_and_not_saved(report, officer_of_bac_kan):
    report = begun(report, officer_of_bac_kan)
    page = signed_in(officer_of_bac_kan).post(at(report, "word"), typed(report, results="a" * 20_001))
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"results"}
    assert fresh(report).results == ""


def test_submit_says_what_is_frozen_and_to_whom_it_goes_and_then_does_it(report, officer_of_bac_kan, library, plan):
    report = begun(report, officer_of_bac_kan)
    answered(report, officer_of_bac_kan)
    report = fresh(report)
    client = signed_in(officer_of_bac_kan)
    page = client.get(at(report, "submit"))
    assert "Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên" in page.content.decode()
    assert not Snapshot.objects.exists()
    answer = client.post(at(report, "submit"), {"version": report.version}, follow=True)
    report = fresh(report)
    assert report.state == ReportState.SUBMITTED
    assert report.submitted.number in answer.content.decode()
    assert client.get(at(report, "now")).json()["number"] == report.submitted.number


def test_submit_of_an_older_version_is_refused_in_words(report, officer_of_bac_kan, second_officer):
    report = begun(report, officer_of_bac_kan)
    worded(report, second_officer, results="Thêm.")
    page = signed_in(officer_of_bac_kan).post(at(report, "submit"), {"version": report.version}, follow=True)
    assert str(second_officer) in page.content.decode()
    assert fresh(report).state == ReportState.DRAFT


def test_submitted_report_is_withdrawn_returned_and_approved(report, officer_of_bac_kan, province_officer):
    report = submitted(report, officer_of_bac_kan)
    client, above = signed_in(officer_of_bac_kan), signed_in(province_officer)
    assert client.get(at(report, "withdraw")).status_code == 200
    client.post(at(report, "withdraw"), {"version": report.version})
    assert fresh(report).state == ReportState.DRAFT
    report = submitted(report, officer_of_bac_kan)
    assert above.post(at(report, "return"), {"version": report.version}).status_code == 422
    above.post(at(report, "return"), {"version": report.version, "points": ["1", "2"], "reason": "Xem lại."})
    report = fresh(report)
    assert report.state == ReportState.RETURNED
    reason = report.steps.order_by("-pk").first().reason
    assert reason.splitlines()[-1] == "Xem lại."
    assert len(reason.splitlines()) == 3
    assert "Xem lại." in client.get(at(report)).content.decode()
    report = submitted(report, officer_of_bac_kan)
    assert above.get(at(report, "approve")).status_code == 200
    above.post(at(report, "approve"), {"version": report.version})
    assert fresh(report).state == ReportState.APPROVED


def test_approve_names_what_is_missing(report, silent_library, library, plan, officer_of_bac_kan, province_officer):
    report = submitted(report, officer_of_bac_kan)
    client = signed_in(province_officer)
    page = client.get(at(report, "approve"))
    client.post(at(report, "approve"), {"version": report.version})
    assert fresh(report).state == ReportState.APPROVED
    assert bool(page.context["row"].gaps) == bool(fresh(report).gaps)


def test_reopen_excuse_and_resume_ask_why(report, province_report, officer_of_bac_kan, province_officer):
    report = approved(report, officer_of_bac_kan, province_officer)
    above = signed_in(province_officer)
    assert above.post(at(report, "reopen"), {"version": report.version, "reason": " "}).status_code == 422
    above.post(at(report, "reopen"), {"version": report.version, "reason": "Sai số liệu."})
    report = fresh(report)
    assert report.state == ReportState.RETURNED
    above.post(at(report, "excuse"), {"version": report.version, "reason": "Phường đã sáp nhập."})
    report = fresh(report)
    assert report.state == ReportState.EXCUSED
    assert at(report, "resume") not in signed_in(officer_of_bac_kan).get(at(report)).content.decode()
    assert at(report, "resume") in above.get(at(report)).content.decode()
    assert above.post(at(report, "resume"), {"version": report.version, "reason": ""}).status_code == 422
    for _sent_twice in range(2):
        above.post(at(report, "resume"), {"version": report.version, "reason": "Phường vẫn còn."})
    assert fresh(report).state == ReportState.RETURNED
    assert report.steps.filter(kind="resumed").count() == 1
    assert "Phường vẫn còn." in signed_in(officer_of_bac_kan).get(at(report)).content.decode()


@pytest.mark.parametrize("act", ["return", "reopen", "excuse", "amend", "move"])
def test_reason_of_an_act_that_is_refused_is_shown_again(
    report, cycle, duc_xuan, province_report, library, officer_of_bac_kan, province_officer, act
):
    """Somebody was faster; or the cycle was closed meanwhile."""
    above = signed_in(officer_of_bac_kan if act == "amend" else province_officer)
    other = make_report(cycle, AgencyFactory(kind="culture_society", unit=duc_xuan), goes_to=province_report)
    CountedInstitution.objects.create(cycle=cycle, institution=library, report=report)
    given = {"reason": "Vì một lý do dài", "to": other.pk, "institutions": [library.pk]}
    if act == "return":
        report = submitted(report, officer_of_bac_kan)
    elif act in ("reopen", "amend"):
        report = approved(report, officer_of_bac_kan, province_officer)
    before = Report.objects.filter(pk=report.pk).values().get()
    if act in ("return", "reopen", "excuse"):
        page = above.post(at(report, act), {**given, "version": report.version - 1})
        assert page.status_code == 409
        assert page.context["form"]["reason"].value() == given["reason"]
        assert page.context["form"]["version"].value() == report.version
        (sentence,) = page.context["form"].non_field_errors()
        assert "hai bản dưới đây" not in sentence and "rút báo cáo" not in sentence, "advice to who writes the words"
    cycle.refresh_from_db()
    close_cycle(cycle, version=cycle.version, by=province_officer, at=timezone.now())
    page = above.post(at(report, act), {**given, "version": report.version})
    assert page.status_code == 422
    assert given["reason"] in page.content.decode()
    assert page.context["form"].non_field_errors()
    assert Report.objects.filter(pk=report.pk).values().get() == before


def test_what_is_in_a_report_is_named_before_it_is_no_longer_asked_for(thai_nguyen, department_of_thai_nguyen):
    command = AgencyFactory(kind="military", unit=thai_nguyen)
    cycle = make_cycle(sections=["activities", "targets", "words"])
    above = make_report(cycle, department_of_thai_nguyen)
    up = {"goes_to": above, "above": [department_of_thai_nguyen.pk]}
    report = make_report(cycle, command, line="military", detail="totals", **up)
    writer = holder(RoleName.AGENCY_OFFICER, agency=command)
    client = signed_in(holder(RoleName.AGENCY_OFFICER, agency=department_of_thai_nguyen))
    assert client.get(at(report, "excuse")).context["held"] == []
    seen = client.get(at(report, "excuse")).context["form"]["version"].value()
    row = next(each for each in typed_rows(report) if not each.has_parts)
    total = Total(row.key, Decimal(1200), None, "Sổ của đơn vị")
    type_totals(report, version=report.version, rows=[total], by=writer, at=timezone.now())
    worded(fresh(report), writer, proposals="Thêm sách.")
    page = client.post(at(report, "excuse"), {"version": seen, "reason": "Nhầm"})
    assert (page.status_code, fresh(report).state) == (409, ReportState.DRAFT)
    assert page.context["held"] == ["Đề xuất, kiến nghị", f"{row.label}: 1.200, Sổ của đơn vị"]
    assert "1.200, Sổ của đơn vị" in page.content.decode()


def test_acts_in_the_wrong_state_lead_back_with_a_sentence(report, officer_of_bac_kan, province_officer):
    report = submitted(report, officer_of_bac_kan)
    for person, name in [(officer_of_bac_kan, "submit"), (province_officer, "reopen"), (province_officer, "excuse")]:
        page = signed_in(person).get(at(report, name), follow=True)
        assert page.redirect_chain[0][0] == at(report)
        assert page.context["messages"]


def test_page_shows_what_was_frozen_not_what_has_moved_since(
    report, library, plan, silent_library, officer_of_bac_kan, province_officer
):
    report = submitted(report, officer_of_bac_kan)
    before = signed_in(province_officer).get(at(report)).context["shown"]["missing_count"]
    silent_library.delete()
    assert signed_in(province_officer).get(at(report)).context["shown"]["missing_count"] == before


def test_only_the_author_of_a_report_being_written_keeps_it_offline(report, officer_of_bac_kan, province_officer):
    assert signed_in(officer_of_bac_kan).get(at(report)).headers["X-Kept-Offline"] == "yes"
    assert "X-Kept-Offline" not in signed_in(province_officer).get(at(report)).headers
    report = submitted(report, officer_of_bac_kan)
    assert "X-Kept-Offline" not in signed_in(officer_of_bac_kan).get(at(report)).headers


def test_compare_shows_the_words_that_changed_between_two_snapshots(report, officer_of_bac_kan, province_officer):
    worded(begun(report, officer_of_bac_kan), officer_of_bac_kan, results="Lúc đầu.")
    first = returned(fresh(report), officer_of_bac_kan, province_officer).snapshots.get().number
    worded(fresh(report), officer_of_bac_kan, results="Về sau.")
    second = submitted(fresh(report), officer_of_bac_kan).submitted.number
    page = signed_in(officer_of_bac_kan).get(at(report, "compare"), {"from": first, "to": second})
    assert [(each["before"], each["after"]) for each in page.context["words"]] == [("Lúc đầu.", "Về sau.")]
    assert signed_in(officer_of_bac_kan).get(at(report, "compare"), {"from": "x\x00", "to": second}).status_code == 404


def test_letters_are_told_but_not_compared(report, officer_of_bac_kan, province_officer):
    report = returned(begun(report, officer_of_bac_kan), officer_of_bac_kan, province_officer)
    letter = make_snapshot(report, kind="letter", number="CV-1")
    page = signed_in(officer_of_bac_kan).get(at(report))
    assert letter in page.context["snapshots"]
    assert letter not in page.context["compared"]
    assert at(report, "compare") not in page.content.decode()
    number = report.snapshots.get(kind="report").number
    compared = signed_in(officer_of_bac_kan).get(at(report, "compare"), {"from": letter.number, "to": number})
    assert compared.status_code == 404


def test_lists_show_what_is_owed_and_what_waits(report, province_report, officer_of_bac_kan, province_officer):
    own = signed_in(officer_of_bac_kan).get(reverse(LIST))
    assert [row["report"] for row in own.context["rows"]] == [report]
    assert at(report, "begin") in own.content.decode()
    submitted(report, officer_of_bac_kan)
    queue = signed_in(province_officer).get(reverse(LIST), {"view": "approve"})
    assert [row.report for row in queue.context["waiting"]] == [report]
    assert signed_in(officer_of_bac_kan).get(reverse(LIST), {"view": "approve"}).context["waiting"] == []
    report.cycle.state, report.cycle.closed_at = "closed", timezone.now()
    report.cycle.save()
    queue = signed_in(province_officer).get(reverse(LIST), {"view": "approve"})
    assert queue.context["waiting"] == [], "in a closed cycle nothing is approved"


@pytest.mark.parametrize(
    "given", [{"view": "x"}, {"view": "all", "q": "\x00", "state": "x", "cycle": "\x00"}, {"page": "x"}]
)
def test_list_asked_oddly_still_shows(report, officer_of_bac_kan, given):
    assert signed_in(officer_of_bac_kan).get(reverse(LIST), given).status_code == 200


def test_several_plain_reports_are_approved_after_a_look(report, officer_of_bac_kan, province_officer):
    told = InstitutionFactory(unit=report.unit)
    make_posting(told, dt.date(2026, 11, 3), measure=MeasureCode.PROGRAMME_SESSION)
    CountedInstitution.objects.create(cycle=report.cycle, report=report, institution=told)
    report = submitted(report, officer_of_bac_kan)
    client, address = signed_in(province_officer), reverse("workspace:reporting-report-approve-several")
    given = {"report": [f"{report.pk}:{report.version}", "x", "9:x"]}
    assert client.post(address, given).status_code == 200
    assert fresh(report).state == ReportState.SUBMITTED
    client.post(address, {**given, "sure": "yes"})
    assert fresh(report).state == ReportState.APPROVED


def test_report_without_any_figure_is_not_approved_along_with_others(report, officer_of_bac_kan, province_officer):
    report = submitted(report, officer_of_bac_kan)
    client, address = signed_in(province_officer), reverse("workspace:reporting-report-approve-several")
    client.post(address, {"report": [f"{report.pk}:{report.version}"], "sure": "yes"})
    assert fresh(report).state == ReportState.SUBMITTED
    page = client.get(at(report, "approve")).content.decode()
    assert "Báo cáo không có cơ sở và số liệu nào." in page and "Không có điểm bất thường" not in page
    client.post(at(report, "approve"), {"version": report.version})
    assert fresh(report).gaps == [{"what": "silent", "why": "nobody"}]


def test_several_of_another_body_are_not_approved(report, officer_of_bac_kan, ministry_officer):
    report = submitted(report, officer_of_bac_kan)
    address = reverse("workspace:reporting-report-approve-several")
    signed_in(ministry_officer).post(address, {"report": [f"{report.pk}:{report.version}"], "sure": "yes"})
    assert fresh(report).state == ReportState.SUBMITTED


def test_institutions_are_moved_to_whoever_takes_them_over(
    report, cycle, duc_xuan, province_report, library, province_officer, department_of_thai_nguyen
):
    taking = make_report(
        cycle,
        AgencyFactory(kind="culture_society", unit=duc_xuan),
        goes_to=province_report,
        above=[department_of_thai_nguyen.pk],
    )
    CountedInstitution.objects.create(cycle=cycle, institution=library, report=report)
    client = signed_in(province_officer)
    assert library.name in client.get(at(report, "move")).content.decode()
    assert client.post(at(report, "move"), {"to": taking.pk, "reason": "Sáp nhập."}).status_code == 422
    client.post(at(report, "move"), {"institutions": [library.pk], "to": taking.pk, "reason": "Sáp nhập."})
    assert CountedInstitution.objects.get(institution=library).report == taking


def test_where_no_institution_is_counted_the_page_says_so_and_asks_nothing(report, province_officer):
    page = signed_in(province_officer).get(at(report, "move"))
    assert (page.status_code, "Báo cáo này không tính cơ sở nào" in page.content.decode()) == (200, True)
    assert 'name="reason"' not in page.content.decode()


def test_totals_are_typed_with_their_source_and_wrong_ones_are_told_beside_them(thai_nguyen):
    command = AgencyFactory(kind="military", unit=thai_nguyen)
    cycle = make_cycle(sections=["activities", "targets", "words"])
    report = make_report(cycle, command, line="military", detail="totals")
    officer = holder(RoleName.AGENCY_OFFICER, agency=command)
    client = signed_in(officer)
    assert client.get(at(report)).context["totals"]
    sessions = "measure:programme_session:2026"

    def sent(number: str, source: str) -> dict[str, object]:
        return {"version": 1, f"{sessions}-numerator": number, f"{sessions}-source": source}

    for numerator, source in [("mười", "Sổ"), ("1.436", ""), ("-3", "Sổ")]:
        page = client.post(at(report, "total"), sent(numerator, source))
        assert page.status_code == 422, numerator
        assert page.context["totals"][0].errors, numerator
    assert client.post(at(report, "total"), sent("1.436", "Sổ thư viện")).status_code == 302
    assert report.typed_totals.get().numerator == 1436
    assert client.post(at(report, "total"), sent("9", "Sổ")).status_code == 409
    assert report.typed_totals.get().numerator == 1436


def test_odd_things_are_confirmed_in_one_tap_and_explained_with_a_reason(report, bac_kan, officer_of_bac_kan):
    """No figure at all, and a task whose day is long past."""
    make_assignment(title="Sửa mái", agency=report.agency, due_on=dt.date(2026, 1, 10))
    report = begun(report, officer_of_bac_kan)
    client = signed_in(officer_of_bac_kan)
    asked = [each for kind in client.get(at(report)).context["kinds"] for each in kind.open]
    first, second = asked
    assert signed_in(officer_of_bac_kan).get(at(report, "submit")).context["blocked"]
    wrong = client.post(at(report, "answer"), {"key": first.found.key, "seen": "0" * 16}, follow=True)
    assert wrong.context["messages"]
    assert not report.exception_answers.exists()
    client.post(at(report, "answer"), {"key": first.found.key, "seen": first.seen, "explain": "yes", "reason": " "})
    assert not report.exception_answers.exists()
    client.post(
        at(report, "answer"), {"key": first.found.key, "seen": first.seen, "explain": "yes", "reason": "Vì mưa."}
    )
    assert report.exception_answers.get().reason == "Vì mưa."
    client.post(at(report, "answer"), {"key": second.found.key, "seen": second.seen})
    assert {each.kind for each in report.exception_answers.all()} == {"explained", "confirmed"}
    assert not client.get(at(report, "submit")).context["blocked"]


@pytest.fixture
def late(report, officer_of_bac_kan):
    """Two tasks whose days are long past; the questions as the officer sees them."""
    for title in ("Sửa mái", "Mua sách"):
        make_assignment(title=title, agency=report.agency, due_on=dt.date(2026, 1, 10))
    begun(report, officer_of_bac_kan)
    page = signed_in(officer_of_bac_kan).get(at(report))
    return [each for kind in page.context["kinds"] for each in kind.open]


def answer(asked, reason="") -> dict[str, str]:
    return {"key": asked.found.key, "seen": asked.seen, **({"explain": "yes", "reason": reason} if reason else {})}


def reasons(report) -> list[str]:
    return list(report.exception_answers.order_by("pk").values_list("reason", flat=True))


def test_what_somebody_else_answered_meanwhile_is_shown_beside_and_not_written_over(
    report, late, officer_of_bac_kan, second_officer
):
    roof, books = late
    mine, theirs = signed_in(officer_of_bac_kan), signed_in(second_officer)
    theirs.post(at(report, "answer"), answer(roof, "Chờ kinh phí."))
    page = mine.post(at(report, "answer"), answer(roof, "Thiếu thợ."))
    told = page.content.decode()
    assert page.status_code == 409
    assert "Chờ kinh phí." in told and str(second_officer) in told and "Thiếu thợ." in told
    assert reasons(report) == ["Chờ kinh phí."]
    again = next(each for kind in page.context["kinds"] for each in kind.told)
    assert again.seen != roof.seen
    assert mine.post(at(report, "answer"), answer(again, "Cả hai.")).status_code == 302
    assert reasons(report) == ["Chờ kinh phí.", "Cả hai."]
    tapped = mine.post(at(report, "answer"), answer(roof), follow=True)  # on a page that is older than both
    assert "đã có người khác trả lời" in tapped.content.decode()
    assert reasons(report) == ["Chờ kinh phí.", "Cả hai."]
    mine.post(at(report, "answer"), answer(books))
    assert reasons(report) == ["Chờ kinh phí.", "Cả hai.", ""]


def test_answers_asked_for_as_json_say_what_became_of_them(report, late, officer_of_bac_kan, second_officer):
    """The same sent again, because the reply was lost, is once there."""
    roof, books = late
    client, json = signed_in(officer_of_bac_kan), {"Accept": "application/json"}

    def sent(given) -> int:
        return client.post(at(report, "answer"), given, headers=json).status_code

    assert [sent(answer(roof, "Vì mưa.")), sent(answer(roof, "Vì mưa."))] == [200, 200]
    assert sent(answer(roof)) == 409
    assert sent({**answer(books), "seen": "0" * 16}) == 409
    assert sent({**answer(books), "key": "task_late|none"}) == 409
    assert sent({**answer(books), "explain": "yes"}) == 422
    assert sent(answer(books, "a" * 501)) == 422
    assert reasons(report) == ["Vì mưa."]


@pytest.mark.parametrize("view", ["own", "all", "approve"])
def test_list_of_one_and_of_three_takes_the_same_queries(
    report, cycle, province_report, thai_nguyen, officer_of_bac_kan, province_officer, view
):
    """Submitted straight in the table: what is looked at is the list."""
    client = signed_in(province_officer)
    submit(report)
    with CaptureQueriesContext(connection) as one:
        assert client.get(reverse(LIST), {"view": view}).status_code == 200
    for kind in ("peoples_committee", "culture_society"):
        more = make_report(cycle, AgencyFactory(kind=kind, unit=thai_nguyen), goes_to=province_report)
        if view == "approve":
            submit(more)
    with CaptureQueriesContext(connection) as three:
        page = client.get(reverse(LIST), {"view": view})
    assert len(page.context["page_obj"].object_list) == 3 + (view == "all")
    assert len(three) == len(one)


def test_work_is_noted_of_who_writes_and_not_of_who_reads(report, officer_of_bac_kan, province_officer):
    signed_in(province_officer).get(at(report))
    assert not report.work_spells.exists()
    signed_in(officer_of_bac_kan).get(at(report))
    assert report.work_spells.count() == 1
