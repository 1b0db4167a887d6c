"""Institutions of the armed forces: they get what their own line sends, and it stays on that line."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.papers.models import Delivery, Paper
from hocsuotdoi.papers.operations.paper import Wording, attach_file, deliver_to_new, enter_paper, send_paper
from hocsuotdoi.papers.operations.reading import note_read
from hocsuotdoi.papers.queries.inbox import papers_to_read
from hocsuotdoi.papers.queries.receipts import not_read, read_by_province
from hocsuotdoi.papers.queries.recipients import recipients_of
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, LineKind
from hocsuotdoi.places.models import AgencyLine, InstitutionAgency
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory, InstitutionFactory

NOW = timezone.now()
DAY = timezone.localdate(NOW)
EVERY_CLASS = [each.value for each in InstitutionClass]


@pytest.fixture
def ministry_of_defence(db):
    return AgencyFactory(kind=AgencyKind.MILITARY)


@pytest.fixture
def command(ministry_of_defence, thai_nguyen):
    made = AgencyFactory(kind=AgencyKind.MILITARY, unit=thai_nguyen)
    AgencyLine.objects.create(agency=made, superior=ministry_of_defence, kind=LineKind.ADMINISTRATIVE)
    return made


@pytest.fixture
def barracks(command, bac_kan):
    """A library by its class, and a museum because a command runs it; no map says what they are sent."""
    made = [
        InstitutionFactory(institution_class=each, unit=bac_kan)
        for each in (InstitutionClass.LIBRARY_ARMED_FORCES, InstitutionClass.MUSEUM_SPECIALISED)
    ]
    for each in made:
        InstitutionAgency.objects.create(agency=command, institution=each)
    return made


def somebody(role=RoleName.AGENCY_OFFICER, **place):
    return RoleAssignmentFactory(person=PersonFactory(), role=role, **place).person


def sent(sender, **fields) -> Paper:
    by = somebody(agency=sender)
    given = {"kind": "guideline", "issuer": "Nơi gửi", "text": "Điều 1.", "to_classes": EVERY_CLASS, **fields}
    paper = enter_paper(sender, wording=Wording(title="Văn bản nội bộ", **given), by=by, at=NOW)
    attach_file(paper, name="văn bản.pdf", content=b"%PDF-1.7 thu", by=by, at=NOW)
    send_paper(paper, version=2, by=by, at=NOW, day=DAY)
    paper.refresh_from_db()
    return paper


def test_institutions_of_the_armed_forces_get_what_their_own_line_sends(
    barracks, command, ministry_of_defence, department_of_thai_nguyen, thai_nguyen, bac_kan
):
    beside = AgencyFactory(kind=AgencyKind.MILITARY, unit=thai_nguyen)
    education = AgencyFactory(kind=AgencyKind.EDUCATION, unit=thai_nguyen)
    AgencyLine.objects.create(agency=command, superior=education, kind=LineKind.PROFESSIONAL)
    guiding = AgencyFactory(kind=AgencyKind.POLICE)
    AgencyLine.objects.create(agency=command, superior=guiding, kind=LineKind.PROFESSIONAL)
    civil = InstitutionFactory(unit=bac_kan)
    reached = {
        sender: set(recipients_of(Paper(sender=sender, to_classes=EVERY_CLASS), DAY).institutions)
        for sender in (command, ministry_of_defence, department_of_thai_nguyen, education, beside, guiding)
    }
    assert reached[command] == reached[ministry_of_defence] == set(barracks)
    assert civil in reached[department_of_thai_nguyen]
    assert not reached[department_of_thai_nguyen] & set(barracks)
    assert reached[education] == reached[beside] == reached[guiding] == set()


def test_institutions_that_came_to_stand_later_get_it_on_their_line_too(command, department_of_thai_nguyen, bac_kan):
    inner = sent(command, is_public=True)
    civil = sent(department_of_thai_nguyen, is_public=True)
    made = InstitutionFactory(institution_class=InstitutionClass.LIBRARY_ARMED_FORCES, unit=bac_kan)
    InstitutionAgency.objects.create(agency=command, institution=made)
    deliver_to_new(day=DAY, at=NOW)
    assert inner.deliveries.filter(institution=made).exists()
    assert not civil.deliveries.filter(institution=made).exists()


def test_what_they_were_sent_is_read_on_their_line_through_every_door(
    client, barracks, command, ministry_of_defence, bac_kan, thai_nguyen, officer_of_bac_kan, province_officer
):
    paper = sent(command)
    library = barracks[0]
    beside = AgencyFactory(kind=AgencyKind.MILITARY, unit=thai_nguyen)
    sees = {
        "librarian": (somebody(RoleName.INSTITUTION_STAFF, institution=library), True),
        "command": (somebody(agency=command), True),
        "ministry": (somebody(agency=ministry_of_defence), True),
        "beside": (somebody(agency=beside), False),
        "ward": (officer_of_bac_kan, False),
        "province": (province_officer, False),
        "province as a unit": (somebody(unit=thai_nguyen), False),
        "every line": (somebody(RoleName.AUDITOR, unit=thai_nguyen), True),
    }
    listed = reverse("portal:papers-paper-list")
    doors = [
        reverse("portal:papers-paper-detail", args=[paper.pk]),
        f"/api/v1/papers/{paper.pk}",
    ]
    file = reverse("portal:papers-paper-file", args=[paper.pk, paper.files.get().digest])
    for name, (person, may) in sees.items():
        client.force_login(person)
        assert [client.get(each).status_code for each in doors] == [200 if may else 404] * 2, name
        answer = client.get(file)
        assert (answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")) is may, name
        assert (paper.title in client.get(listed).content.decode()) is may, name
        assert client.get("/api/v1/papers").json()["count"] == int(may), name
        assert (paper in Paper.objects.visible_to(person)) is may, name
    assert list(papers_to_read(sees["librarian"][0], DAY)) == [paper]


def test_what_a_command_was_sent_is_read_by_those_above_it_on_its_line_and_by_nobody_beside(
    client, command, ministry_of_defence, thai_nguyen, bac_kan, officer_of_bac_kan, province_officer
):
    """The ministry and the region above read what the province's command was sent, as civil offices above do."""
    below = AgencyFactory(kind=AgencyKind.MILITARY, unit=bac_kan)
    AgencyLine.objects.create(agency=below, superior=command, kind=LineKind.ADMINISTRATIVE)
    guiding = AgencyFactory(kind=AgencyKind.POLICE)
    AgencyLine.objects.create(agency=below, superior=guiding, kind=LineKind.PROFESSIONAL)
    beside = AgencyFactory(kind=AgencyKind.MILITARY, unit=thai_nguyen)
    paper = sent(command, to_classes=[], to_kinds=[AgencyKind.MILITARY.value])
    assert [each.agency for each in paper.deliveries.all()] == [below]
    sees = {
        "below": (somebody(agency=below), True),
        "sender": (somebody(agency=command), True),
        "ministry": (somebody(agency=ministry_of_defence), True),
        "guiding": (somebody(agency=guiding), False),
        "beside": (somebody(agency=beside), False),
        "ward": (officer_of_bac_kan, False),
        "province": (province_officer, False),
        "every line": (somebody(RoleName.AUDITOR, unit=thai_nguyen), True),
    }
    for name, (person, may) in sees.items():
        client.force_login(person)
        page = client.get(reverse("portal:papers-paper-detail", args=[paper.pk]))
        assert (page.status_code == 200) is may, name
        assert (paper in Paper.objects.visible_to(person)) is may, name
    for name in ("sender", "ministry"):  # they read it and are not asked to
        assert not papers_to_read(sees[name][0], DAY).exists()
        assert note_read(paper, by=sees[name][0], at=NOW, day=DAY) == 0
    assert list(papers_to_read(sees["below"][0], DAY)) == [paper]
    AgencyLine.objects.filter(agency=command).update(ends_on=DAY)
    assert paper not in Paper.objects.visible_to(sees["ministry"][0])


