"""Minutes of an inspection: frozen once, of a closed visit, every number under its key, read by whom the visit is."""

import datetime as dt

import pytest
from django.utils import translation

from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding, state_opinion
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.operations.issuing import BadIssue, note_issued
from hocsuotdoi.reporting.operations.minutes import NotYet, freeze_minutes
from tests.inspection.conftest import (
    answer_all,
    checklists,
    colleague,
    inspector,
    now,
    outsider,
    plan,
    today,
    visit,
)

__all__ = ["checklists", "colleague", "inspector", "now", "outsider", "plan", "today", "visit"]


@pytest.fixture
def closed(visit, inspector, office_of_bac_kan, now, today):
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    add_finding(
        visit,
        severity=Severity.SHORTCOMING,
        text="Chưa mở buổi tối",
        demand="Mở cửa một buổi tối",
        due_on=today + dt.timedelta(days=30),
        by=inspector,
        at=now,
    )
    state_opinion(visit, met="Bà Lan", opinion="Nhất trí", version=visit.version, by=inspector, at=now)
    close_visit(visit, conclusion="Cơ bản tốt", met="Bà Lan", version=visit.version, by=inspector, at=now)
    return visit


def test_of_a_visit_not_closed_there_are_none(visit, inspector, now):
    with pytest.raises(NotYet):
        freeze_minutes(visit, by=inspector, at=now)


def test_they_say_what_was_seen_in_vietnamese_and_are_frozen_once(closed, inspector, outsider, now):
    with translation.override("en"):
        snapshot = freeze_minutes(closed, by=inspector, at=now)
    assert freeze_minutes(closed, by=outsider, at=now + dt.timedelta(days=1)) == snapshot
    content = snapshot.content
    assert snapshot.number.startswith("BB-thu-vien-bac-kan-thu-")
    assert (snapshot.visit_id, snapshot.institution_id) == (closed.pk, closed.institution_id)
    assert snapshot.digest == digest_of(content)
    assert content["team"] == ["- Dương Văn Nam, trưởng đoàn;", "- Lường Thị Nga."]
    assert content["met"] == ["Bà Lan"]
    assert content["sections"][0]["rows"][0]["seen"] == "đạt"
    assert content["findings"][0]["demand"] == "Mở cửa một buổi tối"
    assert "Quyết định số 12/QĐ-SVHTTDL" in content["opening"]
    assert content["opinion"] == ["Nhất trí"]


def test_every_number_is_a_figure_by_its_key(closed, inspector, now):
    snapshot = freeze_minutes(closed, by=inspector, at=now)
    rows = {each.key: each.numerator for each in snapshot.figures.all()}
    told = {each["key"]: each["words"] for each in snapshot.content["figures"]}
    assert set(rows) == set(told)
    assert (rows["inspection:questions"], rows["inspection:to_mend"]) == (closed.checklist.items.count(), 1)
    for section in snapshot.content["sections"]:
        for row in section["rows"]:
            if "key" in row:
                assert told[row["key"]] == row["seen"]
    sentence = snapshot.content["answer_sentences"][0]
    for key in ("questions", "yes", "partly", "no", "not_applicable"):
        assert told[f"inspection:{key}"] in sentence


def test_who_may_not_see_the_visit_does_not_see_its_minutes(
    closed, inspector, outsider, manager_of_bac_kan, province_officer, auditor, reader, now
):
    freeze_minutes(closed, by=inspector, at=now)
    for person in (outsider, manager_of_bac_kan, province_officer, auditor):
        assert Snapshot.objects.visible_to(person).exists()
    assert not Snapshot.objects.visible_to(reader).exists()
    type(closed.institution).objects.update(institution_class="library_armed_forces")
    assert not Snapshot.objects.visible_to(province_officer).exists()
    assert Snapshot.objects.visible_to(manager_of_bac_kan).exists()


def test_they_go_out_under_the_day_of_the_visit_though_they_are_frozen_later(closed, inspector, now, today):
    snapshot = freeze_minutes(closed, by=inspector, at=now + dt.timedelta(days=3))
    given = {"number": "7/BB-SVHTTDL", "signer": "Dương Văn Nam", "file": None, "by": inspector}
    later = now + dt.timedelta(days=4)
    with pytest.raises(BadIssue):
        note_issued(snapshot, **given, issued_on=today - dt.timedelta(days=1), at=later)
    assert note_issued(snapshot, **given, issued_on=today, at=later).issued_on == today
