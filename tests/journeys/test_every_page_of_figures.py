"""Every page of figures on a phone: it fits the screen and has no barrier, by day and by night; the map is chosen and a
point is answered without JavaScript and without a mouse.

`OF_THE_PUBLIC` and `OF_THE_STAFF` name every page there is; a test holds them to the addresses that exist."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.periods import months_from
from hocsuotdoi.indicators.models import (
    CriterionAnswer,
    Indicator,
    IndicatorDraft,
    Population,
    PreviewedImport,
    QualityFinding,
    Statement,
)
from hocsuotdoi.indicators.operations.quality import check_figures
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators import urls as of_the_portal
from hocsuotdoi.workspace.indicators import urls as of_the_workspace
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.indicators.quality import STEADY, VISITS, told, told_until
from tests.journeys.test_every_page import addresses_of, faults
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow
INDICATOR, COHORT, WARD, PROVINCE = "library_services", "library_commune", "01843", "19"
OF_THE_PUBLIC = {
    "indicator-list": (),
    "dictionary": (),
    "version": ("indicator", "one"),
    "open": (),
    "pivot": (),
    "comparison": (),
    "unit-look": ("ward",),
    "indicator-detail": ("indicator",),
    "value-lineage": ("province", "year", "indicator", "cohort"),
    "institution-lineage": ("library", "year", "indicator"),
    "measure-lineage": ("ward", "year", "measure"),
    "posting-list": ("library", "year", "measure"),
    "posting-detail": ("posting",),
}
OF_THE_STAFF = {
    "criteria-list": (),
    "criteria-compare": (),
    "criteria-review": ("answer",),
    "criteria-answer": ("library", "year"),
    "definition-list": (),
    "definition-new": (),
    "draft-edit": ("draft",),
    "draft-publish": ("draft",),
    "draft-discard": ("draft",),
    "definition-next": ("own",),
    "definition-retire": ("own",),
    "stated-list": (),
    "stated-history": (),
    "stated-preview": ("preview",),
    "stated-detail": ("statement",),
    "stated-undo": ("statement",),
    "stated-sheet": ("ward", "last_year"),
    "stated-institution": ("ward", "last_year", "library"),
    "quality-reporting": (),
    "quality-list": (),
    "quality-detail": ("finding",),
    "population-list": (),
    "population-preview": ("population",),
    "population-sheet": ("province", "year"),
    "population-take-away": ("province", "last_year", "entered"),
}
OF_THE_CALENDAR = {"closure-list": ("library",), "holiday-list": ()}
NO_PAGES = {
    *("dictionary-file", "counts-file", "sdmx-structure", "dhis2-metadata", "indicator-file", "pivot-file"),
    *("table-save", "table-rename", "table-forget", "comparison-chart", "picture", "unit-chart", "indicator-chart"),
    *("stated-template", "population-template"),
}
"""Files, pictures and answers to forms."""
MAP_IS_CHOSEN = {
    "indicator": f"/indicators/{INDICATOR}/?cohort={COHORT}&unit={PROVINCE}",
    "map": f"/indicators/{INDICATOR}/?cohort={COHORT}&view=map",
    "unit": f"/indicators/units/{WARD}/",
    "figure": f"/indicators/values/{PROVINCE}/2025/{INDICATOR}/{COHORT}/",
    "comparison": f"/indicators/compare/?unit={PROVINCE}&unit={WARD}&figure={INDICATOR}.{COHORT}",
    "table": "/indicators/table/",
}
SHAPE = {"kind": "count", "happenings": ["programme_attendance"], "classes": ["library_commune"], "at_least": "1"}
WORDS = {
    "name": "Lượt tham gia hoạt động tại thư viện xã",
    "definition": "Số lượt dự các buổi hoạt động trong năm.",
    "numerator": "Số lượt tham gia",
    "unit": "lượt",
    "direction": "up",
    "source": "Điểm danh",
    "legal_basis": "Kế hoạch 12/KH-UBND ngày 5/1/2026",
}


def names_of(patterns: list) -> set[str]:
    return {pattern.name.removeprefix("indicators-") for pattern in patterns}


def test_every_page_is_looked_at() -> None:
    staff = names_of(of_the_workspace.urlpatterns) - NO_PAGES
    assert (names_of(of_the_portal.urlpatterns) - NO_PAGES, staff) == (set(OF_THE_PUBLIC), set(OF_THE_STAFF))


@pytest.fixture
def things(live_program) -> dict:
    """What the pages speak of, at one library of Bắc Kạn; who answers for it, and who looks after the province."""
    now, today = timezone.now(), timezone.localdate()
    ward, province = (AdminUnit.objects.get(code=code, ends_on=None) for code in (WARD, PROVINCE))
    library = InstitutionFactory(name="Thư viện phường Bắc Kạn thử", unit=ward)
    library.statuses.get_or_create(state=InstitutionState.ACTIVE)
    library.opening_hours.create(weekday=0, opens_at="08:00", closes_at="11:00")
    month = months_from(today, -1)
    told_until(library, month, STEADY)
    told(library, month, (VISITS, 1000))
    lines = [Line(MeasureCode.PROGRAMME_SESSION, 1), Line(MeasureCode.PROGRAMME_ATTENDANCE, 12)]
    posting = make_posting(library, today, *lines)
    check_figures([month], at=now)
    manager, officer = PersonFactory(full_name="Nông Văn Dũng"), PersonFactory(full_name="Phạm Thu Hà")
    RoleAssignmentFactory(person=manager, role=RoleName.INSTITUTION_MANAGER, institution=library)
    for role in (RoleName.AGENCY_OFFICER, RoleName.PLANNER):
        RoleAssignmentFactory(person=officer, role=role, unit=province)
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, unit=AdminUnit.objects.get(code="VN"))
    of_manager, of_officer = Client(), Client()
    of_manager.force_login(manager)
    of_officer.force_login(officer)
    places = {"library": library.code, "ward": WARD, "province": PROVINCE, "year": today.year}
    return {
        **places,
        **_stated(of_officer, library, today.year - 1),
        **{"indicator": INDICATOR, "cohort": COHORT, "measure": "programme_attendance", "one": 1},
        **{"posting": posting.pk, "finding": QualityFinding.objects.get(institution=library).pk},
        **{
            "answer": _contradiction(of_manager, library, today.year),
            "population": _population(of_officer, today.year),
        },
        **_definitions(of_officer, library.code),
        **{"officer": officer, "manager": manager},
        "entered": _entered(ward, today.year - 1),
    }


def _stated(client: Client, library, year: int) -> dict:
    """Figures stated, and others only looked at."""
    url = reverse("workspace:indicators-stated-institution", args=[WARD, year, library.code])
    preview = _sent(client, url, {"loan": "15", "source": "Báo cáo giấy"})
    plan = client.get(preview).context["plan"]
    client.post(preview, {"seen": plan.digest})
    statement = Statement.objects.latest("stated_at")
    _sent(client, url, {"loan": "20", "shown_loan": "15", "source": "Báo cáo giấy"})
    waiting = PreviewedImport.objects.filter(kind="figures").exclude(pk=statement.pk).latest("made_at")
    return {"statement": statement.pk, "preview": waiting.pk, "last_year": str(year)}


def _sent(client: Client, url: str, data: dict) -> str:
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer.url


def _population(client: Client, year: int):
    file = SimpleUploadedFile("dan-so.csv", "Mã;Tổng số;Số thôn\n1843;12000;14\n".encode())
    url = reverse("workspace:indicators-population-sheet", args=[PROVINCE, year])
    _sent(client, url, {"file": file, "source": "Niên giám thống kê"})
    return PreviewedImport.objects.filter(kind="population").latest("made_at").pk


def _entered(unit: AdminUnit, year: int) -> int:
    """Residents that could be taken away; the program lives on from test to test."""
    told = {"rural": 900, "source": "Sổ của xã"}
    return Population.objects.get_or_create(unit=unit, year=year, defaults=told)[0].pk


def _contradiction(client: Client, library, year: int):
    """The manager says that the session that the book knows was none of theirs."""
    asked = f"{INDICATOR}-sessions_held"
    url = reverse("workspace:indicators-criteria-answer", args=[library.code, year])
    client.post(url, {asked: "no", f"{asked}-note": "Buổi của trường, ghi nhầm"})
    return CriterionAnswer.objects.get(institution=library).pk


def _definitions(client: Client, name: str) -> dict:
    """An indicator of the province's own, and a draft."""
    new = reverse("workspace:indicators-definition-new")
    said = {**SHAPE, **WORDS, "owner": PROVINCE, "look_unit": PROVINCE, "act": "save"}
    _sent(client, new, {**said, "short_name": f"Lượt tham gia {name}"})
    draft = IndicatorDraft.objects.latest("pk")
    client.post(reverse("workspace:indicators-draft-publish", args=[draft.pk]))
    _sent(client, new, {**said, "short_name": f"Lượt dự {name}"})
    own = Indicator.objects.get(short_name=f"Lượt tham gia {name}")
    return {"own": own.code, "draft": IndicatorDraft.objects.latest("pk").pk}


