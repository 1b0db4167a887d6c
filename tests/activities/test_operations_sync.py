import datetime as dt
import uuid
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import MarkOutcome, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.formats.journal import parse_mark
from hocsuotdoi.activities.models import Attendance, DeviceMark, Registration
from hocsuotdoi.activities.operations.roll import close_session, mark_attendance, set_tally
from hocsuotdoi.activities.operations.settling import dismiss_marks, settle_marks
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import ParticipantFactory, RegistrationFactory, SessionFactory
from tests.support.depth import cases
from tests.support.phone import Phone, enrolled


def outcomes(answers) -> list[str]:
    return [answer.outcome for answer in answers]


def people(session) -> dict[str, int | None]:
    return {line.name: line.present for line in roll_of(session).lines}


def test_marks_are_taken_into_the_roll_in_the_name_of_who_enrolled(device, phone, morning, mai, family, afterwards):
    marks = [phone.line(morning, "AAAAAAAA", 1), phone.line(morning, "BBBBBBBB", 3)]

    answers = take_marks(device, marks, at=afterwards)

    assert outcomes(answers) == ["applied", "applied"]
    assert people(morning) == {"Lý Thị Mai": 1, "Gia đình anh Páo": 3}
    line = Attendance.objects.get(pk=mai.pk)
    assert (line.marked_by, line.marked_at) == (device.enrolled_by_id, marks[0].noted_at)


def test_mark_sent_again_is_a_duplicate_and_changes_nothing(device, phone, morning, mai, afterwards):
    marks = [phone.line(morning, "AAAAAAAA", 1), phone.note(morning, "walk_in", name="Bàn Văn Páo")]
    take_marks(device, marks, at=afterwards)

    answers = take_marks(device, marks, at=afterwards)

    assert outcomes(answers) == ["duplicate", "duplicate"]
    assert people(morning) == {"Lý Thị Mai": 1, "Bàn Văn Páo": 1}
    assert DeviceMark.objects.count() == 2


def test_all_present_marks_only_those_whom_the_device_knew(device, phone, morning, mai, family, afterwards):
    take_marks(device, [phone.note(morning, "all", present={"AAAAAAAA": 1})], at=afterwards)

    assert people(morning) == {"Lý Thị Mai": 1, "Gia đình anh Páo": None}


def test_person_of_a_group_is_marked_by_number(device, phone, morning, afterwards):
    group = RegistrationFactory(session=morning, name="Lớp 4A", code="CCCCCCCC", group_size=2)
    for number, name in enumerate(["Hà Lụa", "Vi Ky"], start=1):
        ParticipantFactory(registration=group, number=number, name=name)

    take_marks(device, [phone.line(morning, "CCCCCCCC.2", 1)], at=afterwards)

    assert people(morning) == {"Hà Lụa": None, "Vi Ky": 1}


def test_walk_in_and_untick_of_the_same_walk_in(device, phone, morning, afterwards):
    walk_in = phone.note(morning, "walk_in", name="Hoàng Văn Thái", sex="male", age_band="60+")

    take_marks(device, [walk_in, phone.line(morning, str(walk_in.id), 0)], at=afterwards)

    assert [(line.name, line.sex, line.present) for line in roll_of(morning).lines] == [("Hoàng Văn Thái", "male", 0)]


def test_later_noted_mark_stands_however_late_it_comes(device, phone, morning, mai, afterwards, librarian_of_bac_kan):
    early = phone.line(morning, "AAAAAAAA", 0)
    at_the_page = early.noted_at + dt.timedelta(minutes=5)
    mark_attendance(morning, present={mai.pk: 1}, by=librarian_of_bac_kan, at=at_the_page)

    first = take_marks(device, [early], at=afterwards)
    kept = people(morning)
    phone.clock = at_the_page
    second = take_marks(device, [phone.line(morning, "AAAAAAAA", 0)], at=afterwards)

    assert (outcomes(first), kept) == (["applied"], {"Lý Thị Mai": 1})
    assert first[0].reason != ""
    assert (outcomes(second), people(morning)) == (["applied"], {"Lý Thị Mai": 0})
    assert DeviceMark.objects.count() == 2


