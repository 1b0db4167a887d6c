import datetime as dt
import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hocsuotdoi.indicators.management.commands import rollup
from hocsuotdoi.indicators.models import Cell, Pending, UnitTotal
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, post


def post_visits(house, quantity):
    source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
    lines = [Line(MeasureCode.LIBRARY_VISIT, quantity)]
    return post(house, **source, occurred_on=dt.date(2025, 5, 2), lines=lines, by=None, at=timezone.now())


def said(*arguments):
    out = io.StringIO()
    call_command("rollup", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def posted(world):
    _country, houses = world
    post_visits(houses[0], 3)
    return houses[0]


def test_what_was_posted_is_added(posted):
    assert "1" in said()
    assert Cell.objects.get().quantity == 3
    assert not Pending.objects.exists()


def test_export_verify_compare_and_rebuild_from_files(posted, tmp_path):
    assert "1" in said("--export", tmp_path)
    assert "1" in said("--verify", tmp_path)
    assert "đúng" in said("--compare", tmp_path, "--memory", "256MB")
    post_visits(posted, 4)
    assert "5/2025" in said("--verify", tmp_path)
    with pytest.raises(CommandError, match="5/2025"):
        call_command("rollup", "--compare", str(tmp_path))
    said("--rebuild-from", tmp_path, "--spill", tmp_path)
    assert Pending.objects.count() == 1
    said()
    assert UnitTotal.objects.get(tier="country", grain="year").quantity == 7


def test_a_stored_total_that_is_wrong_is_named(posted, tmp_path):
    said("--export", tmp_path)
    said()
    Cell.objects.update(quantity=5)
    out = io.StringIO()
    with pytest.raises(CommandError, match="--rebuild"):
        call_command("rollup", "--compare", str(tmp_path), stdout=out)
    assert "indicators_cell" in out.getvalue()
    said("--rebuild")
    said("--compare", tmp_path)


def test_a_folder_that_is_no_export_is_refused(world, tmp_path):
    for option in ("--verify", "--compare", "--rebuild-from"):
        with pytest.raises(CommandError, match="không có bản xuất"):
            call_command("rollup", option, str(tmp_path))


def test_packages_that_are_missing_are_named(world, tmp_path, monkeypatch):
    monkeypatch.setattr(rollup, "find_spec", lambda name: None)
    with pytest.raises(CommandError, match="hocsuotdoi\\[engines\\]"):
        call_command("rollup", "--export", str(tmp_path))


@pytest.mark.parametrize("memory", ["much", "2", "GB", "-1GB"])
def test_a_limit_that_is_none_is_refused(world, tmp_path, memory):
    with pytest.raises(CommandError):
        call_command("rollup", "--compare", str(tmp_path), f"--memory={memory}")
