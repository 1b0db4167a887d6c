import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorDraft, IndicatorVersion
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from tests.factories.ledger import make_posting

LIST = reverse("workspace:indicators-definition-list")
NEW = reverse("workspace:indicators-definition-new")
SHAPE = {
    "kind": "count",
    "happenings": ["programme_attendance"],
    "classes": ["library_commune"],
    "sexes": ["female"],
    "at_least": "1",
}
WORDS = {
    "name": "Lượt phụ nữ tham gia hoạt động tại thư viện xã",
    "short_name": "Lượt phụ nữ tham gia",
    "definition": "Số lượt phụ nữ dự các buổi hoạt động trong năm.",
    "numerator": "Số lượt phụ nữ tham gia",
    "unit": "lượt",
    "direction": "up",
    "source": "Điểm danh",
    "legal_basis": "Kế hoạch 12/KH-UBND ngày 5/1/2026",
}


@pytest.fixture
def form(thai_nguyen):
    return {**SHAPE, **WORDS, "owner": thai_nguyen.code, "look_unit": thai_nguyen.code}


@pytest.fixture
def attended(posting, library_of_bac_kan, day):
    """Twelve women by the posting, and five men."""
    return make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 5, sex=Sex.MALE))


@pytest.fixture
def draft(client, form, definitions, planner):
    client.force_login(planner)
    client.post(NEW, {**form, "act": "save"})
    return IndicatorDraft.objects.get()


@pytest.fixture
def published(client, draft):
    client.post(reverse("workspace:indicators-draft-publish", args=[draft.pk]))
    return Indicator.objects.get(owner__isnull=False)


def test_look_shows_the_figure_of_the_place_and_of_the_units_below(
    client, form, definitions, attended, planner, thai_nguyen, bac_kan
):
    client.force_login(planner)

    women = client.post(NEW, {**form, "act": "preview"}).context["look"]
    page = client.post(NEW, {**form, "sexes": [], "act": "preview"})

    assert women["value"].words == "không nêu", "of one sex no year that runs"
    look = page.context["look"]
    assert (look["value"].name, look["value"].words) == (thai_nguyen.name, "17")
    assert {each.name: each.words for each in look["children"]}[bac_kan.name] == "17"
    assert [each.words for each in look["earlier"]] == ["chưa có số liệu"] * len(look["earlier"])
    assert look["value"].coverage


def test_look_prints_no_few_people_beside_the_words_that_keep_them_back(
    client, form, definitions, attended, planner, thai_nguyen, bac_kan, library_of_bac_kan, day
):
    """Two who can be told apart: «fewer than 5», for planners as for everybody."""
    known = [Line(MeasureCode.LOAN, 1, learner_key=uuid.uuid4()) for _one in range(2)]
    make_posting(library_of_bac_kan, day, *known)
    client.force_login(planner)

    shape = {"kind": "stock", "stock": "active_users", "happenings": [], "sexes": [], "act": "preview"}
    look = client.post(NEW, {**form, **shape}).context["look"]

    (ward,) = (each for each in look["children"] if each.name == bac_kan.name)
    assert (ward.words, ward.numerator, ward.denominator) == ("dưới 5", None, None)
    assert (look["value"].words, look["value"].numerator) == ("dưới 5", None)


def test_look_needs_no_words_and_writes_nothing(client, form, definitions, attended, planner, bac_kan):
    """The request runs in a transaction that the database itself keeps from writing."""
    client.force_login(planner)
    client.get(LIST)  # the session is there before
    shape = {name: value for name, value in form.items() if name not in WORDS}

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        page = client.post(NEW, {**shape, "classes": ["library_commune", "museum_province"], "act": "preview"})

    assert page.context["look"]["value"].words == "không nêu"
    assert not IndicatorDraft.objects.exists()
    assert not Cohort.objects.filter(code__startswith="classes-").exists()


def test_measures_that_are_never_added_are_refused_with_a_sentence(client, form, definitions, planner):
    client.force_login(planner)

    page = client.post(NEW, {**form, "sexes": [], "happenings": ["library_visit", "loan"], "act": "preview"})

    assert page.status_code == 422
    assert "không bao giờ cộng với nhau" in page.content.decode()
    assert page.context["look"] is None
    quick = client.post(
        NEW,
        {**form, "sexes": [], "happenings": ["library_visit", "loan"], "act": "preview"},
        headers={"HX-Request": "true"},
    )
    assert (quick.status_code, quick["HX-Retarget"]) == (200, "main")


def test_field_that_the_kind_does_not_ask_for_is_not_looked_at(client, form, definitions, attended, planner):
    client.force_login(planner)

    page = client.post(
        NEW, {**form, "tier": "commune", "criterion": "library_it/website", "stock": "rooms", "act": "preview"}
    )

    assert page.context["look"]["value"].words == "không nêu"


