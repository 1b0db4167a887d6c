"""Population and villages: the sheet read, what is wrong in which cell, entering as a whole, the trail, the shares."""

import datetime as dt
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hocsuotdoi.core.table_file import read_table
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StatingWay, ValueState
from hocsuotdoi.indicators.formats.population_sheet import parse_population, render_csv, render_xlsx
from hocsuotdoi.indicators.models import Population, PreviewedImport
from hocsuotdoi.indicators.operations.population import (
    CannotBeEntered,
    ChangedMeanwhile,
    NothingNew,
    PreviewGone,
    SourceMissing,
    enter_population,
    plan_of,
    preview_population,
    take_population_away,
)
from hocsuotdoi.indicators.queries.population import population_digest
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.places.enums import InstitutionClass, UnitKind
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CohortFactory, IndicatorFactory, PopulationFactory
from tests.factories.ledger import noon
from tests.factories.places import InstitutionFactory

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
HEAD = "Mã đơn vị;Tên đơn vị;Năm;Dân số thành thị;Dân số nông thôn;Tổng dân số;Số thôn, tổ dân phố;Nguồn"
RENDER = {"xlsx": lambda rows: render_xlsx(rows, "Thử"), "csv": render_csv}
numbers = st.none() | st.integers(0, 1_000_000_000)


def rows_of(*lines: str, head: str = HEAD):
    rows, problems = parse_population(read_table("\n".join([head, *lines]).encode(), "a.csv"))
    assert problems == []
    return rows


@pytest.fixture
def enter(viet_nam):
    by = PersonFactory()

    def act(*lines: str, unit=None, year=2026, source="Niên giám 2026, trang 41", head=HEAD) -> int:
        preview = preview_population(
            unit or viet_nam.north,
            year=year,
            rows=rows_of(*lines, head=head),
            way=StatingWay.CSV,
            source=source,
            file_name="a.csv",
            digest="",
            by=by,
            at=NOW,
        )
        return enter_population(preview, seen=plan_of(preview, TODAY).digest, by=by, at=NOW)

    return act


def entered(unit, year=2026):
    row = Population.objects.get(unit=unit, year=year)
    return row.urban, row.rural, row.villages, row.source


# -- the sheet --


@pytest.mark.slow
@pytest.mark.parametrize("kind", RENDER)
@settings(max_examples=30, deadline=None)
@given(data=st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=4))
def test_sheet_is_read_back_as_it_was_written(kind, data):
    written = [[f"{n:05d}", f"Xã {n}", 2026, *each, "Niên giám"] for n, each in enumerate(data)]

    rows, problems = parse_population(read_table(RENDER[kind](written), f"a.{kind}"))

    assert problems == []
    assert [[r.code, r.name, r.year, r.urban, r.rural, r.total, r.villages, r.source] for r in rows] == [
        row for row in written if any(value is not None for value in row[3:7])
    ]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("1;;2026;12,5;;;;", "D2"),
        ("1;;2026;;1.200;;;", "E2"),
        ("1;;2026;;;-4;;", "F2"),
        ("1;;2026;;;;nhiều;", "G2"),
        ("1;;năm nay;;;4;;", "C2"),
    ],
)
def test_cell_that_cannot_be_read_is_named(line, at):
    _rows, problems = parse_population(read_table(f"{HEAD}\n{line}".encode(), "a.csv"))

    assert [each.at for each in problems] == [at]


def test_file_without_headings_says_so():
    assert [each.at for each in parse_population(read_table(b"a,b\n1,2", "a.csv"))[1]] == ["A1"]


def test_table_of_another_office_is_read_by_its_headings_below_a_title():
    rows = rows_of(";;", "Mã số,Đơn vị,Tổng số", "1,Xã Mới,500", head="Dân số trung bình năm 2026,,")

    assert [(row.row, row.code, row.name, row.total) for row in rows] == [(4, "1", "Xã Mới", 500)]


