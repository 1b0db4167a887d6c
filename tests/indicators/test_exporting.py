"""The ledger as files: whole, only what changed is written again, the old export stands until the new one does."""

import datetime as dt
import uuid

import pyarrow.parquet
import pytest

from hocsuotdoi.indicators.operations import exporting
from hocsuotdoi.indicators.operations.exporting import ExportUnderWay, NotAnExport, export, ledger_sums, read_export
from hocsuotdoi.indicators.operations.rebuilding import BrokenExport, moved_on, verify
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind, Sex
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from tests.indicators.book import NOW, TODAY

MAY, JUNE, JANUARY = dt.date(2025, 5, 1), dt.date(2025, 6, 1), dt.date(2026, 1, 1)
LEARNER = uuid.UUID(int=7)


def post_visits(house, day, quantity=1, kind=PostingKind.HAPPENING):
    source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
    line = Line(MeasureCode.LIBRARY_VISIT, quantity, sex=Sex.FEMALE, learner_key=LEARNER)
    return post(house, **source, occurred_on=day, lines=[line], kind=kind, by=None, at=NOW)


@pytest.fixture
def house(world):
    _country, houses = world
    post_visits(houses[0], dt.date(2025, 5, 20), 3)
    post_visits(houses[0], dt.date(2025, 6, 30), 4)
    post_visits(houses[0], dt.date(2026, 1, 2), 5)
    return houses[0]


def entries_of(exported, month):
    return pyarrow.parquet.read_table(exported.folder / exported.months[month].path, partitioning=None).to_pylist()


def test_an_export_holds_each_month_in_its_folder(house, tmp_path):
    exported, written = export(tmp_path, at=NOW, day=TODAY)
    assert written == {MAY, JUNE, JANUARY}
    assert {month.path.rsplit("/", 1)[0] for month in exported.months.values()} == {
        "entries/year=2025/month=05",
        "entries/year=2025/month=06",
        "entries/year=2026/month=01",
    }
    entry = Entry.objects.get(quantity=3)
    assert entries_of(exported, MAY) == [
        {
            "id": str(entry.pk),
            "institution_id": house.pk,
            "occurred_on": dt.date(2025, 5, 20),
            "place_id": entry.place_id,
            "measure": "library_visit",
            "quantity": 3,
            "sex": "female",
            "age_band": "",
            "channel": "",
            "purpose": "",
            "learner_key": str(LEARNER),
            "kind": "happening",
        }
    ]
    assert read_export(tmp_path) == exported
    assert exported.rows == 3
    verify(exported)
    assert moved_on(exported) == []


def test_nothing_new_writes_nothing(house, tmp_path):
    first, _all = export(tmp_path, at=NOW, day=TODAY)
    second, written = export(tmp_path, at=NOW, day=TODAY)
    assert written == set()
    assert second == first


def test_a_late_entry_and_a_reversal_rewrite_their_month_only(house, tmp_path):
    first, _all = export(tmp_path, at=NOW, day=TODAY)
    stated = post_visits(house, dt.date(2025, 6, 1), 9, PostingKind.STATED)
    reverse(stated, reason="Đếm nhầm", by=None, at=NOW)
    assert moved_on(first) == [JUNE]
    second, written = export(tmp_path, at=NOW, day=TODAY)
    assert written == {JUNE}
    assert second.months[MAY] == first.months[MAY]
    assert sorted((row["quantity"], row["kind"]) for row in entries_of(second, JUNE)) == [
        (-9, "stated"),
        (4, "happening"),
        (9, "stated"),
    ]
    assert second.months[JUNE].sums == ledger_sums()[JUNE]
    verify(second)


def test_the_export_before_can_still_be_read_the_one_before_that_is_gone(house, tmp_path):
    first, _all = export(tmp_path, at=NOW, day=TODAY)
    post_visits(house, dt.date(2025, 6, 1))
    second, _some = export(tmp_path, at=NOW, day=TODAY)
    verify(first)
    post_visits(house, dt.date(2025, 6, 1))
    export(tmp_path, at=NOW, day=TODAY)
    verify(second)
    with pytest.raises(BrokenExport):
        verify(first)


def test_an_export_that_breaks_leaves_the_old_one(house, tmp_path, monkeypatch):
    first, _all = export(tmp_path, at=NOW, day=TODAY)
    post_visits(house, dt.date(2025, 6, 1))
    monkeypatch.setattr(exporting.os, "fsync", lambda number: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        export(tmp_path, at=NOW, day=TODAY)
    assert read_export(tmp_path) == first
    verify(first)
    assert not list(tmp_path.rglob("being-written"))


def test_a_large_month_is_written_in_parts(house, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 2)
    for number in range(5):
        post_visits(house, dt.date(2025, 5, 1 + number))
    exported, _all = export(tmp_path, at=NOW, day=TODAY)
    assert len(entries_of(exported, MAY)) == 6
    verify(exported)


@pytest.mark.parametrize("harm", ["remove", "change", "swap"])
def test_files_that_were_changed_are_named(house, tmp_path, harm):
    exported, _all = export(tmp_path, at=NOW, day=TODAY)
    path = tmp_path / exported.months[MAY].path
    if harm == "remove":
        path.unlink()
    elif harm == "change":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.write_bytes((tmp_path / exported.months[JUNE].path).read_bytes())
    with pytest.raises(BrokenExport, match="year=2025/month=05"):
        verify(exported)


def test_a_file_whose_rows_are_not_those_of_the_ledger_is_named(house, tmp_path):
    exported, _all = export(tmp_path, at=NOW, day=TODAY)
    month = exported.months[MAY]
    forged = exporting.Month(month.path, month.sha256, exporting.Sums(1, 3, month.sums.checksum + 1))
    exported.months[MAY] = forged
    with pytest.raises(BrokenExport, match="month=05"):
        verify(exported)


def test_a_missing_month_is_written_again(house, tmp_path):
    exported, _all = export(tmp_path, at=NOW, day=TODAY)
    (tmp_path / exported.months[MAY].path).unlink()
    exported, written = export(tmp_path, at=NOW, day=TODAY)
    assert written == {MAY}
    verify(exported)


@pytest.mark.parametrize("manifest", [None, "", "{}", '{"format": 99}', "[]"])
def test_a_folder_without_manifest_is_no_export(tmp_path, manifest):
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(NotAnExport, match="không có bản xuất"):
        read_export(tmp_path)


def test_two_exports_into_one_folder_do_not_meet(house, tmp_path):
    with exporting._alone_in(tmp_path), pytest.raises(ExportUnderWay):
        export(tmp_path, at=NOW, day=TODAY)


def test_an_empty_ledger_is_an_export_too(world, tmp_path):
    exported, written = export(tmp_path, at=NOW, day=TODAY)
    assert (exported.months, written) == ({}, set())
    verify(exported)
