import json
import stat

import pytest
from django.core import mail

from hocsuotdoi.core.channels.message import Attachment, ForGood, Gone, TryAgain
from hocsuotdoi.core.channels.phones import international
from hocsuotdoi.core.channels.push import are_keys, is_push_service
from hocsuotdoi.core.channels.push.keys import private_key, public_key
from hocsuotdoi.core.channels.registry import channels, offered
from hocsuotdoi.core.channels.sms import LONGEST, short
from tests.support.fake_push import FakeBrowser
from tests.support.fake_smtp import running_smtp

URL = "https://example.vn/activities/sessions/1/ABC/"


def send(name: str, address: str, text: str = "Ngày hội đọc sách dời sang 09:00", **more) -> None:
    channels()[name].send(address, "Đổi giờ", text, URL, key="key-1", **more)


def test_channels_are_found_in_the_order_in_which_they_are_chosen():
    assert list(channels()) == ["push", "email", "zns", "sms"]


def test_channel_that_is_not_configured_is_not_offered(settings):
    settings.WEB_PUSH, settings.EMAIL_BACKEND = False, "django.core.mail.backends.filebased.EmailBackend"
    assert offered() == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912345678", "84912345678"),
        ("+84 912 345 678", "84912345678"),
        ("84912345678", "84912345678"),
        ("+66812345678", "66812345678"),
    ],
)
def test_phone_is_written_with_its_country(typed, number):
    assert international(typed) == number


@pytest.mark.parametrize("typed", ["", "0263123456", "113", "09123456789", "abc", "+0912345678", "٠٩١٢٣٤٥٦٧٨"])
def test_phone_that_takes_no_message_is_refused(typed):
    with pytest.raises(ForGood):
        international(typed)


# --- SMS ---


def test_sms_is_sent_without_marks_and_with_the_address(sms):
    send("sms", "0912 345 678", "“Ngày hội đọc sách” dời…")
    assert sms.taken == [
        {"to": "84912345678", "from": "THUVIEN", "text": f'"Ngay hoi doc sach" doi... {URL}', "id": "key-1"}
    ]


def test_sms_sent_again_under_its_key_is_taken_once(sms):
    send("sms", "0912345678")
    send("sms", "0912345678")
    assert len(sms.taken) == 1


def test_sms_of_any_length_keeps_the_whole_address():
    text = short("đ" * 1000, URL)
    assert (len(text), text.endswith(f"... {URL}"), text.isascii()) == (LONGEST, True, True)


@pytest.mark.parametrize(
    ("status", "kind"), [(500, TryAgain), (503, TryAgain), (429, TryAgain), (302, TryAgain), (404, ForGood)]
)
def test_sms_gateway_that_does_not_work_says_whether_to_try_again(sms, status, kind):
    sms.broken = status
    with pytest.raises(kind):
        send("sms", "0912345678")


def test_sms_gateway_that_has_enough_is_asked_later(sms):
    sms.at_most = 0
    with pytest.raises(TryAgain):
        send("sms", "0912345678")


def test_sms_to_a_number_out_of_use_is_refused_for_good(sms):
    with pytest.raises(ForGood):
        send("sms", "0900000000")


def test_error_of_a_channel_tells_no_secret_and_no_address(sms, settings):
    settings.SMS_TOKEN = "another-secret"
    with pytest.raises(TryAgain) as refused:
        send("sms", "0912345678")
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/hidden"
    with pytest.raises(TryAgain) as unreached:
        send("sms", "0912345678")
    assert [each for each in ("secret", "912345678", "hidden") if each in f"{refused.value}{unreached.value}"] == []


# --- Zalo ---


def test_zns_sends_the_template_with_its_parameters(zns):
    send("zns", "0912345678", "chữ " * 200)
    (taken,) = zns.taken
    assert (taken["phone"], taken["template_id"], taken["tracking_id"]) == ("84912345678", zns.template_id, "key-1")
    assert taken["template_data"]["link"] == URL
    assert len(taken["template_data"]["content"]) <= 400


