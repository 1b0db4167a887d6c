import uuid
from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Attendance, Session, Tally
from hocsuotdoi.activities.operations.activity import cancel_session
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.activities.operations.roll import (
    BadCell,
    BadMark,
    NobodyMarked,
    NotClosable,
    NotCorrectable,
    RollRefused,
    WalkIn,
    add_walk_in,
    close_session,
    correct_session,
    count_viewers,
    mark_all_present,
    mark_attendance,
    open_roll,
    posting_of,
    save_roll,
    set_tally,
)
from hocsuotdoi.activities.operations.wording import Unreadable
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import NoPlace
from tests.factories.activities import ActivityFactory, ParticipantFactory, SessionFactory, local

KEY = uuid.UUID("0193a000-0000-7000-8000-000000000009")


@pytest.fixture
def mai(morning, now):
    """Comes alone, signed in."""
    return register(morning, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now, learner_key=KEY)


@pytest.fixture
def family(morning, now):
    """Four people."""
    return register(morning, name="Gia đình anh Páo", group_size=4, form_key=uuid.uuid4(), at=now)


def figures(session: Session) -> Counter:
    """What the ledger holds for the session: measure → sum over postings and reversals."""
    total: Counter = Counter()
    postings = Posting.objects.filter(source_kind="activities.session", source_id=session.pk)
    for entry in Entry.objects.filter(posting__in=postings):
        total[entry.measure] += entry.quantity
    return +total


def test_open_roll_makes_a_line_for_each_confirmed_registration_once(morning, mai, family, now, during):
    cancel_registration(mai, at=now)

    open_roll(morning, by=None, at=during)
    open_roll(morning, by=None, at=during)

    line = morning.attendances.get()
    assert (line.pk, line.name, line.size, line.present) == (family.pk, "Gia đình anh Páo", 4, None)


@pytest.mark.parametrize(
    "act",
    [
        lambda session, at: open_roll(session, by=None, at=at),
        lambda session, at: mark_all_present(session, by=None, at=at),
        lambda session, at: mark_attendance(session, present={}, by=None, at=at),
        lambda session, at: add_walk_in(session, name="Páo", form_key=KEY, by=None, at=at),
        lambda session, at: set_tally(session, cells={(None, None): 1}, by=None, at=at),
    ],
    ids=["open", "mark all", "mark", "walk-in", "tally"],
)
class TestRollThatCannotBeCalled:
    def test_the_evening_before_is_refused(self, morning, now, act):
        with pytest.raises(RollRefused):
            act(morning, now)

    def test_when_closed_is_refused(self, morning, during, act):
        close_session(morning, nobody_came=True, by=None, at=during)
        with pytest.raises(RollRefused):
            act(morning, during)

    def test_when_cancelled_is_refused(self, morning, now, during, act):
        cancel_session(morning, reason="Mưa lũ", by=None, at=now)
        with pytest.raises(RollRefused):
            act(morning, during)

    def test_of_a_draft_is_refused(self, library_of_bac_kan, during, act):
        draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
        with pytest.raises(RollRefused):
            act(SessionFactory(activity=draft), during)


def test_mark_all_present_then_untick_one(morning, mai, family, during, librarian_of_bac_kan):
    mark_all_present(morning, by=librarian_of_bac_kan, at=during)
    mark_attendance(morning, present={mai.pk: 0}, by=librarian_of_bac_kan, at=during)

    roll = roll_of(morning)
    assert {line.name: line.present for line in roll.lines} == {"Lý Thị Mai": 0, "Gia đình anh Páo": 4}
    assert roll.people == 4
    line = Attendance.objects.get(pk=mai.pk)
    assert (line.marked_by, line.marked_at) == (librarian_of_bac_kan.pk, during)


def test_mark_attendance_of_part_of_a_group(morning, family, during):
    mark_attendance(morning, present={family.pk: 3}, by=None, at=during)

    assert roll_of(morning).people == 3


