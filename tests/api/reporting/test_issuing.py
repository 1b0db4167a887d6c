"""An office's own program notes that a document went out."""

import base64
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hocsuotdoi.core.typesetting import typeset
from hocsuotdoi.reporting.models import IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.signing import STAMP
from tests.factories.documents import frozen_report
from tests.factories.running import make_cycle, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(office_of_bac_kan, department_of_thai_nguyen) -> Snapshot:
    own = make_report(make_cycle(owner=department_of_thai_nguyen), department_of_thai_nguyen)
    return frozen_report(office_of_bac_kan, cycle=own.cycle, goes_to=own, above=[department_of_thai_nguyen.pk])


@pytest.fixture
def pdf() -> bytes:
    return typeset(STAMP, {"subject": "Phường", "moment": ""})


def given(snapshot: Snapshot, pdf: bytes, **changes: str) -> dict[str, object]:
    day = timezone.localdate(snapshot.frozen_at).isoformat()
    file = SimpleUploadedFile("bao-cao.pdf", pdf)
    return {"issued_number": "12/BC-UBND", "issued_on": day, "signer": "Nguyễn Thị Hoa", "file": file, **changes}


def test_number_and_signed_file_come_by_program_and_the_same_again_changes_nothing(
    client, snapshot, pdf, officer_of_bac_kan, province_officer
):
    where = f"/api/v1/snapshots/{snapshot.number}/issued"
    client.force_login(officer_of_bac_kan)
    assert client.post(where, given(snapshot, pdf, issued_on="2019-01-01")).status_code == 422
    first = client.post(where, given(snapshot, pdf))
    assert (first.status_code, first.json()["number"]) == (200, "12/BC-UBND")
    assert client.post(where, given(snapshot, pdf)).json() == first.json()
    assert client.post(where, given(snapshot, pdf, issued_number="13/BC-UBND")).status_code == 409
    assert client.post(where, given(snapshot, pdf, issued_number="khen ông A")).status_code == 422
    assert IssuedDocument.objects.count() == 1
    client.force_login(province_officer)
    assert client.get(where).json() == [first.json()]
    file = client.get(f"/api/v1/issued-files/{first.json()['id']}").json()
    assert base64.b64decode(file["content"]) == pdf


def test_what_was_noted_wrongly_is_taken_back_with_a_reason_and_noted_anew(
    client, snapshot, pdf, officer_of_bac_kan, province_officer
):
    where = f"/api/v1/snapshots/{snapshot.number}/issued"
    client.force_login(officer_of_bac_kan)
    first = client.post(where, given(snapshot, pdf)).json()["id"]

    def take_back(reason: str):
        body = json.dumps({"reason": reason})
        return client.post(f"{where}/{first}/withdraw", body, content_type="application/json")

    for nothing in ("", "  ", "\0"):
        assert take_back(nothing).status_code == 422
    client.force_login(province_officer)
    assert take_back("Sai số").status_code == 403
    client.force_login(officer_of_bac_kan)
    taken = take_back("Sai số").json()
    assert (taken["reason"], taken["withdrawn_at"] is None) == ("Sai số", False)
    assert take_back("Lần nữa").json() == taken
    assert client.post(where, given(snapshot, pdf, issued_number="13/BC-UBND")).json()["number"] == "13/BC-UBND"
    assert [each["number"] for each in client.get(where).json()] == ["13/BC-UBND", "12/BC-UBND"]


@pytest.mark.parametrize("who", ["province_officer", "auditor", "librarian_of_bac_kan", "reader", None])
def test_nobody_else_notes_it(client, snapshot, pdf, officer_of_bac_kan, request, who):
    where = f"/api/v1/snapshots/{snapshot.number}/issued"
    client.force_login(officer_of_bac_kan)
    issued = client.post(where, given(snapshot, pdf)).json()["id"]
    client.logout()
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.post(where, given(snapshot, pdf, issued_number="13/BC-UBND")).status_code in {401, 403, 404}
    because = {"data": {"reason": "Sai"}, "content_type": "application/json"}
    assert client.post(f"{where}/{issued}/withdraw", **because).status_code in {401, 403, 404}
    if who not in {"province_officer", "auditor"}:
        assert client.get(where).status_code in {401, 403, 404}
        assert client.get(f"/api/v1/issued-files/{issued}").status_code in {401, 403, 404}
    assert IssuedDocument.objects.standing().count() == 1
