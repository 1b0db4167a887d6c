"""What waits from devices, decided by a person: taken in as it was noted, or dismissed; counted once whatever comes."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import MarkOutcome, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.operations.roll import (
    WalkIn,
    add_walk_in,
    close_session,
    correct_session,
    mark_attendance,
)
from hocsuotdoi.activities.operations.settling import SettlingRefused, dismiss_marks, settle_marks
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.models import Entry, Posting
from tests.factories.activities import ParticipantFactory, RegistrationFactory, SessionFactory
from tests.support.depth import cases
from tests.support.phone import Phone, enrolled

CELL = {"sex": "female", "age_band": "6-10"}


@pytest.fixture
def closed(morning, mai, family, afterwards):
    close_session(morning, nobody_came=True, by=None, at=afterwards)
    morning.refresh_from_db()
    return morning


@pytest.fixture
def settle(manager_of_bac_kan, afterwards):
    def act(*marks, reason="Máy ở thôn gửi về muộn"):
        rows = DeviceMark.objects.filter(pk__in=[mark.id for mark in marks])
        return settle_marks(rows, reason=reason, by=manager_of_bac_kan, at=afterwards)

    return act


@pytest.fixture
def dismiss(manager_of_bac_kan, afterwards):
    def act(*marks, reason="Ghi nhầm"):
        rows = DeviceMark.objects.filter(pk__in=[mark.id for mark in marks])
        return dismiss_marks(rows, reason=reason, by=manager_of_bac_kan, at=afterwards)

    return act


def cancel(registration, at) -> None:
    registration.status, registration.cancelled_at = RegistrationStatus.CANCELLED, at
    registration.save(update_fields=["status", "cancelled_at"])


def people(session) -> dict[str, int | None]:
    return {line.name: line.present for line in roll_of(session).lines}


def posted(session) -> int:
    """What the ledger holds of the session, all revisions and reversals together."""
    entries = Entry.objects.filter(posting__source_id=session.pk, measure="programme_attendance")
    return entries.aggregate(people=Sum("quantity"))["people"] or 0


def test_mark_of_a_closed_roll_is_a_correction_with_the_reason(device, phone, closed, settle, afterwards):
    mark = phone.line(closed, "AAAAAAAA", 1)
    take_marks(device, [mark], at=afterwards)

    (row,) = settle(mark)

    closed.refresh_from_db()
    assert (closed.attended, closed.revision, posted(closed)) == (1, 2, 1)
    assert (row.outcome, row.settled_at) == (MarkOutcome.SETTLED, afterwards)
    assert row.reason.endswith("→ Máy ở thôn gửi về muộn")
    assert Posting.objects.get(source_id=closed.pk, kind="reversal").reason == "Máy ở thôn gửi về muộn"


def test_mark_that_says_what_the_roll_says_posts_nothing_anew(device, phone, closed, settle, afterwards):
    mark = phone.line(closed, "AAAAAAAA", 0)
    take_marks(device, [mark], at=afterwards)

    settle(mark)

    closed.refresh_from_db()
    assert (closed.revision, DeviceMark.objects.get().outcome) == (1, MarkOutcome.SETTLED)


def test_decision_stands_over_what_a_page_said(device, phone, morning, mai, settle, during, afterwards):
    mark = phone.line(morning, "AAAAAAAA", 1)
    mark_attendance(morning, present={mai.pk: 0}, by=None, at=during + dt.timedelta(minutes=30))
    close_session(morning, by=None, at=afterwards)
    take_marks(device, [mark], at=afterwards)

    settle(mark)

    assert people(morning) == {"Lý Thị Mai": 1}


def test_of_several_marks_of_a_line_the_last_that_was_noted_stands(device, phone, closed, settle, afterwards):
    marks = [phone.line(closed, "BBBBBBBB", number) for number in (2, 4, 3)]
    take_marks(device, marks, at=afterwards)

    for mark in reversed(marks):
        settle(mark)

    closed.refresh_from_db()
    assert (people(closed)["Gia đình anh Páo"], closed.attended, posted(closed)) == (3, 3, 3)


def test_count_settled_one_after_the_other_is_counted_once(device, phone, closed, settle, afterwards):
    marks = [phone.note(closed, "tally", **CELL, count=count) for count in (5, 7)]
    take_marks(device, marks, at=afterwards)

    settle(marks[0])
    settle(marks[1])

    closed.refresh_from_db()
    assert (roll_of(closed).tally, closed.attended, posted(closed)) == ({("female", "6-10"): 7}, 7, 7)


def test_older_count_settled_after_the_later_one_changes_nothing(device, phone, closed, settle, afterwards):
    marks = [phone.note(closed, "tally", **CELL, count=count) for count in (5, 7)]
    take_marks(device, marks, at=afterwards)

    settle(marks[1])
    settle(marks[0])

    assert (roll_of(closed).tally, posted(closed)) == ({("female", "6-10"): 7}, 7)


def test_counts_of_two_phones_settled_together_add_up(
    device, phone, closed, settle, manager_of_bac_kan, during, now, afterwards
):
    other, _token = enrolled(closed.institution, by=manager_of_bac_kan, at=now)
    ours, theirs = phone.note(closed, "tally", **CELL, count=5), Phone(during).note(closed, "tally", **CELL, count=7)
    take_marks(device, [ours], at=afterwards)
    take_marks(other, [theirs], at=afterwards)

    settle(ours, theirs)

    assert roll_of(closed).tally == {("female", "6-10"): 12}


def test_count_of_a_phone_enrolled_again_takes_the_place_of_its_own(
    device, phone, morning, manager_of_bac_kan, now, afterwards
):
    """Revoked and enrolled anew in between: the same hand counted five, then seven."""
    own = {"phone": str(uuid.uuid4())}
    take_marks(device, [phone.note(morning, "tally", **CELL, **own, count=5)], at=afterwards)
    again, _token = enrolled(morning.institution, by=manager_of_bac_kan, at=now)

    take_marks(again, [phone.note(morning, "tally", **CELL, **own, count=7)], at=afterwards)

    assert roll_of(morning).tally == {("female", "6-10"): 7}


def test_one_who_cancelled_and_came_is_one_walk_in_however_often_noted(
    device, phone, morning, mai, family, settle, manager_of_bac_kan, during, now, afterwards
):
    other, _token = enrolled(morning.institution, by=manager_of_bac_kan, at=now)
    cancel(mai, during)
    marks = [phone.line(morning, "AAAAAAAA", number) for number in (1, 0, 1)]
    theirs = Phone(during).line(morning, "AAAAAAAA", 1)
    take_marks(device, marks, at=afterwards)
    take_marks(other, [theirs], at=afterwards)

    settle(*marks)
    settle(theirs)

    lines = [(line.name, line.present, line.is_walk_in) for line in roll_of(morning).lines]
    assert lines == [("Gia đình anh Páo", None, False), ("Lý Thị Mai", 1, True)]


def test_group_that_cancelled_and_came_is_one_line_and_no_tally(
    device, phone, morning, family, settle, during, afterwards
):
    cancel(family, during)
    marks = [phone.line(morning, "BBBBBBBB", number) for number in (4, 3)]
    take_marks(device, marks, at=afterwards)

    for mark in marks:
        settle(mark)

    (line,) = roll_of(morning).lines
    assert (line.name, line.size, line.present, roll_of(morning).tally) == ("Gia đình anh Páo", 4, 3, {})


def test_named_person_of_a_group_that_cancelled_is_added_by_name(device, phone, morning, settle, during, afterwards):
    group = RegistrationFactory(session=morning, name="Lớp 4A", code="CCCCCCCC", group_size=2)
    for number, name in enumerate(["Hà Lụa", "Vi Ky"], start=1):
        ParticipantFactory(registration=group, number=number, name=name)
    mark_attendance(morning, present={}, by=None, at=during)  # makes the lines
    cancel(group, during)
    mark = phone.line(morning, "CCCCCCCC.2", 1)
    take_marks(device, [mark], at=afterwards)

    settle(mark)

    assert people(morning) == {"Vi Ky": 1}


def test_nobody_of_those_who_cancelled_makes_no_line(device, phone, morning, mai, settle, during, afterwards):
    cancel(mai, during)
    mark = phone.line(morning, "AAAAAAAA", 0)
    take_marks(device, [mark], at=afterwards)

    settle(mark)

    assert roll_of(morning).lines == []


def test_notes_settled_together_leave_the_last_of_each_phone(device, phone, morning, settle, now, afterwards):
    marks = [phone.note(morning, "note", note=text) for text in ("Trời mưa.", "Trời mưa to.")]
    DeviceMark.objects.bulk_create(
        DeviceMark(
            id=mark.id,
            institution_id=device.institution_id,
            device=device.pk,
            number=mark.number,
            previous_hash=mark.previous_hash,
            hash=mark.hash,
            session=morning.pk,
            act="note",
            said=mark.said,
            noted_at=mark.noted_at,
            received_at=afterwards,
            outcome=MarkOutcome.WAITING,
            reason="…",
        )
        for mark in marks
    )

    settle(*marks)

    morning.refresh_from_db()
    assert morning.note == "Trời mưa to."


def test_close_that_waited_closes(device, phone, morning, mai, settle, afterwards):
    phone.line(morning, "AAAAAAAA", 0)  # never arrives, so the close waits
    close = phone.note(morning, "close", nobody_came=True)
    take_marks(device, [close], at=afterwards)

    settle(close)

    morning.refresh_from_db()
    assert (morning.status, morning.attended) == (SessionStatus.CLOSED, 0)


def refused(act, *marks, **more) -> str:
    """The sentence; and nothing is changed."""
    before = list(DeviceMark.objects.order_by("pk").values("outcome", "reason"))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(*marks, **more)
    assert list(DeviceMark.objects.order_by("pk").values("outcome", "reason")) == before
    return str(refusal.value)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 141, "<b>vì</b>"])
def test_decision_without_a_good_reason_is_refused(device, phone, closed, settle, dismiss, afterwards, reason):
    mark = phone.line(closed, "AAAAAAAA", 1)
    take_marks(device, [mark], at=afterwards)

    assert refused(settle, mark, reason=reason) and refused(dismiss, mark, reason=reason)
    assert posted(closed) == 0


def test_nothing_chosen_is_refused(db, settle, dismiss, english):
    assert "at least one" in refused(settle) and "at least one" in refused(dismiss)


def test_marks_of_two_sessions_are_refused(device, phone, closed, reading_day, settle, afterwards, english):
    marks = [phone.line(closed, "AAAAAAAA", 1), phone.line(uuid.uuid4(), "AAAAAAAA", 1)]
    take_marks(device, marks, at=afterwards)

    assert "one session at a time" in refused(settle, *marks)


def test_unknown_and_cancelled_sessions_are_dismissed_only(
    device, phone, morning, mai, settle, dismiss, afterwards, english
):
    lost, off = phone.line(uuid.uuid4(), "AAAAAAAA", 1), phone.line(morning, "AAAAAAAA", 1)
    morning.status, morning.cancel_reason = SessionStatus.CANCELLED, "Mưa bão"
    morning.save(update_fields=["status", "cancel_reason"])
    take_marks(device, [lost, off], at=afterwards)

    assert "no such session" in refused(settle, lost)
    assert "cancelled" in refused(settle, off)
    dismiss(lost)
    dismiss(off)
    assert set(DeviceMark.objects.values_list("outcome", flat=True)) == {MarkOutcome.DISMISSED}


def test_draft_and_roll_that_is_not_open_yet_are_refused(device, morning, mai, settle, manager_of_bac_kan, now):
    mark = Phone(now).line(morning, "AAAAAAAA", 1)
    take_marks(device, [mark], at=now)
    rows = DeviceMark.objects.all()

    with pytest.raises(Refused):
        settle_marks(rows, reason="Đúng", by=manager_of_bac_kan, at=now)
    morning.activity.status = "draft"
    morning.activity.save(update_fields=["status"])
    assert refused(settle, mark)
    assert DeviceMark.objects.get().outcome == MarkOutcome.WAITING


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("dance", {}),
        ("line", {}),
        ("line", {"present": {"ZZZZZZZZ": 1}}),
        ("line", {"present": {"AAAAAAAA": 2}}),
        ("line", {"present": {"AAAAAAAA": "1"}}),
        ("line", {"present": {"AAAAAAAA": 10**9}}),
        ("walk_in", {"name": ""}),
        ("walk_in", {"name": "<b>"}),
        ("walk_in", {"name": "Mai", "sex": ["x"]}),
        ("tally", {**CELL, "count": -1}),
        ("tally", {**CELL, "count": 10**9}),
        ("note", {"note": "a" * 6000}),
    ],
)
def test_nonsense_can_only_be_dismissed(device, phone, closed, settle, dismiss, afterwards, act, said):
    mark = phone.note(closed, act, **said)
    take_marks(device, [mark], at=afterwards)
    if act == "note":  # a note is taken into a closed session, too: only too long a one waits
        assert DeviceMark.objects.get().outcome == MarkOutcome.WAITING

    assert refused(settle, mark)
    dismiss(mark)
    assert (posted(closed), roll_of(closed).people) == (0, 0)


def test_what_was_decided_is_not_decided_again(device, phone, closed, settle, dismiss, afterwards, english):
    first, second = phone.line(closed, "AAAAAAAA", 1), phone.line(closed, "BBBBBBBB", 1)
    take_marks(device, [first, second], at=afterwards)
    settle(first)
    dismiss(second)

    for mark in (first, second):
        assert "already" in refused(settle, mark) and "already" in refused(dismiss, mark)
    assert posted(closed) == 1


def test_device_is_told_what_became_of_what_waited(device, phone, closed, settle, dismiss, afterwards):
    marks = [phone.line(closed, "AAAAAAAA", 1), phone.line(closed, "BBBBBBBB", 1)]
    take_marks(device, marks, at=afterwards)
    settle(marks[0])
    dismiss(marks[1])

    assert [answer.outcome for answer in take_marks(device, marks, at=afterwards)] == ["duplicate", "dismissed"]
    assert posted(closed) == 1


def test_settled_mark_without_a_moment_is_refused_by_the_database(device, phone, closed, afterwards):
    take_marks(device, [phone.line(closed, "AAAAAAAA", 1)], at=afterwards)
    with pytest.raises(IntegrityError):
        DeviceMark.objects.update(outcome=MarkOutcome.SETTLED)


NAMES = ("Sơn", "Lụa")
NOTED = st.lists(
    st.one_of(
        st.tuples(st.just("line"), st.sampled_from(["AA", "BB"]), st.integers(0, 3)),
        st.tuples(st.just("tally"), st.sampled_from(["female", "male"]), st.integers(0, 4)),
        st.tuples(st.just("walk_in"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("all"), st.just(""), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=7,
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["sync", "sync", "settle", "dismiss", "close", "reverse"]), st.integers(0, 99)),
    max_size=14,
)


@pytest.mark.slow
@settings(max_examples=cases(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=NOTED, second=NOTED, acts=ACTS, chance=st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_acts_counts_the_journals_once(
    library_of_bac_kan, manager_of_bac_kan, reading_day, now, during, afterwards, first, second, acts, chance
):
    """Two phones note; batches arrive in any order and again; meanwhile somebody settles, dismisses, closes, corrects.
    In the end everything has arrived and what waits is settled: the roll, and the ledger, hold the journals once,
    without what was dismissed. Of those who are marked together one had cancelled."""
    session = SessionFactory(activity=reading_day, starts_at=during, ends_at=afterwards)
    size = {"AA": 1, "BB": 3}
    for code, group_size in size.items():
        RegistrationFactory(session=session, name=code, code=f"{code}{session.number:06d}", group_size=group_size)
    gone = RegistrationFactory(
        session=session,
        name="CC",
        code=f"CC{session.number:06d}",
        status=RegistrationStatus.CANCELLED,
        cancelled_at=now,
    )
    sent, dismissed, corrections, count = [], set(), 0, 0
    for noted in (first, second):
        device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)
        phone = Phone(during)
        for act, what, number in noted:
            if act == "line":
                mark = phone.line(session, f"{what}{session.number:06d}", min(number, size[what]))
            elif act == "tally":
                mark = phone.note(session, "tally", sex=what, age_band=None, count=number)
            elif act == "all":
                present = {f"{code}{session.number:06d}": min(number, size[code]) for code in size}
                mark = phone.note(session, "all", present={**present, gone.code: 1})
            else:
                mark = phone.note(session, "walk_in", name=what)
            sent.append((device, mark))
    waits = DeviceMark.objects.filter(session=session.pk, outcome=MarkOutcome.WAITING).order_by("pk")

    def settle_all():
        if waits.all().exists():
            settle_marks(list(waits.all()), reason="Đúng", by=manager_of_bac_kan, at=afterwards)

    def do(act: str, number: int) -> None:
        nonlocal corrections
        some = list(waits.all())[number % 3 :: 2]
        match act:
            case "sync":
                device, mark = sent[number % len(sent)]
                take_marks(device, [mark], at=afterwards)
            case "settle":
                settle_marks(some, reason="Đúng", by=manager_of_bac_kan, at=afterwards)
            case "dismiss":
                dismiss_marks(some, reason="Nhầm", by=manager_of_bac_kan, at=afterwards)
                dismissed.update(mark.pk for mark in some)
            case "close":
                close_session(session, nobody_came=True, by=None, at=afterwards)
            case "reverse":
                late = WalkIn(f"Muộn {corrections}", uuid.uuid4())
                correct_session(session, reason="Quên", walk_ins=[late], by=None, at=afterwards)
                corrections += 1

    for act, number in acts:
        try:
            with transaction.atomic():
                do(act, number)
        except Refused:
            pass
        session.refresh_from_db()
        if session.status == SessionStatus.CLOSED:
            assert posted(session) == session.attended == roll_of(session).people
    arriving = sent + chance.sample(sent, k=len(sent) // 2)
    chance.shuffle(arriving)
    for device, mark in arriving:
        take_marks(device, [mark], at=afterwards)
    settle_all()

    counts = [mark for _device, mark in sent if mark.id not in dismissed]
    lines, cells = {}, {}
    for device, mark in sent:
        if mark.id in dismissed:
            continue
        if mark.act in ("line", "all"):
            for key, number in mark.said["present"].items():
                if uuid.uuid5(mark.id, key) not in dismissed:
                    lines[key] = max(lines.get(key, (mark.noted_at, number)), (mark.noted_at, number))
        elif mark.act == "tally":
            cells[device.pk, mark.said["sex"]] = mark.said["count"]  # each phone's marks are in its order
    count = sum(number for _moment, number in lines.values()) + sum(cells.values())
    count += sum(mark.act == "walk_in" for mark in counts) + corrections
    session.refresh_from_db()
    assert roll_of(session).people == count, (first, second, acts)
    assert {line.name: line.present or 0 for line in roll_of(session).lines if not line.is_walk_in} == {
        code: lines.get(f"{code}{session.number:06d}", (None, 0))[1] for code in size
    }
    if session.status == SessionStatus.CLOSED:
        assert posted(session) == session.attended == count


@pytest.mark.slow
def test_two_people_who_settle_at_once_count_it_once(
    transactional_db, library_of_bac_kan, manager_of_bac_kan, librarian_of_bac_kan, reading_day, now, during, afterwards
):
    session = SessionFactory(activity=reading_day, starts_at=during, ends_at=afterwards)
    close_session(session, nobody_came=True, by=None, at=afterwards)
    device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)
    phone = Phone(during)
    take_marks(
        device,
        [phone.note(session, "tally", **CELL, count=5), phone.note(session, "walk_in", name="Páo")],
        at=afterwards,
    )
    marks = list(DeviceMark.objects.all())
    people_who = [manager_of_bac_kan, librarian_of_bac_kan] * 2
    gate = Barrier(len(people_who))

    def decide(number: int) -> str:
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=20)
            act = dismiss_marks if number == 3 else settle_marks
            act(marks, reason="Đúng", by=people_who[number], at=afterwards)
        except SettlingRefused:
            return "refused"
        finally:
            connections["default"].close()
        return "done"

    with ThreadPoolExecutor(len(people_who)) as pool:
        told = sorted(pool.map(decide, range(len(people_who))))

    session.refresh_from_db()
    assert told == ["done", "refused", "refused", "refused"]
    assert posted(session) == session.attended == roll_of(session).people in (0, 6)


def test_settling_once_more_after_a_late_walk_in_adds_only_what_is_new(device, phone, closed, settle, afterwards):
    first = phone.note(closed, "walk_in", name="Bàn Văn Páo")
    take_marks(device, [first], at=afterwards)
    settle(first)
    unticked = phone.line(closed, str(first.id), 0)
    take_marks(device, [unticked], at=afterwards)

    settle(unticked)

    closed.refresh_from_db()
    assert (closed.attended, closed.revision, posted(closed)) == (0, 3, 0)


def test_walk_in_of_the_page_is_not_touched(device, phone, morning, settle, during, afterwards):
    add_walk_in(morning, name="Bàn Văn Páo", form_key=uuid.uuid4(), by=None, at=during)
    close_session(morning, by=None, at=afterwards)
    mark = phone.note(morning, "walk_in", name="Lý Seo Phừ")
    take_marks(device, [mark], at=afterwards)

    settle(mark)

    assert people(morning) == {"Bàn Văn Páo": 1, "Lý Seo Phừ": 1}