@pytest.mark.parametrize("people", [-1, 5])
def test_mark_attendance_beyond_the_group_is_refused_and_changes_nothing(morning, mai, family, during, people):
    with pytest.raises(BadMark):
        mark_attendance(morning, present={mai.pk: 1, family.pk: people}, by=None, at=during)

    assert not morning.attendances.filter(present__isnull=False).exists()


def test_mark_attendance_of_a_line_of_another_session_is_refused(reading_day, morning, mai, during):
    afternoon = SessionFactory(activity=reading_day)

    with pytest.raises(BadMark):
        mark_attendance(afternoon, present={mai.pk: 1}, by=None, at=during)


def test_more_present_than_the_group_is_refused_by_the_database(morning, mai, during):
    open_roll(morning, by=None, at=during)

    with pytest.raises(IntegrityError, match="attendance_never_above_its_size"), transaction.atomic():
        morning.attendances.update(present=2)


def test_add_walk_in_is_present_and_added_once(morning, during):
    first = add_walk_in(morning, name=" Bàn Văn Páo", sex="male", age_band="60+", form_key=KEY, by=None, at=during)
    again = add_walk_in(morning, name="Bàn Văn Páo", sex="male", age_band="60+", form_key=KEY, by=None, at=during)

    assert again == first
    assert (first.name, first.present, first.is_walk_in) == ("Bàn Văn Páo", 1, True)
    assert morning.attendances.count() == 1


def test_walk_in_with_a_used_key_and_another_name_is_another_person(morning, during):
    """The browser's Back button shows the old page with the old key: nobody who is typed there may get lost."""
    for name in ("Páo", "Dào", "Dào"):
        add_walk_in(morning, name=name, form_key=KEY, by=None, at=during)

    assert sorted(line.name for line in morning.attendances.all()) == ["Dào", "Páo"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, Unreadable),
        ({"name": "x" * 121}, Unreadable),
        ({"name": "<i>Páo</i>"}, Unreadable),
        ({"sex": "robot"}, BadCell),
        ({"age_band": "200+"}, BadCell),
    ],
)
def test_add_walk_in_with_a_bad_value_is_refused(morning, during, changes, refusal):
    with pytest.raises(refusal):
        add_walk_in(morning, **{"name": "Páo", "form_key": KEY, "by": None, "at": during, **changes})

    assert not morning.attendances.exists()


def test_set_tally_changes_the_cells_it_names(morning, during):
    set_tally(morning, cells={("female", "6-10"): 5, (None, None): 2, ("male", None): 1}, by=None, at=during)
    set_tally(morning, cells={("female", "6-10"): 7, ("male", None): 0}, by=None, at=during)

    assert roll_of(morning).tally == {("female", "6-10"): 7, (None, None): 2}


def test_save_roll_takes_marks_tally_and_walk_ins_together(morning, mai, family, during):
    save_roll(
        morning,
        present={family.pk: 3},
        cells={("female", "6-10"): 5},
        walk_ins=[WalkIn(name="Páo", form_key=KEY)],
        by=None,
        at=during,
    )

    roll = roll_of(morning)
    assert [(line.name, line.present) for line in roll.lines] == [
        ("Lý Thị Mai", None),
        ("Gia đình anh Páo", 3),
        ("Páo", 1),
    ]
    assert (roll.people, roll.expected, roll.walk_ins, roll.tallied, roll.not_called) == (9, 5, 1, 5, 1)


def test_save_roll_with_everybody_present(morning, mai, family, during):
    save_roll(morning, all_present=True, by=None, at=during)

    assert roll_of(morning).people == 5


def test_save_roll_with_one_bad_part_changes_nothing(morning, mai, during):
    with pytest.raises(Unreadable):
        save_roll(
            morning,
            present={mai.pk: 1},
            cells={(None, None): 3},
            walk_ins=[WalkIn(name="", form_key=KEY)],
            by=None,
            at=during,
        )

    assert roll_of(morning).is_untouched


