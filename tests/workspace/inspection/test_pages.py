"""Plans, checklists, figures, one visit without JavaScript: what people read and send."""

import datetime as dt
import json
import re

import pytest
from django.utils import timezone

from hocsuotdoi.inspection.models import Checklist, InspectionPlan, Visit, VisitAnswer, VisitFinding, VisitPhoto
from hocsuotdoi.inspection.operations.checklists import publish_own
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding
from hocsuotdoi.inspection.operations.plan import Planned, plan_visits
from hocsuotdoi.inspection.operations.seeing import take_answer
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.models import Snapshot
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.inspection.conftest import answer_all, inspector_at, noted

PAGES = "/workspace/inspection/"


@pytest.fixture
def desk(client, inspector):
    client.force_login(inspector)
    return client


def words_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    number, desk, plan, inspector, bac_kan, now, today, django_assert_max_num_queries
):
    houses = InstitutionFactory.create_batch(number, unit=bac_kan)
    plan_visits(plan, [Planned(each, today) for each in houses], team=[inspector.pk], by=inspector, at=now)
    with django_assert_max_num_queries(9):
        page = desk.get(PAGES)
    assert all(each.name in words_of(page) for each in houses)


def test_a_plan_is_made_and_filled_by_rule_after_a_look(desk, checklists, department_of_thai_nguyen, bac_kan, today):
    InstitutionFactory.create_batch(4, unit=bac_kan)
    given = {"agency": department_of_thai_nguyen.pk, "year": today.year, "title": "Đợt một", "decision": "Số 12"}
    made = desk.post(f"{PAGES}plans/new/", given)
    plan = InspectionPlan.objects.get()
    assert made["Location"] == f"{PAGES}plans/{plan.pk}/choose/"
    assert desk.post(f"{PAGES}plans/new/", given).status_code == 422
    me = str(desk.session["_auth_user_id"])
    asked = {"longest": 1, "low": 0, "lot": 2, "seed": "77", "unit": "19", "first_on": today, "every": 0}
    asked |= {"team": [me], "leader": me}
    look = desk.post(made["Location"], asked)
    assert look.status_code == 200
    assert Visit.objects.count() == 0
    end = dt.date(today.year, 12, 31)
    for wrong, field in [({"first_on": end, "every": 1}, "every"), ({"first_on": end + dt.timedelta(1)}, "first_on")]:
        refused = desk.post(made["Location"], asked | wrong | {"confirm": "yes"})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert Visit.objects.count() == 0
    named = [each.institution.name for each in (row["choice"] for row in look.context["rows"])]
    desk.post(made["Location"], asked | {"confirm": "yes"})
    assert sorted(each.institution.name for each in Visit.objects.select_related("institution")) == sorted(named)
    page = words_of(desk.get(f"{PAGES}plans/{plan.pk}/"))
    assert "“77”" in page
    assert desk.post(made["Location"], asked | {"longest": 0, "lot": 0}).status_code == 422


@pytest.mark.parametrize("number", [1, 130])
def test_a_plan_of_many_visits_says_how_many_and_shows_each_on_some_page(
    number, desk, plan, library_of_bac_kan, inspector, django_assert_num_queries
):
    checklist = Checklist.objects.get(code="thu-vien")
    begin = dt.date(plan.year, 1, 1)
    given = {"plan": plan, "institution": library_of_bac_kan, "checklist": checklist, "team": [inspector.pk]}
    Visit.objects.bulk_create(
        Visit(
            **given,
            planned_on=begin + dt.timedelta(days=each),
            state="cancelled" if each % 10 == 9 else "planned",
            cancel_reason="Mưa lũ",
        )
        for each in range(number)
    )
    where = f"{PAGES}plans/{plan.pk}/"
    desk.get(where)
    with django_assert_num_queries(9):
        page = desk.get(where)
    shown = [
        re.findall(rf"{PAGES}visits/[0-9a-f-]+/", words_of(desk.get(f"{where}?page={each}"))) for each in (1, 2, 3)
    ]
    if number == 1:
        assert len(shown[0]) == 1
        assert "trên tổng số" not in words_of(page)
        return
    assert [len(each) for each in shown] == [50, 50, 30]
    assert len({each for found in shown for each in found}) == number
    assert "từ 1 đến 50 trên tổng số 130" in words_of(page)
    assert "13 cuộc đã hủy" in words_of(page)
    assert page.context["counts"] == {"planned": 117, "under_way": 0, "closed": 0, "cancelled": 13, "all": 117}
    ahead = desk.get(f"{where}?tab=open&page=3")
    assert ahead.context["page_obj"].paginator.count == 117
    assert "tab=open" in words_of(ahead)
    assert desk.get(f"{where}?tab=closed").context["months"] == []
    listed = desk.get(f"{PAGES}plans/").context["rows"]
    assert [(each["all"], each["closed"]) for each in listed] == [(117, 0)]