def test_draft_is_saved_and_seen_by_nobody_of_another_unit(client, draft, auditor, officer_of_bac_kan, planner):
    url = reverse("workspace:indicators-draft-edit", args=[draft.pk])
    page = client.get(url)
    assert (page.status_code, page.context["look"] is not None) == (200, True)
    assert draft.short_name in client.get(LIST).content.decode()
    assert not Indicator.objects.filter(owner__isnull=False).exists()

    for person in (auditor, officer_of_bac_kan):
        client.force_login(person)
        for address in (url, LIST, NEW, reverse("workspace:indicators-draft-publish", args=[draft.pk])):
            assert client.get(address).status_code == 403


def test_planner_of_another_province_does_not_see_the_draft(client, draft, country):
    from hocsuotdoi.accounts.enums import RoleName
    from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, make_unit

    elsewhere = make_unit("24", "Tỉnh Bắc Ninh thử", tier="province", kind="province", parent=country)
    stranger = PersonFactory()
    RoleAssignmentFactory(person=stranger, role=RoleName.PLANNER, unit=elsewhere)
    client.force_login(stranger)

    assert client.get(reverse("workspace:indicators-draft-edit", args=[draft.pk])).status_code == 404
    assert client.post(reverse("workspace:indicators-draft-publish", args=[draft.pk])).status_code == 404
    assert client.post(NEW, {**SHAPE, **WORDS, "owner": "19", "act": "save"}).status_code == 422


def test_planner_of_a_ward_makes_no_indicators(client, definitions, bac_kan):
    from hocsuotdoi.accounts.enums import RoleName
    from tests.factories.accounts import PersonFactory, RoleAssignmentFactory

    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=bac_kan)
    client.force_login(person)

    assert client.get(LIST).status_code == 200
    assert client.get(NEW).status_code == 403


def test_published_indicator_is_public_with_its_value_and_definition(client, published, attended, planner, thai_nguyen):
    assert (published.code, published.version, published.owner) == ("luot-phu-nu-tham-gia", 1, thai_nguyen)
    version = IndicatorVersion.objects.get(indicator=published)
    assert (version.starts_on, version.published_by) == (None, planner.pk)
    client.logout()

    assert (
        "Chỉ tính giới tính"
        in client.get(reverse("portal:indicators-version", args=[published.code, 1])).content.decode()
    )
    page = client.get(reverse("portal:indicators-indicator-detail", args=[published.code]), {"unit": thai_nguyen.code})
    assert page.context["page"].value.words == "không nêu"


def test_publishing_twice_makes_one_version(client, draft, published):
    client.post(reverse("workspace:indicators-draft-publish", args=[draft.pk]))

    assert IndicatorVersion.objects.filter(indicator=published).count() == 1


def test_next_version_says_what_has_changed_and_holds_from_its_day(client, published, form, day):
    url = reverse("workspace:indicators-definition-next", args=[published.code])
    assert client.get(url).context["form"].initial["sexes"] == ["female"]
    client.post(url, {**form, "sexes": [], "change_note": "Tính mọi người", "act": "save"})
    draft = IndicatorDraft.objects.get(published_as=None)
    publish = reverse("workspace:indicators-draft-publish", args=[draft.pk])
    assert [each.label for each in client.get(publish).context["changes"]] == ["Chỉ tính giới tính"]

    assert client.post(publish, {"starts_on": day - dt.timedelta(days=1)}).status_code == 422
    client.post(publish, {"starts_on": dt.date(day.year + 1, 1, 1)})

    published.refresh_from_db()
    assert (published.version, published.sexes) == (2, [])
    page = client.get(reverse("portal:indicators-version", args=[published.code, 2]))
    assert "Tính mọi người" in page.content.decode()
    assert client.get(reverse("portal:indicators-version", args=[published.code, 3])).status_code == 404


def test_indicator_of_the_documents_is_not_changed_on_a_page(client, definitions, planner):
    client.force_login(planner)

    for name in ("next", "retire"):
        assert client.get(reverse(f"workspace:indicators-definition-{name}", args=["library_it"])).status_code == 403


def test_retired_indicator_says_why(client, published):
    url = reverse("workspace:indicators-definition-retire", args=[published.code])
    assert client.post(url, {"ends_on": timezone.localdate()}).status_code == 422
    client.post(url, {"ends_on": timezone.localdate(), "reason": "Trùng với chỉ số của Bộ"})

    page = client.get(reverse("portal:indicators-version", args=[published.code, 1]))
    assert "Trùng với chỉ số của Bộ" in page.content.decode()
    value = client.get(reverse("portal:indicators-indicator-detail", args=[published.code])).context["page"].value
    assert value.words == "không áp dụng ở đây"


def test_draft_is_thrown_away_after_asking(client, draft):
    url = reverse("workspace:indicators-draft-discard", args=[draft.pk])
    assert client.get(url).status_code == 200
    client.post(url)

    assert not IndicatorDraft.objects.exists()


@pytest.mark.parametrize("times", [1, 3])
def test_list_takes_the_same_queries_with_one_and_three_drafts(client, draft, django_assert_num_queries, times):
    for _ in range(times - 1):
        IndicatorDraft.objects.create(
            **{
                field.name: getattr(draft, field.name)
                for field in IndicatorDraft._meta.concrete_fields
                if field.name != "id"
            }
        )
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