def test_every_page_of_the_public_fits_a_phone(things, visitor, accessibility):
    page = visitor(viewport=PHONE).new_page()
    addresses = addresses_of(things, "portal:indicators", OF_THE_PUBLIC, {})

    assert faults(page, addresses, accessibility) == []


def test_every_page_of_the_staff_fits_a_phone(things, visitor, accessibility):
    context = visitor(viewport=PHONE)
    sign_in(context, things["officer"])
    addresses = addresses_of(things, "workspace:indicators", OF_THE_STAFF, {})
    addresses += addresses_of(things, "workspace:places", OF_THE_CALENDAR, {})

    assert faults(context.new_page(), addresses, accessibility) == []


@pytest.mark.parametrize("name", MAP_IS_CHOSEN)
def test_map_is_chosen_by_keyboard_without_javascript_and_kept(visitor, accessibility, live_program, name):
    page = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(MAP_IS_CHOSEN[name])
    is_table = name == "table"

    def read_on(kind: str, day: str = "") -> None:
        page.locator("summary", has_text="Bảng gồm những gì" if is_table else "Bản đồ:").press("Enter")
        form = page.locator("main form").filter(has=page.locator("select[name=map]"))
        form.locator("select[name=map]").select_option(kind)
        form.locator("input[name=day]").fill(day)
        form.get_by_role("button", name="Xem bảng" if is_table else "Xem theo bản đồ này").press("Enter")
        page.wait_for_url(f"**map={kind}**")

    read_on("reported")
    assert "theo nơi đã báo cáo" in page.inner_text("main").lower()
    read_on("day", "2025-06-30")
    assert "day=2025-06-30" in page.url
    assert "30/6/2025" in page.inner_text("main")
    assert page.locator("main .alert").count() == 0