def test_an_institution_is_added_by_hand_only_where_one_may(desk, plan, inspector, bac_kan, today, army_library):
    house = InstitutionFactory(unit=bac_kan)
    me = str(inspector.pk)
    given = {"institution": house.code, "planned_on": today, "team": [me], "leader": me}
    where = f"{PAGES}plans/{plan.pk}/visits/"
    assert desk.get(where).status_code == 200
    for code in ("khong-co", army_library.code):
        assert desk.post(where, given | {"institution": code}).status_code == 422
    assert desk.post(where, given).status_code == 302
    assert Visit.objects.get().institution == house


def test_what_was_cancelled_by_mistake_is_planned_again_for_the_same_day(desk, visit, inspector, today):
    given = {"institution": visit.institution.code, "planned_on": today}
    given |= {"team": [str(inspector.pk)], "leader": str(inspector.pk)}
    where = f"{PAGES}plans/{visit.plan_id}/visits/"
    assert desk.post(where, given).status_code == 422
    desk.post(f"{PAGES}visits/{visit.pk}/cancel/", {"reason": "Nhầm"})
    assert desk.post(where, given).status_code == 302
    assert sorted(Visit.objects.values_list("state", flat=True)) == ["cancelled", "planned"]
    assert desk.post(where, given).status_code == 422


def test_who_reads_only_does_not_plan(client, plan, auditor, province_officer, reader):
    for person, status in ((auditor, 200), (province_officer, 200), (reader, 403)):
        client.force_login(person)
        assert client.get(f"{PAGES}plans/").status_code == status
        assert client.get(f"{PAGES}plans/{plan.pk}/choose/").status_code == 403
        assert client.get(f"{PAGES}plans/new/").status_code == 403


