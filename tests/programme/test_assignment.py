"""Handing tasks down and saying how far they are."""

import datetime as dt
import io
import threading
import time
import uuid

import pytest
from django.db import connection, transaction
from PIL import Image

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.file_kind import LARGEST
from hocsuotdoi.programme.enums import AssignmentState as State
from hocsuotdoi.programme.enums import AssignmentStepKind, EvidenceVerdict
from hocsuotdoi.programme.models import Assignment, AssignmentFile, AssignmentStep, EvidenceDecision
from hocsuotdoi.programme.operations import assignment as acts
from hocsuotdoi.programme.operations import life
from hocsuotdoi.programme.operations.assignment import HandedIn
from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.queries.evidence import SESSION
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory, TaskFactory, change_plan
from tests.programme.conftest import held
from tests.support.crowd import all_at_once

DAY = dt.date(2026, 12, 10)


def report(assignment, by, at, state=State.DONE, **more):
    version = more.pop("version", assignment.version)
    return acts.report_progress(assignment, state=state, version=version, by=by, at=at, **more)


# -- made by the plans --


def test_plan_asks_the_responsible_office_of_each_unit_once(
    reading_task, office_of_bac_kan, department_of_thai_nguyen, duc_xuan, today, now
):
    assert make_assignments(year=2026, day=today, at=now) == 1
    made = Assignment.objects.get()
    assert (made.agency, made.year, made.due_on, made.state) == (
        office_of_bac_kan,
        2026,
        dt.date(2026, 12, 31),
        "to_do",
    )
    assert [(s.kind, s.state, s.due_on, s.by) for s in made.steps.all()] == [
        (AssignmentStepKind.HANDED_DOWN, "to_do", made.due_on, None)
    ]
    assert make_assignments(year=2026, day=today, at=now) == 0
    assert make_assignments(year=2027, day=today, at=now) == 1
    assert [event.pgh_label for event in made.events.all()] == ["insert"]


def test_plan_asks_the_named_body_instead_of_the_usual_one(plan, department_of_thai_nguyen, thai_nguyen, today, now):
    task = TaskFactory(plan=plan, clause__plan=plan, tiers=["province"])
    education = AgencyFactory(kind="education", unit=thai_nguyen)
    finance = AgencyFactory(kind="finance", unit=thai_nguyen)
    task.agencies.create(agency=education, part="lead", written="Sở Giáo dục và Đào tạo")
    task.agencies.create(agency=finance, part="coordinating", written="Sở Tài chính")
    make_assignments(year=2026, day=today, at=now)
    assert {(a.agency, a.part) for a in Assignment.objects.all()} == {(education, "lead"), (finance, "coordinating")}


def test_plan_asks_the_body_of_the_branch_that_the_clause_names(
    plan, department_of_thai_nguyen, thai_nguyen, today, now
):
    task = TaskFactory(plan=plan, clause__plan=plan, tiers=["province"])
    task.agencies.create(part="lead", written="ngành Giáo dục và Đào tạo")
    make_assignments(year=2026, day=today, at=now)
    assert Assignment.objects.get().agency == department_of_thai_nguyen  # no such body stands there
    education = AgencyFactory(kind="education", unit=thai_nguyen)
    make_assignments(year=2027, day=today, at=now)
    assert Assignment.objects.get(year=2027).agency == education


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"recurrence": "once"}, (None, None)),
        ({"recurrence": "once", "due_year": 2030}, (None, dt.date(2030, 12, 31))),
        ({"recurrence": "once", "due_year": 2025}, None),
        ({"recurrence": "ongoing"}, (2026, None)),
        ({"due_month": 11, "due_day": 25}, (2026, dt.date(2026, 11, 25))),
        ({"observances": ["book_day", "museum_day"]}, (2026, dt.date(2026, 5, 18))),
        ({"plan__status": "draft"}, None),
        ({"plan__status": "retired"}, None),
    ],
)
def test_plan_asks_for_a_day_that_follows_from_the_task(fields, expected, plan, office_of_bac_kan, today, now):
    status = fields.pop("plan__status", "in_force")
    change_plan(plan, status=status)
    TaskFactory(plan=plan, clause__plan=plan, tiers=["commune"], **fields)
    make_assignments(year=2026, day=today, at=now)
    assert [(a.year, a.due_on) for a in Assignment.objects.all()] == ([expected] if expected else [])


