import datetime as dt
import io
import re

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.formats.poster import breakable, weekly
from hocsuotdoi.activities.operations.activity import change_activity
from hocsuotdoi.portal import limits
from hocsuotdoi.portal.activities.poster import short_code
from tests.factories.activities import ActivityFactory, SessionFactory

pytestmark = pytest.mark.slow

A4, A3 = (595, 842), (842, 1191)


def url(activity, form="pdf") -> str:
    return reverse(f"portal:activities-poster-{form}", args=[activity.pk])


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    return [(round(float(wide)), round(float(high))) for wide, high in boxes]


@pytest.mark.parametrize(("query", "size"), [({}, A4), ({"size": "a3"}, A3), ({"size": "b\x00"}, A4)])
def test_poster_is_one_page_of_its_size(client, tomorrow, query, size):
    response = client.get(url(tomorrow.activity), query)

    assert response["Content-Type"] == "application/pdf"
    assert sizes(response.content) == [size]


@pytest.mark.parametrize("title", ["Ở", "Đường " * 33, "X" * 200, "<b>#import</b> $x$ \\ *", "Hội thi 😀 2026"])
@pytest.mark.parametrize("sessions", [0, 1, 12])
def test_poster_of_any_title_and_any_number_of_sessions_is_one_page(client, library_of_bac_kan, title, sessions):
    activity = ActivityFactory(institution=library_of_bac_kan, title=title.strip(), description="Mời mọi người. " * 200)
    for week in range(sessions):
        SessionFactory(activity=activity, starts_at=timezone.now() + dt.timedelta(days=7 * week + 1))

    assert sizes(client.get(url(activity)).content) == [A4]


def test_poster_with_a_picture_shows_it(client, tomorrow, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = f"{'0a' * 16}-400x300"
    out = io.BytesIO()
    Image.new("RGBA", (400, 300), (200, 10, 10, 255)).save(out, "WEBP")
    default_storage.save(f"activities/{name}-400.webp", ContentFile(out.getvalue()))
    tomorrow.activity.picture = name
    tomorrow.activity.save(update_fields=["picture"])

    picture = Image.open(io.BytesIO(client.get(url(tomorrow.activity, "png")).content)).convert("RGB")
    red, green, _blue = picture.getpixel((picture.width // 2, picture.height // 4))
    assert red > 150 > green


def test_poster_whose_picture_is_gone_comes_without(client, tomorrow):
    tomorrow.activity.picture = f"{'0a' * 16}-400x300"
    tomorrow.activity.save(update_fields=["picture"])

    assert client.get(url(tomorrow.activity, "png")).status_code == 200


def test_poster_that_did_not_change_is_not_set_again(client, tomorrow):
    first = client.get(url(tomorrow.activity))

    assert client.get(url(tomorrow.activity), headers={"if-none-match": first["ETag"]}).status_code == 304
    assert (
        client.get(url(tomorrow.activity), {"size": "a3"}, headers={"if-none-match": first["ETag"]}).status_code == 200
    )


def test_poster_of_a_draft_is_for_colleagues_only(client, library_of_bac_kan, librarian_of_bac_kan, reader):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)

    assert client.get(url(draft)).status_code == 404
    client.force_login(reader)
    assert client.get(url(draft)).status_code == 404
    client.force_login(librarian_of_bac_kan)
    assert client.get(url(draft)).status_code == 200


def test_short_address_leads_to_the_activity_however_it_is_typed(client, tomorrow):
    code = short_code(tomorrow.activity_id)
    page = reverse("portal:activities-activity-detail", args=[tomorrow.activity_id])

    for typed in (code, code.lower(), code.replace("-", ""), code.replace("0", "o").replace("1", "l")):
        assert client.get(reverse("portal:activities-activity-short", args=[typed]))["Location"] == page


@pytest.mark.parametrize("typed", ["X", "0000-0000-0000", "UUUU-UUUU-UUUU", "a" * 300])
def test_short_address_of_nothing_is_not_found(client, tomorrow, typed):
    assert client.get(reverse("portal:activities-activity-short", args=[typed])).status_code == 404


def test_short_address_of_a_draft_is_not_found(client, library_of_bac_kan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    code = short_code(draft.pk)

    assert client.get(reverse("portal:activities-activity-short", args=[code])).status_code == 404


def test_weekly_names_the_rule_only_where_there_is_one(tomorrow):
    def every(days: int, number: int) -> list:
        return [
            SessionFactory.build(
                activity=tomorrow.activity,
                starts_at=dt.datetime(2026, 11, 28, 1, tzinfo=dt.UTC) + dt.timedelta(days=days * each),
            )
            for each in range(number)
        ]

    assert weekly(every(7, 3)) == "Thứ Bảy hằng tuần, 8:00–10:00"
    assert weekly(every(7, 2)) == weekly(every(14, 4)) == weekly([]) == ""


def test_breakable_breaks_only_what_no_line_holds():
    assert breakable("Ngày hội  đọc sách") == "Ngày hội đọc sách"
    assert breakable("x" * 30).count("\u200b") == 2


@pytest.fixture
def one_a_minute(monkeypatch):
    caches["typeset"].clear()
    monkeypatch.setattr(limits, "MOST_SET_A_MINUTE", 1)


def test_poster_is_set_once_and_anew_when_a_word_changes(client, tomorrow, one_a_minute):
    first, again = (client.get(url(tomorrow.activity)) for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content

    change_activity(tomorrow.activity, title="Đọc sách đêm trăng", by=None, at=timezone.now())
    assert client.get(url(tomorrow.activity)).status_code == 429


def test_one_address_has_so_much_set_in_a_minute_and_is_then_told_to_wait(client, tomorrow, one_a_minute):
    assert client.get(url(tomorrow.activity)).status_code == 200
    refused = client.get(url(tomorrow.activity), {"size": "a3"})

    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "chờ một phút" in refused.content.decode()
    assert client.get(url(tomorrow.activity)).status_code == 200  # it is kept
    assert client.get(url(tomorrow.activity), {"size": "a3"}, REMOTE_ADDR="10.9.8.7").status_code == 200
