"""Each channel with its service beside it: the fakes, and with credentials in the environment the real ones."""

import os
from collections.abc import Iterator

import pytest

from hocsuotdoi.core.channels.push.keys import private_key
from tests.support.fake_push import FakePush
from tests.support.fake_service import running
from tests.support.fake_sms import FakeSms
from tests.support.fake_zns import FakeZns


@pytest.fixture
def sms(settings) -> Iterator[FakeSms]:
    with running(FakeSms()) as service:
        settings.SMS_GATEWAY_URL, settings.SMS_TOKEN, settings.SMS_SENDER = service.url, service.token, service.sender
        yield service


@pytest.fixture
def zns(settings, tmp_path) -> Iterator[FakeZns]:
    with running(FakeZns()) as service:
        settings.DATA_DIR = tmp_path
        settings.ZNS_URL, settings.ZNS_TOKEN_URL = (
            f"{service.url}/message/template",
            f"{service.url}/v4/oa/access_token",
        )
        settings.ZNS_TEMPLATE_ID, settings.ZNS_APP_ID = service.template_id, service.app_id
        settings.ZNS_SECRET_KEY, settings.ZNS_REFRESH_TOKEN = service.secret_key, service.refresh_token
        yield service


@pytest.fixture
def push(settings, tmp_path) -> Iterator[FakePush]:
    settings.DATA_DIR = tmp_path
    private_key.cache_clear()
    with running(FakePush()) as service:
        settings.WEB_PUSH_SERVICES = ["127.0.0.1"]
        yield service
    private_key.cache_clear()


def credentials(*names: str) -> dict[str, str]:
    """The real service's, from the environment; else the test is skipped and says what it wants."""
    found = {name: os.environ.get(f"REAL_{name}", "") for name in names}
    if missing := [f"REAL_{name}" for name, value in found.items() if not value]:
        pytest.skip(f"asks the real service: needs {', '.join(missing)}")
    return found
