"""The words between us and a phone service, held against the fake always and against the real service where REAL_…
credentials are in the environment: both must answer the same."""

import pytest

from hocsuotdoi.core.channels.message import ForGood, TryAgain
from hocsuotdoi.core.channels.registry import channels
from hocsuotdoi.core.ids import uuid7
from tests.core.channels.conftest import credentials
from tests.support import network


@pytest.fixture(params=["fake", "real"])
def zns_service(request, settings, monkeypatch, tmp_path) -> str:
    """Returns the phone to write to."""
    if request.param == "fake":
        request.getfixturevalue("zns")
        return "0912345678"
    found = credentials("ZNS_ACCESS_TOKEN", "ZNS_TEMPLATE_ID", "ZNS_PHONE")
    monkeypatch.setattr("socket.socket.connect", network._connect)
    settings.DATA_DIR, settings.ZNS_REFRESH_TOKEN = tmp_path, ""
    settings.ZNS_ACCESS_TOKEN, settings.ZNS_TEMPLATE_ID = found["ZNS_ACCESS_TOKEN"], found["ZNS_TEMPLATE_ID"]
    return found["ZNS_PHONE"]


@pytest.fixture(params=["fake", "real"])
def sms_service(request, settings, monkeypatch) -> str:
    if request.param == "fake":
        request.getfixturevalue("sms")
        return "0912345678"
    found = credentials("SMS_GATEWAY_URL", "SMS_TOKEN", "SMS_SENDER", "SMS_PHONE")
    monkeypatch.setattr("socket.socket.connect", network._connect)
    for name in ("SMS_GATEWAY_URL", "SMS_TOKEN", "SMS_SENDER"):
        setattr(settings, name, found[name])
    return found["SMS_PHONE"]


def send(name: str, phone: str) -> None:
    channels()[name].send(phone, "Nhắc lịch", "Ngày hội đọc sách", "https://example.vn/x/", key=str(uuid7()))


def test_zns_takes_a_message(zns_service):
    send("zns", zns_service)


def test_zns_with_an_unknown_template_is_ours_to_mend(zns_service, settings):
    settings.ZNS_TEMPLATE_ID = "1"
    with pytest.raises(TryAgain):
        send("zns", zns_service)


def test_zns_with_a_dead_key_is_ours_to_mend(zns_service, settings):
    settings.ZNS_REFRESH_TOKEN, settings.ZNS_ACCESS_TOKEN = "", "dead"
    with pytest.raises(TryAgain):
        send("zns", zns_service)


def test_zns_does_not_take_a_phone_that_is_none(zns_service):
    with pytest.raises(ForGood):
        send("zns", "0263123456")


def test_sms_takes_a_message(sms_service):
    send("sms", sms_service)


def test_sms_with_a_wrong_key_is_ours_to_mend(sms_service, settings):
    settings.SMS_TOKEN = "wrong"
    with pytest.raises(TryAgain):
        send("sms", sms_service)


def test_sms_does_not_take_a_sender_that_is_not_ours(sms_service, settings):
    settings.SMS_SENDER = "NOT-OURS"
    with pytest.raises(ForGood):
        send("sms", sms_service)
