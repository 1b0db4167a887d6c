"""Acts on papers: draft, files, sending by rule, replacing, withdrawing, receipts."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.one_by_one import SomeFailed
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Delivery, Paper, Receipt, in_force
from hocsuotdoi.papers.operations.paper import (
    BadPaper,
    PaperChanged,
    PaperRefused,
    Wording,
    attach_file,
    change_paper,
    deliver_to_new,
    detach_file,
    discard_paper,
    enter_paper,
    send_paper,
    withdraw_paper,
)
from hocsuotdoi.papers.operations.reading import note_read
from hocsuotdoi.papers.queries.finding import Wanted, papers_found
from hocsuotdoi.papers.queries.inbox import is_to_be_read, papers_to_read
from hocsuotdoi.papers.queries.receipts import not_read, read_by_province
from hocsuotdoi.papers.queries.recipients import recipients_of
from hocsuotdoi.papers.queries.succession import in_place_of, that_replaced
from hocsuotdoi.papers.queries.unread import unread_today
from hocsuotdoi.places.enums import AgencyKind, InstitutionState, LineKind
from hocsuotdoi.places.models import Agency, AgencyLine, InstitutionAgency, InstitutionStatus, UnitReading
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, make_unit
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.people import REFORM
from tests.support.breaking import breaks

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)
PDF = b"%PDF-1.7 thu"


@pytest.fixture
def department(department_of_thai_nguyen):
    return department_of_thai_nguyen


@pytest.fixture(autouse=True)
def _libraries_are_open(library_of_bac_kan, library_of_duc_xuan):
    for library in (library_of_bac_kan, library_of_duc_xuan):
        InstitutionStatus.objects.create(institution=library, state=InstitutionState.ACTIVE)


def wording(**fields) -> Wording:
    given = {"title": "Hướng dẫn tổ chức ngày hội đọc sách", "kind": "guideline", "issuer": "Sở VHTTDL"}
    return Wording(**{**given, "text": "Điều 1. Tổ chức hằng năm.", **fields})


def entered(sender, by, **fields) -> Paper:
    return enter_paper(sender, wording=wording(**fields), by=by, at=NOW)


def sent(sender, by, **fields) -> Paper:
    paper = entered(sender, by, **({"is_public": True} | fields))
    send_paper(paper, version=paper.version, by=by, at=NOW, day=DAY)
    paper.refresh_from_db()
    return paper


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_draft_is_entered_in_repaired_words_and_found_by_them(department, province_officer):
    paper = entered(department, province_officer, title="  Hướng  dẫn   đọc sách ", number=" 12/HD-SVHTTDL ")
    assert (paper.title, paper.number, paper.state) == ("Hướng dẫn đọc sách", "12/HD-SVHTTDL", PaperState.DRAFT)
    assert "huong dan doc sach" in paper.search_text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"issuer": ""}, "issuer"),
        ({"text": "a" * 300_001}, "text"),
        ({"starts_on": DAY, "ends_on": DAY}, "ends_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(department, province_officer, fields, field):
    with pytest.raises(BadPaper) as refusal:
        entered(department, province_officer, **fields)
    assert refusal.value.field == field
    assert not Paper.objects.exists()


def test_one_number_of_one_issuer_on_one_day_stands_once(department, province_officer):
    entered(department, province_officer, number="1/HD", issued_on=DAY)
    with pytest.raises(BadPaper) as refusal:
        entered(department, province_officer, number="1/HD", issued_on=DAY)
    assert refusal.value.field == "number"
    entered(department, province_officer, number="1/HD", issued_on=DAY + dt.timedelta(days=1))


def test_one_number_of_one_issuer_without_a_day_stands_once(department, province_officer):
    first = entered(department, province_officer, number="1/HD")
    with pytest.raises(BadPaper, match="ngày ban hành") as refusal:
        entered(department, province_officer, number="1/HD")
    assert refusal.value.field == "issued_on"
    change_paper(first, version=1, wording=wording(number="1/HD"), by=province_officer, at=NOW)
    entered(department, province_officer, number="1/HD", issued_on=DAY)
    entered(department, province_officer, number="1/HD", issuer="Bộ VHTTDL")
    for _each in range(2):
        entered(department, province_officer)


def test_second_of_two_writers_is_told_and_changes_nothing(department, province_officer):
    paper = entered(department, province_officer)
    change_paper(paper, version=1, wording=wording(title="Bản của người thứ nhất"), by=province_officer, at=NOW)
    with pytest.raises(PaperChanged):
        change_paper(paper, version=1, wording=wording(title="Bản của người thứ hai"), by=province_officer, at=NOW)
    paper.refresh_from_db()
    assert (paper.title, paper.version) == ("Bản của người thứ nhất", 2)


def test_files_come_and_go_with_the_draft_and_stay_once_sent(department, province_officer):
    paper = entered(department, province_officer, is_public=True)
    file = attach_file(paper, name="Hướng dẫn.docx", content=PDF, by=province_officer, at=NOW)
    assert (file.file_name, file.media_type) == ("Hướng dẫn.pdf", "application/pdf")
    assert attach_file(paper, name="lần nữa.pdf", content=PDF, by=province_officer, at=NOW) == file
    detach_file(file, by=province_officer, at=NOW)
    file = attach_file(paper, name="a.pdf", content=PDF, by=province_officer, at=NOW)
    with pytest.raises(PaperChanged):  # other files than those that were there when one looked
        send_paper(paper, version=1, by=province_officer, at=NOW, day=DAY)
    send_paper(paper, version=4, by=province_officer, at=NOW, day=DAY)
    for act in (
        lambda: detach_file(file, by=province_officer, at=NOW),
        lambda: attach_file(paper, name="b.pdf", content=PDF + b"2", by=province_officer, at=NOW),
        lambda: change_paper(paper, version=5, wording=wording(), by=province_officer, at=NOW),
        lambda: discard_paper(paper, by=province_officer, at=NOW),
        lambda: send_paper(paper, version=5, by=province_officer, at=NOW, day=DAY),
    ):
        with pytest.raises(PaperRefused):
            act()
    assert paper.files.get() == file


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ chay duoc",
        b"PK\x03\x04 hong",
        zipped(**{"word/document.xml": b"x", "word/vbaProject.bin": b"x"}),
        zipped(**{"khac.txt": b"x"}),
    ],
)
def test_what_is_no_document_is_refused(department, province_officer, content):
    paper = entered(department, province_officer)
    with pytest.raises(BadPaper):
        attach_file(paper, name="tệp.pdf", content=content, by=province_officer, at=NOW)
    assert not paper.files.exists()


def test_word_document_is_known_by_what_stands_in_it(department, province_officer):
    paper = entered(department, province_officer)
    content = zipped(**{"word/document.xml": b"x"})
    file = attach_file(paper, name="../../van ban.exe", content=content, by=province_officer, at=NOW)
    assert file.file_name == "van ban.docx"


def test_sending_reaches_whom_the_rules_name_and_nobody_else(
    department, province_officer, office_of_bac_kan, library_of_bac_kan, library_of_duc_xuan
):
    paper = sent(department, province_officer, is_public=False, to_tiers=["commune"], to_classes=["library_commune"])
    agencies = set(paper.deliveries.filter(agency__isnull=False).values_list("agency", flat=True))
    institutions = set(paper.deliveries.filter(institution__isnull=False).values_list("institution", flat=True))
    assert office_of_bac_kan.pk in agencies
    assert department.pk not in agencies
    assert {library_of_bac_kan.pk, library_of_duc_xuan.pk} <= institutions
    assert set(Agency.objects.filter(pk__in=agencies).values_list("unit__tier", flat=True)) == {"commune"}


def test_body_that_leads_no_territory_sends_down_its_own_line(thai_nguyen, library_of_bac_kan, library_of_duc_xuan):
    education = Agency.objects.create(
        code="so-gd-thu", name="Sở GDĐT (thử)", kind=AgencyKind.EDUCATION, unit=thai_nguyen
    )
    room = Agency.objects.create(
        code="phong-gd-thu", name="Phòng GD (thử)", kind=AgencyKind.EDUCATION, unit=thai_nguyen
    )
    AgencyLine.objects.create(agency=room, superior=education, kind=LineKind.PROFESSIONAL)
    InstitutionAgency.objects.create(agency=room, institution=library_of_bac_kan)
    paper = Paper(sender=education, to_kinds=[kind.value for kind in AgencyKind], to_classes=["library_commune"])
    recipients = recipients_of(paper, DAY)
    assert set(recipients.agencies) == {room}
    assert set(recipients.institutions) == {library_of_bac_kan}


def test_paper_that_nobody_would_get_or_that_says_nothing_is_not_sent(department, province_officer):
    nobody = entered(department, province_officer)
    empty = entered(department, province_officer, text="", is_public=True)
    late = entered(department, province_officer, is_public=True, read_by=DAY - dt.timedelta(days=1))
    for paper in (nobody, empty, late):
        with pytest.raises(PaperRefused):
            send_paper(paper, version=1, by=province_officer, at=NOW, day=DAY)
    assert set(Paper.objects.values_list("state", flat=True)) == {PaperState.DRAFT}
    assert not Delivery.objects.exists()


def test_new_paper_ends_the_one_it_replaces(department, province_officer):
    old = sent(department, province_officer)
    with pytest.raises(BadPaper) as refusal:
        entered(department, province_officer, replaces=old)
    assert refusal.value.field == "change_note"
    begins = DAY + dt.timedelta(days=30)
    sent(department, province_officer, replaces=old, change_note="Thêm hình thức trực tuyến.", starts_on=begins)
    old.refresh_from_db()
    assert old.ends_on == begins


@pytest.mark.parametrize(("ended", "ends"), [(400, 30), (10, 10)])
def test_what_is_replaced_ends_with_the_new_one_or_on_its_own_earlier_day(department, province_officer, ended, ends):
    old = sent(department, province_officer, ends_on=DAY + dt.timedelta(days=ended))
    begins = DAY + dt.timedelta(days=30)
    sent(department, province_officer, replaces=old, change_note="Thêm hình thức trực tuyến.", starts_on=begins)
    old.refresh_from_db()
    assert old.ends_on == DAY + dt.timedelta(days=ends)


def _later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def _replacing(old, department, province_officer, **fields) -> Paper:
    return sent(department, province_officer, replaces=old, change_note="Bỏ Điều 2.", **fields)


@pytest.mark.parametrize("begins", [None, _later(10), _later(30)])
def test_what_is_replaced_before_it_took_effect_never_holds(
    department, province_officer, officer_of_bac_kan, bac_kan, begins
):
    old = sent(department, province_officer, to_tiers=["commune"], starts_on=_later(30), read_by=_later(32))
    assert list(papers_to_read(officer_of_bac_kan, DAY)) == [old]
    new = _replacing(old, department, province_officer, starts_on=begins)
    old.refresh_from_db()
    assert (old.state, old.starts_on, old.ends_on) == (PaperState.OVERTAKEN, _later(30), None)
    for day in (DAY, _later(30), _later(400)):
        assert old not in Paper.objects.filter(in_force(day))
        assert not old.is_in_force(day)
        assert old not in papers_found(Paper.objects.all(), Wanted(holds_on=day))
        assert not papers_to_read(officer_of_bac_kan, day).exists()
    assert not is_to_be_read(old, officer_of_bac_kan, DAY)
    for day in (_later(1), _later(30), _later(33)):
        assert not unread_today(day, [officer_of_bac_kan.pk])
    before = old.deliveries.count()
    Agency.objects.create(code="vhxh-moi", name="Phòng mới", kind=AgencyKind.CULTURE_SOCIETY, unit=bac_kan)
    deliver_to_new(day=_later(31), at=NOW + dt.timedelta(days=31))
    assert old.deliveries.count() == before
    assert new in Paper.objects.filter(in_force(_later(30)))
    with pytest.raises(PaperRefused):
        withdraw_paper(old, reason="Thôi", by=province_officer, at=NOW)


def test_of_two_drafts_in_place_of_one_paper_one_is_sent(department, province_officer):
    old = sent(department, province_officer)
    new = {"change_note": "Khác", "is_public": True}
    first, second = (entered(department, province_officer, replaces=old, **new) for _each in range(2))
    given = {"by": province_officer, "at": NOW, "day": DAY}
    send_paper(first, version=first.version, **given)
    with pytest.raises(PaperRefused):
        send_paper(second, version=second.version, **given)
    third = entered(department, province_officer, replaces=first, **new)
    first.refresh_from_db()
    withdraw_paper(first, reason="Nhầm", by=province_officer, at=NOW)
    with pytest.raises(PaperRefused):
        send_paper(third, version=third.version, **given)
    send_paper(second, version=second.version, **given)


def test_what_was_to_be_replaced_by_a_paper_that_never_held_ends_with_the_one_that_does(department, province_officer):
    first = sent(department, province_officer)
    second = _replacing(first, department, province_officer, starts_on=_later(30))
    third = _replacing(second, department, province_officer, starts_on=_later(10))
    for paper in (first, second):
        paper.refresh_from_db()
    assert (first.ends_on, second.state) == (_later(10), PaperState.OVERTAKEN)
    assert list(in_place_of(Paper.objects.all(), third)) == [first]
    assert list(that_replaced(Paper.objects.all(), first)) == [third]
    assert list(that_replaced(Paper.objects.all(), second)) == [third]


def test_what_held_already_ends_on_the_day_when_one_from_earlier_takes_its_place(department, province_officer):
    old = sent(department, province_officer, starts_on=_later(-5))
    _replacing(old, department, province_officer, starts_on=_later(-20))
    old.refresh_from_db()
    assert (old.state, old.ends_on) == (PaperState.SENT, DAY)


def test_withdrawing_says_why_and_asks_nobody_any_more(department, province_officer, officer_of_bac_kan):
    paper = sent(department, province_officer, to_tiers=["commune"])
    assert list(papers_to_read(officer_of_bac_kan, DAY)) == [paper]
    with pytest.raises(BadPaper):
        withdraw_paper(paper, reason="  ", by=province_officer, at=NOW)
    withdraw_paper(paper, reason="Sai mẫu biểu.", by=province_officer, at=NOW)
    with pytest.raises(PaperRefused):
        withdraw_paper(paper, reason="Lần nữa", by=province_officer, at=NOW)
    assert not papers_to_read(officer_of_bac_kan, DAY).exists()


def test_what_came_to_stand_later_gets_what_still_holds_once(department, province_officer, bac_kan):
    paper = sent(department, province_officer, to_tiers=["commune"], to_kinds=["culture_society"])
    before = paper.deliveries.count()
    office = Agency.objects.create(
        code="vhxh-thu-moi", name="Phòng mới (thử)", kind=AgencyKind.CULTURE_SOCIETY, unit=bac_kan
    )
    assert deliver_to_new(day=DAY, at=NOW) >= 1
    assert deliver_to_new(day=DAY, at=NOW) == 0
    assert paper.deliveries.filter(agency=office).count() == 1
    assert paper.deliveries.count() > before


def test_paper_that_cannot_be_delivered_keeps_no_other_from_it(department, province_officer, bac_kan):
    sending = {"to_tiers": ["commune"], "to_kinds": ["culture_society"]}
    papers = [sent(department, province_officer, title=title, **sending) for title in ("Một", "Hai", "Ba")]
    office = Agency.objects.create(
        code="vhxh-thu-moi", name="Phòng mới (thử)", kind=AgencyKind.CULTURE_SOCIETY, unit=bac_kan
    )
    breaks(Delivery, on="INSERT", when=f"NEW.paper_id = '{papers[1].pk}'")
    with pytest.raises(SomeFailed, match=f"Paper {papers[1].pk}$"):
        deliver_to_new(day=DAY, at=NOW)
    got = Delivery.objects.filter(agency=office, paper__in=papers).values_list("paper", flat=True)
    assert set(got) == {papers[0].pk, papers[2].pk}


def test_what_came_to_stand_later_has_fourteen_days_to_read(
    client, department, province_officer, officer_of_bac_kan, bac_kan, office_of_bac_kan
):
    short, without = (
        sent(department, province_officer, to_tiers=["commune"], title=title, read_by=read_by)
        for title, read_by in (("Gấp", _later(10)), ("Không hẹn", None))
    )
    far = sent(department, province_officer, to_tiers=["commune"], title="Còn lâu", read_by=_later(200))
    office = Agency.objects.create(code="vhxh-moi", name="Phòng mới", kind=AgencyKind.CULTURE_SOCIETY, unit=bac_kan)
    newcomer = PersonFactory()
    RoleAssignmentFactory(person=newcomer, role=RoleName.AGENCY_OFFICER, agency=office)
    deliver_to_new(day=_later(20), at=NOW + dt.timedelta(days=20))

    def days_of(person):
        return {each.pk: each.to_read_by for each in papers_to_read(person, _later(20))}

    both = {without.pk: None, far.pk: _later(200)}
    assert days_of(newcomer) == both | {short.pk: _later(34)}
    assert days_of(officer_of_bac_kan) == both | {short.pk: _later(10)}
    assert [each.pk for each in papers_to_read(newcomer, _later(20))] == [short.pk, far.pk, without.pk]

    def told(person, day):
        found = unread_today(_later(day), [person.pk]).get(person.pk, [])
        return [(each.paper, each.read_by) for each in found if not each.is_new]

    assert [day for day in range(40) if told(officer_of_bac_kan, day)] == [8, 11]
    assert [day for day in range(40) if told(newcomer, day)] == [32, 35]
    assert told(newcomer, 35) == [(short, _later(34))]

    rows = {each.agency: each.to_read_by for each in not_read(short, _later(20))}
    assert (rows[office], rows[office_of_bac_kan]) == (_later(34), _later(10))
    client.force_login(province_officer)
    page = client.get(reverse("workspace:papers-receipt-list", args=[short.pk])).content.decode()
    assert page.count("Gửi ngày 22/3/2026, hạn đọc: 5/4/2026") == 1


def test_pages_tell_a_newcomer_its_own_day(client, department, province_officer, bac_kan):
    today = timezone.localdate()
    paper = sent(department, province_officer, to_tiers=["commune"], title="Gấp", read_by=_later(10))
    office = Agency.objects.create(code="vhxh-moi", name="Phòng mới", kind=AgencyKind.CULTURE_SOCIETY, unit=bac_kan)
    newcomer = PersonFactory()
    RoleAssignmentFactory(person=newcomer, role=RoleName.AGENCY_OFFICER, agency=office)
    deliver_to_new(day=today, at=timezone.now())
    day = today + dt.timedelta(days=14)
    client.force_login(newcomer)
    for name, where in (
        ("home", reverse("workspace:home")),
        ("list", reverse("workspace:papers-paper-list")),
        ("paper", reverse("portal:papers-paper-detail", args=[paper.pk])),
    ):
        page = client.get(where).content.decode()
        assert f"{day.day}/{day.month}/{day.year}" in page, name
        assert "12/3/2026" not in page, name


def test_receipt_is_of_the_place_where_a_person_works_and_counts_once(
    department, province_officer, officer_of_bac_kan, librarian_of_bac_kan, librarian_of_duc_xuan, reader, bac_kan
):
    paper = sent(department, province_officer, to_tiers=["commune"], to_classes=["library_commune"])
    assert is_to_be_read(paper, officer_of_bac_kan, DAY)
    assert note_read(paper, by=officer_of_bac_kan, at=NOW, day=DAY) == 1
    assert note_read(paper, by=officer_of_bac_kan, at=NOW, day=DAY) == 0
    assert not is_to_be_read(paper, officer_of_bac_kan, DAY)
    assert note_read(paper, by=librarian_of_bac_kan, at=NOW, day=DAY) == 1
    assert note_read(paper, by=reader, at=NOW, day=DAY) == 0
    assert note_read(paper, by=province_officer, at=NOW, day=DAY) == 0, "the province's is not the commune's office"
    assert papers_to_read(librarian_of_duc_xuan, DAY).exists()

    colleague = PersonFactory()
    RoleAssignmentFactory(person=colleague, role=RoleName.AGENCY_OFFICER, unit=bac_kan)
    assert not papers_to_read(colleague, DAY).exists(), "somebody of that office has read it"
    assert is_to_be_read(paper, colleague, DAY)
    assert note_read(paper, by=colleague, at=NOW, day=DAY) == 1

    (row,) = [each for each in read_by_province(paper, DAY) if each.unit and each.unit.code == "19"]
    assert row.sent == paper.deliveries.count()
    assert row.read == 2
    assert Receipt.objects.count() == 3
    left = not_read(paper, DAY)
    assert left.count() == row.sent - row.read
    assert left.filter(institution=None, has_people=True).count() == 0


def test_offices_of_units_that_ended_count_where_these_are_read_today(
    department, province_officer, country, thai_nguyen, bac_kan
):
    paper = sent(department, province_officer, to_tiers=["commune"])
    ended = make_unit("06", "Tỉnh Bắc Kạn", parent=country, kind="tinh", tier="province", ends_on=REFORM)
    old = make_unit("01840", "Phường cũ", parent=ended, ends_on=REFORM)
    UnitReading.objects.create(unit=ended, reads_as=thai_nguyen, starts_on=REFORM)
    UnitReading.objects.create(unit=old, reads_as=bac_kan, starts_on=REFORM)
    left = InstitutionFactory(unit=old, name="Thư viện chưa chuyển")
    before = {each.unit: each.sent for each in read_by_province(paper, DAY)}
    for column, thing in (
        ("agency", AgencyFactory(unit=ended)),
        ("agency", AgencyFactory(unit=old)),
        ("institution", left),
    ):
        Delivery.objects.create(paper=paper, sent_at=NOW, **{column: thing})
    after = {each.unit: each.sent for each in read_by_province(paper, DAY)}
    assert {unit: sent - before.get(unit, 0) for unit, sent in after.items()} == {thai_nguyen: 3}
    assert sum(after.values()) == paper.deliveries.count()
    named = not_read(paper, DAY, thai_nguyen)
    assert named.count() == sum(each.sent - each.read for each in read_by_province(paper, DAY))
    assert left in {each.institution for each in named}


def test_draft_gives_no_receipt(department, province_officer):
    paper = entered(department, province_officer)
    assert note_read(paper, by=province_officer, at=NOW, day=DAY) == 0
    assert not is_to_be_read(paper, province_officer, timezone.localdate())
