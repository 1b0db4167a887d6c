"""The public's first page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.portal.home.calendar import observance_ahead
from hocsuotdoi.portal.home.front import SHOWN_SESSIONS
from hocsuotdoi.portal.home.stitched_map import path_of_runs, square_at
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.support.browser import DESK, PHONE

DOORS = [
    "portal:home",
    "portal:about",
    "portal:activities-activity-list",
    "portal:places-institution-list",
    "portal:places-unit-list",
    "portal:programme-plan-list",
    "portal:indicators-indicator-list",
]
BUDGET = 100_000  # bytes over the wire at the first visit, without images


def announce(institution, count: int = 1) -> None:
    for days in range(count):
        activity = ActivityFactory(institution=institution, title=f"Ngày hội đọc sách {days + 1}")
        SessionFactory(activity=activity, starts_at=timezone.now() + dt.timedelta(days=days + 1))


@pytest.mark.usefixtures("db")
def test_home_before_anything_is_loaded_says_what_to_do(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_home_with_a_session_leads_to_its_activity(client: Client, library_of_bac_kan) -> None:
    announce(library_of_bac_kan)
    answer = client.get("/")
    assert "Ngày hội đọc sách" in answer.content.decode()
    assert f"/{ActivityFactory._meta.model.objects.get().pk}" in answer.content.decode()


def test_home_with_many_sessions_shows_the_first_few(client: Client, library_of_bac_kan) -> None:
    announce(library_of_bac_kan, SHOWN_SESSIONS + 2)
    assert len(client.get("/").context["front"].sessions) == SHOWN_SESSIONS


def test_home_with_one_title_in_many_places_shows_it_once(client: Client, library_of_bac_kan) -> None:
    for days in (1, 2):
        activity = ActivityFactory(institution=library_of_bac_kan, title="Tuần lễ học tập suốt đời")
        SessionFactory(activity=activity, starts_at=timezone.now() + dt.timedelta(days=days))
    assert [session.activity.title for session in client.get("/").context["front"].sessions] == [
        "Tuần lễ học tập suốt đời"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_database_as_often_for_one_session_as_for_three(
    client: Client, library_of_bac_kan, count: int, django_assert_num_queries
) -> None:
    announce(library_of_bac_kan, count)
    client.get("/")  # figures and map are kept for a while
    with django_assert_num_queries(6):
        client.get("/")


@pytest.mark.usefixtures("db")
def test_home_for_a_reader_sets_no_cookie(client: Client) -> None:
    assert client.get("/").cookies.output() == ""


@pytest.mark.usefixtures("db")
def test_home_is_vietnamese_until_english_is_chosen(client: Client) -> None:
    assert '<html lang="vi">' in client.get("/", headers={"accept-language": "en"}).content.decode()
    client.post("/language/", {"language": "en", "next": "/about/"})
    assert '<html lang="en">' in client.get("/").content.decode()


def test_language_with_a_foreign_address_stays_here(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "https://example.org/"})
    assert answer.headers["Location"] == "/"


def test_language_asked_by_get_changes_nothing(client: Client) -> None:
    assert client.get("/language/?language=en").cookies.output() == ""


@pytest.mark.usefixtures("db")
def test_unknown_address_answers_404_in_words(client: Client) -> None:
    answer = client.get("/khong-co-trang-nay/")
    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "days_to_go"),
    [
        (dt.date(2026, 11, 22), 1),
        (dt.date(2026, 11, 23), 0),
        (dt.date(2026, 10, 5), 0),  # within the week
        (dt.date(2026, 11, 1), None),
        (dt.date(2026, 12, 31), None),
    ],
)
def test_observance_is_announced_two_weeks_ahead(day: dt.date, days_to_go: int | None) -> None:
    ahead = observance_ahead(day)
    assert (ahead.days_to_go if ahead else None) == days_to_go


def test_stitches_next_to_each_other_become_one_run() -> None:
    assert path_of_runs([(4, 3), (4, 4), (4, 6), (5, 3)]) == "M3 4.5h2M6 4.5h1M3 5.5h1"


@pytest.mark.slow
def test_stitched_map_holds_every_province_and_the_archipelagos(live_program, visitor) -> None:
    page = visitor().new_page()
    page.goto("/")
    assert page.locator(".stitch title").count() == 34
    assert page.locator(".weave-label").all_text_contents() == ["Hoàng Sa", "Trường Sa"]
    assert square_at(16.568, 112.135)[1] > square_at(16.0, 108.2)[1]


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_home_on_a_desk_has_no_barrier(visitor, accessibility, theme: str) -> None:
    page = visitor(viewport=DESK, color_scheme=theme).new_page()
    page.goto("/")
    assert accessibility(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
def test_page_behind_each_door_has_no_barrier_on_a_phone(visitor, accessibility, name: str) -> None:
    page = visitor(viewport=PHONE).new_page()
    page.goto(reverse(name))
    assert accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
def test_first_load_of_a_page_stays_within_its_budget(visitor, name: str) -> None:
    page = visitor(viewport=PHONE).new_page()
    weights: dict[str, int] = {}

    def weigh(request) -> None:
        if request.resource_type != "image":
            sizes = request.sizes()
            weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("requestfinished", weigh)
    page.goto(reverse(name))
    page.wait_for_load_state("networkidle")
    assert sum(weights.values()) < BUDGET, weights
