"""What the offline roll says is spelled as on pages."""

from django.utils import translation

from hocsuotdoi.workspace.roll_app.words import words


def test_weekdays_are_spelled_as_on_pages():
    with translation.override("vi"):
        weekdays = words()["weekdays"]

    assert weekdays[0] == ["Thứ Hai", "thứ Hai"]
    assert weekdays[6] == ["Chủ nhật", "Chủ nhật"]