def test_a_whole_visit_on_the_pages(desk, visit, inspector, office_of_bac_kan, now, today, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.inspection.test_seeing import picture

    settings.MEDIA_ROOT = tmp_path
    page = f"{PAGES}visits/{visit.pk}/"
    desk.post(f"{page}begin/")
    answers = {}
    for item in visit.checklist.items.all():
        field = {"yes_no": ("seen", "yes"), "number": ("number", "1.500"), "words": ("words", "Sạch")}[item.kind]
        answers[f"item-{item.pk}-{field[0]}"] = field[1]
    counted = visit.checklist.items.filter(kind="number").first()
    for written in ("-3", "mười", "1,500"):
        told = desk.post(f"{page}answers/", {f"item-{counted.pk}-number": written})
        assert (told.status_code, visit.answers.count()) == (422, 0), written
    first = visit.checklist.items.first()
    wrong = desk.post(f"{page}answers/", answers | {f"item-{first.pk}-seen": "not_applicable"})
    assert wrong.status_code == 422
    assert "Hãy nêu vì sao câu hỏi không áp dụng" in words_of(wrong)
    counted = visit.checklist.items.filter(kind="number").first()
    for written in ("-3", "mười", "1,500"):
        assert desk.post(f"{page}answers/", answers | {f"item-{counted.pk}-number": written}).status_code == 422, (
            written
        )
    answers[f"item-{counted.pk}-number"] = "1.500"
    assert desk.post(f"{page}answers/", answers).status_code == 302
    assert visit.answers.get(item=counted).number == 1500
    assert visit.answers.count() == visit.checklist.items.count()
    file = SimpleUploadedFile("a.jpg", picture((40, 30)), "image/jpeg")
    assert desk.post(f"{page}photos/", {"file": file, "shows": "Cửa"}).status_code == 302
    assert desk.post(f"{page}photos/", {"file": SimpleUploadedFile("a.jpg", b"x", "image/jpeg")}).status_code == 422
    photo = desk.get(f"{page}photos/{VisitPhoto.objects.get().digest}/")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    list(photo.streaming_content)
    assert desk.get(f"{page}photos/{'0' * 64}/").status_code == 404
    found = {"severity": "shortcoming", "text": "Thiếu ghế"}
    assert desk.post(f"{page}findings/", found).status_code == 422
    found |= {"demand": "Mua thêm ghế", "due_on": today + dt.timedelta(days=20)}
    for _each in range(2):
        assert desk.post(f"{page}findings/", found).status_code == 302
    extra = VisitFinding.objects.first()
    remove = f"{page}findings/{extra.pk}/remove/"
    desk.post(remove, {"base": "2020-01-01T00:00:00+00:00"})  # of other words
    assert VisitFinding.objects.count() == 2
    base = re.search(rf'{remove}".*?name="base" value="([^"]+)"', desk.get(page).content.decode(), re.S)[1]
    desk.post(remove, {"base": base})
    assert VisitFinding.objects.count() == 1
    visit.refresh_from_db()
    close = {"met": "Bà Lan", "conclusion": "Cơ bản tốt", "version": visit.version}
    assert desk.post(f"{page}close/", close | {"version": 0}).status_code == 422
    assert desk.post(f"{page}close/", close).status_code == 302
    assert Assignment.objects.get().agency == office_of_bac_kan
    desk.post(f"{page}minutes/")
    desk.post(f"{page}minutes/")
    visit.refresh_from_db()
    assert Snapshot.objects.get().number == visit.minutes_number
    check = f"{page}findings/{VisitFinding.objects.get().pk}/check/"
    desk.post(check, {"is_mended": "yes", "words": ""})
    desk.post(check, {"is_mended": "yes", "words": "Đã có ghế"})
    shown = words_of(desk.get(page))
    assert "Đã có ghế" in shown
    assert visit.minutes_number in shown


def test_an_answer_noted_meanwhile_by_a_colleague_is_not_written_over(desk, visit, inspector, colleague, now):
    first, second = visit.checklist.items.filter(kind="yes_no")[:2]
    minutes = dt.timedelta(minutes=1)
    mine = noted(visit, first, words="Có bảng\ngiờ", seen_at=now - 9 * minutes)
    take_answer(visit, mine, by=inspector, at=now)
    page = f"{PAGES}visits/{visit.pk}/"

    def shown(response):
        forms = [each["form"] for part in response.context["parts"]["rows"] for each in part["asked"]]
        fields = [field for form in forms for field in form]
        # A browser breaks lines in its own way.
        return {each.html_name: str(each.value() or "").replace("\n", "\r\n") for each in fields}

    def standing():
        return set(VisitAnswer.objects.values_list("item", "seen", "words", "seen_by"))

    before = shown(desk.get(page))
    theirs = noted(visit, first, seen="no", words="Đóng cửa", seen_at=now - 5 * minutes)
    take_answer(visit, theirs, by=colleague, at=now)
    stands = (first.pk, "no", "Đóng cửa", colleague.pk)
    assert desk.post(f"{page}answers/", before | {f"item-{second.pk}-seen": "partly"}).status_code == 302
    assert standing() == {stands, (second.pk, "partly", "", inspector.pk)}

    changed = before | {f"item-{first.pk}-words": "Có bảng giờ mới"}
    met = desk.post(f"{page}answers/", changed)
    words = words_of(met)
    assert met.status_code == 422
    assert all(each in words for each in ("Đóng cửa", "Lường Thị Nga", "Có bảng giờ mới", "Chưa lưu hết"))
    assert stands in standing()
    again = shown(met)
    assert desk.post(f"{page}answers/", again).status_code == 422  # nothing chosen
    assert desk.post(f"{page}answers/", again | {f"item-{first.pk}-holds": "theirs"}).status_code == 302
    assert stands in standing()
    assert desk.post(f"{page}answers/", again | {f"item-{first.pk}-holds": "mine"}).status_code == 302
    assert (first.pk, "yes", "Có bảng giờ mới", inspector.pk) in standing()
    third = noted(visit, first, seen="partly", seen_at=timezone.now())
    take_answer(visit, third, by=colleague, at=timezone.now())
    assert desk.post(f"{page}answers/", again | {f"item-{first.pk}-holds": "mine"}).status_code == 422
    assert (first.pk, "partly", "", colleague.pk) in standing()


def test_the_manager_reads_and_speaks(client, visit, inspector, manager_of_bac_kan, now):
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    client.force_login(manager_of_bac_kan)
    page = f"{PAGES}visits/{visit.pk}/"
    given = {"met": "Nông Văn Dũng", "opinion": "Nhất trí", "version": visit.version}
    assert client.post(f"{page}opinion/", given | {"version": 0}).status_code == 422
    assert client.post(f"{page}opinion/", given).status_code == 302
    assert "Nhất trí" in words_of(client.get(page))
    institution = words_of(client.get(f"/workspace/institutions/{visit.institution.code}/"))
    assert page in institution


def test_visits_stand_on_the_first_page_of_the_team_alone(client, visit, inspector, outsider):
    for person, is_there in ((inspector, True), (outsider, False)):
        client.force_login(person)
        assert (str(visit.pk) in words_of(client.get("/workspace/"))) is is_there


def test_a_list_of_ones_own_is_published_and_retired(desk, checklists, department_of_thai_nguyen, auditor, client):
    base = Checklist.objects.get(code="thu-vien")
    form = desk.get(f"{PAGES}checklists/{base.pk}/own/")
    given = form.context["form"].initial | {"owner": department_of_thai_nguyen.pk}
    assert desk.post(f"{PAGES}checklists/{base.pk}/own/", given | {"text": "gì đó"}).status_code == 422
    desk.post(f"{PAGES}checklists/{base.pk}/own/", given)
    own = Checklist.objects.get(owner=department_of_thai_nguyen)
    assert own.items.count() == base.items.count()
    assert own.title in words_of(desk.get(f"{PAGES}checklists/"))
    desk.post(f"{PAGES}checklists/{base.pk}/retire/")
    base.refresh_from_db()
    assert base.retired_at is None
    desk.post(f"{PAGES}checklists/{own.pk}/retire/")
    own.refresh_from_db()
    assert own.retired_at is not None
    client.force_login(auditor)
    assert client.get(f"{PAGES}checklists/{base.pk}/").status_code == 200
    assert client.get(f"{PAGES}checklists/{base.pk}/own/").status_code == 403


def test_of_two_who_write_one_list_the_second_reads_what_the_first_changed(
    desk, client, checklists, department_of_thai_nguyen, colleague, inspector
):
    base = Checklist.objects.get(code="thu-vien")
    where = f"{PAGES}checklists/{base.pk}/own/"

    def shown(answer) -> dict[str, object]:
        fields = {field.html_name: field.value() for field in answer.context["form"]}
        seen = fields["seen"] if isinstance(fields["seen"], str) else json.dumps(fields["seen"])
        return fields | {"owner": department_of_thai_nguyen.pk, "seen": seen}

    mine = shown(desk.get(where))
    client.force_login(colleague)
    theirs = shown(client.get(where))
    first = str(theirs["text"]).splitlines()[1]
    changed = str(theirs["text"]).replace(first, "# Số ghế ngồi đọc?")
    assert client.post(where, theirs | {"text": changed}).status_code == 302

    client.force_login(inspector)
    refused = client.post(where, mine | {"text": f"{mine['text']}\n? Có lối cho xe lăn không?"})
    words = words_of(refused)
    assert refused.status_code == 422
    assert all(each in words for each in ("# Số ghế ngồi đọc?", colleague.full_name, "lối cho xe lăn"))
    assert (refused.context["changes"].new, refused.context["changes"].gone) == (["# Số ghế ngồi đọc?"], [first])
    stands = Checklist.objects.get(owner=department_of_thai_nguyen, retired_at=None)
    assert (stands.version, stands.items.filter(question="Số ghế ngồi đọc?").exists()) == (1, True)
    assert client.post(where, mine | {"seen": "[1]"}).status_code == 422  # who says nothing has seen nothing
    assert client.post(where, mine | {"text": ""}).status_code == 422

    # From the page of what is not in use any more, the newest stands beside its words.
    assert client.post(where, shown(refused)).status_code == 302
    old = client.get(f"{PAGES}checklists/{stands.pk}/own/")
    assert old.context["changes"].stands.version == 2
    assert client.get(where).context["changes"].stands.version == 2
    newest = Checklist.objects.get(owner=department_of_thai_nguyen, retired_at=None)
    assert client.get(f"{PAGES}checklists/{newest.pk}/own/").context["changes"] is None
    client.post(f"{PAGES}checklists/{newest.pk}/retire/")
    assert client.post(where, shown(old)).status_code == 422  # the proposal is used again
    client.post(f"{PAGES}checklists/{stands.pk}/retire/")


def test_the_list_of_the_armed_forces_is_read_on_their_line_and_at_visits_made_with_it(
    desk, client, visit, inspector, auditor, thai_nguyen, now, today
):
    command, above = AgencyFactory.create_batch(2, kind="military", unit=thai_nguyen)
    AgencyLine.objects.create(agency=command, superior=above, kind="administrative")
    base = Checklist.objects.get(code="thu-vien")
    own = publish_own(base, command, title="Của bộ đội", source="", text="? Có mở không?", by=inspector, at=now)
    page = f"{PAGES}checklists/{own.pk}/"

    def seen(person):
        client.force_login(person)
        return own.title in words_of(client.get(f"{PAGES}checklists/")), client.get(page).status_code

    of_command, of_above = inspector_at(command), inspector_at(above)
    assert {seen(person) for person in (of_command, of_above)} == {(True, 200)}
    assert seen(inspector) == (False, 404)
    assert client.get(f"{page}own/").status_code == client.post(f"{page}retire/").status_code == 404
    Visit.objects.filter(pk=visit.pk).update(checklist=own)
    assert seen(inspector) == (False, 200)


def test_figures_of_ones_place_and_of_no_other(desk, visit, today, client, manager_of_bac_kan):
    page = desk.get(f"{PAGES}figures/")
    assert (page.context["figures"].expected, page.context["figures"].planned) == (1, 1)
    assert [each.unit.code for each in page.context["rows"]] == ["01843"]
    assert desk.get(f"{PAGES}figures/?unit=01843&year={today.year}").status_code == 200
    assert desk.get(f"{PAGES}figures/?unit=VN").status_code == 404
    client.force_login(manager_of_bac_kan)
    assert client.get(f"{PAGES}figures/").context["unit"] is None


def test_above_a_province_every_province_is_offered_and_a_ward_by_its_link(client, plan, country, thai_nguyen, bac_kan):
    """Of the country's 3,355 places the first by the alphabet were offered, and the others were not found."""
    UnitFactory.create_batch(2, parent=thai_nguyen, tier="commune", sort_key="a")
    last = UnitFactory(parent=country, tier="province", kind="province", sort_key="z")
    of_ministry = inspector_at(AgencyFactory(kind="ministry", unit=country))
    client.force_login(of_ministry)
    page = client.get(f"{PAGES}figures/")
    assert list(page.context["form"].units) == [country.code, thai_nguyen.code, last.code]
    for unit in (last, bac_kan):
        assert client.get(f"{PAGES}figures/?unit={unit.code}").context["unit"] == unit
    assert client.get(f"{PAGES}figures/?unit=khong%00co").status_code == 404
    own = InspectionPlan.objects.create(
        agency=Agency.objects.get(kind="ministry"),
        year=plan.year,
        title="Bộ",
        made_by=of_ministry.pk,
        made_at=plan.made_at,
    )
    choose = f"{PAGES}plans/{own.pk}/choose/"
    assert list(client.get(choose).context["form"].units) == [country.code, thai_nguyen.code, last.code]
    asked = client.get(f"{choose}?unit={bac_kan.code}").context["form"]
    assert (bac_kan.code in asked.units, asked["unit"].value()) == (True, bac_kan.code)


def test_what_was_found_shows_its_task_only_to_whom_the_task_is_shown(
    client, visit, inspector, manager_of_bac_kan, office_of_bac_kan, now, today
):
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    due = today + dt.timedelta(days=9)
    add_finding(visit, severity="violation", text="Hỏng", demand="Sửa", due_on=due, by=inspector, at=now)
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=inspector, at=now)
    task = f"/workspace/tasks/{Assignment.objects.get().pk}/"
    for person, is_link in ((inspector, True), (manager_of_bac_kan, False)):
        client.force_login(person)
        assert (task in words_of(client.get(f"{PAGES}visits/{visit.pk}/"))) is is_link


def test_whoever_closes_in_the_office_has_seen_what_a_colleague_noted(desk, visit, inspector, colleague, now, today):
    answer_all(visit, inspector, now)
    page = f"{PAGES}visits/{visit.pk}/"

    def form(answer) -> dict[str, object]:
        return {field.html_name: field.value() for field in answer.context["close_form"]}

    opened = desk.get(page)
    given = {**form(opened), "known": json.dumps(form(opened)["known"]), "met": "Bà Lan", "conclusion": "Tốt"}
    due = today + dt.timedelta(days=9)
    add_finding(visit, severity="violation", text="Cửa thoát hiểm khóa", demand="Mở", due_on=due, by=colleague, at=now)
    refused = desk.post(f"{page}close/", given)
    assert refused.status_code == 422
    assert "Cửa thoát hiểm khóa" in str(refused.context["close_form"].errors)
    visit.refresh_from_db()
    assert visit.state == "under_way"
    again = {**form(refused), "met": "Bà Lan", "conclusion": "Tốt"}  # as the page is now, with the finding on it
    assert desk.post(f"{page}close/", again).status_code == 302
