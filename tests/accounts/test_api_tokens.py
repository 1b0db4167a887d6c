import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.accounts.models import ApiToken
from hocsuotdoi.accounts.operations.api_tokens import (
    MOST_ALIVE,
    SEEN_EVERY,
    ApiTokenRefused,
    make_api_token,
    revoke_api_token,
    use_api_token,
)


def test_secret_is_returned_once_and_never_kept(reader, now):
    token, secret = make_api_token(reader, name="  Trang   web ", days=30, at=now)

    token.refresh_from_db()
    assert secret.startswith("hsd_")
    assert len(secret) > 40
    assert secret not in str(vars(token))
    assert (token.name, token.person, token.expires_at) == ("Trang web", reader, now + dt.timedelta(days=30))


@pytest.mark.parametrize(
    ("name", "days"),
    [("", 30), (" \x00 ", 30), ("x" * 81, 30), ("Trang web", 0), ("Trang web", -1), ("Trang web", 366)],
)
def test_key_without_a_name_or_too_long_is_refused(reader, now, name, days):
    with pytest.raises(ApiTokenRefused):
        make_api_token(reader, name=name, days=days, at=now)
    assert not ApiToken.objects.exists()


def test_key_of_a_closed_account_is_refused_and_one_it_has_no_longer_works(reader, now):
    _token, secret = make_api_token(reader, name="Trang web", days=30, at=now)
    reader.is_active = False
    reader.save(update_fields=["is_active"])

    with pytest.raises(ApiTokenRefused):
        make_api_token(reader, name="Nữa", days=30, at=now)
    assert use_api_token(secret, at=now) is None


def test_too_many_living_keys_are_refused_until_one_is_revoked(reader, now):
    for number in range(MOST_ALIVE):
        token, _secret = make_api_token(reader, name=f"Khóa {number}", days=30, at=now)
    with pytest.raises(ApiTokenRefused):
        make_api_token(reader, name="Nữa", days=30, at=now)

    revoke_api_token(token, at=now)
    make_api_token(reader, name="Nữa", days=30, at=now + dt.timedelta(seconds=1))


def test_key_works_until_its_end_and_notes_when(reader, now):
    token, secret = make_api_token(reader, name="Trang web", days=1, at=now)

    assert use_api_token(secret, at=now).person == reader
    use_api_token(secret, at=now + SEEN_EVERY / 2)
    token.refresh_from_db()
    assert token.last_seen_at == now
    use_api_token(secret, at=now + SEEN_EVERY)
    token.refresh_from_db()
    assert token.last_seen_at == now + SEEN_EVERY
    assert use_api_token(secret, at=now + dt.timedelta(days=1)) is None
    assert use_api_token(secret + "x", at=now) is None
    assert use_api_token("", at=now) is None


def test_key_is_revoked_once_and_for_good(reader, now):
    token, secret = make_api_token(reader, name="Trang web", days=30, at=now)

    revoke_api_token(token, at=now)
    revoke_api_token(token, at=now + dt.timedelta(hours=1))

    token.refresh_from_db()
    assert token.revoked_at == now
    assert use_api_token(secret, at=now) is None


def test_database_holds_a_key_to_an_end_after_its_start(reader, now):
    with pytest.raises(IntegrityError, match="api_token_ends_after_it_starts"), transaction.atomic():
        ApiToken.objects.create(person=reader, name="x", token_hash="x", created_at=now, expires_at=now)
