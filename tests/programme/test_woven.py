"""One activity counts for every programme that it names, and once in the sum: from the roll to the page."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from hocsuotdoi.activities.enums import OtherProgramme
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.ledger.operations.posting import reverse as take_back
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.woven import Part, woven
from tests.factories.programme import PlanFactory, TaskFactory
from tests.factories.running import make_assignment

RURAL, READING, BOOKS = OtherProgramme.NEW_RURAL, OtherProgramme.READING_CULTURE, OtherProgramme.LIBRARY_DIGITISATION


def posted(where, now, *programmes: str, people: int = 12, day: dt.date = dt.date(2026, 4, 21)):
    tags = ["reading_day", *programmes]
    return post(
        where,
        source_kind="activities.session",
        source_id=uuid.uuid4(),
        occurred_on=day,
        lines=[
            Line("programme_session", 1, tags=tags),
            Line("programme_attendance", people, sex="female", tags=tags),
            Line("programme_attendance", 3, tags=tags),
            Line("library_visit", people, tags=tags),
        ],
        by=None,
        at=now,
    )


@pytest.fixture
def year(library_of_bac_kan, library_of_duc_xuan, office_of_bac_kan, thai_nguyen, now):
    """In the ward: one for two programmes, one for one, one for none; elsewhere one; last year one; one taken back."""
    posted(library_of_bac_kan, now, RURAL, READING)
    posted(library_of_bac_kan, now, RURAL, people=5)
    posted(library_of_bac_kan, now)
    posted(library_of_duc_xuan, now, READING, people=7)
    posted(library_of_bac_kan, now, RURAL, day=dt.date(2025, 12, 30))
    take_back(posted(library_of_bac_kan, now, READING), reason="Nhầm", by=None, at=now)
    plan = PlanFactory(unit=thai_nguyen, code="kh-176-thu", number="176/KH-UBND")
    for programmes, state in (([BOOKS], "done"), ([BOOKS, READING], "to_do"), ([], "to_do")):
        task = TaskFactory(plan=plan, clause__plan=plan, programmes=programmes)
        made = make_assignment(task=task, agency=office_of_bac_kan)
        if state == "done":
            Assignment.objects.filter(pk=made.pk).update(state=AssignmentState.DONE, done_on=dt.date(2026, 5, 1))


def test_each_programme_has_its_own_and_the_sum_has_each_once(year, bac_kan, thai_nguyen, today):
    found = woven(bac_kan, 2026, today, Assignment.objects.all())
    assert found.parts[RURAL] == Part(2, 23, 0, 0)
    assert found.parts[READING] == Part(1, 15, 1, 0)
    assert found.parts[BOOKS] == Part(0, 0, 2, 1)
    assert found.once == Part(2, 23, 2, 1)
    above = woven(thai_nguyen, 2026, today, Assignment.objects.all())
    assert (above.parts[READING], above.once) == (Part(2, 25, 1, 0), Part(3, 33, 2, 1))


def address(unit, year: int = 2026) -> str:
    return reverse("workspace:programme-task-woven", args=[unit.code, year])


def test_page_shows_it_to_the_offices_of_the_place(
    year, client, bac_kan, thai_nguyen, officer_of_bac_kan, province_officer
):
    client.force_login(officer_of_bac_kan)
    page = client.get(address(bac_kan)).content.decode()
    assert "Mỗi hoạt động tính một lần" in page
    assert address(bac_kan) in client.get("/workspace/tasks/?view=list").content.decode()
    assert client.get(address(thai_nguyen)).status_code == 404
    for wrong in ("/workspace/tasks/programmes/01-843/2026/", address(bac_kan, 1990)):
        assert client.get(wrong).status_code == 404
    client.force_login(province_officer)
    assert client.get(address(thai_nguyen)).status_code == 200


def test_nobody_else_opens_it(client, bac_kan, librarian_of_bac_kan, reader):
    assert client.get(address(bac_kan)).status_code == 302
    for person in (librarian_of_bac_kan, reader):
        client.force_login(person)
        assert client.get(address(bac_kan)).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_page_in_a_fixed_number_of_queries(
    number, client, bac_kan, library_of_bac_kan, officer_of_bac_kan, now, django_assert_num_queries
):
    for _each in range(number):
        posted(library_of_bac_kan, now, RURAL, READING)
    client.force_login(officer_of_bac_kan)
    client.get(address(bac_kan))
    with django_assert_num_queries(8):
        client.get(address(bac_kan))
