import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.models import Contributor, Schedule
from hocsuotdoi.activities.operations.activity import change_activity
from tests.activities.test_formats_picture import drawn


def url(activity) -> str:
    return reverse("portal:activities-activity-detail", args=[activity.pk])


@pytest.fixture
def pictured(open_day, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return change_activity(open_day, picture=drawn(), picture_alt="Các em đọc “sách” & vẽ", by=None, at=timezone.now())


def test_page_says_for_whom_by_whom_and_by_which_rule(client, open_day):
    open_day.age_bands, open_day.groups, open_day.languages = ["6-10"], ["ethnic_minority"], ["tyz", "vie"]
    open_day.programmes, open_day.themes = ["new_rural"], ["heritage"]
    open_day.is_bookable, open_day.grades, open_day.subjects = True, [4, 5], ["history"]
    open_day.save()
    Contributor.objects.create(
        institution=open_day.institution,
        activity=open_day,
        role="leader",
        name="Cô Thu",
        phone="0912345678",
        note="bí mật",
    )
    Schedule.objects.create(
        institution=open_day.institution,
        activity=open_day,
        rule="FREQ=WEEKLY;BYDAY=SA",
        starts_on="2026-11-28",
        until="2027-05-08",
        starts="08:00",
        minutes=120,
        except_on=["2027-04-30", "2027-05-01"],
        created_at=timezone.now(),
    )

    page = client.get(url(open_day)).content.decode()

    for words in (
        "Thứ Bảy hằng tuần",
        "8:00–10:00",
        "nghỉ 1/5/2027",
        "6–10 tuổi",
        "nhất là: đồng bào dân tộc thiểu số",
        "Tiếng Việt, tiếng Tày",
        "Xây dựng nông thôn mới",
        "Cô Thu",
        "Khối lớp: 4, 5",
        "lịch sử",
    ):
        assert words in page, words
    assert "0912345678" not in page
    assert "bí mật" not in page


def test_picture_is_shown_lazily_with_its_size_and_words(client, pictured):
    page = client.get(url(pictured)).content.decode()

    assert 'loading="lazy"' in page
    assert 'width="1280" height="960"' in page
    assert "Các em đọc “sách” &amp; vẽ" in page


def test_picture_is_served_to_be_kept_for_ever(client, pictured):
    for width in (640, 1280):
        response = client.get(reverse("portal:activities-picture-show", args=[pictured.picture, width]))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert b"".join(response.streaming_content)[:4] == b"RIFF"


def test_picture_that_is_not_there_is_not_found(client, pictured):
    for name, width in ((pictured.picture, 641), ("x", 640), ("a" * 32 + "-1280x960", 640), (pictured.picture, 10**9)):
        assert client.get(reverse("portal:activities-picture-show", args=[name, width])).status_code == 404
