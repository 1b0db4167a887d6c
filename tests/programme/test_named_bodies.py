"""Names of bodies in a plan's tasks: what is said of each, and that those that are found get their part."""

import datetime as dt

import pytest

from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.queries.named_bodies import named_bodies
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory


def name(task, written, part="lead", agency=None) -> None:
    task.agencies.create(agency=agency, part=part, written=written)


@pytest.fixture
def task(plan, bac_kan, office_of_bac_kan):
    return TaskFactory(plan=plan, clause__plan=plan, clause__path="IV.2", tiers=["commune"])


def said(plan, today) -> dict[str, tuple[bool, str]]:
    return {each.written: (each.gets, each.said) for each in named_bodies(plan, today)}


def test_unknown_names_come_first_and_say_who_gets_the_task(plan, task, thai_nguyen, today):
    home = AgencyFactory(unit=thai_nguyen, kind="home_affairs", name="Sở Nội vụ tỉnh Thái Nguyên")
    name(task, "Sở Nội vụ", "coordinating", home)
    name(task, "Ban Khuyến đọc")
    name(task, "Hội Khuyến học tỉnh", "requested")
    name(task, "ngành Giáo dục")
    found = named_bodies(plan, today)
    assert [each.written for each in found][:2] == ["Ban Khuyến đọc", "Hội Khuyến học tỉnh"]
    assert {each.written: each.gets for each in found} == {
        "Ban Khuyến đọc": False,
        "Hội Khuyến học tỉnh": False,
        "ngành Giáo dục": True,
        "Sở Nội vụ": True,
    }
    words = said(plan, today)
    assert "văn hóa - xã hội" in words["Ban Khuyến đọc"][1].lower()
    assert "không ai được giao" in words["Hội Khuyến học tỉnh"][1].lower()
    assert words["Sở Nội vụ"][1] == home.name
    assert found[0].clauses == ["IV.2"]


def test_unknown_lead_beside_one_that_is_found(plan, task, bac_kan, today):
    name(task, "Ban Khuyến đọc")
    name(task, "Trường học", agency=AgencyFactory(unit=bac_kan, kind="education"))
    assert "chủ trì khác" in said(plan, today)["Ban Khuyến đọc"][1]


def test_names_of_what_is_asked_no_longer_are_not_told(plan, task, today):
    name(task, "Ban Khuyến đọc")
    name(TaskFactory(plan=plan, clause__plan=plan, tiers=[]), "Ban Cũ")
    assert set(said(plan, today)) == {"Ban Khuyến đọc"}


def test_bodies_that_ended_or_lie_elsewhere_get_nothing(plan, task, thai_nguyen, country, today, now):
    ended = AgencyFactory(unit=thai_nguyen, name="Ban Cũ", ends_on=dt.date(2025, 7, 1))
    above = AgencyFactory(unit=country, kind="ministry", name="Bộ Thử")
    name(task, "Ban Cũ", "requested", ended)
    name(task, "Bộ Thử", "requested", above)
    words = said(plan, today)
    assert not words["Ban Cũ"][0] and "đã kết thúc" in words["Ban Cũ"][1]
    assert not words["Bộ Thử"][0] and "ngoài địa bàn" in words["Bộ Thử"][1]
    make_assignments(year=2026, day=today, at=now)
    assert not Assignment.objects.filter(agency__in=[ended, above]).exists()


def test_bodies_that_are_found_get_their_part_whatever_tier_the_task_asks(
    plan, task, thai_nguyen, office_of_bac_kan, today, now
):
    front = AgencyFactory(unit=thai_nguyen, kind="front")
    finance = AgencyFactory(unit=thai_nguyen, kind="finance")
    name(task, "Mặt trận Tổ quốc tỉnh", "requested", front)
    name(task, "Sở Tài chính", "coordinating", finance)
    make_assignments(year=2026, day=today, at=now)
    assert {(each.agency, each.part) for each in Assignment.objects.all()} == {
        (office_of_bac_kan, "lead"),
        (front, "requested"),
        (finance, "coordinating"),
    }


def test_names_take_the_same_queries_however_many(plan, task, thai_nguyen, today, django_assert_num_queries):
    for number in (1, 3):
        for _each in range(number):
            name(task, f"Ban {number}", agency=AgencyFactory(unit=thai_nguyen))
        with django_assert_num_queries(4):
            named_bodies(plan, today)