def test_two_devices_count_beside_each_other(device, phone, morning, manager_of_bac_kan, now, afterwards):
    other, _token = enrolled(morning.institution, by=manager_of_bac_kan, at=now)
    cell = {"sex": "female", "age_band": "6-10"}
    set_tally(morning, cells={("female", "6-10"): 2}, by=None, at=afterwards)

    take_marks(device, [phone.note(morning, "tally", **cell, count=5)], at=afterwards)
    take_marks(other, [Phone(phone.clock).note(morning, "tally", **cell, count=7)], at=afterwards)
    take_marks(device, [phone.note(morning, "tally", **cell, count=4)], at=afterwards)

    assert roll_of(morning).tally == {("female", "6-10"): 13}


def test_note_of_a_device_stands_beside_what_was_written(device, phone, morning, afterwards):
    morning.note = "Phòng đọc hết ghế."
    morning.save(update_fields=["note"])

    take_marks(device, [phone.note(morning, "note", note="Trời mưa.")], at=afterwards)
    take_marks(device, [phone.note(morning, "note", note="Trời mưa to.")], at=afterwards)

    morning.refresh_from_db()
    assert morning.note == "Phòng đọc hết ghế.\nTrời mưa to."


def test_closing_posts_once(device, phone, morning, mai, afterwards):
    marks = [phone.line(morning, "AAAAAAAA", 1), phone.note(morning, "close", nobody_came=False)]

    take_marks(device, marks, at=afterwards)
    answers = take_marks(device, [*marks, phone.note(morning, "close", nobody_came=False)], at=afterwards)

    morning.refresh_from_db()
    assert (morning.status, morning.attended, morning.revision) == (SessionStatus.CLOSED, 1, 1)
    assert outcomes(answers) == ["duplicate", "duplicate", "applied"]
    assert Entry.objects.filter(measure="programme_session").count() == 1


def test_untouched_roll_is_closed_only_when_that_is_meant(device, phone, morning, mai, afterwards):
    first = take_marks(device, [phone.note(morning, "close", nobody_came=False)], at=afterwards)
    second = take_marks(device, [phone.note(morning, "close", nobody_came=True)], at=afterwards)

    morning.refresh_from_db()
    assert (outcomes(first), outcomes(second), morning.status) == (["waiting"], ["applied"], SessionStatus.CLOSED)


def waits(device, mark, at) -> str:
    """The sentence with which this one mark waits."""
    (answer,) = take_marks(device, [mark], at=at)
    row = DeviceMark.objects.get(hash=mark.hash)
    assert (answer.outcome, row.outcome, row.reason) == ("waiting", MarkOutcome.WAITING, answer.reason)
    return answer.reason


def test_mark_of_an_unknown_session_waits(device, phone, afterwards, english):
    assert "no such session" in waits(device, phone.line(uuid.uuid4(), "AAAAAAAA", 1), afterwards)


def test_mark_of_another_institutions_session_waits(device, phone, library_of_duc_xuan, afterwards, english):
    from tests.factories.activities import ActivityFactory

    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan))
    RegistrationFactory(session=elsewhere, code="DDDDDDDD")

    assert "no such session" in waits(device, phone.line(elsewhere, "DDDDDDDD", 1), afterwards)
    assert people(elsewhere) == {"Lý Thị Mai": None}


def test_mark_of_someone_who_cancelled_waits(device, phone, morning, mai, afterwards, english):
    mai.status, mai.cancelled_at = RegistrationStatus.CANCELLED, afterwards
    mai.save(update_fields=["status", "cancelled_at"])

    assert "Lý Thị Mai had cancelled" in waits(device, phone.line(morning, "AAAAAAAA", 1), afterwards)


def test_one_who_cancelled_does_not_hold_back_the_others(device, phone, morning, mai, family, afterwards):
    mai.status, mai.cancelled_at = RegistrationStatus.CANCELLED, afterwards
    mai.save(update_fields=["status", "cancelled_at"])

    mark = phone.note(morning, "all", present={"AAAAAAAA": 1, "BBBBBBBB": 4})
    (answer,) = take_marks(device, [mark], at=afterwards)

    assert (answer.outcome, people(morning)) == ("applied", {"Gia đình anh Páo": 4})
    assert [(one.key, one.name) for one in answer.held] == [("AAAAAAAA", "Lý Thị Mai")]
    assert "Lý Thị Mai" in answer.reason
    waiting = DeviceMark.objects.get(outcome=MarkOutcome.WAITING)
    assert waiting.said == {"present": {"AAAAAAAA": 1}, "name": "Lý Thị Mai"}
    assert waiting.reason == answer.held[0].reason
    assert DeviceMark.objects.get(pk=mark.id).said == {"present": {"BBBBBBBB": 4}}