def test_receipts_of_the_armed_forces_are_shown_on_their_line_only(
    client, barracks, command, department_of_thai_nguyen, province_officer
):
    """Also where the map had sent it there before."""
    library = barracks[0]
    librarian = somebody(RoleName.INSTITUTION_STAFF, institution=library)
    civil = sent(department_of_thai_nguyen, is_public=True, to_classes=[])
    Delivery.objects.create(paper=civil, institution=library, sent_at=NOW - dt.timedelta(days=1))
    assert note_read(civil, by=librarian, at=NOW, day=DAY) == 1
    assert read_by_province(civil, DAY) == []
    assert not not_read(civil, DAY).exists()
    client.force_login(province_officer)
    for name in ("paper-manage", "receipt-list"):
        page = client.get(reverse(f"workspace:papers-{name}", args=[civil.pk]))
        assert page.status_code == 200
        assert library.name not in page.content.decode()

    inner = sent(command)
    note_read(inner, by=librarian, at=NOW, day=DAY)
    (row,) = read_by_province(inner, DAY)
    assert (row.sent, row.read) == (2, 1)
    assert [each.institution for each in not_read(inner, DAY)] == barracks[1:]
    assert client.get(reverse("workspace:papers-receipt-list", args=[inner.pk])).status_code == 404
