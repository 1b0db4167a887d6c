"""Answers and pictures from phones: in any order, as often as one likes, from two phones, after closing."""

import datetime as dt
import io
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import Outcome, VisitState
from hocsuotdoi.inspection.models import VisitAnswer, VisitPhoto
from hocsuotdoi.inspection.operations import seeing
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.plan import cancel_visit
from tests.inspection.conftest import answer_all, noted


@pytest.fixture
def item(visit):
    return visit.checklist.items.get(ordinal=1)


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo_of(visit, by, at, content=None, **given):
    said = {"media_type": "image/jpeg", "photo": uuid7(), "item": None, "shows": "Cửa chính", "taken_at": at}
    return seeing.take_photo(visit, content or picture(), **{**said, **given}, by=by, at=at)


def picture(size=(2400, 1200), kind="JPEG", exif=None) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def test_the_first_answer_begins_the_visit_and_sent_again_it_is_once_there(visit, item, inspector, now, today):
    one = noted(visit, item, seen_at=now - dt.timedelta(hours=3), words="Có bảng giờ")
    told = seeing.take_answers([one, one], by=inspector, at=now, day=today)
    assert [each.outcome for each in told] == [Outcome.TAKEN, Outcome.KNOWN]
    visit.refresh_from_db()
    assert (visit.state, visit.began_at) == (VisitState.UNDER_WAY, now - dt.timedelta(hours=3))
    answer = VisitAnswer.objects.get()
    assert (answer.pk, answer.words, answer.seen_by) == (one.id, "Có bảng giờ", inspector.pk)


def test_of_two_phones_the_later_holds_and_the_earlier_is_told(visit, item, inspector, colleague, now, today):
    late = noted(visit, item, seen="no", words="Đóng cửa", seen_at=now - dt.timedelta(minutes=5))
    early = noted(visit, item, seen="yes", seen_at=now - dt.timedelta(minutes=50))
    assert seeing.take_answers([late], by=colleague, at=now, day=today)[0].outcome == Outcome.TAKEN
    told = seeing.take_answers([early], by=inspector, at=now, day=today)[0]
    assert (told.outcome, told.holds.words) == (Outcome.LATER, "Đóng cửa")
    assert VisitAnswer.objects.get().seen == "no"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(1, 4), min_size=2, max_size=5), seed=st.integers(0, 1000))
def test_any_order_and_repetition_give_the_same(visit, item, inspector, now, minutes, seed):
    """Law: what holds depends on what was noted, not on how it came."""
    kinds = ["yes", "no", "partly"]
    rows = [
        noted(visit, item, seen=kinds[order % 3], words=str(order), seen_at=now - dt.timedelta(minutes=minute))
        for order, minute in enumerate(minutes)
    ]

    def outcome(order) -> tuple:
        VisitAnswer.objects.all().delete()
        for one in order:
            seeing.take_answer(visit, one, by=inspector, at=now)
        return VisitAnswer.objects.values_list("seen", "words", "seen_at").get()

    shuffled = rows * 2
    random.Random(seed).shuffle(shuffled)
    assert outcome(rows) == outcome(shuffled)


def test_a_clock_that_is_ahead_notes_just_now(visit, item, inspector, now):
    seeing.take_answer(visit, noted(visit, item, seen_at=now + dt.timedelta(days=2)), by=inspector, at=now)
    assert VisitAnswer.objects.get().seen_at == now


def test_what_does_not_fit_is_refused_and_keeps_nothing_else_back(visit, item, inspector, now, today):
    number = visit.checklist.items.filter(kind="number").first()
    words = visit.checklist.items.filter(kind="words").first()
    rows = [
        noted(visit, item, seen=""),
        noted(visit, item, seen="not_applicable"),
        noted(visit, number, seen=""),
        noted(visit, number, seen="", number=Decimal(-1)),
        noted(visit, words, seen=""),
        noted(visit, number, seen="", number=Decimal(7)),
        replace(noted(visit, item), item=10**9),
        replace(noted(visit, item), visit=uuid7()),
    ]
    told = seeing.take_answers(rows, by=inspector, at=now, day=today)
    assert [each.outcome for each in told] == [Outcome.REFUSED] * 5 + [Outcome.TAKEN] + [Outcome.REFUSED] * 2
    assert all(each.reason for each in told if each.outcome == Outcome.REFUSED)


def test_who_is_not_in_the_team_is_refused(visit, item, outsider, now, today):
    told = seeing.take_answers([noted(visit, item)], by=outsider, at=now, day=today)[0]
    assert (told.outcome, VisitAnswer.objects.count()) == (Outcome.REFUSED, 0)


def test_after_the_visit_was_closed_elsewhere_the_phone_is_told_why(visit, item, inspector, colleague, now, today):
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=inspector, at=now)
    told = seeing.take_answers([noted(visit, item, seen="no")], by=colleague, at=now, day=today)[0]
    assert told.outcome == Outcome.REFUSED
    assert "kết thúc" in told.reason
    with pytest.raises(seeing.NotTaken):
        photo_of(visit, colleague, now)
    assert VisitAnswer.objects.filter(item=item).get().seen == "yes"


def test_a_cancelled_visit_takes_nothing_and_says_the_reason(visit, item, inspector, now, today):
    cancel_visit(visit, reason="Bão số 3", by=inspector, at=now)
    told = seeing.take_answers([noted(visit, item)], by=inspector, at=now, day=today)[0]
    assert "Bão số 3" in told.reason
    with pytest.raises(seeing.NotTaken, match="Bão"):
        seeing.begin_visit(visit, by=inspector, at=now)


def test_a_picture_is_small_without_traces_and_once_there(visit, item, inspector, now):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    first = photo_of(visit, inspector, now, picture(exif=exif), item=item.pk)
    with open_kept(first.digest) as file:
        kept = file.read()
    again = photo_of(visit, inspector, now, kept, photo=first.pk)
    assert (first.pk, VisitPhoto.objects.count()) == (again.pk, 1)
    with Image.open(io.BytesIO(kept)) as small:
        assert max(small.size) == 1600
        assert not small.getexif()


def test_what_is_no_picture_or_too_large_or_of_another_list_is_refused(visit, inspector, now, monkeypatch):
    with pytest.raises(seeing.BadPicture):
        photo_of(visit, inspector, now, b"<svg onload=alert(1)>", media_type="image/svg+xml")
    with pytest.raises(seeing.BadPicture):
        photo_of(visit, inspector, now, b"not a picture")
    with pytest.raises(seeing.BadPicture):
        photo_of(visit, inspector, now, b"x" * (seeing.LARGEST_PHOTO + 1))
    with pytest.raises(seeing.NotTaken):
        photo_of(visit, inspector, now, item=10**9)
    monkeypatch.setattr(seeing, "MOST_PHOTOS", 1)
    photo_of(visit, inspector, now, picture((40, 40)))
    with pytest.raises(seeing.NotTaken, match="1"):
        photo_of(visit, inspector, now, picture((50, 40)))