def test_real_documents_ask_every_commune_and_what_became_of_the_city(reference, now, today):
    made = make_assignments(year=2026, day=today, at=now)
    assert made == Assignment.objects.count() > 20_000
    wards = Assignment.objects.filter(task__plan__code="kh-2023-tp-bac-kan").values_list(
        "agency__unit__name", flat=True
    )
    assert {"Phường Bắc Kạn", "Phường Đức Xuân"} <= set(wards)
    schools = Assignment.objects.filter(task__clause__path="II.1.a.7", agency__unit__tier="province")
    assert set(schools.values_list("agency__kind", flat=True)) == {"education"}
    assert not Assignment.objects.filter(agency__ends_on__lte=today).exists()


# -- handed down by people --


def test_hand_down_gives_each_its_own_day_and_says_so_in_the_trail(
    reading_task, assignment, office_of_bac_kan, province_officer, duc_xuan, now
):
    other = AgencyFactory(unit=duc_xuan)
    made = acts.hand_down(
        reading_task,
        due={office_of_bac_kan: DAY, other: None},
        year=2026,
        remark="Mỗi phường ít nhất một buổi",
        by=province_officer,
        at=now,
    )
    assert made[0] == assignment
    assert [(a.agency, a.due_on, a.handed_by) for a in made] == [
        (office_of_bac_kan, DAY, province_officer.pk),
        (other, None, province_officer.pk),
    ]
    assert [s.note for s in AssignmentStep.objects.all()] == ["Mỗi phường ít nhất một buổi"] * 2


def test_hand_down_keeps_what_was_reported_and_asks_again_what_was_dropped(
    reading_task, assignment, office_of_bac_kan, province_officer, now
):
    acts.drop(assignment, reason="Thôi", by=province_officer, at=now)
    (row,) = acts.hand_down(
        reading_task, due={office_of_bac_kan: DAY}, year=2026, remark="", by=province_officer, at=now
    )
    assert row.state == State.TO_DO
    report(row, province_officer, now)
    (row,) = acts.hand_down(
        reading_task, due={office_of_bac_kan: DAY}, year=2026, remark="", by=province_officer, at=now
    )
    assert row.state == State.DONE


def test_hand_down_again_leaves_beginning_and_remark_that_are_not_given(
    reading_task, office_of_bac_kan, province_officer, now
):
    given = {"due": {office_of_bac_kan: DAY}, "year": 2026, "by": province_officer, "at": now}
    begins, later = DAY - dt.timedelta(60), DAY + dt.timedelta(30)
    acts.hand_down(reading_task, **given, remark="Mỗi phường một buổi", starts_on=begins)
    (row,) = acts.hand_down(reading_task, **{**given, "due": {office_of_bac_kan: later}}, remark="")
    row.refresh_from_db()
    assert (row.starts_on, row.due_on, row.remark) == (begins, later, "Mỗi phường một buổi")
    with pytest.raises(acts.BadDate):  # before it begins
        acts.hand_down(reading_task, **{**given, "due": {office_of_bac_kan: begins - dt.timedelta(1)}}, remark="")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["task", "own", "one"])
