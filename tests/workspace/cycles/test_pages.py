"""Cycles through the pages: a planner sets one up, opens and follows it; who may do none of it."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly
from hocsuotdoi.reporting.operations.reminders import remind
from hocsuotdoi.reporting.tasks import open_cycle as open_cycle_job
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import AT, make_country, make_opened_cycle, make_preset_cycle
from tests.factories.places import InstitutionFactory
from tests.factories.running import submit

LIST, NEW = reverse("workspace:cycles-cycle-list"), reverse("workspace:cycles-cycle-create")


def page_of(name, cycle, *more):
    return reverse(f"workspace:cycles-{name}", args=[cycle.code, *more])


def act(cycle, name):
    return page_of("cycle-act", cycle, name)


def holder(role, **where):
    return RoleAssignmentFactory(person=PersonFactory(), role=role, **where).person


@pytest.fixture
def country(db):
    return make_country(2, 1)


@pytest.fixture
def planner_of_ministry(country):
    return holder(RoleName.PLANNER, agency=country.ministry)


@pytest.fixture
def officer(country):
    return holder(RoleName.AGENCY_OFFICER, agency=country.body(commune_of(country), K.CULTURE_SOCIETY))


@pytest.fixture
def opened(country):
    return make_opened_cycle(country)


@pytest.fixture
def prepared(country):
    return make_preset_cycle(country)


def commune_of(country):
    return next(iter(country.provinces.values()))[0]


def form_of(client, address) -> dict:
    """What a browser would send back unchanged."""
    form = client.get(address).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        sent[field.name] = value.isoformat() if isinstance(value, dt.date) else value
    return sent


# -- setting up --


def test_planner_sets_up_the_yearly_report_and_opens_it(client, country, planner_of_ministry):
    client.force_login(planner_of_ministry)
    sent = {"begin_from": "yearly", "owner": country.ministry.pk, "year": 2026, "code": "nam-2026"}
    page = client.post(NEW, sent, follow=True).content.decode()
    cycle = Cycle.objects.get()
    assert (cycle.title, cycle.rules.count(), cycle.reminders.count()) == ("Báo cáo năm 2026", 7, 4)
    assert "Tất cả có 13 cơ quan báo cáo" in page
    asked = client.get(act(cycle, "open")).content.decode()
    assert "Mở kỳ này?" in asked
    Cycle.objects.update(opens_on=dt.date(2026, 1, 1))
    client.post(act(cycle, "open"), {"version": cycle.version})
    assert "Đang mở kỳ" in client.get(page_of("cycle-detail", cycle)).content.decode()
    open_cycle_job(cycle.pk)
    assert Report.objects.filter(cycle=cycle).count() == 13
    page = client.get(page_of("cycle-detail", cycle)).content.decode()
    assert "Tỉnh thử 1" in page
    assert "Điều hành kỳ báo cáo" in page
    assert "Đã bổ sung" in client.post(act(cycle, "newcomers"), {"version": 1}, follow=True).content.decode()
    client.post(act(cycle, "close"), {"version": Cycle.objects.get().version})
    client.post(act(cycle, "reopen"), {"version": Cycle.objects.get().version})
    assert Cycle.objects.get().state == "open"


def test_page_says_until_when_is_counted_and_what_becomes_of_the_rest(client, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    address = page_of("cycle-detail", prepared)
    year = prepared.last_year
    text = client.get(address).content.decode()
    assert f"Báo cáo của đợt này tính số liệu đến hết ngày 20/11/{year}." in text
    assert f"từ ngày 21/11/{year} đến ngày 31/12/{year} được bổ sung trong báo cáo năm của năm sau" in text
    Cycle.objects.filter(pk=prepared.pk).update(kind="other")
    assert "không có trong báo cáo nào của đợt này" in client.get(address).content.decode()
    Cycle.objects.filter(pk=prepared.pk).update(counted_until=dt.date(year, 12, 31))
    assert 'id="uncounted"' not in client.get(address).content.decode()


@pytest.mark.parametrize("begin_from", ["mid_term", "final", "free", "copy"])
def test_cycle_begins_from_whatever_is_chosen(client, country, planner_of_ministry, prepared, begin_from):
    client.force_login(planner_of_ministry)
    chosen = str(prepared.pk) if begin_from == "copy" else begin_from
    client.post(NEW, {"begin_from": chosen, "owner": country.ministry.pk, "year": 2027, "code": "ky-moi"})
    made = Cycle.objects.get(code="ky-moi")
    assert (made.kind, made.rules.count()) == {
        "mid_term": ("mid_term", 7),
        "final": ("final", 7),
        "free": ("other", 1),
        "copy": ("yearly", 7),
    }[begin_from]
    if begin_from == "copy":
        assert (made.title, made.due_on) == ("Báo cáo năm 2027", dt.date(2027, 11, 25))


@pytest.mark.parametrize("begin_from", ["yearly", "mid_term", "final"])
def test_planner_chooses_who_reports_through_its_own_ministry(client, country, planner_of_ministry, begin_from):
    client.force_login(planner_of_ministry)
    sent = {"begin_from": begin_from, "owner": country.ministry.pk, "year": 2026, "code": "ky-moi"}
    assert "Bộ Quốc phòng" in client.get(NEW).content.decode()
    assert client.post(NEW, {**sent, "by_command": ["territory"]}).status_code == 422
    client.post(NEW, {**sent, "by_command": ["military", "police"]})
    rules = {(each.reporter_kind, each.reporter_tier): each for each in Cycle.objects.get().rules.all()}
    ways = {kind: rules[kind, "province"].to for kind in (K.EDUCATION, K.MILITARY, K.POLICE)}
    assert ways == {K.EDUCATION: "same_unit", K.MILITARY: "command", K.POLICE: "command"}
    for kind in (K.MILITARY, K.POLICE):
        assert rules[kind, "country"].to_agency == country.ministry
        assert {rules[kind, tier].detail for tier in ("province", "country")} == {"totals"}
        assert rules[kind, "province"].copies_to == []


def test_what_cannot_be_comes_back_with_a_sentence(client, country, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    sent = {"begin_from": "yearly", "owner": country.ministry.pk, "year": 2026, "code": prepared.code}
    page = client.post(NEW, sent)
    assert page.status_code == 422
    assert "Đã có kỳ mang mã" in page.content.decode()
    address = page_of("cycle-edit", prepared)
    page = client.post(address, {**form_of(client, address), "counted_until": "2030-01-01"})
    assert page.status_code == 422
    assert "counted_until" in page.context["form"].errors


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("field", ["starts_on", "last_day", "counted_until", "map_on", "opens_on", "due_on"])
def test_days_that_no_calendar_reaches_come_back_with_a_sentence(client, planner_of_ministry, prepared, field, day):
    client.force_login(planner_of_ministry)
    address = page_of("cycle-edit", prepared)
    page = client.post(address, {**form_of(client, address), field: day})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert Cycle.objects.get().version == prepared.version


def test_rule_is_changed_added_and_taken_away(client, country, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    address = page_of("rule-edit", prepared, 2)
    client.post(address, {**form_of(client, address), "to": "command", "copies_to": ["culture"]})
    rule = prepared.rules.get(ordinal=2)
    assert (rule.to, rule.to_kind, rule.copies_to) == ("command", "", ["culture"])
    new = page_of("rule-create", prepared)
    sent = {
        **form_of(client, new),
        "reporter_tier": "province",
        "reporter_kind": "front",
        "line": "other",
        "to": "same_unit",
        "to_kind": "culture",
        "detail": "full",
    }
    client.post(new, sent)
    assert [each.reporter_kind for each in prepared.rules.all()][-2:] == ["front", "ministry"]
    address = page_of("rule-edit", prepared, 7)
    shown = form_of(client, address)
    client.post(address, {"version": shown["version"], "rule": shown["rule"], "remove": "yes"})
    assert prepared.rules.count() == 7
    assert not prepared.rules.filter(reporter_kind="front").exists()
    refused = client.post(new, {**form_of(client, new), **sent, "to_kind": "", "version": 4})
    assert refused.status_code == 422
    assert client.get(page_of("rule-edit", prepared, 99)).status_code == 404


def kinds_of(cycle) -> list[tuple[str, str]]:
    return list(cycle.rules.values_list("reporter_kind", "reporter_tier"))


def test_rule_of_the_territory_does_not_claim_libraries_of_the_armed_forces(client, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    address = page_of("rule-edit", prepared, 1)
    mine = form_of(client, address)
    page = client.post(address, {**mine, "classes": [*mine["classes"], "library_armed_forces"]})
    assert page.status_code == 422
    assert "Thư viện lực lượng vũ trang chỉ báo cáo số tổng" in page.content.decode()
    assert "library_armed_forces" not in prepared.rules.first().classes


def test_removal_that_comes_second_takes_away_no_other_rule(client, country, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    address = page_of("rule-edit", prepared, 2)
    mine = {**form_of(client, address), "remove": "yes"}
    client.post(address, mine)
    left = kinds_of(prepared)
    assert len(left) == 6
    for version in (mine["version"], Cycle.objects.get().version):
        again = client.post(address, {**mine, "version": version}, follow=True)
        assert again.redirect_chain == [(page_of("cycle-detail", prepared), 302)]
        assert "Quy tắc này không còn" in again.content.decode()
        assert kinds_of(prepared) == left
    first = page_of("rule-edit", prepared, 1)
    stale = {**form_of(client, first), "version": 1, "remove": "yes"}
    again = client.post(first, stale, follow=True)
    assert again.redirect_chain == [(page_of("cycle-detail", prepared), 302)], "look at them as they are first"
    assert kinds_of(prepared) == left


def test_rule_is_found_again_where_it_stands_now_and_said_to_be_gone(client, country, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    first, third = page_of("rule-edit", prepared, 1), page_of("rule-edit", prepared, 3)
    mine = {**form_of(client, third), "due_on": "2026-11-28"}
    before = kinds_of(prepared)
    client.post(first, {**form_of(client, first), "remove": "yes"})
    page = client.post(third, mine)
    assert page.status_code == 409
    client.post(third, {**mine, **form_of_page(page)})
    assert kinds_of(prepared) == before[1:]
    assert prepared.rules.get(due_on="2026-11-28").reporter_kind == before[2][0]
    second = page_of("rule-edit", prepared, 2)
    client.post(second, {**form_of(client, second), "remove": "yes"})
    left = kinds_of(prepared)
    page = client.post(third, {**mine, "version": Cycle.objects.get().version})
    assert page.status_code == 409
    assert "Quy tắc này không còn" in page.content.decode()
    assert kinds_of(prepared) == left


def test_reminders_are_set_also_while_the_cycle_is_open(client, country, planner_of_ministry, opened):
    client.force_login(planner_of_ministry)
    address = page_of("cycle-reminders", opened)
    page = client.get(address)
    rows = page.context["rows"]
    sent = {"version": opened.version, "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    sent |= {"form-0-number": 10, "form-0-when": "before", "form-1-number": 5, "form-1-when": "after"}
    assert len(rows) == 6
    client.post(address, {**sent, "form-1-letter": "on"})
    assert [(each.days, each.letter) for each in opened.reminders.all()] == [(-10, False), (5, True)]
    stale = client.post(address, sent)
    assert stale.status_code == 409


def test_second_planner_sees_the_reminders_of_the_first(client, planner_of_ministry, opened):
    client.force_login(planner_of_ministry)
    address = page_of("cycle-reminders", opened)

    def sent(number, version):
        rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-number": number, "form-0-when": "before"}
        return {**rows, "version": version}

    assert "Nội dung hiện tại" not in client.get(address).content.decode()
    client.post(address, sent(30, opened.version))
    page = client.post(address, sent(5, opened.version))
    told = page.content.decode()
    assert page.status_code == 409
    assert "30 ngày trước hạn" in told
    assert 'value="5"' in told
    assert [each.days for each in opened.reminders.all()] == [-30]
    client.post(address, sent(5, form_of_page(page)["version"]))
    assert [each.days for each in opened.reminders.all()] == [-5]


def test_second_planner_sees_what_the_first_said(client, country, planner_of_ministry, prepared):
    client.force_login(planner_of_ministry)
    address = page_of("cycle-edit", prepared)
    mine = form_of(client, address)
    client.post(address, {**mine, "title": "Của người thứ nhất"})
    page = client.post(address, {**mine, "title": "Của người thứ hai"})
    told = page.content.decode()
    assert page.status_code == 409
    assert "Của người thứ nhất" in told
    assert "Của người thứ hai" in told
    assert Cycle.objects.get().title == "Của người thứ nhất"
    meant = form_of_page(page)
    client.post(address, {**mine, **meant, "title": "Của cả hai"})
    assert Cycle.objects.get().title == "Của cả hai"


def form_of_page(page) -> dict:
    return {"version": page.context["form"]["version"].value()}


# -- following --


def test_province_is_opened_narrowed_and_taken_away(client, country, planner_of_ministry, opened):
    first = next(iter(country.provinces))
    police = country.body(first, K.POLICE)
    submit(Report.objects.get(cycle=opened, agency=police))
    client.force_login(planner_of_ministry)
    address = page_of("cycle-unit", opened, first.code)
    page = client.get(address).content.decode()
    assert "6 báo cáo" in page
    assert "Xem và duyệt" in page
    page = client.get(address, {"only": "to_approve"}).content.decode()
    assert "1 báo cáo" in page
    assert police.name in page
    assert client.get(address, {"only": "x", "line": "\x00", "state": "'"}).status_code == 200
    for unit in ("ZZZZZ", "a-b"):
        assert client.get(page_of("cycle-unit", opened, unit)).status_code == 404
    content = client.get(page_of("cycle-file", opened, "csv"), {"unit": first.code}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert (len(rows), rows[0][0]) == (7, "Cơ quan")
    book = load_workbook(io.BytesIO(client.get(page_of("cycle-file", opened, "xlsx")).content))
    assert book.active.max_row == 2 + 14 + 1  # what they come to
    assert client.get(page_of("cycle-file", opened, "pdf")).status_code == 404
    everywhere = client.get(page_of("cycle-reports", opened), {"only": "no_person"}).content.decode()
    assert "báo cáo" in everywhere
    picture = client.get(page_of("cycle-map", opened))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")


def test_letters_and_burden_are_for_who_runs_the_cycle(client, country, planner_of_ministry, officer, opened):
    day = opened.due_on + dt.timedelta(days=7)
    remind(day=day, at=AT)
    client.force_login(planner_of_ministry)
    page = client.get(page_of("cycle-letters", opened)).content.decode()
    assert country.body(commune_of(country), K.CULTURE_SOCIETY).name in page
    assert "Chưa đo được" in client.get(page_of("cycle-burden", opened)).content.decode()
    client.force_login(officer)
    for name in ("cycle-letters", "cycle-burden"):
        assert client.get(page_of(name, opened)).status_code == 403


def test_cycle_of_a_province_opens_on_its_reports(client, country):
    first = next(iter(country.provinces))
    owner = country.body(first, K.CULTURE)
    cycle = make_cycle("rieng", owner=owner, given=yearly(2026, owner), by=None, at=AT)
    client.force_login(holder(RoleName.PLANNER, agency=owner))
    assert "Kỳ đang lập" in client.get(page_of("cycle-detail", cycle)).content.decode()
    Cycle.objects.update(opening_ordered_at=AT, opening_ordered_by=PersonFactory().pk, opens_on=dt.date(2026, 1, 1))
    open_cycle_job(cycle.pk)
    page = client.get(page_of("cycle-detail", cycle), follow=True)
    assert page.redirect_chain
    assert "Điều hành kỳ báo cáo" in page.content.decode()


# -- who may --

STATE_PAGES = ["cycle-detail", "cycle-reports", "cycle-map"]
PLANNERS_PAGES = ["cycle-edit", "cycle-reminders", "rule-create", "cycle-letters", "cycle-burden"]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (RoleName.AGENCY_OFFICER, True),
        (RoleName.AUDITOR, True),
        (RoleName.PLANNER, True),
        (RoleName.FINANCE_OFFICER, False),
        (RoleName.INSPECTOR, False),
        (RoleName.LEARNER, False),
    ],
)
def test_states_are_for_who_reads_reports_and_acts_for_who_set_it_up(client, country, opened, prepared, role, sees):
    where = {} if role == RoleName.LEARNER else {"unit": commune_of(country)}
    client.force_login(holder(role, **where))
    for name in STATE_PAGES:
        assert client.get(page_of(name, opened)).status_code == (200 if sees else 403), name
        assert client.get(page_of(name, prepared)).status_code == (404 if sees else 403), name
    for name in PLANNERS_PAGES:
        assert client.get(page_of(name, opened)).status_code == 403, name
    for name in ("close", "reopen", "newcomers"):
        assert client.post(act(opened, name), {"version": opened.version}).status_code == 403
    assert Cycle.objects.get(pk=opened.pk).state == "open"
    assert client.get(page_of("cycle-unit", opened, next(iter(country.provinces)).code)).status_code == (
        200 if sees else 403
    )


def test_armed_forces_are_not_told_to_an_officer_of_a_commune(client, country, officer, opened):
    first = next(iter(country.provinces))
    client.force_login(officer)
    told = client.get(page_of("cycle-unit", opened, first.code)).content.decode()
    assert country.body(first, K.EDUCATION).name in told
    assert country.body(first, K.POLICE).name not in told
    assert country.body(first, K.MILITARY).name not in told
    content = client.get(page_of("cycle-file", opened, "csv")).content.decode()
    assert country.body(first, K.POLICE).name not in content
    assert str(reverse("workspace:reporting-report-list")) is not None
    link = f"/workspace/reports/{Report.objects.get(cycle=opened, agency=country.body(first, K.EDUCATION)).pk}/"
    assert link not in told, "of other lines one is told the state; the report opens for who may read it"


def test_list_of_cycles_tells_everybody_the_number_that_the_page_of_the_cycle_tells(client, country, officer, opened):
    first = next(iter(country.provinces))
    police = country.body(first, K.POLICE)
    Report.objects.filter(cycle=opened, agency__in=[police, country.body(first, K.EDUCATION)]).update(state="excused")
    submit(Report.objects.get(cycle=opened, unit=commune_of(country)))
    owner = country.body(first, K.CULTURE)
    other = make_cycle("rieng", owner=owner, given=yearly(2026, owner), by=None, at=AT)
    open_cycle(other, by=None, at=AT)
    people = {
        officer: 8,  # 13, but for four of the armed forces and the one that education is not asked for any more
        holder(RoleName.PLANNER, agency=country.ministry): 11,
        holder(RoleName.AUDITOR, unit=country.unit): 11,
        holder(RoleName.AGENCY_OFFICER, agency=country.body(first, K.MILITARY)): 9,
        holder(RoleName.AGENCY_OFFICER, agency=police): 8,
    }
    for person, number in people.items():
        client.force_login(person)
        items = {each["code"]: each["asked"] for each in client.get("/api/v1/cycles").json()["items"]}
        listed = client.get(LIST).content.decode()
        for cycle in (opened, other):
            told = client.get(f"/api/v1/cycles/{cycle.code}/state").json()["whole"]["asked"]
            assert items[cycle.code] == told
            assert f"đã duyệt 0/{told}" in listed, person.roles.get().role
        assert items[opened.code] == number


def test_nobody_signed_in_is_sent_to_sign_in(client, opened):
    assert client.get(page_of("cycle-detail", opened)).status_code == 302
    assert client.get(LIST).status_code == 302


def test_planner_is_told_what_stands_in_no_report_and_takes_it_in(
    client, country, planner_of_ministry, officer, opened
):
    told = "2 cơ sở chưa có trong báo cáo nào của kỳ này"
    for _each in range(2):
        InstitutionFactory(unit=commune_of(country))
    client.force_login(officer)
    assert "cơ sở chưa có trong" not in client.get(page_of("cycle-detail", opened)).content.decode()
    client.force_login(planner_of_ministry)
    assert told in client.get(page_of("cycle-detail", opened)).content.decode()
    assert told not in client.post(act(opened, "newcomers"), {"version": 1}, follow=True).content.decode()
    assert CountedInstitution.objects.filter(cycle=opened).count() == 2
    InstitutionFactory(unit=commune_of(country))
    submit(Report.objects.get(cycle=opened, unit=commune_of(country)))
    page = client.get(page_of("cycle-detail", opened)).content.decode()
    assert "đã được gửi" in page
    assert "1 cơ sở chưa có trong báo cáo nào của kỳ này" in page
    client.post(act(opened, "close"), {"version": opened.version})
    assert "cơ sở chưa có trong" not in client.get(page_of("cycle-detail", opened)).content.decode()


def test_acts_are_possible_in_their_state_only(client, country, planner_of_ministry, opened, prepared):
    client.force_login(planner_of_ministry)
    assert client.get(act(opened, "open")).status_code == 404
    assert client.get(act(prepared, "close")).status_code == 404
    assert client.get(act(prepared, "explode")).status_code == 404
    client.post(act(prepared, "discard"), {"version": 99})
    assert Cycle.objects.filter(pk=prepared.pk).exists(), "somebody changed it meanwhile"
    client.post(act(prepared, "discard"), {"version": prepared.version})
    assert not Cycle.objects.filter(pk=prepared.pk).exists()


# -- how much it asks of the database --


@pytest.mark.parametrize("communes", [(1,), (2, 2, 2)])
def test_queries_are_as_many_for_one_as_for_many(client, db, communes, django_assert_num_queries):
    country = make_country(*communes)
    opened = make_opened_cycle(country)
    for units in country.provinces.values():
        InstitutionFactory(unit=units[0])
    client.force_login(holder(RoleName.PLANNER, agency=country.ministry))
    client.get(LIST)
    with django_assert_num_queries(14):  # three of them say who asks, five what is counted nowhere
        client.get(page_of("cycle-detail", opened))
    with django_assert_num_queries(8):
        client.get(page_of("cycle-unit", opened, next(iter(country.provinces)).code))
    with django_assert_num_queries(5):
        client.get(LIST)
