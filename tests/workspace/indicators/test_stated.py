"""The pages of figures that are typed in: sheet, file, preview, form, history; and whom they are closed to."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure, Statement
from hocsuotdoi.indicators.queries.stated import sheet_of, with_leaps
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state

LIST = reverse("workspace:indicators-stated-list")
HISTORY = reverse("workspace:indicators-stated-history")
SOURCE = "Báo cáo giấy năm trước"


@pytest.fixture
def last_year() -> Period:
    return Period(timezone.localdate().year - 1)


@pytest.fixture
def library(library_of_bac_kan):
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    return library_of_bac_kan


@pytest.fixture
def officer(client, library, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    return officer_of_bac_kan


def sheet_url(unit, period) -> str:
    return reverse("workspace:indicators-stated-sheet", args=[unit.code, period.code])


def template_url(unit, period, kind="csv") -> str:
    return reverse("workspace:indicators-stated-template", args=[unit.code, period.code, kind])


def form_url(unit, period, institution) -> str:
    return reverse("workspace:indicators-stated-institution", args=[unit.code, period.code, institution.code])


def template(client, unit, period) -> list[list[str]]:
    content = client.get(template_url(unit, period)).content.decode("utf-8-sig")
    return [line.split(";") for line in content.split("\r\n")]


def filled(client, unit, period, **quantities) -> bytes:
    """The template with figures in its first row, by the names of `StatedColumn`."""
    rows = template(client, unit, period)
    for name, quantity in quantities.items():
        label = str(StatedColumn[name].label)
        column = next(place for place, text in enumerate(rows[3]) if text.lower() == label)
        rows[4][column] = str(quantity)
    return "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")


def send(client, unit, period, content: bytes, name="mau.csv", source=SOURCE):
    data = {"file": SimpleUploadedFile(name, content), "source": source}
    return client.post(sheet_url(unit, period), data)


def confirm(client, url, **answers):
    seen = client.get(url).context["plan"].digest
    return client.post(url, {"seen": seen, **answers})


# -- the way of a sheet --


def test_sheet_is_taken_filled_in_looked_at_and_written(client, officer, bac_kan, library, last_year):
    looked_at = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120, IN_HOUSE_USE=0))
    page = client.get(looked_at.url)

    assert "Chưa ghi gì cả" in page.content.decode()
    assert [(change.column, change.before, change.after) for change in page.context["page_obj"]] == [
        (StatedColumn.LOAN, None, 120),
        (StatedColumn.IN_HOUSE_USE, None, 0),
    ]
    assert not Posting.objects.exists()

    written = confirm(client, looked_at.url)

    statement = Statement.objects.get()
    assert written.url == reverse("workspace:indicators-stated-detail", args=[statement.pk])
    assert (statement.source, statement.file_name, statement.stated_by) == (SOURCE, "mau.csv", officer.pk)
    assert len(statement.file_digest) == 64
    assert Entry.objects.get().quantity == 120
    assert Posting.objects.filter(kind=PostingKind.STATED).count() == 2
    assert client.get(written.url).status_code == 200


def test_sheet_taken_again_holds_what_was_stated_and_changes_nothing(client, officer, bac_kan, last_year):
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120, LIBRARY_VISIT=0)).url)

    content = client.get(template_url(bac_kan, last_year, "xlsx")).content
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    again = send(client, bac_kan, last_year, content, "mau.xlsx")

    assert {sheet.cell(5, 5).value, sheet.cell(5, 7).value} == {0, 120}
    assert again.status_code == 422
    assert "Không có gì mới" in again.content.decode()


def test_confirming_twice_writes_once_and_leads_to_what_was_written(client, officer, bac_kan, last_year):
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url
    first = confirm(client, url)

    second = client.post(url, {"seen": "anything"})

    assert second.url == first.url
    assert Posting.objects.count() == 1


def test_change_asks_why_and_shows_old_and_new(client, officer, bac_kan, last_year):
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url)
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=90)).url

    assert confirm(client, url).status_code == 422
    confirm(client, url, reason="Đếm lại")

    figures = client.get(reverse("workspace:indicators-stated-detail", args=[Statement.objects.latest("stated_at").pk]))
    assert [(each.before, each.quantity) for each in figures.context["page_obj"]] == [(120, 90)]
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 90


def test_figure_beside_records_is_written_only_when_said_to_be_in_addition(
    client, officer, bac_kan, library, last_year
):
    make_posting(library, last_year.last_day, measure=MeasureCode.LOAN, quantity=7)
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=10)).url
    assert "7, cộng lại 17" in client.get(url).content.decode()

    assert confirm(client, url).status_code == 422
    confirm(client, url, in_addition="on")

    assert sum(Entry.objects.values_list("quantity", flat=True)) == 17


def test_what_changed_since_the_preview_was_looked_at_is_told(client, officer, bac_kan, library, last_year):
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=10)).url
    seen = client.get(url).context["plan"].digest
    make_posting(library, last_year.last_day, measure=MeasureCode.LOAN, quantity=7)

    page = client.post(url, {"seen": seen, "in_addition": "on"}, follow=True)

    assert "Từ lúc bạn xem đến nay đã có thay đổi" in page.content.decode()
    assert not Statement.objects.exists()


# -- what is wrong in a file --


def problems(page) -> list[tuple[str, str]]:
    return [(each.at, each.reason) for each in page.context["problems"]]


def test_every_wrong_cell_of_a_sheet_is_told_at_once(client, officer, bac_kan, library_of_duc_xuan, last_year):
    rows = [
        line.split(";") for line in filled(client, bac_kan, last_year, LOAN="1.200").decode("utf-8-sig").split("\r\n")
    ]
    rows[5] = [library_of_duc_xuan.code, "", "", "", "5", "", "6"]
    rows += [["khong-co"]]

    page = send(client, bac_kan, last_year, "\r\n".join(";".join(row) for row in rows).encode())

    assert page.status_code == 422
    assert [at for at, _ in problems(page)] == ["G5", "A6", "A7"]
    assert "Ô G5" in page.content.decode()
    assert not PreviewedImport.objects.exists()


def test_template_of_another_period_or_unit_is_recognised(client, officer, bac_kan, last_year):
    content = filled(client, bac_kan, Period(last_year.year, quarter=3), LOAN=1)

    told = problems(send(client, bac_kan, last_year, content))

    assert told == [
        (
            "B1",
            f"Đây là mẫu của Phường Bắc Kạn, quý III/{last_year.year}. "
            "Hãy mở đúng trang đó, hoặc tải mẫu của trang này.",
        )
    ]
    broken = content.replace(b"-Q3-", b"-Q9-")
    assert problems(send(client, bac_kan, last_year, broken)) == [("B1", "Mã mẫu đã bị sửa. Hãy tải lại mẫu.")]


def test_file_without_source_is_refused(client, officer, bac_kan, last_year):
    page = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=1), source=" ")

    assert page.status_code == 422
    assert page.context["form"].errors["source"]


# -- cells that came back empty, rows that lost their code --


def test_emptied_figure_stays_unless_it_is_taken_away(client, officer, bac_kan, library, last_year):
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url)

    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN="")).url
    page = client.post(url, {"seen": client.get(url).context["plan"].digest}, follow=True)

    assert "Không có gì thay đổi" in page.content.decode()
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN="", IN_HOUSE_USE=3)).url
    confirm(client, url)
    assert sheet_of(bac_kan, last_year, timezone.localdate()).quantity((library.pk, StatedColumn.LOAN)) == 120


def test_many_emptied_figures_are_paged_and_taken_away_together_or_one_by_one(
    client, officer, bac_kan, library, last_year
):
    """A whole sheet that came back empty: its figures are not all written into one page."""
    others = [
        InstitutionFactory(code=f"zz-{at:02}", name=f"Zz {at:02}", sort_key="zz", unit=bac_kan) for at in range(60)
    ]
    rows = template(client, bac_kan, last_year)
    column = next(place for place, text in enumerate(rows[3]) if text.lower() == str(StatedColumn.LOAN.label))

    def sent(quantity: str) -> str:
        for row in rows[4:65]:
            row[column] = quantity
        return send(client, bac_kan, last_year, "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")).url

    confirm(client, sent("7"))
    url = sent("")
    page = client.get(url)
    assert len(page.context["plan"].emptied) == 61
    assert len(page.context["form"].fields["take_away"].choices) == 50
    assert others[-1].name not in page.content.decode() and "?kind=emptied" in page.content.decode()
    assert others[-1].name in client.get(f"{url}?kind=emptied&page=2").content.decode()

    assert confirm(client, url, take_all="on").status_code == 422, "without a reason nothing goes"
    key = f"{others[-1].code}/{StatedColumn.LOAN.value}"
    assert confirm(client, url, take_away=[key], reason="x").status_code == 422, "one that was not asked about"
    assert StatedFigure.objects.count() == 61
    confirm(client, url, take_all="on", reason="Gửi nhầm")
    assert sheet_of(bac_kan, last_year, timezone.localdate()).reported == set()


# -- institutions that were open for a part of the period --


# -- figures far from those before --


def test_figure_ten_times_as_small_as_a_year_before_asks_to_be_looked_at(
    client, officer, bac_kan, library, last_year, django_assert_num_queries
):
    this_year = Period(last_year.year + 1)
    state(library, bac_kan, last_year, timezone.now(), LOAN=12000, IN_HOUSE_USE=4, LIBRARY_VISIT=500)
    content = filled(client, bac_kan, this_year, LOAN=12, IN_HOUSE_USE=40, LIBRARY_VISIT=4999)

    page = client.get(send(client, bac_kan, this_year, content).url)

    text = " ".join(page.content.decode().split())
    assert "Có 1 số lớn hơn hoặc nhỏ hơn kỳ trước từ mười lần trở lên" in text
    assert f"Hãy xem lại: {last_year.words} là 12.000, lần này là 12<" in text
    shown = {each.column: each.leap for each in page.context["page_obj"]}
    assert next(iter(shown)) == StatedColumn.LOAN
    assert [shown[StatedColumn.IN_HOUSE_USE], shown[StatedColumn.LIBRARY_VISIT]] == [None, None]
    assert confirm(client, page.request["PATH_INFO"]).url.endswith(f"{Statement.objects.latest('stated_at').pk}/")
    with django_assert_num_queries(2):
        assert len(with_leaps(page.context["plan"].changes, this_year)) == 3


# -- one institution --


def test_figures_of_one_institution_are_typed_in_changed_and_taken_back(client, officer, bac_kan, library, last_year):
    url = form_url(bac_kan, last_year, library)
    confirm(client, client.post(url, {"loan": "12", "session": "0", "source": "Điện thoại"}).url)
    shown = {"shown_loan": "12", "shown_session": "0"}
    url_2 = client.post(url, {"loan": "15", "session": "", "source": "Điện thoại", **shown}).url
    confirm(client, url_2, reason="Đếm lại")

    sheet = sheet_of(bac_kan, last_year, timezone.localdate())
    assert [sheet.quantity((library.pk, column)) for column in (StatedColumn.LOAN, StatedColumn.SESSION)] == [15, None]
    assert client.get(url).context["form"]["loan"].initial == 15


@pytest.mark.parametrize("typed", ["1.200", "-1", "mười", "1,5"])
def test_field_that_is_no_whole_number_says_so(client, officer, bac_kan, library, last_year, typed):
    page = client.post(form_url(bac_kan, last_year, library), {"loan": typed, "source": "Điện thoại"})

    assert page.status_code == 422
    assert page.context["form"].errors["loan"]


def test_form_that_shows_what_is_not_any_more_true_is_refused(client, officer, bac_kan, library, last_year):
    url = form_url(bac_kan, last_year, library)
    confirm(client, client.post(url, {"loan": "12", "source": "Điện thoại"}).url)

    page = client.post(url, {"loan": "", "session": "4", "source": "Điện thoại"})

    assert page.status_code == 422
    assert "Trong lúc đó đã có người khác nhập số" in page.content.decode()
    assert StatedFigure.objects.count() == 1


# -- history --


def test_statement_is_undone_with_a_reason(client, officer, bac_kan, last_year):
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url)
    statement = Statement.objects.get()
    undo = reverse("workspace:indicators-stated-undo", args=[statement.pk])
    assert client.post(undo, {"reason": ""}).status_code == 422

    page = client.post(undo, {"reason": "Nhầm tệp"}, follow=True)

    assert "Đã hủy: số liệu trở lại như trước." in page.content.decode()
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 0
    assert "đã hủy" in client.get(HISTORY).content.decode().lower()
    assert "Nhầm tệp" in client.get(reverse("workspace:indicators-stated-detail", args=[statement.pk])).content.decode()
    assert client.post(undo, {"reason": "Nhầm"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_queries_for_one_and_three(
    client, officer, bac_kan, last_year, count, django_assert_num_queries
):
    for number in range(count - 1):
        InstitutionFactory(code=f"them-{number}", unit=bac_kan)
    for back in range(count):
        period = Period(last_year.year, month=12 - back)
        confirm(client, send(client, bac_kan, period, filled(client, bac_kan, period, LOAN=7)).url)
    statement = Statement.objects.first()
    detail = reverse("workspace:indicators-stated-detail", args=[statement.pk])
    for url, queries in ((LIST, 6), (HISTORY, 6), (detail, 10), (sheet_url(bac_kan, last_year), 9)):
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


def test_zero_stands_on_the_public_page_of_its_posting(client, officer, bac_kan, last_year):
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=0)).url)
    client.logout()

    page = client.get(reverse("portal:indicators-posting-detail", args=[Posting.objects.get().pk]))

    text = page.content.decode()
    assert "Đã báo cáo: không có lượt nào." in text
    assert "Số liệu nhập tay" in text
    assert SOURCE in text


# -- who may --


@pytest.mark.parametrize("code", ["nonsense", "2099", "2026-13", "1999"])
def test_period_that_cannot_be_stated_is_no_page(client, officer, bac_kan, code):
    url = reverse("workspace:indicators-stated-sheet", args=[bac_kan.code, code])

    assert client.get(url).status_code == 404


def test_unit_without_institutions_says_what_to_do(client, officer, bac_kan, library, last_year):
    library.statuses.update(state=InstitutionState.CLOSED)

    page = client.get(sheet_url(bac_kan, last_year))

    assert "Kỳ này ở đây không có cơ sở nào hoạt động" in page.content.decode()
    assert client.get(template_url(bac_kan, last_year)).status_code == 404


def test_running_year_is_offered_first(client, officer, bac_kan):
    page = client.get(LIST)

    assert page.context["period"] == Period(timezone.localdate().year)
    assert client.get(f"{LIST}?period=2099").context["period"] == page.context["period"]
    chosen = client.get(f"{LIST}?period={dt.date.today().year - 1}-Q2").context["period"]
    assert chosen.quarter == 2


# -- what stands on grey --


def on_grey(client, unit, period, text, name="LOAN") -> tuple[bytes, str]:
    """The template with `text` in the first row's grey cell of a column, and where that is."""
    rows = template(client, unit, period)
    label = f"hệ thống đã ghi: {StatedColumn[name].label}"
    column = next(place for place, heading in enumerate(rows[3]) if heading.lower() == label)
    rows[4][column] = text
    return "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig"), f"{chr(65 + column)}5"


