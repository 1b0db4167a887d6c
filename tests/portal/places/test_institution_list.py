import datetime as dt

from hocsuotdoi.places.models import OpeningHours
from hocsuotdoi.portal.places import views
from tests.factories.places import InstitutionFactory, UnitFactory

URL = "/institutions/"


def _names(page) -> list[str]:
    return [institution.name for institution in page.context["page"]]


def test_list_shows_open_institutions_with_their_place(client, db) -> None:
    unit = UnitFactory()
    InstitutionFactory(name="Thư viện A", unit=unit)
    InstitutionFactory(name="Thư viện B", state="closed")
    page = client.get(URL)
    assert _names(page) == ["Thư viện A"]
    assert unit.name in page.content.decode()


def test_list_can_be_narrowed_by_kind_place_and_name(client, db) -> None:
    unit = UnitFactory()
    InstitutionFactory(name="Thư viện Đường Làng", unit=unit)
    InstitutionFactory(name="Bảo tàng Làng", institution_class="museum_province", unit=unit)
    InstitutionFactory(name="Bảo tàng Phố", institution_class="museum_province")
    assert _names(client.get(f"{URL}?kind=museum&unit={unit.code}")) == ["Bảo tàng Làng"]
    assert _names(client.get(f"{URL}?q=duong")) == ["Thư viện Đường Làng"]
    assert _names(client.get(f"{URL}?kind=museum_province&q=phố")) == ["Bảo tàng Phố"]


def test_list_of_what_is_open_now_leaves_out_who_is_closed(client, db) -> None:
    always, never = InstitutionFactory(name="Mở suốt"), InstitutionFactory(name="Không mở")
    for weekday in range(7):
        OpeningHours.objects.create(
            institution=always, weekday=weekday, opens_at=dt.time(0), closes_at=dt.time(23, 59, 59)
        )
    assert never.name not in _names(client.get(f"{URL}?open_now=on"))
    assert _names(client.get(f"{URL}?open_now=on")) == [always.name]


def test_wrong_filter_is_left_out(client, db) -> None:
    InstitutionFactory()
    page = client.get(f"{URL}?kind=khong-co&province=99&unit=khong-co&page=77")
    assert page.status_code == 200
    assert len(_names(page)) == 1


def test_list_that_finds_nothing_says_what_to_do(client, db) -> None:
    assert 'class="empty"' in client.get(f"{URL}?q=xyz").content.decode()
    assert 'class="empty"' in client.get(URL).content.decode()


def test_list_takes_the_same_queries_with_one_and_three(client, db, django_assert_num_queries) -> None:
    InstitutionFactory()
    for _more in range(2):
        with django_assert_num_queries(4):
            assert client.get(URL).status_code == 200
        InstitutionFactory()
        InstitutionFactory()


def test_more_than_anybody_turns_over_is_said_and_not_counted(client, db, monkeypatch) -> None:
    monkeypatch.setattr(views, "MOST_COUNTED", 2)
    for name in ("Thư viện C", "Thư viện A", "Thư viện B"):
        InstitutionFactory(name=name)
    page = client.get(f"{URL}?q=thu+vien")
    assert _names(page) == ["Thư viện A", "Thư viện B"]
    assert "Có hơn 2 cơ sở" in page.content.decode()
    assert "Có hơn" not in client.get(f"{URL}?q=vien+b").content.decode()