def test_who_waits_is_told_again_until_somebody_decided(
    device, phone, morning, mai, family, manager_of_bac_kan, afterwards
):
    Registration.objects.update(status=RegistrationStatus.CANCELLED, cancelled_at=afterwards)
    RegistrationFactory(session=morning, name="Vi Văn Ky", code="CCCCCCCC")
    mark = phone.note(morning, "all", present={"AAAAAAAA": 1, "BBBBBBBB": 4, "CCCCCCCC": 1})
    take_marks(device, [mark], at=afterwards)

    (again,) = take_marks(device, [mark], at=afterwards)
    assert (again.outcome, {one.key for one in again.held}) == ("duplicate", {"AAAAAAAA", "BBBBBBBB"})
    rows = {row.said["name"]: row for row in DeviceMark.objects.filter(outcome=MarkOutcome.WAITING)}
    settle_marks([rows["Lý Thị Mai"]], reason="Đã đến", by=manager_of_bac_kan, at=afterwards)
    dismiss_marks([rows["Gia đình anh Páo"]], reason="Nhầm", by=manager_of_bac_kan, at=afterwards)
    (told,) = take_marks(device, [mark], at=afterwards)

    assert (told.outcome, told.held, told.dropped) == ("duplicate", [], ["BBBBBBBB"])
    assert people(morning) == {"Vi Văn Ky": 1, "Lý Thị Mai": 1}


def test_where_nobody_of_several_fits_the_whole_mark_waits(device, phone, morning, mai, afterwards, english):
    (answer,) = take_marks(device, [phone.note(morning, "all", present={"Y": 1, "Z": 1})], at=afterwards)

    assert (answer.outcome, answer.held, "has the code Y" in answer.reason) == ("waiting", (), True)
    assert DeviceMark.objects.count() == 1


@pytest.mark.parametrize("status", [SessionStatus.CLOSED, SessionStatus.CANCELLED])
def test_mark_of_a_roll_that_is_not_open_waits(device, phone, morning, mai, afterwards, status):
    if status == SessionStatus.CLOSED:
        close_session(morning, nobody_came=True, by=None, at=afterwards)
    else:
        morning.status, morning.cancel_reason = status, "Mưa bão"
        morning.save(update_fields=["status", "cancel_reason"])

    assert waits(device, phone.line(morning, "AAAAAAAA", 1), afterwards)


def test_mark_of_a_draft_waits(device, phone, morning, mai, afterwards, english):
    morning.activity.status = "draft"
    morning.activity.save(update_fields=["status"])

    assert "draft" in waits(device, phone.line(morning, "AAAAAAAA", 1), afterwards)


def test_mark_before_the_roll_opens_waits(device, morning, mai, now, english):
    assert "two hours" in waits(device, Phone(now).line(morning, "AAAAAAAA", 1), now)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("line", {"present": {"AAAAAAAA": 2}}),
        ("line", {"present": {"AAAAAAAA": "1"}}),
        ("line", {"present": {"AAAAAAAA": True}}),
        ("line", {"present": {"ZZZZZZZZ": 1}}),
        ("line", {"present": []}),
        ("line", {}),
        ("walk_in", {"name": "  "}),
        ("walk_in", {"name": "<b>Mai</b>"}),
        ("walk_in", {"name": "Mai", "sex": "other thing"}),
        ("walk_in", {"name": "Mai", "age_band": ["6-10"]}),
        ("tally", {"sex": None, "age_band": None, "count": -1}),
        ("tally", {"sex": "x", "age_band": None, "count": 1}),
        ("tally", {"sex": [], "age_band": None, "count": 1}),
        ("tally", {}),
        ("note", {"note": "a" * 6000}),
        ("dance", {}),
    ],
)
def test_mark_that_says_nonsense_waits_and_changes_nothing(device, phone, morning, mai, afterwards, act, said):
    assert waits(device, phone.note(morning, act, **said), afterwards)
    assert people(morning) == {"Lý Thị Mai": None}
    assert roll_of(morning).tally == {}