def test_two_who_hand_the_same_down_at_once_make_one(act, reading_task, office_of_bac_kan, province_officer, now):
    key, first_is_in = uuid.uuid4(), threading.Event()
    given = {"by": province_officer, "at": now}

    def hand_down() -> None:
        due = {office_of_bac_kan: DAY}
        if act == "task":
            acts.hand_down(reading_task, due=due, year=2026, remark="", **given)
        elif act == "own":
            acts.hand_down_own(title="Sửa mái", reason="Dột", due=due, key=key, **given)
        else:
            acts.hand_down_one(
                title="Sửa mái", origin="inspection.finding:1", agency=office_of_bac_kan, due_on=DAY, remark="", **given
            )

    def first() -> None:
        with transaction.atomic():
            hand_down()
            first_is_in.set()
            time.sleep(0.3)
        connection.close()

    def second() -> None:
        first_is_in.wait(10)
        hand_down()
        connection.close()

    all_at_once([first, second])
    assert Assignment.objects.count() == 1
    assert AssignmentStep.objects.count() in {1, 2}  # a plan's task handed down again is said again


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["made", "handed down"])
def test_a_plan_that_ends_at_this_moment_asks_nothing_any_more(
    act, plan, reading_task, office_of_bac_kan, department_of_thai_nguyen, province_officer, today, now
):
    """Who ends the plan drops what it asks; what is handed down meanwhile would be asked by a plan that is no more."""
    has_ended = threading.Event()

    def end() -> None:
        with transaction.atomic():
            life.retire_plan(plan, effective_on=today, reason="Hết thời hạn", by=province_officer, at=now, today=today)
            has_ended.set()
            time.sleep(0.3)
        connection.close()

    def ask() -> object:
        has_ended.wait(10)
        try:
            if act == "made":
                return make_assignments(year=2026, day=today, at=now)
            due = {office_of_bac_kan: DAY}
            return acts.hand_down(reading_task, due=due, year=2026, remark="", by=province_officer, at=now)
        except Refused as refusal:
            return type(refusal)
        finally:
            connection.close()

    _ended, said = all_at_once([end, ask])
    assert said == (0 if act == "made" else acts.NotHandedDown)
    assert not Assignment.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["made", "handed down"])
def test_what_is_handed_down_at_this_moment_is_dropped_by_who_ends_the_plan(
    act, plan, reading_task, office_of_bac_kan, department_of_thai_nguyen, province_officer, today, now
):
    is_asked = threading.Event()

    def ask() -> None:
        with transaction.atomic():
            if act == "made":
                make_assignments(year=2026, day=today, at=now)
            else:
                due = {office_of_bac_kan: DAY}
                acts.hand_down(reading_task, due=due, year=2026, remark="", by=province_officer, at=now)
            is_asked.set()
            time.sleep(0.3)
        connection.close()

    def end() -> None:
        is_asked.wait(10)
        life.retire_plan(plan, effective_on=today, reason="Hết thời hạn", by=province_officer, at=now, today=today)
        connection.close()

    all_at_once([ask, end])
    assert [row.state for row in Assignment.objects.all()] == [State.DROPPED]


def test_hand_down_refused_without_bodies_before_it_begins_or_of_a_draft(
    reading_task, office_of_bac_kan, province_officer, now
):
    given = {"year": 2026, "remark": "", "by": province_officer, "at": now}
    with pytest.raises(acts.NotHandedDown):
        acts.hand_down(reading_task, due={}, **given)
    with pytest.raises(acts.BadDate):
        acts.hand_down(reading_task, due={office_of_bac_kan: DAY}, starts_on=DAY + dt.timedelta(1), **given)
    draft = TaskFactory(plan=PlanFactory(status="draft"), clause__plan=PlanFactory())
    with pytest.raises(acts.NotHandedDown):
        acts.hand_down(draft, due={office_of_bac_kan: DAY}, **given)
    assert not Assignment.objects.exists()


def test_hand_down_one_is_the_same_for_the_same_origin(office_of_bac_kan, province_officer, now):
    given = {"agency": office_of_bac_kan, "due_on": DAY, "remark": "", "by": province_officer, "at": now}
    first = acts.hand_down_one(title="  Sửa  mái ", origin="inspection.finding:1", **given)
    assert acts.hand_down_one(title="Khác", origin="inspection.finding:1", **given) == first
    assert (first.title, first.task, first.steps.count()) == ("Sửa mái", None, 1)
    with pytest.raises(acts.NotHandedDown):
        acts.hand_down_one(title=" ", origin="", **given)