def test_zns_key_that_died_is_renewed_once_and_kept_for_its_owner_only(zns, settings, tmp_path):
    send("zns", "0912345678")
    zns.access_token = "died"
    send("zns", "0912345678")
    zns.access_token = "access-2"
    send("zns", "0912345678")
    assert len(zns.taken) == 3
    assert json.loads((tmp_path / "zns_token").read_text())["refresh_token"] == "refresh-2"
    assert stat.S_IMODE((tmp_path / "zns_token").stat().st_mode) == 0o600


def test_zns_connected_anew_forgets_the_old_keys(zns, settings):
    send("zns", "0912345678")
    zns.access_token, zns.refresh_token = "none", "fresh"
    with pytest.raises(TryAgain):
        send("zns", "0912345678")
    settings.ZNS_REFRESH_TOKEN = "fresh"
    send("zns", "0912345678")
    assert len(zns.taken) == 2


def test_zns_to_a_phone_without_zalo_is_refused_for_good(zns):
    with pytest.raises(ForGood):
        send("zns", "0900000000")


def test_zns_beyond_the_days_limit_is_asked_later(zns):
    zns.at_most = 0
    with pytest.raises(TryAgain):
        send("zns", "0912345678")


def test_zns_that_answers_nonsense_is_asked_later(zns, settings):
    settings.ZNS_ACCESS_TOKEN = "access-0"
    zns.broken = 502
    with pytest.raises(TryAgain):
        send("zns", "0912345678")


# --- browsers ---


def test_push_can_be_read_by_that_browser_alone(push):
    browser = FakeBrowser(f"{push.url}/p/1")
    send("push", browser.subscription)
    (taken,) = push.taken
    assert browser.read(taken["body"]) == {
        "title": "Đổi giờ",
        "body": "Ngày hội đọc sách dời sang 09:00",
        "url": URL,
        "tag": "key-1",
    }
    with pytest.raises(Exception, match=r".*"):
        FakeBrowser().read(taken["body"])


def test_push_key_is_made_once_and_kept_for_its_owner_only(push, tmp_path):
    first = public_key()
    private_key.cache_clear()
    assert public_key() == first
    assert stat.S_IMODE((tmp_path / "push_key").stat().st_mode) == 0o600
    assert are_keys(first, "MDEyMzQ1Njc4OWFiY2RlZg")


def test_push_to_a_browser_that_left_says_that_it_is_gone(push):
    with pytest.raises(Gone):
        send("push", FakeBrowser(f"{push.url}/gone").subscription)


def test_push_service_that_has_enough_is_asked_later(push):
    push.at_most = 0
    with pytest.raises(TryAgain):
        send("push", FakeBrowser(f"{push.url}/p/1").subscription)


def test_push_with_keys_that_are_none_is_never_sent(push):
    with pytest.raises(Gone):
        send("push", json.dumps({"endpoint": f"{push.url}/p/1", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}))
    assert push.taken == []


@pytest.mark.parametrize(
    ("endpoint", "is_one"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilfcm.googleapis.com.vn/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://169.254.169.254/latest/", False),
        ("http://127.0.0.1:5432/", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_push_services_are_called(endpoint, is_one):
    assert is_push_service(endpoint) is is_one


# --- e-mail ---


@pytest.fixture
def smtp(settings):
    with running_smtp() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


def test_email_carries_words_link_and_attachment():
    send("email", "mai@example.vn", attachment=Attachment("lich.ics", b"BEGIN:VCALENDAR", "text/calendar"))
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["mai@example.vn"], "Đổi giờ")
    assert letter.body == f"Ngày hội đọc sách dời sang 09:00\n\n{URL}\n"
    assert letter.attachments[0].filename == "lich.ics"


def test_email_is_taken_by_a_mail_server(smtp):
    send("email", "mai@example.vn")
    (letter,) = smtp.letters
    assert "Auto-Submitted: auto-generated" in letter


def test_email_to_nobody_is_refused_for_good_and_to_a_busy_box_for_now(smtp):
    with pytest.raises(ForGood):
        send("email", "nobody@example.vn")
    with pytest.raises(TryAgain):
        send("email", "busy@example.vn")


def test_email_without_a_mail_server_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(TryAgain):
        send("email", "mai@example.vn")


def test_email_address_with_a_line_break_is_refused():
    with pytest.raises(ForGood):
        send("email", "mai@example.vn\nBcc: all@example.vn")
