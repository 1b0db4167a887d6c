"""Tables that a person keeps under a name."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.indicators.models import SavedTable
from hocsuotdoi.indicators.operations.saved_tables import MOST, TableNotSaved, save_table
from tests.portal.indicators import test_pivot

PAGE, asked = test_pivot.PAGE, test_pivot.asked


SAVE = reverse("portal:indicators-table-save")


def test_a_table_is_kept_under_a_name_once_and_found_again(client, country, reader):
    client.force_login(reader)
    for query in ("unit=VN", "unit=19"):
        assert client.post(SAVE, {"name": " Của  tôi ", "query": query}).status_code == 302
    table = SavedTable.objects.get()
    assert (table.name, table.query) == ("Của tôi", "unit=19")
    assert "?unit=19" in client.get(PAGE).content.decode()
    client.post(reverse("portal:indicators-table-forget", args=[table.pk]))
    assert not SavedTable.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "Hãy đặt tên"),
        ({"name": "x" * 121}, "tối đa 120"),
        ({"query": "x" * 2001}, "hỏi quá nhiều thứ"),
        ({"query": "a\0"}, "hỏi quá nhiều thứ"),
    ],
)
def test_a_table_that_cannot_be_kept_is_told_why(client, country, reader, wrong, told):
    client.force_login(reader)
    response = client.post(SAVE, {"name": "Bảng", "query": "unit=VN"} | wrong, follow=True)
    assert not SavedTable.objects.exists()
    assert told in response.content.decode()


def test_nobody_keeps_without_an_account_and_nobody_removes_anothers(client, reader, auditor):
    assert client.post(SAVE, {"name": "Bảng", "query": "unit=VN"}).status_code == 302
    assert not SavedTable.objects.exists()
    table = save_table(auditor, name="Bảng", query="unit=VN", at=timezone.now())
    client.force_login(reader)
    assert client.post(reverse("portal:indicators-table-forget", args=[table.pk])).status_code == 404
    assert "saved/" not in client.get(PAGE).content.decode()
    assert SavedTable.objects.exists()


def test_a_person_keeps_so_many_tables_and_no_more(reader):
    for number in range(MOST):
        save_table(reader, name=str(number), query="", at=timezone.now())
    with pytest.raises(TableNotSaved):
        save_table(reader, name="Một bảng nữa", query="", at=timezone.now())
    save_table(reader, name="1", query="unit=VN", at=timezone.now())


RENAMED = {"name": "Mới"}


def test_a_kept_table_is_renamed_and_its_link_shows_others_the_same(client, country, reader, asked, posting):
    table = save_table(reader, name="Cũ", query="unit=VN", at=timezone.now())
    other = save_table(reader, name="Khác", query="unit=19", at=timezone.now())
    client.force_login(reader)
    assert f'value="http://testserver{PAGE}?unit=VN"' in client.get(PAGE).content.decode()
    client.post(reverse("portal:indicators-table-rename", args=[table.pk]), RENAMED)
    table.refresh_from_db()
    assert table.name == "Mới"
    refused = client.post(reverse("portal:indicators-table-rename", args=[other.pk]), RENAMED, follow=True)
    assert "đã có một bảng khác tên “Mới”" in refused.content.decode()
    other.refresh_from_db()
    assert other.name == "Khác"


def test_nobody_renames_anothers_table(client, country, reader, auditor):
    table = save_table(auditor, name="Bảng", query="unit=VN", at=timezone.now())
    address = reverse("portal:indicators-table-rename", args=[table.pk])
    assert client.post(address, RENAMED).status_code == 302
    client.force_login(reader)
    assert client.post(address, RENAMED).status_code == 404
    assert client.get(address).status_code == 405
    table.refresh_from_db()
    assert table.name == "Bảng"
