"""Vietnamese text: repair, order, search, numbers."""

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.core.vietnamese import (
    exact_expression,
    fold,
    name_sort_key,
    normalise,
    read_number,
    search_expression,
    search_terms,
    search_text,
    sort_key,
)

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
words = st.text(alphabet=LETTERS + LETTERS.upper(), min_size=1, max_size=7)
titles = st.lists(words, min_size=1, max_size=6).map(" ".join)


def found(query: str, text: str) -> bool:
    stored = search_text(text)
    return all(term in stored for term in search_terms(query))


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("\u0110o\u0300\u0302ng", "Đồng"),  # tone before the vowel mark
        ("Nha \u0300xuất bản", "Nhà xuất bản"),  # tone past a space
        ("Đường", "Đường"),
        ("", ""),
    ],
)
def test_normalise_misplaced_marks_mended(broken, mended):
    assert normalise(broken) == mended


@given(titles)
def test_normalise_any_spelling_same_text(title):
    assert normalise(unicodedata.normalize("NFD", title)) == normalise(title) == normalise(normalise(title))


def test_sort_key_dictionary_order():
    in_order = [
        "an",
        "ăn",
        "ân",
        "ba",
        "ba ngày",
        "bà",
        "bà con",
        "bả",
        "bã",
        "bá",
        "bạ",
        "bác",
        "da",
        "đa",
        "Đà",
        "ơn",
    ]
    shuffled = in_order[::-1]
    assert sorted(shuffled, key=sort_key) == in_order


def test_sort_key_survives_any_collation():
    # The embedded server has no ICU: keys must sort alike whatever the database's collation does with punctuation.
    assert all(c.isascii() and c.isalnum() for c in sort_key("Xã Đắk R'Măng – (mẫu) số 12"))


def test_name_sort_key_given_name_first():
    people = ["Nguyễn Văn Bình", "Lê Thị An", "Trần Ánh", "Đỗ An"]
    assert sorted(people, key=name_sort_key) == ["Đỗ An", "Lê Thị An", "Trần Ánh", "Nguyễn Văn Bình"]


def test_search_without_marks_finds_any_marking():
    assert found("doc sach", "Ngày hội đọc sách")
    assert found("duong", "Đường sách") and found("duong", "Đại dương")


def test_search_with_marks_finds_only_itself():
    assert found("đường", "Đường sách")
    assert not found("đường", "Đại dương")


@given(titles)
def test_search_own_title_always_found(title):
    assert found(title, title)
    assert found(fold(title), title)


@given(titles, titles)
def test_search_marked_word_never_found_unless_written_so(query, title):
    marked = [w for w in normalise(query).lower().split() if fold(w) != w]
    if found(query, title):
        assert all(any(word.startswith(m) for word in normalise(title).lower().split()) for m in marked)


def test_search_expression_takes_the_last_word_as_begun():
    assert search_expression("Đọc  SÁCH") == "'đọc' & 'sách':*"
    assert search_expression("ở") == "'ở':*"
    assert search_expression("%_ 😀 \x00") == ""


def test_search_expression_mends_what_was_typed():
    assert search_expression("\u0110o\u0300\u0302ng") == search_expression("Đồng")


def test_exact_expression_only_where_it_asks_more():
    assert exact_expression("doc sách") == "'doc':A & 'sách':*A"
    assert exact_expression("đọc sách") == ""
    assert exact_expression("") == ""


@given(st.text(max_size=40))
def test_search_expression_holds_nothing_that_could_end_a_quotation(typed):
    quoted = search_expression(typed).split("'")
    assert all(part.isalnum() for part in quoted[1::2])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.500", "1500"),
        ("1.500.000,5", "1500000.5"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1,500", "1.5"),
        ("0,125", "0.125"),
        (" 1500 ", "1500"),
        ("-1.500", "-1500"),
        ("\N{MINUS SIGN}1.500", "-1500"),
    ],
)
def test_number_is_read_as_it_is_written_here(written, read):
    assert read_number(written) == Decimal(read)


@pytest.mark.parametrize("written", ["mười", "1.50.000", "1500.250", "0.500", "1 500", "1e3", "NaN", "--1", "1,5,0"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError, match=re.escape(written)):
        read_number(written)
