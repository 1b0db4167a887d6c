"""A guideline from draft to receipt, through the pages; who may do none of it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import Wording, enter_paper, send_paper
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus

LIST = reverse("workspace:papers-paper-list")
NEW = reverse("workspace:papers-paper-create")
FILLED = {
    "kind": "guideline",
    "number": "12/HD-SVHTTDL",
    "title": "Hướng dẫn tổ chức ngày hội đọc sách",
    "issuer": "Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên",
    "issued_on": "2026-03-01",
    "summary": "Mỗi xã tổ chức một ngày hội vào tháng Tư.",
    "text": "Điều 1. Mỗi xã, phường tổ chức một ngày hội đọc sách.\nĐiều 2. Báo cáo trước 25/11.",
    "to_tiers": ["commune"],
    "to_classes": ["library_commune"],
    "must_read": "on",
}


@pytest.fixture
def filled(department_of_thai_nguyen):
    return FILLED | {"sender": str(department_of_thai_nguyen.pk)}


@pytest.fixture
def draft(department_of_thai_nguyen, province_officer) -> Paper:
    return enter_paper(
        department_of_thai_nguyen,
        wording=Wording(
            title="Bản thảo hướng dẫn", kind="guideline", issuer="Sở VHTTDL", text="Điều 1.", to_tiers=["commune"]
        ),
        by=province_officer,
        at=timezone.now(),
    )


@pytest.fixture
def sent(draft, province_officer, office_of_bac_kan) -> Paper:
    now = timezone.now()
    send_paper(draft, version=draft.version, by=province_officer, at=now, day=timezone.localdate(now))
    draft.refresh_from_db()
    return draft


def url(name, paper, *more):
    return reverse(f"workspace:papers-{name}", args=[paper.pk, *more])


def test_guideline_goes_from_draft_to_receipt(
    client, filled, province_officer, officer_of_bac_kan, librarian_of_bac_kan, library_of_bac_kan
):
    InstitutionStatus.objects.create(institution=library_of_bac_kan, state=InstitutionState.ACTIVE)
    client.force_login(province_officer)
    page = client.post(NEW, filled, follow=True)
    paper = Paper.objects.get()
    assert page.redirect_chain == [(url("paper-manage", paper), 302)]
    file = SimpleUploadedFile("huong-dan.pdf", b"%PDF-1.7 thu", "application/pdf")
    assert "Đã thêm tệp" in client.post(url("file-attach", paper), {"file": file}, follow=True).content.decode()
    asked = client.get(url("paper-send", paper)).content.decode()
    assert "1 cơ sở" in asked
    client.post(url("paper-send", paper), {"version": paper.version})
    paper.refresh_from_db()
    assert paper.state == "draft", "seen before the file was added"
    client.post(url("paper-send", paper), {"version": paper.version})
    paper.refresh_from_db()
    assert paper.state == "sent"

    for person in (officer_of_bac_kan, librarian_of_bac_kan):
        client.force_login(person)
        assert paper.title in client.get(reverse("workspace:home")).content.decode()
        assert paper.title in client.get(LIST).content.decode()
        page = reverse("portal:papers-paper-detail", args=[paper.pk])
        assert "Tôi đã đọc" in client.get(page).content.decode()
        told = client.post(reverse("portal:papers-paper-read", args=[paper.pk]), follow=True).content.decode()
        assert "Đã ghi nhận: bạn đã đọc" in told
        assert "Tôi đã đọc" not in told
        assert paper.title not in client.get(LIST).content.decode()

    client.force_login(province_officer)
    managed = client.get(url("paper-manage", paper)).content.decode()
    assert "Tỉnh Thái Nguyên" in managed
    missing = client.get(url("receipt-list", paper)).content.decode()
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" not in missing


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "title"),
        ({"issued_on": "31/02/2026"}, "issued_on"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-05-01"}, "ends_on"),
        ({"sender": "0"}, "sender"),
        ({"to_tiers": ["thiên hà"]}, "to_tiers"),
        ({"to_tiers": ["district"]}, "to_tiers"),
    ],
)
def test_form_that_is_wrong_comes_back_with_everything_in_it(client, filled, province_officer, wrong, said):
    client.force_login(province_officer)
    page = client.post(NEW, filled | wrong)
    assert page.status_code == 422
    assert said in page.context["form"].errors
    assert "Báo cáo trước 25/11" in page.content.decode()
    assert not Paper.objects.exists()


def test_second_of_two_people_loses_nothing_and_is_told(client, draft, province_officer, filled):
    client.force_login(province_officer)
    first = client.post(url("paper-edit", draft), filled | {"version": "1"})
    assert first.status_code == 302
    second = client.post(url("paper-edit", draft), filled | {"version": "1", "summary": "Điều tôi vừa gõ"})
    assert second.status_code == 422
    assert "Điều tôi vừa gõ" in second.content.decode()
    draft.refresh_from_db()
    assert draft.summary == FILLED["summary"]


def test_draft_is_sent_only_as_it_was_seen(client, draft, province_officer, filled):
    client.force_login(province_officer)
    client.post(url("paper-edit", draft), filled | {"version": "1"})
    client.post(url("paper-send", draft), {"version": "1"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert client.get(url("paper-edit", draft)).status_code == 200


def test_draft_is_discarded_and_sent_paper_withdrawn(client, draft, province_officer, office_of_bac_kan, filled):
    client.force_login(province_officer)
    client.post(NEW, filled)
    other = Paper.objects.exclude(pk=draft.pk).get()
    assert client.get(url("paper-discard", draft)).status_code == 200
    client.post(url("paper-discard", draft))
    assert not Paper.objects.filter(pk=draft.pk).exists()
    client.post(url("paper-send", other), {"version": other.version})
    assert client.post(url("paper-withdraw", other), {"reason": ""}).status_code == 422
    client.post(url("paper-withdraw", other), {"reason": "Sai mẫu biểu."})
    page = client.get(reverse("portal:papers-paper-detail", args=[other.pk])).content.decode()
    assert "Sai mẫu biểu." in page


PAGES = [
    "paper-manage", "paper-edit", "paper-discard", "paper-send", "receipt-list", "paper-withdraw", "file-attach"
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_nobody_but_its_sender_comes_near_a_paper(
    client, draft, name, officer_of_bac_kan, librarian_of_bac_kan, auditor, reader
):
    """The commune's officer publishes papers of the commune, the others none."""
    for person, status in ((officer_of_bac_kan, 404), (librarian_of_bac_kan, 403), (auditor, 403), (reader, 403)):
        client.force_login(person)
        method = client.post if name == "file-attach" else client.get
        assert method(url(name, draft)).status_code == status, (name, person)
    client.logout()
    assert client.get(url(name, draft)).status_code == 302


