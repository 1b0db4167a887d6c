import pytest

HOME = "/workspace/"


def test_home_asks_strangers_to_sign_in(client, db):
    assert client.get(HOME).url == f"/accounts/login/?next={HOME}"


def test_home_leads_who_has_nothing_to_do_here_to_the_own_account(client, reader):
    client.force_login(reader)
    assert client.get(HOME).url == "/account/"


@pytest.mark.parametrize(
    ("who", "opens", "closed"),
    [
        ("officer_of_bac_kan", "/workspace/roles/", "/workspace/powers/"),
        ("librarian_of_bac_kan", "/account/", "/workspace/roles/"),
        ("auditor", "/workspace/audit/", "/workspace/powers/"),
        ("administrator_at_rest", "/workspace/powers/", "/workspace/roles/"),
    ],
)
def test_home_shows_only_the_doors_that_open(client, request, who, opens, closed):
    client.force_login(request.getfixturevalue(who))
    page = client.get(HOME).content.decode()
    assert f'href="{opens}"' in page
    assert f'href="{closed}"' not in page


def test_home_says_that_powers_are_on(client, administrator):
    client.force_login(administrator)
    assert "/workspace/powers/" in client.get(HOME).content.decode()