def test_mark_changed_on_the_way_waits(device, phone, morning, mai, afterwards, english):
    raw = phone.raw(morning, "line", {"present": {"AAAAAAAA": 1}})
    changed = parse_mark(raw | {"said": {"present": {"AAAAAAAA": 0}}})

    assert "changed on the way" in waits(device, changed, afterwards)


def test_changed_mark_under_a_known_id_is_kept_beside_it(device, phone, morning, mai, afterwards):
    raw = phone.raw(morning, "line", {"present": {"AAAAAAAA": 1}})
    take_marks(device, [parse_mark(raw)], at=afterwards)
    forged = parse_mark(raw | {"said": {"present": {"AAAAAAAA": 0}}, "hash": "0" * 64})

    for _time in range(2):
        (answer,) = take_marks(device, [forged], at=afterwards)
        assert (answer.id, answer.outcome) == (forged.id, "waiting")
    assert people(morning) == {"Lý Thị Mai": 1}
    assert DeviceMark.objects.count() == 2


def test_broken_chain_waits(device, phone, morning, mai, family, afterwards, english):
    take_marks(device, [phone.line(morning, "AAAAAAAA", 1)], at=afterwards)
    phone.last_hash = "f" * 64

    assert "chain" in waits(device, phone.line(morning, "BBBBBBBB", 4), afterwards)
    assert people(morning)["Gia đình anh Páo"] is None


def test_gap_is_taken_but_a_close_after_it_waits(device, phone, morning, mai, family, afterwards, english):
    lost = phone.line(morning, "AAAAAAAA", 1)
    close_after_gap = None
    after = phone.line(morning, "BBBBBBBB", 4)
    answers = take_marks(device, [after], at=afterwards)
    assert (outcomes(answers), answers[0].reason) == (["applied"], "The mark before this one has not arrived.")

    phone.line(morning, "AAAAAAAA", 0)
    close_after_gap = phone.note(morning, "close", nobody_came=False)
    assert "has not arrived" in waits(device, close_after_gap, afterwards)

    assert outcomes(take_marks(device, [lost], at=afterwards)) == ["applied"]
    assert people(morning) == {"Lý Thị Mai": 1, "Gia đình anh Páo": 4}


def test_clock_that_runs_ahead_keeps_the_order(device, morning, mai, afterwards):
    ahead = Phone(afterwards + dt.timedelta(days=400))
    batches = [[ahead.line(morning, "AAAAAAAA", 1)], [ahead.line(morning, "AAAAAAAA", people) for people in (0, 1, 0)]]

    for seconds, marks in enumerate(batches):
        take_marks(device, marks, at=afterwards + dt.timedelta(seconds=seconds))

    assert people(morning) == {"Lý Thị Mai": 0}
    assert Attendance.objects.get(pk=mai.pk).marked_at <= afterwards + dt.timedelta(seconds=1)


def test_clock_that_runs_behind_keeps_the_order(device, morning, mai, afterwards):
    behind = Phone(dt.datetime(1970, 1, 2, tzinfo=dt.UTC))
    marks = [behind.line(morning, "AAAAAAAA", 1), behind.line(morning, "AAAAAAAA", 0)]

    take_marks(device, marks, at=afterwards)

    assert people(morning) == {"Lý Thị Mai": 0}


def test_phone_enrolled_again_goes_on_where_it_was(device, phone, morning, mai, manager_of_bac_kan, afterwards):
    take_marks(device, [phone.line(morning, "AAAAAAAA", 1)], at=afterwards)
    again, _token = enrolled(morning.institution, by=manager_of_bac_kan, at=afterwards)

    answers = take_marks(again, [phone.line(morning, "AAAAAAAA", 0)], at=afterwards)

    assert [(answer.outcome, answer.reason) for answer in answers] == [("applied", "")]