def test_merged_cells_are_named():
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD.split(";"))
    sheet.append(["1", "Xã", 2026, 0, 5])
    sheet.merge_cells("D2:E2")
    out = io.BytesIO()
    book.save(out)

    assert [each.at for each in parse_population(read_table(out.getvalue(), "a.xlsx"))[1]] == ["D2:E2"]


# -- entering --


def test_population_is_entered_by_code_or_by_name(viet_nam, enter):
    assert enter(f"{viet_nam.xa.code};;;;500;;12;", ";Phường Mới;;300;;;;Công an phường") == 2

    assert entered(viet_nam.xa) == (0, 500, 12, "Niên giám 2026, trang 41")
    assert entered(viet_nam.phuong) == (300, 0, None, "Công an phường")
    assert not PreviewedImport.objects.exists()


def test_total_is_urban_in_a_ward_and_rural_in_a_commune(viet_nam, enter):
    enter(";Xã Mới;;;;500;;", ";Phường Mới;;;;300;;", ";Bắc;;300;;800;;")

    assert [entered(unit)[:2] for unit in (viet_nam.xa, viet_nam.phuong, viet_nam.north)] == [
        (0, 500),
        (300, 0),
        (300, 500),
    ]


def test_villages_alone_leave_the_population_as_it_was(viet_nam, enter):
    enter(";Xã Mới;;;500;;;")
    enter(";Xã Mới;;;;;7;Báo cáo của xã")

    assert entered(viet_nam.xa) == (0, 500, 7, "Báo cáo của xã")


def test_change_stands_in_the_trail_with_what_was_before(viet_nam, enter):
    enter(";Xã Mới;;;500;;;")
    enter(";Xã Mới;;;510;;;")

    events = apps.get_model("indicators", "PopulationEvent").objects.order_by("pgh_id")
    assert [(each.pgh_label, each.rural) for each in events] == [("insert", 500), ("update", 510)]


def test_codes_are_looked_up_on_the_map_of_the_year(viet_nam, enter):
    enter(f"{viet_nam.old_a.code};;2024;;90;;;", unit=viet_nam.country)
    assert entered(viet_nam.old_a, 2024)[1] == 90

    with pytest.raises(CannotBeEntered) as refused:
        enter(f"{viet_nam.old_a.code};;2026;;90;;;", unit=viet_nam.country)
    assert refused.value.problems[0].reason == (
        f"Trên bản đồ ngày 23/11/2026, Việt Nam không có đơn vị nào mang mã “{viet_nam.old_a.code}”."
    )


@pytest.mark.parametrize(
    ("line", "at", "told"),
    [
        (";Phường Mới;;1;2;;;", "E2", "Phường Mới là đơn vị đô thị nên không có dân số nông thôn."),
        (";Xã Mới;;1;2;;;", "D2", "Xã Mới là xã nên không có dân số thành thị."),
        (";Bắc;;;;100;;", "D2", "Cần ghi riêng dân số thành thị và dân số nông thôn của Bắc."),
        (";Bắc;;1;2;4;;", "F2", "Thành thị 1 và nông thôn 2 cộng lại là 3, không phải 4."),
        (";Bắc;;5;;4;;", "D2", "Cần ghi riêng dân số thành thị và dân số nông thôn của Bắc."),
        (";Xã Nam;;;2;;;", "B2", "Trên bản đồ ngày 23/11/2026, Bắc không có đơn vị nào tên “Xã Nam”. Hãy ghi mã."),
        (";;;;2;;;", "B2", "Trên bản đồ ngày 23/11/2026, Bắc không có đơn vị nào tên “”. Hãy ghi mã."),
        (";Xã Mới;;;;;0;", "G2", "Xã, phường nào cũng có ít nhất một thôn, tổ dân phố. Chưa biết thì để trống."),
        (";Xã Mới;2027;;2;;;", "C2", "Năm 2027 chưa bắt đầu."),
        (
            ";Xã Mới;;;0;;;",
            "E2",
            "Xã Mới đang tồn tại trong năm 2026: không thể có 0 người dân. Chưa biết thì để trống các ô.",
        ),
        (
            ";Bắc;;0;0;;;",
            "D2",
            "Bắc đang tồn tại trong năm 2026: không thể có 0 người dân. Chưa biết thì để trống các ô.",
        ),
    ],
)
def test_row_that_contradicts_what_is_known_is_named_and_nothing_is_entered(viet_nam, enter, line, at, told):
    with pytest.raises(CannotBeEntered) as refused:
        enter(line, ";Xã Mới;2025;;7;;;")

    assert [(each.at, each.reason) for each in refused.value.problems] == [(at, told)]
    assert not Population.objects.exists()