@pytest.mark.parametrize(
    "cells", [{("female", "6-10"): -1}, {(None, None): 10_001}, {("robot", None): 1}, {(None, "200+"): 1}]
)
def test_set_tally_that_nobody_can_have_counted_is_refused_and_changes_nothing(morning, during, cells):
    set_tally(morning, cells={(None, None): 2}, by=None, at=during)

    with pytest.raises(BadCell):
        set_tally(morning, cells={("male", "11-14"): 3, **cells}, by=None, at=during)

    assert roll_of(morning).tally == {(None, None): 2}


def test_second_tally_of_one_cell_is_refused_by_the_database(morning):
    Tally.objects.create(institution=morning.institution, session=morning, count=1)

    with pytest.raises(IntegrityError, match="tally_cell_once"), transaction.atomic():
        Tally.objects.create(institution=morning.institution, session=morning, count=1)


def test_close_session_posts_what_the_roll_shows(morning, mai, family, during, librarian_of_bac_kan):
    mark_attendance(morning, present={mai.pk: 1, family.pk: 3}, by=librarian_of_bac_kan, at=during)
    add_walk_in(morning, name="Páo", sex="male", age_band="60+", form_key=KEY, by=None, at=during)
    set_tally(morning, cells={("female", "6-10"): 12, ("male", "60+"): 2}, by=None, at=during)
    shown = roll_of(morning).people

    _session, posting = close_session(morning, by=librarian_of_bac_kan, at=during)

    morning.refresh_from_db()
    assert (morning.status, morning.closed_at, morning.closed_by) == (
        SessionStatus.CLOSED,
        during,
        librarian_of_bac_kan.pk,
    )
    assert (morning.attended, morning.revision) == (19, 1)
    assert (posting.occurred_on, posting.posted_by) == (local(2026, 11, 23).date(), librarian_of_bac_kan.pk)
    assert figures(morning) == {"programme_session": 1, "programme_attendance": shown, "library_visit": shown}
    people = Entry.objects.filter(posting=posting, measure="programme_attendance")
    assert {(e.sex, e.age_band, e.learner_key): e.quantity for e in people} == {
        (None, None, KEY): 1,
        (None, None, None): 3,
        ("male", "60+", None): 3,
        ("female", "6-10", None): 12,
    }
    assert {(e.channel, tuple(e.tags)) for e in people} == {("on_site", ("heritage_day", "reading", "reading_day"))}
    assert {e.purpose for e in Entry.objects.filter(posting=posting, measure="library_visit")} == {"learning"}


def test_close_session_counts_lines_that_were_not_called_as_absent(morning, mai, family, during):
    mark_attendance(morning, present={mai.pk: 1}, by=None, at=during)

    close_session(morning, by=None, at=during)

    assert figures(morning)["programme_attendance"] == 1


def test_close_session_online_counts_no_visit(reading_day, during):
    online = SessionFactory(activity=reading_day, channel="online")
    set_tally(online, cells={(None, None): 30}, by=None, at=during)

    close_session(online, by=None, at=during)

    assert figures(online) == {"programme_session": 1, "programme_attendance": 30}


def test_close_session_of_an_untouched_roll_is_refused(morning, mai, during):
    with pytest.raises(NobodyMarked):
        close_session(morning, by=None, at=during)

    morning.refresh_from_db()
    assert morning.status == SessionStatus.PLANNED
    assert not morning.attendances.exists()
    assert not figures(morning)


def test_close_session_to_which_nobody_came_counts_the_session(morning, during):
    close_session(morning, nobody_came=True, by=None, at=during)

    morning.refresh_from_db()
    assert morning.attended == 0
    assert figures(morning) == {"programme_session": 1}


def test_close_session_where_everybody_was_called_absent_needs_no_confirmation(morning, mai, during):
    mark_attendance(morning, present={mai.pk: 0}, by=None, at=during)

    close_session(morning, by=None, at=during)

    assert figures(morning) == {"programme_session": 1}


def test_close_session_before_it_started_is_refused(morning, now):
    with pytest.raises(NotClosable):
        close_session(morning, nobody_came=True, by=None, at=now)


