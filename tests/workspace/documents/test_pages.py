"""Pages of documents, by who may and who may not."""

import datetime as dt
import io
import uuid
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document as Word
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.formats.spelling import search_text_of
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentKind, DocumentState
from hocsuotdoi.reporting.formats.docx import own_template
from hocsuotdoi.reporting.models import Document, DocumentRun, DocumentTemplate, Nomination, Report, Snapshot
from hocsuotdoi.reporting.operations.documents import write_run
from hocsuotdoi.reporting.operations.nomination import Decision, NominationChanged, award_together, begin_nomination
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.documents import certificate, consolidated_content, frozen_report
from tests.factories.places import InstitutionFactory
from tests.factories.running import NOW, make_cycle, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(office_of_bac_kan, department_of_thai_nguyen) -> Snapshot:
    own = make_report(make_cycle(owner=department_of_thai_nguyen), department_of_thai_nguyen)
    return frozen_report(office_of_bac_kan, cycle=own.cycle, goes_to=own, above=[department_of_thai_nguyen.pk])


def documents_url(snapshot: Snapshot) -> str:
    return reverse("workspace:documents-snapshot-documents", args=[snapshot.number])


@pytest.fixture
def officer_of_the_army(thai_nguyen) -> Person:
    command = Agency.objects.create(code="bchqs", name="Bộ Chỉ huy quân sự", kind=AgencyKind.MILITARY, unit=thai_nguyen)
    person = PersonFactory(full_name="Lê Văn Quân")
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=command)
    return person


def test_document_is_asked_for_and_taken_away(client, snapshot, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    assert snapshot.number in client.get(documents_url(snapshot)).content.decode()
    for format, kind in (("docx", "PK"), ("xlsx", "PK")):
        answer = client.post(documents_url(snapshot), {"format": format}, follow=True)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)[:2] == kind.encode()
        assert f"{snapshot.number}" in answer["Content-Disposition"]
    assert Document.objects.filter(state=DocumentState.MADE).count() == 2
    assert client.post(documents_url(snapshot), {"format": "signed_pdf"}).status_code == 403


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_public_page_of_a_document_is_offered_once_it_opens(client, office_of_bac_kan, officer_of_bac_kan, state):
    snapshot = frozen_report(office_of_bac_kan, state=state)
    client.force_login(officer_of_bac_kan)
    client.post(documents_url(snapshot), {"format": "xlsx"})
    public = reverse("portal:documents-document-check", args=[Document.objects.get().code])

    page = client.get(documents_url(snapshot)).content.decode()

    assert (public in page) == (client.get(public).status_code == 200) == (state == "approved")
    assert ("mở khi báo cáo được duyệt" in page) == (state == "submitted")


@pytest.mark.parametrize("is_staffed", [True, False])
def test_only_who_sits_at_the_body_has_its_document_signed(
    client, snapshot, office_of_bac_kan, province_officer, settings, tmp_path, is_staffed
):
    settings.SOFFICE, settings.SIGNING_DIR, settings.SIGNING_PASSWORD = "true", tmp_path, "mat-khau"
    certificate(tmp_path, office_of_bac_kan.code)
    person = PersonFactory()
    if is_staffed:  # with a role that writes, and signs nothing
        RoleAssignmentFactory(person=person, role=RoleName.PLANNER, agency=office_of_bac_kan)
    client.force_login(province_officer)
    assert "signed_pdf" not in client.get(documents_url(snapshot)).content.decode()
    assert client.post(documents_url(snapshot), {"format": "signed_pdf"}).status_code == 403
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=office_of_bac_kan)
    client.force_login(person)
    assert client.post(documents_url(snapshot), {"format": "signed_pdf"}).status_code == 302
    assert Document.objects.get().asked_by == person.pk