@pytest.mark.parametrize("text", ["120", "0", "nhiều"])
def test_number_typed_into_a_grey_cell_is_told_by_its_cell_and_nothing_is_taken(
    client, officer, bac_kan, library, last_year, text
):
    content, at = on_grey(client, bac_kan, last_year, text)

    page = send(client, bac_kan, last_year, content)

    assert page.status_code == 422
    (problem,) = page.context["problems"]
    assert (problem.at, problem.about) == (at, library.name)
    assert f"“{text}” được điền vào ô xám" in problem.reason
    assert not PreviewedImport.objects.exists() and not Posting.objects.exists()


def test_what_was_recorded_after_the_template_was_taken_is_not_taken_for_typing(
    client, officer, bac_kan, library, last_year
):
    content = filled(client, bac_kan, last_year, LIBRARY_VISIT=7)
    make_posting(library, dt.date(last_year.starts_on.year, 9, 1), Line(MeasureCode.LOAN, 40))

    assert send(client, bac_kan, last_year, content).status_code == 302

    rows = template(client, bac_kan, last_year)
    make_posting(library, dt.date(last_year.starts_on.year, 10, 1), Line(MeasureCode.LOAN, 2))
    older = "\r\n".join(";".join(row) for row in rows).replace("40", "41").encode("utf-8-sig")
    assert send(client, bac_kan, last_year, older).status_code == 422


def test_template_of_before_the_check_is_still_taken(client, officer, bac_kan, library, last_year):
    rows = [row[:-1] if number >= 3 else row for number, row in enumerate(template(client, bac_kan, last_year))]
    rows[4][4] = "5"
    content = "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")

    assert send(client, bac_kan, last_year, content).status_code == 302