def test_map_of_a_day_that_nobody_knows_is_refused_with_a_sentence(visitor, accessibility, live_program):
    page = visitor(viewport=PHONE).new_page()
    page.goto(f"{MAP_IS_CHOSEN['indicator']}&map=day&day=1999-01-01")

    assert "1/1/1999" in page.locator("main .alert").inner_text()
    expect(page.locator("input[name=day]")).to_be_visible()
    assert accessibility(page) == []


@pytest.mark.parametrize("has_script", [True, False])
def test_point_is_found_answered_and_its_trail_read_by_keyboard(visitor, accessibility, things, has_script):
    context = visitor(viewport=PHONE, java_script_enabled=has_script)
    sign_in(context, things["officer"])
    page = context.new_page()
    page.goto(reverse("workspace:indicators-quality-list"))
    page.locator(f"a[href*='{things['finding']}']").press("Enter")

    answer = page.locator("main form").filter(has=page.locator("[name=reason]"))
    answer.locator("[name=kind][value=right]").press("Space")
    answer.get_by_role("button", name="Ghi câu trả lời").press("Enter")
    expect(page.get_by_text("Câu trả lời của bạn đã được ghi.")).to_be_hidden()
    answer.locator("[name=reason]").fill("Ngày hội sách của phường")
    answer.get_by_role("button", name="Ghi câu trả lời").press("Enter")
    page.get_by_text("Câu trả lời của bạn đã được ghi.").wait_for()

    assert things["officer"].full_name in page.inner_text("main ol.rows")
    assert "Ngày hội sách của phường" in page.inner_text("main ol.rows")
    page.goto(reverse("workspace:indicators-quality-list"))
    assert page.locator(f"a[href*='{things['finding']}']").count() == 0
    page.locator("summary", has_text="Tìm, lọc").press("Enter")
    page.locator("[name=state]").select_option("right")
    page.get_by_role("button", name="Xem", exact=True).press("Enter")
    page.locator(f"a[href*='{things['finding']}']").wait_for()
    expect(page.locator("[name=state]")).to_be_visible()


def test_days_closed_are_entered_and_taken_back_without_javascript(visitor, things):
    context = visitor(viewport=PHONE, java_script_enabled=False)
    sign_in(context, things["manager"])
    page = context.new_page()
    page.goto(reverse("workspace:places-closure-list", args=[things["library"]]))
    first = timezone.localdate() + dt.timedelta(days=3)
    page.fill("[name=starts_on]", first.isoformat())
    page.fill("[name=last_day]", (first + dt.timedelta(days=1)).isoformat())
    page.fill("[name=reason]", "Kiểm kê kho sách")
    page.get_by_role("button", name="Lưu ngày đóng cửa").press("Enter")
    page.get_by_text("Kiểm kê kho sách").wait_for()
    page.get_by_role("button", name="Vẫn mở cửa").press("Enter")
    page.wait_for_url("**/closures/")

    assert page.get_by_text("Kiểm kê kho sách").count() == 0
