"""«Báo tin»: who is to be called, what failed, what was sent."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import NoticeKind, NoticeState
from hocsuotdoi.activities.models import Notice, Session
from hocsuotdoi.activities.operations.notices import tell_people_of
from hocsuotdoi.core.ids import uuid7
from tests.factories.activities import RegistrationFactory, SessionFactory

LIST, SHEET = reverse("workspace:activities-notice-list"), reverse("workspace:activities-notice-sheet")


@pytest.fixture
def moved(open_day) -> Session:
    """Tomorrow; Mai left a phone, Páo nothing, Lan an e-mail; all were to be told that it moves."""
    session = SessionFactory(activity=open_day, number=2, starts_at=timezone.now() + dt.timedelta(days=1))
    RegistrationFactory(session=session, name="Lý Thị Mai", phone="0912345678")
    RegistrationFactory(session=session, name="Bàn Văn Páo")
    RegistrationFactory(session=session, name="Nông Thị Lan", email="lan@example.vn")
    tell_people_of(session, kind=NoticeKind.MOVED, at=timezone.now(), about="1")
    return session


def of(name: str) -> Notice:
    return Notice.objects.get(name=name)


def tell_url(notice: Notice) -> str:
    return reverse("workspace:activities-notice-tell", args=[notice.pk])


def test_list_shows_who_is_to_be_called_and_what_to_say(librarian, moved):
    page = librarian.get(LIST).content.decode()
    assert 'href="tel:0912345678"' in page
    assert "Lý Thị Mai" in page
    assert "Xin lưu ý: “Ngày hội đọc sách” nay diễn ra" in page
    assert "Bàn Văn Páo" not in page


def test_list_names_the_guardian_who_answers_the_phone_and_about_whom(librarian, moved):
    RegistrationFactory(session=moved, name="Bé Hoàng Minh", guardian_name="Hoàng Thị Lan", phone="0987654321")
    RegistrationFactory(session=moved, name="Cô Vi Thu", guardian_name="Cô Vi Thu", phone="0987654322")
    tell_people_of(moved, kind=NoticeKind.MOVED, at=timezone.now(), about="1")

    for page in (librarian.get(LIST).text, librarian.get(SHEET).text):
        assert page.index("Hoàng Thị Lan") < page.index("về: Bé Hoàng Minh")
        assert "về: Cô Vi Thu" not in page
    done = librarian.post(tell_url(of("Bé Hoàng Minh")), {"act": "told"}, follow=True).text
    assert "Hoàng Thị Lan đã được báo" in done


@pytest.mark.parametrize(("tab", "name"), [("paper", "Bàn Văn Páo"), ("sent", "Nông Thị Lan")])
def test_each_pile_shows_its_people(librarian, moved, tab, name):
    assert name in librarian.get(LIST, {"tab": tab}).content.decode()


def test_what_failed_says_why(librarian, moved):
    Notice.objects.filter(name="Nông Thị Lan").update(state=NoticeState.FAILED, problem="Hộp thư <đầy>")
    page = librarian.get(LIST, {"tab": "failed"}).content.decode()
    assert "Hộp thư &lt;đầy&gt;" in page
    assert 'href="mailto:lan@example.vn"' in page


def test_list_of_one_session_leaves_the_others_out(librarian, moved, running):
    assert "Lý Thị Mai" not in librarian.get(LIST, {"session": str(running.pk)}).content.decode()
    assert "Lý Thị Mai" in librarian.get(LIST, {"session": str(moved.pk)}).content.decode()


@pytest.mark.parametrize("asked", [{"session": "x"}, {"session": str(uuid7())}])
def test_list_of_a_session_that_is_not_there_is_not_found(librarian, moved, asked):
    assert librarian.get(LIST, asked).status_code == 404


@pytest.mark.parametrize("asked", [{"tab": "<b>"}, {"page": "x"}, {"page": "99"}])
def test_list_with_a_bad_address_shows_the_first_page(librarian, moved, asked):
    response = librarian.get(LIST, asked)
    assert (response.status_code, "Lý Thị Mai" in response.content.decode()) == (200, True)


def test_told_is_noted_by_whom_and_comes_back_to_the_same_pile(librarian, moved, librarian_of_bac_kan):
    response = librarian.post(tell_url(of("Lý Thị Mai")), {"act": "told", "session": str(moved.pk)})
    notice = of("Lý Thị Mai")
    assert response.url == f"{LIST}?session={moved.pk}"
    assert (notice.state, notice.done_by) == (NoticeState.TOLD, librarian_of_bac_kan.pk)


def test_tick_by_mistake_is_taken_back(librarian, moved):
    librarian.post(tell_url(of("Lý Thị Mai")), {"act": "told"})
    librarian.post(tell_url(of("Lý Thị Mai")), {"act": "undo", "tab": "sent"})
    assert (of("Lý Thị Mai").state, of("Lý Thị Mai").done_by) == (NoticeState.TO_TELL, None)


def test_what_is_sent_by_itself_cannot_be_ticked(librarian, moved):
    librarian.post(tell_url(of("Nông Thị Lan")), {"act": "told"})
    assert of("Nông Thị Lan").state == NoticeState.WAITING


def test_sheet_lists_everybody_who_is_to_be_told_by_people(librarian, moved):
    page = librarian.get(SHEET).content.decode()
    assert [name in page for name in ("Lý Thị Mai", "Bàn Văn Páo", "Nông Thị Lan")] == [True, True, False]


def test_stranger_sees_and_ticks_nothing(stranger, moved):
    assert "Lý Thị Mai" not in stranger.get(LIST).content.decode()
    assert "Lý Thị Mai" not in stranger.get(SHEET).content.decode()
    assert stranger.get(LIST, {"session": str(moved.pk)}).status_code == 404
    assert stranger.post(tell_url(of("Lý Thị Mai")), {"act": "told"}).status_code == 404
    assert of("Lý Thị Mai").state == NoticeState.TO_TELL


def test_who_does_not_call_the_roll_may_not_tick(inspector, moved):
    assert inspector.post(tell_url(of("Lý Thị Mai")), {"act": "told"}).status_code == 403
    assert of("Lý Thị Mai").state == NoticeState.TO_TELL


def test_reader_and_visitor_do_not_get_in(client, reader, moved):
    assert client.get(LIST).status_code == 302
    client.force_login(reader)
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("people", [1, 3])
def test_list_of_one_and_of_three_takes_the_same_queries(librarian, moved, people, django_assert_num_queries):
    for number in range(people - 1):
        RegistrationFactory(session=moved, phone=f"091234567{number}")
    tell_people_of(moved, kind=NoticeKind.MOVED, at=timezone.now(), about="2")
    librarian.get(LIST)
    with django_assert_num_queries(7):
        librarian.get(LIST)


def test_day_says_how_many_are_to_be_called(librarian, moved):
    page = librarian.get(reverse("workspace:home")).content.decode()
    assert "1 người cần gọi" in page
    assert f"{LIST}?session={moved.pk}" in page
