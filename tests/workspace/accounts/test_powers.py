import pytest

from hocsuotdoi.accounts.models import PowerSwitch

PAGE = "/workspace/powers/"
WORDS = {"reason": "Giao vai trò cho phường mới", "minutes": "30"}


def test_administrator_switches_powers_on_works_and_switches_them_off(client, administrator_at_rest):
    client.force_login(administrator_at_rest)
    assert client.get("/workspace/roles/").status_code == 403
    assert client.post(PAGE, WORDS).url == PAGE
    assert client.get("/workspace/roles/").status_code == 200
    assert WORDS["reason"] in client.get(PAGE).content.decode()
    assert client.post("/workspace/powers/off/").url == "/workspace/"
    assert client.get("/workspace/roles/").status_code == 403
    assert PowerSwitch.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "vì cần"}, {"minutes": "90"}, {"minutes": ""}])
def test_powers_without_a_reason_or_for_too_long_stay_off(client, administrator_at_rest, wrong):
    client.force_login(administrator_at_rest)
    assert client.post(PAGE, WORDS | wrong).status_code == 200
    assert not PowerSwitch.objects.exists()


def test_reason_that_is_too_short_is_told_how_long_it_must_be(client, administrator_at_rest):
    client.force_login(administrator_at_rest)
    page = client.post(PAGE, WORDS | {"reason": "việc khác"}).content.decode()
    assert "Cần ít nhất 10 ký tự (hiện có 9)." in page
    assert "Ít nhất 10 chữ" in page


@pytest.mark.parametrize("who", ["reader", "auditor", "officer_of_bac_kan"])
def test_page_is_forbidden_to_who_is_no_administrator(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, WORDS).status_code == 403
    assert not PowerSwitch.objects.exists()


def test_switching_off_by_a_link_is_no_act(client, administrator):
    client.force_login(administrator)
    assert client.get("/workspace/powers/off/").status_code == 405
    assert PowerSwitch.objects.get().ends_at > PowerSwitch.objects.get().starts_at


def test_page_takes_the_same_queries_for_any_log(client, administrator_at_rest, django_assert_num_queries):
    client.force_login(administrator_at_rest)
    with django_assert_num_queries(6):
        client.get(PAGE)