def test_code_and_name_that_disagree_and_rows_twice_are_named(viet_nam, enter):
    with pytest.raises(CannotBeEntered) as refused:
        enter(f"{viet_nam.xa.code};Phường Mới;;;1;;;", ";Xã Mới;;;1;;;", f"{viet_nam.xa.code};;;;1;;;")

    assert [each.at for each in refused.value.problems] == ["B2", "A4"]


def test_name_that_several_bear_asks_for_the_code(viet_nam, enter):
    from tests.factories.accounts import make_unit

    make_unit("77777", "Xã Mới", parent=viet_nam.north, kind=UnitKind.COMMUNE)

    with pytest.raises(CannotBeEntered, match="Có nhiều đơn vị tên “Xã Mới”: hãy ghi mã"):
        enter(";Xã Mới;;;1;;;")
    enter("77777;;;;1;;;")


def test_source_is_asked_for_and_what_is_known_is_not_entered_again(viet_nam, enter):
    with pytest.raises(SourceMissing):
        enter(";Xã Mới;;;1;;;", source=" ")
    enter(";Xã Mới;;;1;;;")
    with pytest.raises(NothingNew):
        enter(";Xã Mới;;;1;;;")


def test_preview_is_confirmed_once_and_only_as_it_was_seen(viet_nam, enter):
    by = PersonFactory()
    more = {"year": 2026, "way": StatingWay.CSV, "source": "a", "file_name": "", "digest": "", "by": by, "at": NOW}
    preview = preview_population(viet_nam.north, rows=rows_of(";Xã Mới;;;1;;;"), **more)
    seen = plan_of(preview, TODAY).digest
    enter(";Xã Mới;;;5;;;")

    with pytest.raises(ChangedMeanwhile):
        enter_population(preview, seen=seen, by=by, at=NOW)
    assert enter_population(preview, seen=plan_of(preview, TODAY).digest, by=by, at=NOW) == 1
    with pytest.raises(PreviewGone):
        enter_population(preview, seen=seen, by=by, at=NOW)
    assert entered(viet_nam.xa)[1] == 1


def test_population_without_source_is_refused_by_the_database(viet_nam):
    with pytest.raises(IntegrityError, match="population_names_its_source"), transaction.atomic():
        PopulationFactory(unit=viet_nam.xa, source="")


# -- the command --


def test_command_takes_a_file_in_or_names_the_cells(viet_nam, tmp_path, capsys):
    file = tmp_path / "dan-so.csv"
    file.write_text(f"{HEAD}\n;Xã Mới;;;500;;12;\n", encoding="utf-8")
    at = {"unit": viet_nam.north.code, "year": 2026, "source": "Niên giám"}

    call_command("import_population", str(file), dry_run=True, **at)
    assert not Population.objects.exists()
    call_command("import_population", str(file), **at)
    assert entered(viet_nam.xa) == (0, 500, 12, "Niên giám")

    file.write_text(f"{HEAD}\n;Xã Mới;;1;500;;12;\n", encoding="utf-8")
    with pytest.raises(CommandError, match=f"{file}:D2: "):
        call_command("import_population", str(file), **at)
    file.write_text(f"{HEAD}\n;Xã Mới;;;x;;12;\n", encoding="utf-8")
    with pytest.raises(CommandError, match=f"{file}:E2: "):
        call_command("import_population", str(file), **at)
    with pytest.raises(CommandError):
        call_command("import_population", str(tmp_path / "none.csv"), **at)
    with pytest.raises(CommandError):
        call_command("import_population", str(file), unit="99999")