def test_close_session_twice_is_refused_and_counts_once(morning, during):
    close_session(morning, nobody_came=True, by=None, at=during)

    with pytest.raises(NotClosable):
        close_session(morning, nobody_came=True, by=None, at=during)

    assert figures(morning) == {"programme_session": 1}


def test_close_session_that_was_cancelled_is_refused(morning, now, during):
    cancel_session(morning, reason="Mưa lũ", by=None, at=now)

    with pytest.raises(NotClosable):
        close_session(morning, nobody_came=True, by=None, at=during)


def test_close_session_of_a_draft_is_refused(library_of_bac_kan, during):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)

    with pytest.raises(NotClosable):
        close_session(SessionFactory(activity=draft), nobody_came=True, by=None, at=during)


def test_close_session_that_cannot_be_posted_stays_open(morning, mai, during):
    mark_all_present(morning, by=None, at=during)
    morning.institution.placements.all().delete()

    with pytest.raises(NoPlace):
        close_session(morning, by=None, at=during)

    morning.refresh_from_db()
    assert (morning.status, morning.attended) == (SessionStatus.PLANNED, None)


def test_close_session_is_audited(morning, during):
    close_session(morning, nobody_came=True, by=None, at=during)

    assert list(morning.events.order_by("pgh_id").values_list("status", flat=True)) == ["planned", "closed"]


def test_correct_session_reverses_and_posts_the_right_figures(
    morning, mai, family, during, afterwards, manager_of_bac_kan
):
    mark_all_present(morning, by=None, at=during)
    set_tally(morning, cells={("female", "6-10"): 12}, by=None, at=during)
    session, first = close_session(morning, by=None, at=during)

    session, second = correct_session(
        morning,
        reason="Đếm nhầm một bạn",
        present={family.pk: 2},
        cells={("female", "6-10"): 11},
        walk_ins=[WalkIn(name="Páo", form_key=KEY, sex="male")],
        by=manager_of_bac_kan,
        at=afterwards,
    )

    session.refresh_from_db()
    assert (session.status, session.attended, session.revision) == (SessionStatus.CLOSED, 15, 2)
    assert figures(session) == {"programme_session": 1, "programme_attendance": 15, "library_visit": 15}
    assert first.reversed_by.get().reason == "Đếm nhầm một bạn"
    assert (second.revision, posting_of(session)) == (2, second)


def test_correct_session_can_be_repeated(morning, mai, during, afterwards):
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)

    correct_session(morning, reason="Không đến", present={mai.pk: 0}, by=None, at=afterwards)
    correct_session(morning, reason="Có đến", present={mai.pk: 1}, by=None, at=afterwards)

    morning.refresh_from_db()
    assert (morning.revision, figures(morning)["programme_attendance"]) == (3, 1)


def test_correct_session_without_a_reason_is_refused(morning, mai, during, afterwards):
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)

    with pytest.raises(Unreadable):
        correct_session(morning, reason=" ", present={mai.pk: 0}, by=None, at=afterwards)

    assert figures(morning)["programme_attendance"] == 1


def test_correct_session_that_changes_nothing_is_refused(morning, mai, during, afterwards):
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)

    with pytest.raises(NotCorrectable):
        correct_session(morning, reason="Xem lại", present={mai.pk: 1}, by=None, at=afterwards)


def test_correct_session_that_is_not_closed_is_refused(morning, during):
    with pytest.raises(NotCorrectable):
        correct_session(morning, reason="Xem lại", cells={(None, None): 1}, by=None, at=during)


def test_correct_session_with_a_bad_mark_changes_nothing(morning, mai, during, afterwards):
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)

    with pytest.raises(BadMark):
        correct_session(morning, reason="Sửa", cells={(None, None): 5}, present={mai.pk: 2}, by=None, at=afterwards)

    morning.refresh_from_db()
    assert (morning.revision, roll_of(morning).tally) == (1, {})


