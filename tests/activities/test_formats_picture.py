import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hocsuotdoi.activities.formats import picture as pictures
from hocsuotdoi.activities.formats.picture import BadPicture, parse_picture, render_picture


def drawn(kind: str = "JPEG", size: tuple[int, int] = (1600, 1200), mode: str = "RGB", **save) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 120 if mode == "L" else (200, 120, 40)).save(out, kind, **save)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_stored_as_webp_in_two_widths(kind):
    picture, files = render_picture(drawn(kind))

    assert (picture.width, picture.height, picture.widths) == (1280, 960, [640, 1280])
    assert [(opened(data).format, opened(data).size) for data in files.values()] == [
        ("WEBP", (640, 480)),
        ("WEBP", (1280, 960)),
    ]
    assert parse_picture(picture.name) == picture


def test_small_picture_is_not_blown_up():
    picture, files = render_picture(drawn(size=(300, 200)))
    assert list(files) == [300] == picture.widths


def test_picture_is_turned_upright_and_says_nothing_about_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Hãng máy ảnh"
    exif.get_ifd(0x8825)[2] = (22.0, 8.0, 30.0)

    picture, files = render_picture(drawn(exif=exif))

    assert (picture.width, picture.height) == (1200, 1600)
    for data in files.values():
        assert not opened(data).getexif()
        assert b"EXIF" not in data
        assert "Hãng".encode() not in data


def test_same_picture_has_the_same_name():
    assert render_picture(drawn())[0] == render_picture(drawn())[0]


def test_see_through_and_grey_pictures_are_taken():
    assert opened(render_picture(drawn("PNG", mode="RGBA"))[1][640]).mode in ("RGB", "RGBA")
    assert render_picture(drawn("PNG", mode="L"))[0].width == 1280


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "kind"),
        (b"<svg onload=alert(1)>", "kind"),
        (drawn("GIF"), "kind"),
        (drawn("BMP"), "kind"),
        (drawn()[:3000], "broken"),
        (drawn("PNG")[:200], "broken"),
        (b"\0" * 10_000_001, "bytes"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(content, why):
    with pytest.raises(BadPicture, match=why):
        render_picture(content)


def test_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_PIXELS", 1_000_000)
    with pytest.raises(BadPicture, match="pixels"):
        render_picture(drawn())


@settings(max_examples=60, deadline=None)
@given(where=st.integers(0, 3000), byte=st.integers(0, 255))
def test_damaged_picture_is_taken_or_refused_never_more(where, byte):
    content = bytearray(DAMAGED)
    content[where % len(content)] = byte
    with contextlib.suppress(BadPicture):
        render_picture(bytes(content))


DAMAGED = drawn("PNG", size=(64, 48))


@pytest.mark.parametrize("name", ["", "../../secret", "a" * 32, "a" * 32 + "-1x", "A" * 32 + "-1x1", "x-1x1"])
def test_parse_picture_knows_only_names_of_ours(name):
    assert parse_picture(name) is None
