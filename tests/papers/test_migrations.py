"""What migrations make of rows that were there before."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from hocsuotdoi.papers.models import Paper
from tests.factories.places import AgencyFactory
from tests.factories.running import NOW, SOMEBODY

SENT = {"state": "sent", "sent_at": NOW, "sent_by": SOMEBODY}


def migration(name: str):
    return import_module(f"hocsuotdoi.papers.migrations.{name}")


@pytest.fixture
def sender(db):
    return AgencyFactory()


def paper(sender, **fields) -> Paper:
    given = {"title": "Hướng dẫn", "kind": "guideline", "issuer": "Sở", "sender": sender, **SENT}
    return Paper.objects.create(**{**given, **fields})


def test_undated_papers_of_one_number_are_told_apart_before_the_number_stands_once(sender):
    (once,) = [each for each in Paper._meta.constraints if each.name == "paper_number_once"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Paper, once)
    long = "9" * 60
    first, second, third, fourth = (paper(sender, number=each) for each in ("1/HD", "1/HD (2)", "1/HD", "1/HD"))
    draft = {"state": "draft", "sent_at": None, "sent_by": None}
    kept = [
        paper(sender, number="1/HD", issued_on=dt.date(2026, 1, 5)),
        paper(sender, number="1/HD", issuer="Bộ", **draft),
        *(paper(sender, number="") for _each in range(2)),
        paper(sender, number=long),
    ]
    last = paper(sender, number=long, **draft)
    before = [each.number for each in kept]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as rows that were there before
    migration("0006_one_number_also_without_a_day").mark_the_second(apps, None)
    for each in (first, second, third, fourth, last, *kept):
        each.refresh_from_db()
    numbers = [each.number for each in (first, second, third, fourth)]
    assert numbers == ["1/HD", "1/HD (2)", "1/HD (3)", "1/HD (4)"]
    assert (last.number, last.version) == (f"{long[:56]} (2)", 2)
    assert [each.number for each in kept] == before
    with connection.schema_editor() as editor:
        editor.add_constraint(Paper, once)


def run(name: str) -> None:
    for operation in migration(name).Migration.operations:
        with connection.cursor() as cursor:
            cursor.execute(operation.sql)


def test_what_was_replaced_before_it_began_is_ended_where_it_was_left_open(sender):
    sent_on = dt.date(2026, 3, 2)
    sent = {**SENT, "sent_at": dt.datetime(2026, 3, 1, 18, tzinfo=dt.UTC)}  # one in the morning of the 2nd

    def day(number: int) -> dt.date:
        return sent_on + dt.timedelta(days=number)

    def replaced(old: dict, new: dict) -> Paper:
        row = paper(sender, **old)
        paper(sender, **{**sent, "replaces": row, "change_note": "Bỏ Điều 2.", **new})
        return row

    draft = {"state": "draft", "sent_at": None, "sent_by": None}
    never_held = [
        replaced({"starts_on": day(30)}, {}),
        replaced({"starts_on": day(0)}, {}),
        replaced({"starts_on": day(30), "ends_on": day(60)}, {"starts_on": day(10)}),
        replaced({"starts_on": day(10)}, {"starts_on": day(10), "state": "withdrawn", "withdrawn_for": "Sai"}),
    ]
    held_meanwhile = [
        replaced({"starts_on": day(-5)}, {"starts_on": day(-20)}),
        replaced({"starts_on": day(-1), "ends_on": day(60)}, {"starts_on": day(-1)}),
    ]
    as_they_are = [
        replaced({"starts_on": day(-5), "ends_on": day(-2)}, {"starts_on": day(-20)}),
        replaced({"starts_on": day(-90), "ends_on": day(10)}, {"starts_on": day(10)}),
        replaced({"ends_on": day(0)}, {}),
        replaced({"starts_on": day(30)}, draft),
        replaced({"starts_on": day(30), "state": "withdrawn", "withdrawn_for": "Sai"}, {}),
        paper(sender, starts_on=day(30)),
    ]
    before = [(each.state, each.starts_on, each.ends_on, each.version) for each in as_they_are]
    for _each in range(2):  # the second time there is nothing left to do
        run("0004_end_what_was_replaced")
        for each in (*never_held, *held_meanwhile, *as_they_are):
            each.refresh_from_db()
        assert [each.state for each in never_held] == ["overtaken"] * 4
        assert [each.ends_on for each in never_held] == [None, None, day(60), None]
        assert [(each.state, each.ends_on) for each in held_meanwhile] == [("sent", sent_on)] * 2
        assert {each.version for each in (*never_held, *held_meanwhile)} == {2}
        assert [(each.state, each.starts_on, each.ends_on, each.version) for each in as_they_are] == before
