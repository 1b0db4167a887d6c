"""Late tasks climb; each person is told once a day of what is new."""

import datetime as dt

import pytest
from django.core import mail

from hocsuotdoi.programme import registry
from hocsuotdoi.programme.enums import AssignmentState as State
from hocsuotdoi.programme.models import Digest, Escalation
from hocsuotdoi.programme.operations import digest
from hocsuotdoi.programme.operations.assignment import redate, report_progress
from tests.factories.places import AgencyFactory
from tests.factories.running import make_assignment

DUE = dt.date(2026, 11, 20)


@pytest.fixture
def committee(bac_kan, office_of_bac_kan):
    body = AgencyFactory(kind="peoples_committee", unit=bac_kan)
    office_of_bac_kan.lines_up.create(superior=body, kind="administrative")
    return body


def climbed(days_late: int, now) -> list[tuple[int, str]]:
    digest.climb(day=DUE + dt.timedelta(days=days_late), at=now)
    return sorted(Escalation.objects.values_list("rung", "agency__kind"))


@pytest.mark.parametrize(
    ("days", "rungs"),
    [
        (0, []),
        (1, [(1, "culture_society")]),
        (6, [(1, "culture_society")]),
        (7, [(1, "culture_society"), (2, "peoples_committee")]),
        (14, [(1, "culture_society"), (2, "peoples_committee"), (3, "culture")]),
    ],
)
def test_ladder_has_its_rungs(days, rungs, assignment, committee, department_of_thai_nguyen, now):
    assert climbed(days, now) == rungs
    assert climbed(days, now) == rungs


def test_ladder_tells_nobody_of_what_is_done_and_begins_anew_with_a_new_day(
    assignment, committee, officer_of_bac_kan, province_officer, now
):
    assert len(climbed(1, now)) == 1
    redate(assignment, due_on=DUE + dt.timedelta(days=2), reason="Mưa", by=province_officer, at=now)
    assert len(climbed(2, now)) == 1
    assert len(climbed(3, now)) == 2
    report_progress(assignment, state=State.DONE, version=assignment.version, by=officer_of_bac_kan, at=now)
    assert len(climbed(30, now)) == 2


def test_ladder_counts_from_the_day_somebody_had_it(assignment, committee, now):
    type(assignment).objects.filter(pk=assignment.pk).update(handed_at=now)  # 23 November
    assert climbed(3, now) == []
    assert climbed(4, now) == [(1, "culture_society")]


def test_old_ones_that_everybody_was_told_of_keep_no_new_one_from_climbing(
    assignment, committee, department_of_thai_nguyen, now, monkeypatch
):
    monkeypatch.setattr(digest, "_LATE_AT_ONCE", 1)
    assert len(climbed(30, now)) == 3
    make_assignment(agency=assignment.agency, title="Sửa mái", due_on=DUE + dt.timedelta(days=29))
    make_assignment(agency=assignment.agency, title="Sửa cửa", due_on=DUE + dt.timedelta(days=29))
    assert len(climbed(30, now)) == 5
    assert len(climbed(30, now)) == 5


@pytest.fixture
def written(assignment, officer_of_bac_kan, province_officer, reader, librarian_of_bac_kan, planner, auditor, now):
    day = DUE + dt.timedelta(days=1)
    digest.climb(day=day, at=now)
    assert digest.write_digests(day=day, at=now) == 1
    assert digest.write_digests(day=day, at=now) == 0
    return Digest.objects.get()


def test_digest_is_for_who_is_to_do_it(written, officer_of_bac_kan, assignment):
    assert (written.person, written.sources) == (officer_of_bac_kan, ["tasks"])
    assert [line["assignment"] for line in written.lines] == [assignment.pk]


def test_digest_is_not_written_where_nothing_is_new(written, now):
    day = DUE + dt.timedelta(days=2)
    digest.climb(day=day, at=now)
    assert digest.write_digests(day=day, at=now) == 0


def test_digest_is_sent_once(written, now):
    assert digest.send_digests(at=now)["sent"] == 1
    assert digest.send_digests(at=now)["sent"] == 0
    (letter,) = mail.outbox
    assert letter.to == [written.person.email]
    assert "Tổ chức ngày hội đọc sách" in letter.body
    assert f"/workspace/tasks/{written.lines[0]['assignment']}/" in letter.body


def test_digest_of_what_was_done_meanwhile_is_not_sent(written, assignment, officer_of_bac_kan, now):
    report_progress(assignment, state=State.DONE, version=assignment.version, by=officer_of_bac_kan, at=now)
    digest.send_digests(at=now)
    written.refresh_from_db()
    assert (written.state, mail.outbox) == ("dropped", [])


def test_digest_that_could_not_be_sent_is_tried_again_and_given_up(written, now, settings):
    settings.EMAIL_BACKEND = "no.such.Backend"
    for minutes, state in ((0, "waiting"), (1, "waiting"), (11, "waiting"), (61, "waiting"), (241, "failed")):
        digest.send_digests(at=now + dt.timedelta(minutes=minutes))
        written.refresh_from_db()
        assert written.state == state
    assert (written.attempts, bool(written.problem)) == (4, True)


def test_digest_without_a_mail_server_says_so(written, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    digest.send_digests(at=now)
    written.refresh_from_db()
    assert (written.state, bool(written.problem)) == ("failed", True)


def test_digest_holds_the_lines_of_other_areas(officer_of_bac_kan, office_of_bac_kan, today, now, monkeypatch):
    monkeypatch.setattr(registry, "_lines", {})
    registry.register_digest_lines(
        "reports",
        lambda agencies, day: {office_of_bac_kan.pk: [registry.Line("Báo cáo", "còn 5 ngày", "/workspace/reports/")]},
    )
    assert digest.write_digests(day=today, at=now) == 1
    assert Digest.objects.get().sources == ["reports"]
    digest.send_digests(at=now)
    assert "còn 5 ngày" in mail.outbox[0].body
