"""Noting that a document went out, by who may and who may not."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Document, IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.signing import STAMP
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.documents import frozen_report
from tests.factories.running import make_cycle, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(office_of_bac_kan, department_of_thai_nguyen) -> Snapshot:
    own = make_report(make_cycle(owner=department_of_thai_nguyen), department_of_thai_nguyen)
    return frozen_report(office_of_bac_kan, cycle=own.cycle, goes_to=own, above=[department_of_thai_nguyen.pk])


@pytest.fixture
def about(snapshot) -> str:
    return reverse("workspace:documents-snapshot-documents", args=[snapshot.number])


@pytest.fixture
def form(snapshot) -> dict[str, object]:
    file = SimpleUploadedFile("Báo cáo đã ký.pdf", typeset(STAMP, {"subject": "Phường", "moment": ""}))
    day = timezone.localdate(snapshot.frozen_at).isoformat()
    return {"number": "12/BC-UBND", "issued_on": day, "signer": "Nguyễn Thị Hoa", "file": file}


def test_officer_notes_it_those_above_read_it_and_the_public_page_tells_the_number(
    client, snapshot, about, form, officer_of_bac_kan, province_officer
):
    client.force_login(officer_of_bac_kan)
    assert "Ghi số, ngày ban hành" in client.get(about).content.decode()
    assert client.post(about + "issued/", form)["Location"] == about + "#issued"
    issued = IssuedDocument.objects.get()
    page = client.get(about).content.decode()
    assert "12/BC-UBND" in page and f"{officer_of_bac_kan} ghi nhận" in page
    client.post(about, {"format": "docx"})
    client.force_login(province_officer)
    page = client.get(about).content.decode()
    assert "Báo cáo đã ký.pdf" in page
    assert "Ghi sai?" not in page
    report = client.get(reverse("workspace:reporting-report-detail", args=[snapshot.report_id])).content.decode()
    assert "Ban hành: số 12/BC-UBND" in report
    file = client.get(reverse("workspace:documents-issue-file", args=[issued.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    client.logout()
    code = Document.objects.get().code
    assert "số 12/BC-UBND" in client.get(reverse("portal:documents-document-check", args=[code])).content.decode()
    told = client.get(f"/api/v1/documents/{code}").json()
    assert (told["issued_number"], told["issued_on"]) == ("12/BC-UBND", form["issued_on"])
    assert "Nguyễn Thị Hoa" not in str(told)


def test_what_is_wrong_stands_in_the_form_and_nothing_is_lost(client, about, form, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    answer = client.post(about + "issued/", {**form, "issued_on": "2019-01-01"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "không thể ban hành trước đó" in page and "12/BC-UBND" in page and "Nguyễn Thị Hoa" in page
    assert not IssuedDocument.objects.exists()
    for number in ("12/BC-UBND", "12/BC-UBND", "13/BC-UBND"):  # pressed twice it is noted once
        form["file"].seek(0)
        answer = client.post(about + "issued/", {**form, "number": number})
    assert IssuedDocument.objects.count() == 1
    assert (answer.status_code, "đã được ghi nhận là số 12/BC-UBND" in answer.content.decode()) == (422, True)


def test_what_was_noted_wrongly_is_taken_back_with_a_reason(client, about, form, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    client.post(about + "issued/", form)
    back = f"{about}issued/{IssuedDocument.objects.get().pk}/withdraw/"
    assert "Hãy" in client.post(back, {"reason": ""}, follow=True).content.decode()
    assert IssuedDocument.objects.standing().exists()
    page = client.post(back, {"reason": "Nhầm số của năm trước"}, follow=True).content.decode()
    assert "Nhầm số của năm trước" in page
    assert not IssuedDocument.objects.standing().exists()
    assert client.post(back, {"reason": "a\0b"}).status_code == 302
    assert client.post(f"{about}issued/{uuid.uuid4()}/withdraw/", {"reason": "Vì"}).status_code == 404


@pytest.mark.parametrize("who", ["province_officer", "auditor", "librarian_of_bac_kan", "reader", "somebody_elses"])
def test_nobody_else_notes_or_takes_back(client, about, form, officer_of_bac_kan, duc_xuan, request, who):
    client.force_login(officer_of_bac_kan)
    client.post(about + "issued/", form)
    issued = IssuedDocument.objects.get()
    if who == "somebody_elses":
        person = PersonFactory()
        office = Agency.objects.create(code="vhxh-dx", name="Phòng khác", unit=duc_xuan, kind="culture_society")
        RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=office)
    else:
        person = request.getfixturevalue(who)
    client.force_login(person)
    assert client.get(about + "issued/").status_code in {403, 404}
    assert client.post(about + "issued/", form).status_code in {403, 404}
    assert client.post(f"{about}issued/{issued.pk}/withdraw/", {"reason": "Vì"}).status_code in {403, 404}
    file = client.get(reverse("workspace:documents-issue-file", args=[issued.pk]))
    b"".join(getattr(file, "streaming_content", ()))
    assert file.status_code in ({200} if who in {"province_officer", "auditor"} else {403, 404})
    issued.refresh_from_db()
    assert issued.withdrawn_at is None


def test_pages_ask_as_often_with_many_notes_as_with_one(client, snapshot, about, officer_of_bac_kan):
    at = snapshot.frozen_at
    given = {"snapshot": snapshot, "issued_on": timezone.localdate(at), "signer": "Hoa", "noted_by": uuid.uuid4()}
    gone = {"withdrawn_at": at, "withdrawn_by": uuid.uuid4(), "reason": "Nhầm"}
    client.force_login(officer_of_bac_kan)
    IssuedDocument.objects.create(number="1", noted_at=at, **given)
    asked = []
    for _run in range(3):  # the first also fills what is kept between requests
        with CaptureQueriesContext(connection) as captured:
            client.get(about)
        asked.append(len(captured))
        for number in range(5):
            IssuedDocument.objects.create(number=str(number), noted_at=at - dt.timedelta(hours=1), **gone, **given)
    assert asked[1] == asked[2]