# -- shares of villages --


@pytest.fixture
def village(viet_nam):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS)
    cohort = CohortFactory(kind=CohortKind.UNITS, tier="", classes=[InstitutionClass.VILLAGE_CULTURE_HOUSE])
    return indicator.code, cohort.code


def house(unit):
    return InstitutionFactory(unit=unit, institution_class=InstitutionClass.VILLAGE_CULTURE_HOUSE)


def share(unit, pair):
    return values_for(unit, 2026, [pair], TODAY)[pair]


def test_share_of_villages_is_of_the_villages_that_were_entered(viet_nam, village):
    PopulationFactory(unit=viet_nam.xa, urban=None, rural=None, villages=8)
    house(viet_nam.xa), house(viet_nam.xa)

    value = share(viet_nam.xa, village)

    assert (value.state, value.numerator, value.denominator, value.percent) == (ValueState.VALUE, 2, 8, 25)
    assert (value.reporting, value.expected) == (2, 8)


def test_share_of_villages_of_a_province_needs_all_its_communes(viet_nam, village):
    PopulationFactory(unit=viet_nam.xa, villages=8)
    house(viet_nam.xa)
    assert share(viet_nam.north, village).state == ValueState.NOT_REPORTED

    PopulationFactory(unit=viet_nam.phuong, villages=2)
    assert (share(viet_nam.north, village).numerator, share(viet_nam.north, village).denominator) == (1, 10)


def test_more_village_houses_than_villages_is_no_share(viet_nam, village):
    PopulationFactory(unit=viet_nam.xa, villages=1)
    house(viet_nam.xa), house(viet_nam.xa)

    assert share(viet_nam.xa, village).state == ValueState.NOT_REPORTED


def test_villages_without_any_in_the_register_are_not_known(viet_nam, village):
    PopulationFactory(unit=viet_nam.xa, villages=8)

    assert (share(viet_nam.xa, village).state, share(viet_nam.xa, village).expected) == (ValueState.NOT_REPORTED, 8)


def test_newer_row_without_residents_does_not_hide_an_older_one(viet_nam):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=["programme_attendance"])
    pair = indicator.code, CohortFactory(kind=CohortKind.POPULATION, classes=[]).code
    PopulationFactory(unit=viet_nam.xa, year=2025, rural=500)
    PopulationFactory(unit=viet_nam.xa, year=2026, urban=None, rural=None, villages=8)

    assert share(viet_nam.xa, pair).denominator == 500


@pytest.mark.parametrize(
    ("others", "denominator"),
    [
        ({"own": 500}, 500),  # of the year before
        ({"own": 500, "xa": 300, "phuong": 400}, 700),  # the communes' is newer
        ({"xa": 300, "phuong": 400}, 700),
        ({"xa": 300}, None),  # not of all communes
        ({"old_north": 900}, 900),  # what it was made of
        ({}, None),
    ],
)
def test_what_is_divided_by_once_residents_were_taken_away(viet_nam, others, denominator):
    """The newest that is left: of the unit itself, else of its communes, else of those that it was made of."""
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=["programme_attendance"])
    pair = indicator.code, CohortFactory(kind=CohortKind.POPULATION, classes=[]).code
    for name, residents in others.items():
        unit = viet_nam.north if name == "own" else getattr(viet_nam, name)
        PopulationFactory(unit=unit, year={"own": 2025, "old_north": 2024}.get(name, 2026), rural=residents)
    entered = PopulationFactory(unit=viet_nam.north, year=2026, rural=1234)
    assert share(viet_nam.north, pair).denominator == 1234

    take_population_away(entered, seen=population_digest(entered))

    assert share(viet_nam.north, pair).denominator == denominator