def test_redate_says_why_and_refuses_what_waits_no_more(assignment, province_officer, now):
    acts.redate(assignment, due_on=DAY, reason="Mưa lũ", by=province_officer, at=now)
    step = assignment.steps.get()
    assert (assignment.due_on, step.kind, step.due_on, step.note) == (DAY, "dated", DAY, "Mưa lũ")
    with pytest.raises(acts.BadDate):
        acts.redate(assignment, due_on=DAY, reason="Lại", by=province_officer, at=now)
    with pytest.raises(acts.BadStep):
        acts.redate(assignment, due_on=None, reason=" ", by=province_officer, at=now)
    report(assignment, province_officer, now)
    with pytest.raises(acts.BadDate):
        acts.redate(assignment, due_on=None, reason="Muộn", by=province_officer, at=now)


def test_drop_says_why_and_refuses_what_waits_no_more(assignment, province_officer, now):
    with pytest.raises(acts.BadStep):
        acts.drop(assignment, reason="", by=province_officer, at=now)
    acts.drop(assignment, reason="Thôi", by=province_officer, at=now)
    with pytest.raises(acts.BadStep):
        acts.drop(assignment, reason="Thôi", by=province_officer, at=now)
    assert (assignment.state, assignment.steps.count()) == ("dropped", 1)


# -- progress --

ALLOWED = {
    (State.TO_DO, State.DOING),
    (State.TO_DO, State.DONE),
    (State.TO_DO, State.CANNOT),
    (State.DOING, State.DOING),
    (State.DOING, State.DONE),
    (State.DOING, State.CANNOT),
    (State.DONE, State.DOING),
    (State.CANNOT, State.DOING),
}


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_states_follow_each_other_as_people_may_say(before, after, assignment, officer_of_bac_kan, today, now):
    assignment.state, assignment.done_on = before, today if before == State.DONE else None
    assignment.save()
    if (before, after) in ALLOWED:
        report(assignment, officer_of_bac_kan, now, state=after, note="Vì thế")
        assignment.refresh_from_db()
        assert (assignment.state, assignment.done_on) == (after, today if after == State.DONE else None)
    else:
        with pytest.raises(acts.BadStep):
            report(assignment, officer_of_bac_kan, now, state=after, note="Vì thế")


@pytest.mark.parametrize(
    ("before", "fields", "field"),
    [
        (State.TO_DO, {"state": State.CANNOT}, "note"),
        (State.CANNOT, {"state": State.DOING}, "note"),
        (State.TO_DO, {"state": State.DOING, "percent": 101}, "percent"),
        (State.TO_DO, {"done_on": dt.date(2026, 11, 24)}, "done_on"),
        (State.TO_DO, {"files": [HandedIn("chay.pdf", b"MZ chay")]}, "files"),
        (State.TO_DO, {"files": [HandedIn("anh.jpg", b"")]}, "files"),
        (State.TO_DO, {"files": [HandedIn("anh.pdf", b"%PDF-" + b"x" * LARGEST)]}, "files"),
        (State.TO_DO, {"files": [HandedIn("anh.pdf", b"%PDF-1.7")] * 11}, "files"),
    ],
)
def test_progress_refused_names_the_field_and_changes_nothing(
    before, fields, field, assignment, officer_of_bac_kan, now
):
    assignment.state = before
    assignment.save()
    with pytest.raises(Refused) as caught, transaction.atomic():
        report(assignment, officer_of_bac_kan, now, **fields)
    assert caught.value.field == field
    assert str(caught.value)
    assert (Assignment.objects.get().state, AssignmentStep.objects.count()) == (before, 0)


def test_progress_of_two_people_the_second_is_told(assignment, officer_of_bac_kan, province_officer, now):
    seen = assignment.version
    report(assignment, officer_of_bac_kan, now, state=State.DOING, percent=40)
    with pytest.raises(acts.ChangedMeanwhile):
        report(assignment, province_officer, now, version=seen)
    assert Assignment.objects.get().percent == 40


