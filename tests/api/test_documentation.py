"""The description: complete, in the reader's language, readable as a page."""

import datetime as dt
import json
import re

import pytest
from django.utils.translation import override

from hocsuotdoi.api.documentation.description import _described, groups, openapi
from tests.support.browser import DESK, PHONE


def _words(node, path=""):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("summary", "description") and isinstance(value, str):
                yield f"{path}.{key}", value
            else:
                yield from _words(value, f"{path}.{key}")
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from _words(each, f"{path}.{number}")


def test_every_word_of_the_description_is_vietnamese():
    with override("en"):
        english = dict(_words(openapi()))
    with override("vi"):
        vietnamese = dict(_words(openapi()))
    answers = re.compile(r"\.responses\.\d+\.description$")  # HTTP's own names
    same = {path: words for path, words in english.items() if vietnamese[path] == words and not answers.search(path)}
    assert same == {}


def test_description_says_who_may_and_what_goes_wrong():
    described = openapi()
    publish = described["paths"]["/api/v1/offers/{pk}/publish"]["post"]
    assert publish["x-permission"] == "edit_activity"
    assert {"200", "401", "403", "404", "409"} <= publish["responses"].keys()
    assert publish["security"] == [{"key": []}, {"session": []}]
    assert {} in described["paths"]["/api/v1/offers"]["get"]["security"]


def test_every_body_has_an_example():
    for group in groups(openapi()):
        for endpoint in group.endpoints:
            assert bool(endpoint.body) == bool(endpoint.example), endpoint.id


def test_openapi_is_open_to_other_sites_and_asks_nothing_of_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/openapi.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["openapi"] == "3.1.0"


def test_page_shows_every_endpoint_in_vietnamese_and_nothing_from_elsewhere(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/api/")
    page = answer.content.decode()
    for group in groups(openapi()):
        for endpoint in group.endpoints:
            assert f'id="{endpoint.id}"' in page
    assert "Giữ chỗ ở một buổi, hoặc giữ lượt trong danh sách chờ" in page
    assert "/<wbr>{pk}/<wbr>picture</code>" in page  # a narrow screen breaks a long address where a person would
    assert "-F picture=@…" in page
    assert 'src="http' not in page
    assert "<script>" not in page


@pytest.mark.slow
def test_page_has_no_barrier_and_no_sideways_scroll(live_program, visitor, accessibility):
    page = visitor(viewport=DESK).new_page()
    page.goto("/api/")
    page.locator("details summary").first.click()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert accessibility(page) == []

    # The page is long: measuring its contrasts takes most of the time, and they are the same at every width.
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert accessibility(page, but=["color-contrast"]) == []


@pytest.mark.parametrize(
    "today", [dt.date(2026, 11, 20), dt.date(2026, 11, 23), dt.date(2027, 2, 28), dt.date(2031, 7, 6)]
)
def test_examples_announce_days_to_come_on_the_same_weekday(today):
    schemas = _described("vi", today)["components"]["schemas"]
    (starts,) = [
        each["examples"][0]["sessions"][0]["starts_at"]
        for each in schemas.values()
        if "sessions" in each.get("examples", [{}])[0]
    ]
    day = dt.date.fromisoformat(starts[:10])

    assert today < day <= max(today + dt.timedelta(days=7), dt.date(2026, 11, 23))
    assert (day.weekday(), starts[10:]) == (0, "T08:00:00+07:00")
    assert not [
        each
        for each in re.findall(r'"agreed_on": "([0-9-]+)"', json.dumps(schemas))
        if dt.date.fromisoformat(each) > today
    ]
