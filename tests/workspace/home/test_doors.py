"""The navigation shows where one is."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.workspace.components.specimens import SPRITE
from hocsuotdoi.workspace.home.doors import DOORS
from tests.factories.activities import ActivityFactory, SessionFactory


@pytest.fixture
def manager(client: Client, manager_of_bac_kan) -> Client:
    client.force_login(manager_of_bac_kan)
    return client


def lit(page) -> list[str]:
    """The addresses of the doors in the navigation that are lit."""
    return [str(door["url"]) for door in page.context["workspace_nav"] if door["is_current"]]


@pytest.mark.parametrize(
    ("page", "door"),
    [
        ("activities-booking-list", "activities-booking-list"),
        ("activities-mark-list", "activities-mark-list"),
        ("activities-journal-read", "activities-mark-list"),
        ("accounts-device-list", "accounts-device-list"),
        ("activities-notice-list", "activities-notice-list"),
        ("activities-club-list", "activities-activity-list"),
        ("activities-activity-list", "activities-activity-list"),
        ("accounts-role-list", "accounts-role-list"),
        ("home", "home"),
    ],
)
def test_page_lights_its_door_and_no_other(manager, page, door):
    assert lit(manager.get(reverse(f"workspace:{page}"))) == [reverse(f"workspace:{door}")]


@pytest.mark.parametrize("name", ["roll", "close", "sheet", "edit", "cancel"])
def test_pages_of_a_session_light_the_door_of_the_activities(manager, library_of_bac_kan, name):
    session = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), starts_at=timezone.now())

    page = manager.get(reverse(f"workspace:activities-session-{name}", args=[session.pk]))

    assert lit(page) == [reverse("workspace:activities-activity-list")]


def test_a_phone_never_holds_more_than_five_doors(manager):
    for page in ("home", "activities-booking-list", "accounts-device-list"):
        assert len(manager.get(reverse(f"workspace:{page}")).context["workspace_nav"]) == 5


def in_reach(person) -> list[str]:
    client = Client()
    client.force_login(person)
    home = reverse("workspace:home")
    return [str(door["url"]).removeprefix(home) for door in client.get(home).context["workspace_nav"]]


def test_a_thumb_reaches_what_is_ones_own_work(officer_of_bac_kan, planner, librarian_of_bac_kan):
    """Today, three doors behind which one does something, and all sections."""
    assert in_reach(officer_of_bac_kan) == ["", "activities/", "tasks/", "reports/", "#sections"]
    assert in_reach(planner) == ["", "reports/", "cycles/", "plans/", "#sections"]
    assert in_reach(librarian_of_bac_kan)[:2] == ["", "activities/"]


def test_a_desk_shows_every_door_that_opens_by_what_it_is_about(client, planner):
    client.force_login(planner)

    groups = client.get(reverse("workspace:home")).context["workspace_doors"]

    doors = [door["url"] for group in groups for door in group["doors"]]
    assert all(group["doors"] for group in groups)
    assert reverse("workspace:cycles-cycle-list") in doors
    assert reverse("workspace:accounts-role-list") not in doors
    assert len(doors) == len(set(doors))


def test_enrolling_lights_the_devices(manager, library_of_bac_kan):
    page = manager.get(reverse("workspace:accounts-device-invite", args=[library_of_bac_kan.code]))
    assert lit(page) == [reverse("workspace:accounts-device-list")]
    assert manager.get(reverse("workspace:accounts-device-revoke", args=[uuid.uuid4()])).status_code == 404


def test_no_two_doors_share_an_icon_and_each_stands_in_the_sprite():
    icons = [door.icon for door in DOORS]

    assert sorted(set(icons)) == sorted(icons)
    assert set(icons) <= set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
