"""Bytes that are kept under their fingerprint."""

import hashlib
import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from hocsuotdoi.core.attachments import FOLDER, FileLost, keep_file, open_kept, place_of, without_traces


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_file_is_kept_under_its_digest_and_read_back():
    digest, size = keep_file("Biên bản".encode())
    assert (digest, size) == (hashlib.sha256("Biên bản".encode()).hexdigest(), len("Biên bản".encode()))
    with open_kept(digest) as file:
        assert file.read() == "Biên bản".encode()


def test_same_bytes_are_kept_once():
    first, _size = keep_file(b"x")
    assert keep_file(b"x")[0] == first
    folders, _files = default_storage.listdir(FOLDER)
    assert [len(default_storage.listdir(f"{FOLDER}/{each}")[1]) for each in folders] == [1]


def test_lost_bytes_are_told():
    digest, _size = keep_file(b"y")
    default_storage.delete(place_of(digest))
    with pytest.raises(FileLost):
        open_kept(digest)


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("content", [b"khong phai anh", picture(8000, 7501)])
def test_what_is_no_picture_or_far_too_large_a_one_is_refused(content):
    with pytest.raises(ValueError, match="image/png"):
        without_traces(content, "image/png")


def test_what_is_no_picture_by_its_kind_stays_as_it_is():
    assert without_traces(b"x", "application/pdf") == b"x"
    assert Image.open(io.BytesIO(without_traces(picture(8, 4), "image/png"))).size == (8, 4)
