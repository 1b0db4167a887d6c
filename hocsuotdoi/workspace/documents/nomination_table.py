"""Nominations of a year as a table to hand in."""

import datetime as dt
from collections.abc import Iterable

from hocsuotdoi.reporting.enums import NomineeKind
from hocsuotdoi.reporting.formats.table_book import Column, Table
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.queries.nominations import nominee_words
from hocsuotdoi.reporting.queries.wording import day_words


def nomination_table(nominations: Iterable[Nomination], year: int, day: dt.date) -> Table:
    """A row each: who, of what kind, by whom, for what, and what became of it."""
    rows = [
        [
            ordinal,
            nominee_words(each),
            str(NomineeKind(each.nominee_kind).label),
            each.agency.name,
            each.form,
            str(each.get_state_display()),
            each.decision,
            day_words(each.decided_on) if each.decided_on else "",
            each.awarded_form,
        ]
        for ordinal, each in enumerate(nominations, start=1)
    ]
    columns = [
        Column("TT", 5, "number"),
        Column("Tập thể, cá nhân", 44),
        Column("Loại", 14),
        Column("Cơ quan đề nghị", 40),
        Column("Hình thức đề nghị", 36),
        Column("Tình trạng", 18),
        Column("Số quyết định", 18),
        Column("Ngày quyết định", 14),
        Column("Hình thức được tặng", 36),
    ]
    title = f"Bảng tổng hợp đề nghị khen thưởng năm {year}"
    return Table(title, f"Lập ngày {day_words(day)}", columns, rows, sheet="Khen thưởng", tallied=(5, 2, 4))