def test_roll_needs_four_queries_for_one_and_for_three_lines(morning, mai, family, during, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(roll_of(morning).lines) == 2
    add_walk_in(morning, name="Páo", form_key=KEY, by=None, at=during)
    add_walk_in(morning, name="Dào", form_key=uuid.uuid4(), by=None, at=during)
    with django_assert_num_queries(4):
        assert len(roll_of(morning).lines) == 4


@pytest.fixture
def class_4a(morning, now):
    """A teacher with two named pupils."""
    registered = register(morning, name="Lớp 4A", group_size=2, form_key=uuid.uuid4(), at=now)
    ParticipantFactory(registration=registered, name="Bàn Thị Dào", sex="female", age_band="6-10")
    ParticipantFactory(registration=registered, name="Lò Văn An", sex="male", age_band="6-10")
    return registered


def test_named_people_of_a_registration_are_called_one_by_one(morning, mai, class_4a, during):
    open_roll(morning, by=None, at=during)
    open_roll(morning, by=None, at=during)
    roll = roll_of(morning)

    assert [(line.name, line.size, line.party) for line in roll.lines] == [
        ("Lò Văn An", 1, "Lớp 4A"),
        ("Bàn Thị Dào", 1, "Lớp 4A"),
        ("Lý Thị Mai", 1, ""),
    ]
    assert (roll.expected, morning.attendances.count()) == (3, 3)


def test_named_people_are_posted_with_their_sex_and_age(morning, class_4a, during):
    dao = class_4a.participants.get(name="Bàn Thị Dào")
    mark_attendance(morning, present={dao.pk: 1}, by=None, at=during)
    close_session(morning, by=None, at=during)

    cells = Entry.objects.filter(measure="programme_attendance").values_list("sex", "age_band", "quantity")
    assert list(cells) == [("female", "6-10", 1)]


def test_line_of_a_participant_is_never_of_several(morning, class_4a, during):
    open_roll(morning, by=None, at=during)
    with pytest.raises(IntegrityError, match="attendance_of_a_participant_is_one"), transaction.atomic():
        Attendance.objects.filter(registration=class_4a).update(size=2)


@pytest.fixture
def hybrid(reading_day):
    return SessionFactory(activity=reading_day, also_online=True)


def test_viewers_are_posted_as_on_line_and_make_no_visit(hybrid, during):
    set_tally(hybrid, cells={("female", "60+"): 5}, by=None, at=during)
    count_viewers(hybrid, viewers=31, by=None, at=during)
    count_viewers(hybrid, viewers=30, by=None, at=during)
    closed, _posting = close_session(hybrid, by=None, at=during)

    entries = Entry.objects.values_list("measure", "channel", "quantity")
    assert sorted(entries) == [
        ("library_visit", "on_site", 5),
        ("programme_attendance", "on_site", 5),
        ("programme_attendance", "online", 30),
        ("programme_session", "on_site", 1),
    ]
    assert (closed.attended, roll_of(hybrid).grid().total) == (35, 5)


def test_viewers_stay_when_the_tally_changes_and_go_at_zero(hybrid, during):
    count_viewers(hybrid, viewers=30, by=None, at=during)
    set_tally(hybrid, cells={(None, None): 2}, by=None, at=during)
    assert roll_of(hybrid).people == 32
    count_viewers(hybrid, viewers=0, by=None, at=during)
    assert roll_of(hybrid).people == 2


def test_viewers_of_a_session_that_is_not_on_line_too_are_refused(morning, during):
    with pytest.raises(BadCell):
        count_viewers(morning, viewers=3, by=None, at=during)


@pytest.mark.parametrize("viewers", [-1, 10_001])
def test_viewers_that_nobody_can_have_counted_are_refused(hybrid, during, viewers):
    with pytest.raises(BadCell):
        count_viewers(hybrid, viewers=viewers, by=None, at=during)


def test_viewers_alone_make_a_correction(hybrid, during, afterwards):
    close_session(hybrid, nobody_came=True, by=None, at=during)
    correct_session(hybrid, reason="Xem lại số người theo dõi", viewers=12, by=None, at=afterwards)
    assert figures(hybrid)["programme_attendance"] == 12
