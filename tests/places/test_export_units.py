import csv
import io
import json

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.usefixtures("reference")


def _export(*arguments: str) -> str:
    out = io.StringIO()
    call_command("export_units", *arguments, stdout=out)
    return out.getvalue()


def test_export_before_the_reform_holds_all_units_with_their_parents() -> None:
    rows = json.loads(_export("--as-of", "2025-06-30", "--format", "json"))
    assert len(rows) == 1 + 63 + 696 + 10_035
    assert rows[0] == {"code": "VN", "name": "Việt Nam", "tier": "country", "parent": None}
    assert {"code": "058", "name": "Thành phố Bắc Kạn", "tier": "district", "parent": "06"} in rows
    assert {"code": "01843", "name": "Phường Phùng Chí Kiên", "tier": "commune", "parent": "058"} in rows


def test_export_since_the_reform_in_csv_holds_the_same_columns() -> None:
    rows = list(csv.DictReader(io.StringIO(_export("--as-of", "2025-07-01", "--format", "csv"))))
    assert len(rows) == 1 + 34 + 3_321
    assert {"code": "01843", "name": "Phường Bắc Kạn", "tier": "commune", "parent": "19"} in rows


def test_export_without_a_day_is_of_today() -> None:
    assert len(json.loads(_export())) == 3_356


@pytest.mark.parametrize("day", ["1800-01-01", "2008-07-31", "9999-12-31"])
def test_export_of_a_day_without_a_known_map_is_one_sentence_and_code_2(day: str) -> None:
    error = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("export_units", "--as-of", day, stderr=error)
    assert stop.value.code == 2
    assert error.getvalue().startswith(f"The units of {day} are not known: ask for a day from 2008-08-01")


def test_export_of_a_day_that_is_none_is_one_sentence_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    error = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("export_units", "--as-of", "30/6/2025", stderr=error)
    assert stop.value.code == 2
    assert error.getvalue() == "«30/6/2025» is not a date; write it as year-month-day: 2025-06-30.\n"
