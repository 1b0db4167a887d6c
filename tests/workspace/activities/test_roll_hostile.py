"""What the forms of the roll do with nothing, too much, the wrong kind and somebody else's."""

import unicodedata
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.operations.roll import close_session, mark_attendance, set_tally
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory

BAD_COUNTS = [
    "-1",
    "1000000000",
    "9" * 400,
    "1.5",
    "1e3",
    "0x10",
    "nhiều",
    "<b>3</b>",
    "😀",
    "١٢",
    "1 2",
    "\x00",
    "+3",
    "NaN",
]
BAD_NAMES = ["   ", "\x00", "x" * 121, "<script>alert(1)</script>", "😀😀", "​", "…", "1" * 5000]
BAD_LISTS = [
    "\x00",
    "<b>Mai</b>",
    "Mai, mèo",
    "Mai, nữ, 3000",
    "x" * 200_000,
    "😀",
    "Mai\n" * 3000,
    ",,,",
    "Mai, nữ, 1961, gì nữa",
]


@pytest.fixture
def closed(running, mai, family):
    now = timezone.now()
    mark_attendance(running, present={mai.pk: 1, family.pk: 4}, by=None, at=now)
    set_tally(running, cells={("female", "6-10"): 12}, by=None, at=now)
    close_session(running, by=None, at=now)
    running.refresh_from_db()
    return running


def of(name: str, session) -> str:
    return reverse(f"workspace:activities-session-{name}", args=[session.pk])


def said(session) -> tuple:
    roll = roll_of(session)
    return [(line.name, line.present) for line in roll.lines], roll.tally, roll.viewers


def refused(client, name: str, session, **data) -> str:
    """The page that says why, in words; nothing is changed."""
    before, revision = said(session), session.revision
    response = client.post(of(name, session), data)
    page = response.content.decode()
    session.refresh_from_db()
    assert (response.status_code, 'role="alert"' in page) == (422, True)
    assert (said(session), session.revision) == (before, revision)
    assert "<script>alert" not in page and "<b>3</b>" not in page
    return page


@pytest.mark.parametrize("count", BAD_COUNTS)
def test_bad_count_in_the_tally_is_refused(librarian, running, mai, count):
    refused(librarian, "roll", running, act="save", **{"tally-female-6-10": count})


@pytest.mark.parametrize("count", BAD_COUNTS)
def test_bad_number_of_a_group_is_refused(librarian, running, family, count):
    key = str(family.pk)
    refused(librarian, "roll", running, act="save", line=key, **{f"here-{key}": count, f"was-{key}": ""})


@pytest.mark.parametrize("count", BAD_COUNTS)
def test_bad_number_of_viewers_is_refused(librarian, running, count):
    running.also_online = True
    running.save(update_fields=["also_online"])
    refused(librarian, "roll", running, act="save", viewers=count)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_name_of_somebody_who_came_without_registering_is_refused(librarian, running, name):
    refused(librarian, "roll", running, act="walk_in", walk_in_name=name, walk_in_key=str(uuid.uuid4()))


@pytest.mark.parametrize("extra", [{"walk_in_sex": "x"}, {"walk_in_age": "6"}, {"walk_in_sex": "female' OR 1=1"}])
def test_bad_sex_or_age_is_refused(librarian, running, extra):
    refused(librarian, "roll", running, act="walk_in", walk_in_name="Mai", walk_in_key="", **extra)


@pytest.mark.parametrize("text", BAD_LISTS)
def test_bad_list_adds_nobody(librarian, running, text):
    refused(librarian, "roll", running, act="save", walk_in_list=text, walk_in_key=str(uuid.uuid4()))


def test_decomposed_name_is_kept_composed_and_added_once(librarian, running):
    name = unicodedata.normalize("NFD", "Hoàng Thị Thưởng")
    key = str(uuid.uuid4())
    for typed in (name, unicodedata.normalize("NFC", name)):
        librarian.post(of("roll", running), {"act": "walk_in", "walk_in_name": typed, "walk_in_key": key})

    assert said(running)[0] == [("Hoàng Thị Thưởng", 1)]


@pytest.mark.parametrize("key", ["", "x", "😀", "0" * 5000])
def test_bad_key_of_a_form_is_replaced(librarian, running, key):
    data = {"act": "walk_in", "walk_in_name": "Bàn Văn Páo", "walk_in_key": key}
    assert librarian.post(of("roll", running), data).status_code == 302
    assert said(running)[0] == [("Bàn Văn Páo", 1)]


def test_fields_that_nobody_asked_for_change_nothing(librarian, running, mai):
    before = said(running)
    data = {"act": "dance", "line": ["x", str(uuid.uuid4())], "here": "x", "tally-x-y": "5", "tally-female": "5"}

    assert librarian.post(of("roll", running), data).status_code == 302
    assert said(running) == before


def test_line_of_another_institution_is_not_touched(librarian, running, library_of_duc_xuan):
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=timezone.now())
    theirs = RegistrationFactory(session=elsewhere)

    data = {"act": "save", "line": str(theirs.pk), "here": str(theirs.pk), f"was-{theirs.pk}": ""}
    librarian.post(of("roll", running), data)

    assert said(elsewhere)[0] == [("Lý Thị Mai", None)] and said(running)[0] == []


@pytest.mark.parametrize("name", ["roll", "close", "correct", "note", "headcount"])
def test_session_of_another_institution_is_refused(librarian, library_of_duc_xuan, name):
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=timezone.now())

    response = librarian.post(of(name, elsewhere), {"act": "save", "nobody_came": "1", "reason": "x", "note": "x"})

    assert response.status_code == 403
    elsewhere.refresh_from_db()
    assert (elsewhere.status, elsewhere.note) == ("planned", "")


@pytest.mark.parametrize(
    "bad",
    [
        *({"tally-female-6-10": count, "was-tally-female-6-10": "12"} for count in BAD_COUNTS),
        *({"walk_in_name": name} for name in BAD_NAMES if name.strip()),
        *({"walk_in_list": text} for text in BAD_LISTS),
        {"reason": ""},
        {"reason": "x" * 5000, "walk_in_name": "Mai"},
        {"reason": "<b>x</b>", "walk_in_name": "Mai"},
        {"reason": "\x00", "walk_in_name": "Mai"},
        {},
    ],
)
def test_bad_correction_is_refused_and_the_figure_stays(librarian, closed, bad):
    refused(librarian, "correct", closed, **({"reason": "Nhầm"} | bad))


def test_note_of_any_kind_is_kept_as_text_or_refused(librarian, running):
    for note in ("<script>alert(1)</script>", "😀 vui", unicodedata.normalize("NFD", "Trời mưa"), "x" * 5001, "\x00"):
        assert librarian.post(of("note", running), {"note": note}).status_code == 302
    running.refresh_from_db()
    assert running.note == ""
    librarian.post(of("note", running), {"note": "<script>alert(1)</script>"})
    assert "<script>alert" not in librarian.get(of("sheet", running)).content.decode()
