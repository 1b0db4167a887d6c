import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from docx import Document
from openpyxl import load_workbook

from hocsuotdoi.reporting.models import Snapshot


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("report", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal_of(*arguments: object) -> str:
    """The sentence of a refused call; nothing is frozen by it."""
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    assert not Snapshot.objects.exists()
    return str(refusal.value)


def test_report_command_freezes_and_writes_document_and_annex(bac_kan, plan, library, tmp_path):
    told = run("--unit", "01843", "--year", 2026, "--out", tmp_path / "bc.docx", "--annex", tmp_path / "pl.xlsx")
    snapshot = Snapshot.objects.get()
    assert snapshot.number in told
    assert snapshot.frozen_by is None
    texts = [cell.text for table in Document(tmp_path / "bc.docx").tables for row in table.rows for cell in row.cells]
    assert any(snapshot.number in text for text in texts)
    assert snapshot.number in load_workbook(tmp_path / "pl.xlsx")["Chỉ tiêu"]["A3"].value
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bc.docx", "pl.xlsx"]


def test_report_command_writes_a_frozen_report_again_and_freezes_nothing(bac_kan, plan, library, tmp_path):
    run("--unit", "01843", "--year", 2026, "--out", tmp_path / "a.docx")
    number = Snapshot.objects.get().number
    run("--unit", "01843", "--year", 2026, "--out", tmp_path / "b.docx", "--snapshot", number)
    assert Snapshot.objects.count() == 1
    first, again = (Document(tmp_path / name) for name in ("a.docx", "b.docx"))
    assert [p.text for p in first.paragraphs] == [p.text for p in again.paragraphs]


def test_report_command_for_an_unknown_unit_is_refused(db, tmp_path):
    assert "99999" in refusal_of("--unit", "99999", "--year", 2026, "--out", tmp_path / "a.docx")


@pytest.mark.parametrize("year", ["26", "hai nghìn", "1999", "20266", "-2026", "²⁰²⁶"])
def test_report_command_for_what_is_no_year_is_refused(bac_kan, tmp_path, year):
    assert year in refusal_of("--unit", "01843", f"--year={year}", "--out", tmp_path / "a.docx")


def test_report_command_for_a_year_to_come_is_refused(bac_kan, plan, tmp_path):
    assert "2099" in refusal_of("--unit", "01843", "--year", 2099, "--out", tmp_path / "a.docx")


def test_report_command_with_nothing_to_report_is_refused_and_writes_nothing(bac_kan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path / "a.docx")
    assert list(tmp_path.iterdir()) == []


def test_report_command_into_a_missing_folder_is_refused(bac_kan, plan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path / "no" / "a.docx")


def test_report_command_onto_a_folder_is_refused(bac_kan, plan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path)


def test_report_command_into_what_cannot_be_written_leaves_no_snapshot(bac_kan, plan, tmp_path):
    # /proc refuses new files to everybody, root included.
    refusal_of("--unit", "01843", "--year", 2026, "--out", Path("/proc/a.docx"))


def test_report_command_whose_annex_cannot_be_written_leaves_the_document_out_too(bac_kan, plan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path / "a.docx", "--annex", "/proc/a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_report_command_with_one_file_for_both_is_refused(bac_kan, plan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path / "a", "--annex", tmp_path / "a")


def test_report_command_for_a_snapshot_of_another_unit_is_refused(bac_kan, tmp_path):
    refusal_of("--unit", "01843", "--year", 2026, "--out", tmp_path / "a.docx", "--snapshot", "BC-19-2026-001")