def test_page_says_who_had_a_document_signed(client, snapshot, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    now = timezone.now()
    made = {"state": "made", "size": 1, "digest": "a" * 64, "file_name": "a.pdf", "asked_at": now, "made_at": now}
    Document.objects.create(
        snapshot=snapshot, kind="unit_report", format="signed_pdf", asked_by=officer_of_bac_kan.pk,
        signed_by="CN=Phòng Văn hóa", signed_at=now, **made,
    )  # fmt: skip
    assert f"theo yêu cầu của {officer_of_bac_kan}" in client.get(documents_url(snapshot)).content.decode()


@pytest.mark.parametrize("who", ["province_officer", "auditor"])
def test_those_above_on_the_line_read_it(client, snapshot, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(documents_url(snapshot)).status_code == 200


@pytest.mark.parametrize("who", ["reader", "librarian_of_bac_kan", "manager_of_bac_kan", "officer_of_the_army"])
def test_others_find_neither_page_nor_file_through_any_door(client, snapshot, officer_of_bac_kan, request, who):
    client.force_login(officer_of_bac_kan)
    client.post(documents_url(snapshot), {"format": "docx"})
    document = Document.objects.get()
    client.force_login(request.getfixturevalue(who))
    for address in (
        documents_url(snapshot),
        reverse("workspace:documents-document-file", args=[document.pk]),
        f"/api/v1/snapshots/{snapshot.number}/documents",
        f"/api/v1/document-files/{document.pk}",
    ):
        assert client.get(address).status_code in {403, 404}, address


def test_culture_does_not_read_what_the_army_has_frozen(client, officer_of_the_army, province_officer):
    command = Agency.objects.get(code="bchqs")
    frozen = frozen_report(command, line="military", detail="totals", state="submitted")
    client.force_login(province_officer)
    assert client.get(documents_url(frozen)).status_code == 404
    client.force_login(officer_of_the_army)
    assert client.get(documents_url(frozen)).status_code == 200


def test_api_lists_documents_and_gives_the_file(client, snapshot, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    client.post(documents_url(snapshot), {"format": "docx"})
    (listed,) = client.get(f"/api/v1/snapshots/{snapshot.number}/documents").json()
    assert (listed["state"], listed["file_name"]) == ("made", f"{snapshot.number}.docx")
    given = client.get(f"/api/v1/document-files/{listed['id']}").json()
    assert given["digest"] == listed["digest"]


def test_run_is_begun_followed_and_taken_away_as_one_file(client, snapshot, province_officer, reader):
    client.force_login(province_officer)
    report = snapshot.report
    page = client.post(
        reverse("workspace:documents-run-list"),
        {"cycle": report.cycle_id, "agency": report.above[0], "formats": ["docx", "xlsx"]},
    )
    run = DocumentRun.objects.get()
    assert page.url == reverse("workspace:documents-run-detail", args=[run.pk])
    assert "Đã lập 0 trong 2" in client.get(page.url).content.decode()
    write_run(run, at=NOW)
    assert "Đã lập 2 trong 2" in client.get(page.url + "progress/").content.decode()
    answer = client.get(page.url + "all.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [f"{snapshot.number}-phu-luc.xlsx", f"{snapshot.number}.docx"]
    client.force_login(reader)
    assert client.get(page.url).status_code == 403


def template(*, tag: str = "") -> io.BytesIO:
    word = Word(io.BytesIO(own_template(DocumentKind.UNIT_REPORT)))
    word.paragraphs[10].add_run(tag)
    out = io.BytesIO()
    word.save(out)
    out.seek(0)
    out.name = "mau.docx"
    return out


def test_template_is_looked_at_then_put_in_use_then_retired(
    client, snapshot, province_officer, department_of_thai_nguyen
):
    client.force_login(province_officer)
    new = reverse("workspace:documents-template-create")
    given = {"agency": department_of_thai_nguyen.pk, "kind": "unit_report"}
    look = client.post(new, {**given, "file": template(), "act": "preview"})
    assert look["Content-Disposition"] == 'attachment; filename="xem-thu-unit_report.docx"'
    assert not DocumentTemplate.objects.exists()
    assert client.post(new, {**given, "file": template(), "act": "use"}).status_code == 302
    used = DocumentTemplate.objects.get()
    file = client.get(reverse("workspace:documents-template-file", args=[used.pk]))
    assert b"".join(file.streaming_content)[:2] == b"PK"
    retire = reverse("workspace:documents-template-retire", args=[used.pk])
    assert "Thôi dùng mẫu này?" in client.get(retire).content.decode()
    client.post(retire)
    assert client.get(retire).status_code == 404
    assert not DocumentTemplate.objects.in_use().exists()


def test_unknown_tag_is_named_with_its_place_and_nothing_changes(
    client, province_officer, department_of_thai_nguyen, settings
):
    settings.SOFFICE = ""
    client.force_login(province_officer)
    given = {"agency": department_of_thai_nguyen.pk, "kind": "unit_report", "act": "use"}
    page = client.post(
        reverse("workspace:documents-template-create"), {**given, "file": template(tag="{{ ten_chu_tich }}")}
    )
    words = page.content.decode()
    assert page.status_code == 422
    assert "ten_chu_tich" in words
    assert "khoảng trang 1" in words
    assert not DocumentTemplate.objects.exists()


def test_nobody_uploads_a_template_for_a_body_of_others(client, officer_of_bac_kan, department_of_thai_nguyen, auditor):
    client.force_login(officer_of_bac_kan)
    given = {"agency": department_of_thai_nguyen.pk, "kind": "unit_report", "act": "use", "file": template()}
    assert client.post(reverse("workspace:documents-template-create"), given).status_code == 422
    client.force_login(auditor)
    assert client.get(reverse("workspace:documents-template-create")).status_code == 403
    assert not DocumentTemplate.objects.exists()


@pytest.mark.parametrize("kind", ["unit_report", "nomination"])
def test_list_of_placeholders_and_own_template_are_there_for_each_kind(client, province_officer, kind):
    client.force_login(province_officer)
    assert "snapshot_lines" in client.get(f"/workspace/documents/templates/{kind}/").content.decode()
    assert client.get(f"/workspace/documents/templates/{kind}/own.docx").content[:2] == b"PK"
    assert client.get("/workspace/documents/templates/annex/").status_code == 404


@pytest.fixture
def late(snapshot, office_of_bac_kan) -> Report:
    """The same body owes another report, which is late."""
    own = snapshot.report.goes_to
    cycle = make_cycle(code="dot-2", title="Đợt 2", owner=own.agency, opens_on="2026-01-01", due_on="2026-02-01")
    above = make_report(cycle, own.agency)
    return make_report(cycle, office_of_bac_kan, goes_to=above, above=[own.agency_id])


def test_letter_is_written_to_who_is_late_once_a_day(client, late, province_officer, officer_of_bac_kan):
    client.force_login(province_officer)
    listed = client.get(reverse("workspace:documents-letter-list"), {"cycle": "dot-2"}).content.decode()
    assert late.agency.name in listed
    write = reverse("workspace:documents-letter-create", args=[late.pk])
    assert client.post(write, {"answer_by": "2026-01-01"}).status_code == 422
    ahead = f"{timezone.localdate() + dt.timedelta(days=3):%Y-%m-%d}"
    answer = client.post(write, {"answer_by": ahead}, follow=True)
    letter = Snapshot.objects.get(kind="letter")
    assert letter.number in answer.content.decode()
    assert letter.content["header"]["addressee"] == late.agency.name
    assert letter.content["header"]["symbol"] == "SVHTTDL"
    assert client.post(write, {"answer_by": ahead}).status_code == 422
    client.post(documents_url(letter), {"format": "docx"})
    assert Document.objects.get(snapshot=letter).kind == DocumentKind.REMINDER_LETTER
    client.force_login(officer_of_bac_kan)
    assert client.post(write, {"answer_by": ahead}).status_code == 403
    assert client.get(documents_url(letter)).status_code == 200


def test_no_letter_is_written_in_a_closed_cycle(client, late, province_officer):
    late.cycle.state, late.cycle.closed_at = "closed", timezone.now()
    late.cycle.save()
    client.force_login(province_officer)
    write = reverse("workspace:documents-letter-create", args=[late.pk])
    answer = client.post(write, {"answer_by": f"{timezone.localdate() + dt.timedelta(days=3):%Y-%m-%d}"})
    assert answer.status_code == 422
    assert "đã đóng" in answer.content.decode()
    assert not Snapshot.objects.filter(kind="letter").exists()


def test_nomination_goes_from_draft_to_award(client, province_officer, auditor, library_of_bac_kan, reader):
    client.force_login(province_officer)
    agency = Agency.objects.get(code="sovhttdl-thai-nguyen-thu")
    answer = client.post(
        reverse("workspace:documents-nomination-create"),
        {
            "agency": agency.pk,
            "year": 2026,
            "nominee_kind": "institution",
            "code": library_of_bac_kan.code,
            "form": "Bằng khen",
        },
    )
    nomination = Nomination.objects.get()
    assert answer.url == reverse("workspace:documents-nomination-detail", args=[nomination.pk])
    act = lambda name: reverse("workspace:documents-nomination-act", args=[nomination.pk, name])  # noqa: E731
    client.post(act("propose"), {"version": 1})
    nomination.refresh_from_db()
    assert nomination.state == "draft"  # no merits yet
    assert client.post(answer.url, {"version": 1, "form": "Bằng khen", "merits": "Mở cửa tối."}).status_code == 302
    assert client.post(answer.url, {"version": 1, "form": "Khác", "merits": "x"}).status_code == 422
    client.post(act("propose"), {"version": 2})
    frozen = Snapshot.objects.get(kind="nomination")
    assert frozen.content["merits"] == ["Mở cửa tối."]
    client.post(documents_url(frozen), {"format": "docx"})
    assert Document.objects.get().kind == DocumentKind.NOMINATION
    client.post(documents_url(frozen), {"format": "docx:commendation_decision"})
    assert {each.kind for each in Document.objects.all()} == {"nomination", "commendation_decision"}
    signed = {
        "version": 3,
        "number": "",
        "day": "2026-01-20",
        "form": "Giấy khen",
        "authority": "Chủ tịch",
        "signer": "",
    }
    assert client.post(act("award"), signed).status_code == 422
    nomination.refresh_from_db()
    assert nomination.state == "proposed"
    assert client.post(act("award"), {**signed, "number": "12/QĐ-UBND"}).status_code == 302
    nomination.refresh_from_db()
    assert (nomination.state, nomination.awarded_form) == ("awarded", "Giấy khen")
    client.post(documents_url(Snapshot.objects.get(kind="award")), {"format": "docx"})
    certificate = Document.objects.get(kind="certificate")
    client.logout()
    told = client.get(reverse("portal:documents-document-check", args=[certificate.code])).content.decode()
    assert "12/QĐ-UBND" in told
    assert library_of_bac_kan.name not in told
    client.force_login(auditor)
    assert client.get(answer.url).status_code == 200
    assert client.post(act("take-back"), {"version": 4}).status_code == 403
    assert client.get(act("award")).status_code == 403
    client.force_login(reader)
    for page in (answer.url, act("award")):
        assert client.get(page).status_code == 403


def proposed(agency: Agency, name: str, **fields) -> Nomination:
    given = {"agency": agency, "year": 2026, "nominee_kind": "person", "person_name": name, "form": "Giấy khen"}
    return Nomination.objects.create(
        **given | fields, state="proposed", merits="Tận tụy.", changed_by=uuid.uuid4(), changed_at=timezone.now()
    )


def test_one_decision_is_written_down_for_all_whom_it_commends(client, province_officer, office_of_bac_kan):
    agency = Agency.objects.get(code="sovhttdl-thai-nguyen-thu")
    first, second, left = (proposed(agency, name) for name in ("Nông Thị Lan", "Lý Văn Páo", "Hoàng Thị Mai"))
    second.form = "Bằng khen"
    second.save(update_fields=["form"])
    apart = [proposed(office_of_bac_kan, "Ma Văn Cường"), proposed(agency, "Năm khác", year=2025)]
    client.force_login(province_officer)
    page = reverse("workspace:documents-nomination-award", args=[first.pk])
    offered = client.get(page).content.decode()
    assert "Lý Văn Páo (Bằng khen)" in offered
    assert "Hoàng Thị Mai" in offered
    assert not any(each.person_name in offered for each in apart)
    signed = {"version": 1, "number": "12/QĐ-UBND", "day": timezone.localdate().isoformat(), "form": "Giấy khen",
              "authority": "Chủ tịch", "signer": ""}  # fmt: skip
    for wrong in (f"{second.pk}.2", f"{apart[0].pk}.1"):  # changed meanwhile, and not theirs
        answer = client.post(page, {**signed, "others": [wrong]})
        assert answer.status_code == 422
        assert "vừa thay đổi hoặc đã có quyết định" in answer.content.decode()
    assert not Snapshot.objects.exists()
    assert client.post(page, {**signed, "others": [f"{second.pk}.1"]}).status_code == 302
    assert Snapshot.objects.filter(kind="award").count() == 2
    found = {each.person_name: (each.state, each.decision, each.awarded_form) for each in Nomination.objects.all()}
    assert found["Nông Thị Lan"] == ("awarded", "12/QĐ-UBND", "Giấy khen")
    assert found["Lý Văn Páo"] == ("awarded", "12/QĐ-UBND", "Bằng khen")
    assert found[left.person_name][0] == found["Ma Văn Cường"][0] == "proposed"


def test_a_decision_for_several_is_written_down_whole_or_not_at_all(province_officer):
    agency = Agency.objects.get(code="sovhttdl-thai-nguyen-thu")
    first, second = (proposed(agency, name) for name in ("Nông Thị Lan", "Lý Văn Páo"))
    today = timezone.localdate()
    with pytest.raises(NominationChanged, match="Lý Văn Páo"):
        award_together([(first, 1), (second, 2)], decision=Decision("12/QĐ-UBND", today), by=province_officer,
                       at=timezone.now())  # fmt: skip
    assert not Snapshot.objects.exists()
    assert {each.state for each in Nomination.objects.all()} == {"proposed"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"nominee_kind": "institution", "code": "khong-co"}, "code"),
        ({"nominee_kind": "person", "code": ""}, "person_name"),
        ({"nominee_kind": "agency", "code": "sovhttdl-thai-nguyen-thu"}, None),
    ],
)
def test_nomination_of_nobody_or_of_oneself_is_refused(client, province_officer, fields, field):
    client.force_login(province_officer)
    agency = Agency.objects.get(code="sovhttdl-thai-nguyen-thu")
    given = {"agency": agency.pk, "year": 2026, "form": "Bằng khen", **fields}
    assert client.post(reverse("workspace:documents-nomination-create"), given).status_code == 422
    assert not Nomination.objects.exists()


def test_whom_to_put_forward_is_found_by_name_in_ones_own_territory(client, province_officer, library_of_bac_kan):
    elsewhere = InstitutionFactory(name="Thư viện xã Đất Mũi")
    for each in (library_of_bac_kan, elsewhere):
        type(each).objects.filter(pk=each.pk).update(search_text=search_text_of(each.name))
    client.force_login(province_officer)
    here = reverse("workspace:documents-nomination-create")
    assert library_of_bac_kan.name in client.get(here, {"q": library_of_bac_kan.name.lower()}).content.decode()
    nothing = "Trên địa bàn của bạn không có tên này."
    for other in (elsewhere.name, "khong-co \0"):
        assert nothing in client.get(here, {"q": other}).content.decode()
    page = client.get(here, {"kind": "institution", "code": library_of_bac_kan.code})
    assert page.context["form"].initial["code"] == library_of_bac_kan.code
    assert client.get(here, {"kind": "xyz"}).status_code == 200


def test_lists_ask_the_same_number_of_questions_for_one_and_three(
    client, province_officer, office_of_bac_kan, django_assert_num_queries
):
    client.force_login(province_officer)
    home = reverse("workspace:documents-overview")
    frozen_report(office_of_bac_kan)
    client.get(home)
    with django_assert_num_queries(5):
        client.get(home)
    for _each in range(2):
        frozen_report(office_of_bac_kan, content=consolidated_content())
    with django_assert_num_queries(5):
        client.get(home)


def test_nominations_of_a_year_are_taken_away_as_a_table_that_counts(client, province_officer, reader):
    agency = Agency.objects.get(code="sovhttdl-thai-nguyen-thu")
    given = Nomination(agency=agency, year=2026, nominee_kind="person", person_name="=Nông Thị Lan", form="Giấy khen")
    begin_nomination(given, by=province_officer, at=NOW)
    page = reverse("workspace:documents-nomination-file")
    client.force_login(province_officer)
    answer = client.get(page, {"year": "2026"})
    assert 'filename="khen-thuong-2026.xlsx"' in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert (book["Khen thưởng"]["B5"].value, book["Khen thưởng"]["B5"].data_type) == ("=Nông Thị Lan", "s")
    assert book["Tổng hợp"]["B5"].value.startswith("=SUMPRODUCT(")
    assert load_workbook(io.BytesIO(client.get(page, {"year": "x"}).content))["Khen thưởng"].max_row >= 4
    client.force_login(reader)
    assert client.get(page).status_code == 403