def test_commune_sends_in_its_own_name_only(client, filled, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    page = client.post(NEW, filled)
    assert page.status_code == 422
    assert "sender" in page.context["form"].errors


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_the_same_number_of_questions(
    client, department_of_thai_nguyen, province_officer, officer_of_bac_kan, number, django_assert_num_queries
):
    now = timezone.now()
    for each in range(number):
        wording = Wording(
            title=f"Hướng dẫn {each}",
            kind="guideline",
            issuer="Sở",
            text="Điều 1.",
            to_tiers=["commune"],
            is_public=True,
        )
        paper = enter_paper(department_of_thai_nguyen, wording=wording, by=province_officer, at=now)
        send_paper(paper, version=1, by=province_officer, at=now, day=timezone.localdate(now))
    client.force_login(officer_of_bac_kan)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
    client.force_login(province_officer)
    with django_assert_num_queries(6):
        client.get(f"{LIST}?tab=sent")
    client.logout()
    with django_assert_num_queries(4):
        client.get(reverse("portal:papers-paper-list"))


def test_late_paper_is_marked_on_the_start_page(client, draft, province_officer, office_of_bac_kan, officer_of_bac_kan):
    before = timezone.now() - dt.timedelta(days=5)
    Paper.objects.filter(pk=draft.pk).update(read_by=timezone.localdate() - dt.timedelta(days=1))
    send_paper(draft, version=draft.version, by=province_officer, at=before, day=timezone.localdate(before))
    sent = draft
    client.force_login(officer_of_bac_kan)
    page = client.get(reverse("workspace:home")).content.decode()
    assert sent.title in page


def test_one_sends_in_the_name_of_ones_own_office_only(
    client, draft, office_of_bac_kan, officer_of_bac_kan, province_officer, filled
):
    """Who leads a territory neither reads the drafts of the offices below nor writes in their names."""
    now = timezone.now()
    wording = Wording(title="Của phường", kind="guideline", issuer="Phường", text="Điều 1.", is_public=True)
    theirs = enter_paper(office_of_bac_kan, wording=wording, by=officer_of_bac_kan, at=now)
    client.force_login(province_officer)
    assert client.get(url("paper-manage", theirs)).status_code == 404
    assert client.get(reverse("portal:papers-paper-detail", args=[theirs.pk])).status_code == 404
    page = client.get(NEW)
    assert [key for key, _name in page.context["form"].fields["sender"].choices] == [draft.sender_id]


def test_nobody_is_led_to_a_page_of_an_office_below(client, office_of_bac_kan, officer_of_bac_kan, province_officer):
    now = timezone.now()
    wording = Wording(title="Của phường", kind="guideline", issuer="Phường", text="Điều 1.", is_public=True)
    theirs = enter_paper(office_of_bac_kan, wording=wording, by=officer_of_bac_kan, at=now)
    send_paper(theirs, version=1, by=officer_of_bac_kan, at=now, day=timezone.localdate(now))
    for person, is_ours in ((officer_of_bac_kan, True), (province_officer, False)):
        client.force_login(person)
        page = client.get(reverse("portal:papers-paper-detail", args=[theirs.pk])).content.decode()
        assert (url("paper-manage", theirs) in page) is is_ours


@pytest.mark.parametrize("must_read", [True, False])
def test_who_is_not_asked_for_a_receipt_is_not_told_that_the_sender_asks(
    client, draft, must_read, province_officer, office_of_bac_kan, officer_of_bac_kan
):
    now = timezone.now()
    Paper.objects.filter(pk=draft.pk).update(must_read=must_read)
    send_paper(draft, version=draft.version, by=province_officer, at=now, day=timezone.localdate(now))
    here = reverse("portal:papers-paper-detail", args=[draft.pk])
    client.force_login(officer_of_bac_kan)
    assert ("Tôi đã đọc" in client.get(here).content.decode()) == must_read
    Paper.objects.filter(pk=draft.pk).update(ends_on=timezone.localdate())
    assert "Tôi đã đọc" not in client.get(here).content.decode()


def test_what_holds_no_more_is_not_asked_to_be_read(client, sent, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    assert sent.title in client.get(LIST).content.decode()
    Paper.objects.filter(pk=sent.pk).update(ends_on=timezone.localdate())
    assert sent.title not in client.get(LIST).content.decode()