def test_signs_that_no_database_keeps_are_left_out(device, phone, morning, afterwards):
    raw = phone.raw(morning, "walk_in", {"name": "Mai\x00\ud800 Thị"})

    take_marks(device, [parse_mark(raw)], at=afterwards)

    assert people(morning) == {"Mai Thị": 1}


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("line"), st.sampled_from(["AAAAAAAA", "BBBBBBBB"]), st.integers(0, 1)),
        st.tuples(st.just("tally"), st.sampled_from(["female", "male"]), st.integers(0, 3)),
        st.tuples(st.just("walk_in"), st.sampled_from(["Sơn", "Lụa", "Đức"]), st.just(0)),
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.slow
@settings(max_examples=cases(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=MOVES, second=MOVES, chance=st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_batches_gives_the_same_roll(
    library_of_bac_kan, manager_of_bac_kan, reading_day, now, during, afterwards, first, second, chance
):
    """Two phones note in between each other; their batches come in any order, cut anyhow, some twice."""

    def roll(shuffled: bool) -> tuple:
        session = SessionFactory(activity=reading_day, starts_at=during, ends_at=afterwards)
        for code in ("AAAAAAAA", "BBBBBBBB"):
            RegistrationFactory(session=session, name=code, code=f"{code[:2]}{session.number:06d}")
        sent = []
        for moves in (first, second):
            device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)
            phone = Phone(during)
            marks = [noted(phone, session, move) for move in moves]
            sent += [(device, batch) for batch in (cut(marks) if shuffled else [marks])]
        if shuffled:
            sent += chance.sample(sent, k=len(sent) // 2)
            chance.shuffle(sent)
        for device, marks in sent:
            take_marks(device, marks, at=afterwards)
        stood = roll_of(session)
        return sorted((line.name, line.present or 0) for line in stood.lines), stood.tally

    def cut(marks: list) -> list[list]:
        ends = [place for place in range(1, len(marks)) if chance.random() < 0.5]
        return [marks[start:end] for start, end in pairwise([0, *ends, len(marks)])]

    def noted(phone, session, move):
        act, what, number = move
        if act == "line":
            return phone.line(session, f"{what[:2]}{session.number:06d}", number)
        if act == "tally":
            return phone.note(session, "tally", sex=what, age_band=None, count=number)
        return phone.note(session, "walk_in", name=what)

    assert roll(shuffled=True) == roll(shuffled=False)


@pytest.mark.slow
def test_days_of_marks_in_batches_end_as_the_last_word(device, reading_day, during, afterwards):
    """Days without a connection: 5 sessions of 40 people, each marked several times, in batches of 200."""
    phone = Phone(during)
    marks = []
    for number in range(1, 6):
        session = SessionFactory(activity=reading_day, number=number + 100)
        codes = [f"K{number:03d}{place:04d}" for place in range(40)]
        for code in codes:
            RegistrationFactory(session=session, code=code, name=f"Người {code}")
        marks += [phone.line(session, code, people) for people in (1, 0, 1, 0, 1) for code in codes[:36]]
        marks += [phone.note(session, "walk_in", name=f"Khách {place}") for place in range(10)]
        marks += [phone.note(session, "tally", sex="female", age_band="6-10", count=place) for place in range(10)]
    assert len(marks) == 1_000

    for start in range(0, len(marks), 200):
        answers = take_marks(device, marks[start : start + 200], at=afterwards + dt.timedelta(hours=start))
        assert set(outcomes(answers)) == {"applied"}

    assert roll_of(session).people == 36 + 10 + 9


def test_batch_takes_a_constant_number_of_queries(device, phone, morning, afterwards, django_assert_num_queries):
    codes = [RegistrationFactory(session=morning, code=f"Q{place:07d}").code for place in range(9)]
    take_marks(device, [phone.line(morning, codes[0], 0)], at=afterwards)  # makes the lines

    for some in (codes[:3], codes[3:]):
        marks = [phone.line(morning, code, 1) for code in some]
        with django_assert_num_queries(19):
            take_marks(device, marks, at=afterwards)


def test_mark_cannot_wait_without_a_reason(device, phone, morning, afterwards):
    from django.db import IntegrityError

    take_marks(device, [phone.line(morning, "AAAAAAAA", 1)], at=afterwards)
    with pytest.raises(IntegrityError):
        DeviceMark.objects.update(reason="")
