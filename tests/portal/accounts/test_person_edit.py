import re

from tests.factories.accounts import PersonFactory


def test_own_name_phone_and_language_are_saved_and_the_page_speaks_that_language(client, reader):
    client.force_login(reader)
    answer = client.post("/account/", {"full_name": "Lý Thị Mai Lan", "phone": "0912", "language": "en"})
    assert answer.url == "/account/"
    reader.refresh_from_db()
    assert (reader.full_name, reader.phone, reader.language) == ("Lý Thị Mai Lan", "0912", "en")
    assert 'lang="en"' in client.get("/account/").content.decode()


def test_account_without_a_name_is_not_saved(client, reader):
    client.force_login(reader)
    assert client.post("/account/", {"full_name": "", "language": "vi"}).status_code == 200
    reader.refresh_from_db()
    assert reader.full_name == "Lý Thị Mai"


def test_account_of_somebody_else_stays_untouched(client, reader):
    other = PersonFactory(full_name="Người Khác")
    client.force_login(reader)
    client.post("/account/", {"full_name": "Đổi", "language": "vi", "id": str(other.pk), "email": other.email})
    other.refresh_from_db()
    reader.refresh_from_db()
    assert (other.full_name, reader.full_name) == ("Người Khác", "Đổi")
    assert reader.email != other.email


def test_page_asks_strangers_to_sign_in(client, db):
    assert client.get("/account/").url == "/accounts/login/?next=/account/"


def test_page_shows_roles_with_their_place(client, librarian_of_bac_kan):
    client.force_login(librarian_of_bac_kan)
    page = re.sub(r"\s+", " ", client.get("/account/").content.decode())
    assert "Thư viện phường Bắc Kạn" in page


def test_page_takes_the_same_queries_for_any_number_of_roles(client, librarian_of_bac_kan, django_assert_num_queries):
    client.force_login(librarian_of_bac_kan)
    with django_assert_num_queries(3):
        client.get("/account/")