def test_progress_with_files_keeps_them_under_their_digest(assignment, officer_of_bac_kan, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report(assignment, officer_of_bac_kan, now, note="Ảnh", files=[HandedIn("C:\\x\\Biên bản.JPG", b"%PDF-1.7 abc")])
    file = AssignmentFile.objects.get()
    assert (file.file_name, file.media_type, file.size) == ("Biên bản.pdf", "application/pdf", 12)
    with open_kept(file.digest) as kept:
        assert kept.read() == b"%PDF-1.7 abc"


def test_picture_is_kept_without_where_it_was_taken(assignment, officer_of_bac_kan, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    out, traces = io.BytesIO(), Image.Exif()
    traces[0x010E] = "Ở nhà chị Lan"
    traces.get_ifd(0x8825)[2] = (22.0, 8.0, 50.0)
    Image.new("RGB", (8, 4), "green").save(out, "JPEG", exif=traces)
    report(assignment, officer_of_bac_kan, now, note="Ảnh", files=[HandedIn("anh.jpg", out.getvalue())])
    with open_kept(AssignmentFile.objects.get().digest) as kept, Image.open(kept) as picture:
        assert picture.size == (8, 4)
        assert not picture.getexif()
    with pytest.raises(acts.BadFile):
        acts.add_note(
            assignment, note="", files=[HandedIn("a.jpg", b"\xff\xd8\xffkhong")], by=officer_of_bac_kan, at=now
        )


def test_note_changes_nothing_and_says_something(assignment, officer_of_bac_kan, province_officer, now):
    acts.add_note(assignment, note="Đã mời 30 em", by=officer_of_bac_kan, at=now)
    assert (assignment.steps.get().kind, Assignment.objects.get().version) == ("note", 1)
    with pytest.raises(acts.BadStep):
        acts.add_note(assignment, note=" ", by=officer_of_bac_kan, at=now)
    acts.drop(assignment, reason="Thôi", by=province_officer, at=now)
    with pytest.raises(acts.BadStep):
        acts.add_note(assignment, note="Còn nữa", by=officer_of_bac_kan, at=now)


def test_note_sent_twice_stands_once(assignment, officer_of_bac_kan, province_officer, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def note(words="Ảnh ngày hội", name="a.pdf", content=b"%PDF-1.7 a", by=officer_of_bac_kan, after=0):
        files = [HandedIn(name, content)] if content else []
        return acts.add_note(assignment, note=words, files=files, by=by, at=now + dt.timedelta(seconds=after))

    first = note()
    assert note(after=1) == first
    assert (assignment.steps.count(), AssignmentFile.objects.count()) == (1, 1)
    others = [note(content=b"%PDF-1.7 b", after=2), note(content=None, after=3), note(by=province_officer, after=4)]
    again = note(after=5)  # not the last thing any more
    assert len({first, again, *others}) == 5
    assert AssignmentFile.objects.count() == 4


# -- what people say of evidence --


def test_decide_evidence_has_a_reason_and_something_in_the_book(
    assignment, library_of_bac_kan, officer_of_bac_kan, province_officer, now
):
    session = held(library_of_bac_kan)
    given = {"source_kind": SESSION, "by": officer_of_bac_kan, "at": now, "verdict": EvidenceVerdict.REJECTED}
    with pytest.raises(acts.BadStep):
        acts.decide_evidence(assignment, source_id=session.pk, reason=" ", **given)
    with pytest.raises(acts.NotDecided):
        acts.decide_evidence(assignment, source_id=uuid.uuid4(), reason="Không phải", **given)
    acts.decide_evidence(assignment, source_id=session.pk, reason="Không phải", **given)
    assert EvidenceDecision.objects.get().institution == library_of_bac_kan
    assert assignment.tally.happenings == 0
    titled = acts.hand_down_one(
        title="Việc", origin="", agency=assignment.agency, due_on=None, remark="", by=province_officer, at=now
    )
    with pytest.raises(acts.NotDecided):
        acts.decide_evidence(titled, source_id=session.pk, reason="Đúng", **given)
    acts.drop(assignment, reason="Thôi", by=province_officer, at=now)
    with pytest.raises(acts.NotDecided):
        acts.decide_evidence(assignment, source_id=session.pk, reason="Đúng", **given)
