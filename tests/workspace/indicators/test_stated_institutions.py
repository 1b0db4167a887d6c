"""Figures that are typed in: of which institutions, under which names, where they stood."""

import datetime as dt
import unicodedata

from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure
from hocsuotdoi.indicators.queries.stated import sheet_of
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.places import InstitutionFactory
from tests.workspace.indicators import test_stated as sheets
from tests.workspace.indicators.test_stated import (
    confirm,
    filled,
    form_url,
    problems,
    send,
    sheet_url,
    template,
    template_url,
)

last_year, library, officer = sheets.last_year, sheets.library, sheets.officer


def test_figure_moved_to_another_institution_counts_once(client, officer, bac_kan, library, last_year):
    InstitutionFactory(code="zz-thu-vien-hai", name="Zz thư viện hai", sort_key="zz", unit=bac_kan)
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url)
    rows = template(client, bac_kan, last_year)
    column = next(place for place, text in enumerate(rows[3]) if text.lower() == str(StatedColumn.LOAN.label))
    rows[4][column], rows[5][column] = "", "120"

    url = send(client, bac_kan, last_year, "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")).url
    page = client.get(url)
    key = f"{library.code}/{StatedColumn.LOAN.value}"

    assert "Có 1 số đã ghi trong sổ mà ô trong tệp gửi lên lại để trống" in page.content.decode()
    assert [each.key for each in page.context["plan"].emptied] == [key]
    assert confirm(client, url, take_away=[key]).status_code == 422
    assert confirm(client, url, take_away=["khong-co/loan"], reason="Nhầm").status_code == 422
    assert StatedFigure.objects.count() == 1
    written = confirm(client, url, take_away=[key], reason="Ghi nhầm cơ sở")
    assert client.post(url, {"seen": "x", "take_away": [key], "reason": "lại"}).url == written.url
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 120
    assert Posting.objects.filter(kind=PostingKind.REVERSAL).get().reason == "Ghi nhầm cơ sở"
    assert sheet_of(bac_kan, last_year, timezone.localdate()).quantity((library.pk, StatedColumn.LOAN)) is None


def test_row_under_the_name_of_another_institution_is_refused(client, officer, bac_kan, library, last_year):
    content = filled(client, bac_kan, last_year, LOAN=5).decode("utf-8-sig")
    other = content.replace(library.name, "Thư viện khác").encode()

    page = send(client, bac_kan, last_year, other)

    assert [at for at, _reason in problems(page)] == ["B5"]
    assert "nhưng dòng này ghi “Thư viện khác”" in problems(page)[0][1]
    assert not PreviewedImport.objects.exists()


def test_name_may_be_written_otherwise_left_out_or_an_earlier_one(client, officer, bac_kan, library, last_year):
    content = filled(client, bac_kan, last_year, LOAN=5).decode("utf-8-sig")
    decomposed = unicodedata.normalize("NFD", f"  {library.name.upper()} ")
    for name in (decomposed, ""):
        assert send(client, bac_kan, last_year, content.replace(library.name, name).encode()).status_code == 302
    earlier, library.name = library.name, "Thư viện tên mới"
    library.save()
    assert earlier in content
    assert send(client, bac_kan, last_year, content.encode()).status_code == 302


def test_institution_that_closed_within_the_period_is_in_the_sheet_and_booked_on_its_last_day(
    client, officer, bac_kan, library, last_year
):
    closed_on = dt.date(last_year.year, 10, 1)
    library.statuses.update(ends_on=closed_on)
    library.statuses.create(state=InstitutionState.CLOSED, starts_on=closed_on, reason="Sáp nhập")
    library.placements.update(ends_on=closed_on)

    content = filled(client, bac_kan, last_year, LOAN=120)
    confirm(client, send(client, bac_kan, last_year, content).url)

    assert Entry.objects.get().occurred_on == dt.date(last_year.year, 9, 30)
    days = f"mở cửa đến 30/9/{last_year.year}"
    assert template(client, bac_kan, last_year)[4][3] == f"{bac_kan.name} ({days})"
    assert days.capitalize() in client.get(sheet_url(bac_kan, last_year)).content.decode()
    assert days in client.get(form_url(bac_kan, last_year, library)).content.decode()
    after = Period(last_year.year, quarter=4)
    assert client.get(template_url(bac_kan, after)).status_code == 404
    assert client.get(form_url(bac_kan, after, library)).status_code == 404
    InstitutionFactory(code="con-mo", unit=bac_kan)
    rows = template(client, bac_kan, after)
    rows[4][0], rows[4][1] = library.code, library.name
    page = send(client, bac_kan, after, "\r\n".join(";".join(row) for row in rows).encode())
    assert problems(page) == [("A5", f"{library.name} không hoạt động ở {bac_kan.name} trong {after.words}.")]


def test_institution_that_opened_or_opened_and_closed_within_the_period_can_be_stated(
    client, officer, bac_kan, library, last_year
):
    opened_on, closed_on = dt.date(last_year.year, 8, 1), dt.date(last_year.year, 9, 1)
    library.statuses.update(starts_on=opened_on, ends_on=closed_on)
    library.placements.update(starts_on=opened_on)

    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=5)).url)

    assert Entry.objects.get().occurred_on == dt.date(last_year.year, 8, 31)
    days = f"mở cửa từ 1/8/{last_year.year}, mở cửa đến 31/8/{last_year.year}"
    assert template(client, bac_kan, last_year)[4][3] == f"{bac_kan.name} ({days})"
    assert template(client, bac_kan, Period(last_year.year, month=8))[4][3] == bac_kan.name, "open all the month"
    assert client.get(template_url(bac_kan, Period(last_year.year, month=7))).status_code == 404


def test_institution_that_moved_within_the_period_is_stated_where_it_stood_last(
    client, province_officer, bac_kan, duc_xuan, library, last_year
):
    client.force_login(province_officer)
    moved_on = dt.date(last_year.year, 8, 1)
    library.placements.update(ends_on=moved_on)
    library.placements.create(unit=duc_xuan, starts_on=moved_on)
    assert client.get(template_url(bac_kan, last_year)).status_code == 404
    came = f"chuyển đến ngày {moved_on:%-d/%-m/%Y}, tính ở đây cả kỳ"
    assert template(client, duc_xuan, last_year)[4][3] == f"{duc_xuan.name} ({came})"

    confirm(client, send(client, duc_xuan, last_year, filled(client, duc_xuan, last_year, LOAN=5)).url)

    entry = Entry.objects.get()
    assert (entry.occurred_on, entry.place) == (dt.date(last_year.year, 12, 31), duc_xuan)


def test_institution_whose_place_ended_before_it_closed_is_booked_on_the_last_day_that_it_stood_somewhere(
    client, officer, bac_kan, library, last_year
):
    library.placements.update(ends_on=dt.date(last_year.year, 9, 1))
    library.statuses.update(ends_on=dt.date(last_year.year, 10, 1))

    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=5)).url)

    assert Entry.objects.get().occurred_on == dt.date(last_year.year, 8, 31)
