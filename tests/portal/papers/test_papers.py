"""The public shelf: what is found, what is hidden, what has changed, files only for those who may read."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import Wording, attach_file, enter_paper, send_paper
from tests.factories.programme import PlanFactory

LIST = reverse("portal:papers-paper-list")
TODAY = timezone.localdate()
PDF = b"%PDF-1.7 thu"


@pytest.fixture
def make(department_of_thai_nguyen, province_officer):
    def made(*, send=True, file=False, **fields) -> Paper:
        given = {"kind": "guideline", "issuer": "Sở VHTTDL", "text": "Điều 1.\nĐiều 2.", "is_public": True, **fields}
        now = timezone.now()
        paper = enter_paper(department_of_thai_nguyen, wording=Wording(**given), by=province_officer, at=now)
        if file:
            attach_file(paper, name="văn bản.pdf", content=PDF, by=province_officer, at=now)
        if send:
            send_paper(paper, version=2 if file else 1, by=province_officer, at=now, day=TODAY)
        paper.refresh_from_db()
        return paper

    return made


def page(client, address=LIST, **asked) -> str:
    return client.get(address, asked).content.decode()


def test_shelf_is_searched_with_and_without_marks(client, make):
    make(title="Hướng dẫn đọc sách ở đường làng", number="12/HD")
    make(title="Quy định về dương cầm", kind="decision")
    assert "đường làng" in page(client, q="duong")
    assert "dương cầm" in page(client, q="duong")
    assert "đường làng" in page(client, q="đường")
    assert "dương cầm" not in page(client, q="đường")
    assert "đường làng" in page(client, q="12/HD")
    assert "đường làng" not in page(client, kind="decision")
    assert "Không có văn bản nào" in page(client, q="xyzt")


def test_documents_of_the_programme_are_found_on_the_shelf_and_drafts_are_not(client, make):
    plan = PlanFactory(number="1520/QĐ-TTg", title="Quyết định phê duyệt Chương trình")
    PlanFactory(number="1521/QĐ-TTg", title="Bản thảo", status="draft")
    make(title="Hướng dẫn thực hiện Quyết định 1520")
    found = page(client, q="1520")
    assert reverse("portal:programme-plan-detail", args=[plan.code]) in found
    assert "Hướng dẫn thực hiện" in found
    assert "Không có văn bản nào" not in page(client, q="1520/QĐ-TTg")
    assert "Bản thảo" not in page(client, q="1521")
    assert plan.title not in page(client)


def test_only_what_holds_today(client, make):
    make(title="Văn bản còn hiệu lực")
    make(title="Văn bản đã hết", starts_on=TODAY - dt.timedelta(days=9), ends_on=TODAY)
    make(title="Văn bản sắp tới", starts_on=TODAY + dt.timedelta(days=9))
    found = page(client, in_force="on")
    assert "còn hiệu lực" in found
    assert "đã hết" not in found
    assert "sắp tới" not in found


@pytest.mark.parametrize(
    "asked", [{"kind": "khác"}, {"page": "x"}, {"issuer": "Không ai"}, {"q": "'; --"}, {"q": "&|!"}]
)
def test_wrong_wish_is_no_error(client, make, asked):
    make(title="Văn bản")
    assert client.get(LIST, asked).status_code == 200


def test_drafts_and_papers_of_an_office_are_nobody_elses(
    client, make, officer_of_bac_kan, librarian_of_duc_xuan, reader
):
    draft = make(title="Bản thảo", send=False)
    internal = make(title="Nội bộ", is_public=False, to_tiers=["commune"], file=True)
    digest = internal.files.get().digest
    hidden = [
        reverse("portal:papers-paper-detail", args=[draft.pk]),
        reverse("portal:papers-paper-detail", args=[internal.pk]),
        reverse("portal:papers-paper-file", args=[internal.pk, digest]),
        f"/api/v1/papers/{internal.pk}",
        f"/api/v1/papers/{draft.pk}",
    ]
    for person in (None, reader, librarian_of_duc_xuan):
        if person is not None:
            client.force_login(person)
        assert [client.get(each).status_code for each in hidden] == [404] * 5, person
        assert "Nội bộ" not in page(client)
        assert client.get("/api/v1/papers").json()["count"] == 0
    client.force_login(officer_of_bac_kan)
    assert client.get(hidden[0]).status_code == 404
    answer = client.get(hidden[2])
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_has_changed_stands_in_words_and_paragraph_by_paragraph(client, make):
    old = make(title="Hướng dẫn cũ")
    new = make(title="Hướng dẫn mới", text="Điều 1.\nĐiều 2 mới.", replaces=old, change_note="Sửa Điều 2.")
    told = page(client, reverse("portal:papers-paper-changes", args=[new.pk]))
    assert "Sửa Điều 2." in told
    words = re.sub(r"</?strong>|\s+(?=</(?:ins|del)>)", "", told)  # what differs within the paragraph
    assert "<del>Điều 2.</del>" in words
    assert "<ins>Điều 2 mới.</ins>" in words
    assert "Hướng dẫn mới" in page(client, reverse("portal:papers-paper-detail", args=[old.pk]))
    assert client.get(reverse("portal:papers-paper-changes", args=[old.pk])).status_code == 404


def test_what_is_too_different_to_be_compared_says_so(client, make):
    old = make(title="Cũ", number="1/HD", text="x\n" * 3_000)
    new = make(title="Mới", number="2/HD", text="x\ny\n" * 1_500, replaces=old, change_note="Viết lại.")
    for _each in range(2):  # the second time from what was kept
        told = page(client, reverse("portal:papers-paper-changes", args=[new.pk]))
        assert "quá dài và quá khác nhau" in told
        assert "Viết lại." in told
        for paper in (old, new):
            assert told.count(reverse("portal:papers-paper-detail", args=[paper.pk])) >= 2


def test_what_never_took_effect_says_so_and_nothing_is_compared_with_it(client, make):
    first = make(title="Hướng dẫn thứ nhất", number="1/HD")
    begins = TODAY + dt.timedelta(days=9)
    changed = {"change_note": "Sửa Điều 2."}
    second = make(title="Hướng dẫn thứ hai", number="2/HD", starts_on=begins, replaces=first, **changed)
    third = make(title="Hướng dẫn thứ ba", number="3/HD", text="Điều 1.\nĐiều 3.", replaces=second, **changed)
    at = {paper: reverse("portal:papers-paper-detail", args=[paper.pk]) for paper in (first, second, third)}
    told = page(client, at[second])
    assert "Đã được thay thế trước khi có hiệu lực bởi 3/HD" in told
    assert at[third] in told
    assert "Còn hiệu lực" not in told
    assert at[third] in page(client, at[first])
    assert at[second] not in page(client, at[first])
    assert at[first] in page(client, at[third])
    assert client.get(reverse("portal:papers-paper-changes", args=[second.pk])).status_code == 404
    compared = page(client, reverse("portal:papers-paper-changes", args=[third.pk]))
    assert at[first] in compared
    assert at[second] not in compared
    assert "thứ hai" not in page(client, in_force="on")
    assert "ược thay thế trước khi có hiệu lực" in page(client)
    read = {each["number"]: each["never_held"] for each in client.get("/api/v1/papers").json()["items"]}
    assert read == {"1/HD": False, "2/HD": True, "3/HD": False}
    (only,) = client.get("/api/v1/papers", {"in_force": True}).json()["items"]
    assert only["number"] == "3/HD"


def test_what_is_replaced_later_still_holds_in_the_list(client, make):
    old = make(title="Hướng dẫn cũ")
    make(title="Mới", replaces=old, change_note="Sửa.", starts_on=TODAY + dt.timedelta(days=9))
    assert "Hết hiệu lực" not in page(client, q="huong dan cu")


def test_receipt_needs_an_account(client, make):
    paper = make(title="Văn bản")
    answer = client.post(reverse("portal:papers-paper-read", args=[paper.pk]))
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"] or "login" in answer["Location"]


def test_program_reads_what_people_read(client, make):
    make(title="Hướng dẫn cũ", number="1/HD", file=True)
    (item,) = client.get("/api/v1/papers", {"q": "huong dan"}).json()["items"]
    assert (item["number"], item["kind_name"], item["is_withdrawn"]) == ("1/HD", "hướng dẫn", False)
    assert item["files"][0]["media_type"] == "application/pdf"
    one = client.get(f"/api/v1/papers/{item['id']}").json()
    assert one["text"] == "Điều 1.\nĐiều 2."
