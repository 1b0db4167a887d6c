"""What the database itself refuses of papers, and who sees which; each rule broken once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.papers.models import Delivery, Paper, PaperFile, Receipt
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.running import NOW, SOMEBODY

DAY = dt.date(2026, 1, 5)
FILE = {"file_name": "huong-dan.pdf", "media_type": "application/pdf", "size": 1, "digest": "a" * 64}
SENT = {"state": "sent", "sent_at": NOW, "sent_by": SOMEBODY}


def _paper(**fields) -> Paper:
    given = {"title": "Hướng dẫn tổ chức ngày hội đọc sách", "kind": "guideline", "issuer": "Bộ VHTTDL"}
    given["sender"] = fields.pop("sender", None) or AgencyFactory()
    return Paper.objects.create(**{**given, **fields})


def _file(paper=None, **fields) -> PaperFile:
    return PaperFile.objects.create(paper=paper or _paper(), **{**FILE, **fields})


def _delivery(paper=None, **fields) -> Delivery:
    given = fields or {"agency": AgencyFactory()}
    return Delivery.objects.create(paper=paper or _paper(), sent_at=NOW, **given)


def _changed(row, **fields) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def _delivered_twice() -> None:
    paper, agency = _paper(), AgencyFactory()
    _delivery(paper, agency=agency)
    _delivery(paper, agency=agency)


def _receipt_twice() -> None:
    delivery = _delivery()
    for _each in range(2):
        Receipt.objects.create(delivery=delivery, read_by=SOMEBODY, read_at=NOW)


BROKEN: dict[str, Callable] = {
    "papers_paper_ends_after_it_starts": lambda: _paper(starts_on=DAY, ends_on=DAY),
    "paper_number_once": lambda: [_paper(number="1/HD", issued_on=DAY) for _each in range(2)],
    "paper_number_once|": lambda: [_paper(number="1/HD") for _each in range(2)],
    "paper_has_a_title": lambda: _paper(title=""),
    "paper_not_in_place_of_itself": lambda: [_changed(row, replaces=row, change_note="thử") for row in [_paper()]],
    "paper_replacing_says_what_has_changed": lambda: _paper(replaces=_paper()),
    "paper_sent_by_somebody": lambda: _paper(state="sent"),
    "paper_withdrawn_for_a_reason": lambda: _changed(_paper(**SENT), state="withdrawn"),
    "Invalid transition": lambda: _changed(_paper(**SENT), state="draft", sent_at=None, sent_by=None),
    "Cannot update rows from papers_paper|": lambda: _changed(_paper(**SENT), title="Khác"),
    "Cannot delete rows from papers_paper": lambda: Paper.objects.filter(pk=_paper(**SENT).pk).delete(),
    "papers_paperfile_file_has_a_name": lambda: _file(file_name=""),
    "papers_paperfile_digest_is_sha256": lambda: _file(digest="x"),
    "paper_file_once": lambda: [_file(paper) for paper in [_paper()] for _each in range(2)],
    "delivery_to_one_place": lambda: _delivery(agency=None, institution=None),
    "delivery_once": _delivered_twice,
    "receipt_once": _receipt_twice,
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses_what_breaks(db, rule):
    with pytest.raises(DatabaseError, match=rule.rstrip("|")), transaction.atomic():
        BROKEN[rule]()


def test_every_constraint_of_papers_is_broken_once():
    declared = {
        constraint.name for model in (Paper, PaperFile, Delivery, Receipt) for constraint in model._meta.constraints
    }
    assert declared - set(BROKEN) == set()


def test_papers_are_seen_by_everybody_by_those_they_were_sent_to_and_by_their_sender(
    office_of_bac_kan, officer_of_bac_kan, librarian_of_duc_xuan, reader, department_of_thai_nguyen, province_officer
):
    public = _paper(is_public=True, sender=department_of_thai_nguyen, **SENT)
    sent = _paper(sender=department_of_thai_nguyen, **SENT)
    draft = _paper(sender=department_of_thai_nguyen)
    _delivery(sent, agency=office_of_bac_kan)
    seen = {
        name: set(Paper.objects.visible_to(person))
        for name, person in {
            "nobody": None,
            "reader": reader,
            "officer": officer_of_bac_kan,
            "other": librarian_of_duc_xuan,
            "sender": province_officer,
        }.items()
    }
    assert seen == {
        "nobody": {public},
        "reader": {public},
        "officer": {public, sent},
        "other": {public},
        "sender": {public, sent, draft},
    }


def test_what_the_armed_forces_were_sent_stays_on_their_line(bac_kan, officer_of_bac_kan, province_officer):
    command, sender = AgencyFactory(kind="military", unit=bac_kan), AgencyFactory(kind="military")
    soldier = RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=command).person
    inner = _paper(sender=sender, **SENT)
    _delivery(inner, agency=command)
    for person, is_seen in ((soldier, True), (officer_of_bac_kan, False), (province_officer, False)):
        assert (inner in Paper.objects.visible_to(person)) is is_seen
