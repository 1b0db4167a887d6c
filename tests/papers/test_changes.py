"""Comparing two texts: a law over all of them, and what is shown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.papers.queries.changes import Change, ChangeKind, TooDifferent, changes_between

LINES = st.lists(st.sampled_from(["Điều 1.", "Điều 2.", "Điều 3.", "Khoản a", "Khoản b"]), max_size=12)


@given(LINES, LINES)
def test_both_texts_can_be_read_back_from_what_changed(old, new):
    changes = changes_between("\n".join(old), "\n\n".join(new))
    left_out = sum(each.number for each in changes if each.kind == ChangeKind.LEFT_OUT)
    same = sum(each.kind == ChangeKind.SAME for each in changes)
    gone = [each.text for each in changes if each.kind == ChangeKind.GONE]
    added = [each.text for each in changes if each.kind == ChangeKind.NEW]
    if old == new:
        assert changes == []
        return
    assert len(old) == left_out + same + len(gone)
    assert len(new) == left_out + same + len(added)


def test_long_stretches_that_stay_are_counted_not_shown():
    lines = [f"Điều {number}." for number in range(1, 11)]
    changed = [*lines[:9], "Điều 10. Hằng năm."]
    assert changes_between("\n".join(lines), "\n".join(changed)) == [
        Change(ChangeKind.LEFT_OUT, number=8),
        Change(ChangeKind.SAME, "Điều 9."),
        Change(ChangeKind.GONE, "Điều 10.", marked=((False, "Điều 10."),)),
        Change(ChangeKind.NEW, "Điều 10. Hằng năm.", marked=((False, "Điều 10."), (True, "Hằng năm."))),
    ]


def test_words_that_are_different_are_marked_and_another_paragraph_is_not():
    gone, new = changes_between("Nộp trước ngày 25 tháng 11.", "Nộp trước ngày 15 tháng 12.")
    assert gone.marked == ((False, "Nộp trước ngày"), (True, "25"), (False, "tháng"), (True, "11."))
    assert new.marked == ((False, "Nộp trước ngày"), (True, "15"), (False, "tháng"), (True, "12."))
    assert [each.marked for each in changes_between("Điều khoản thi hành.", "Nơi nhận: Văn phòng Chính phủ")] == [
        (),
        (),
    ]


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=9), st.lists(st.sampled_from("abcd"), min_size=1))
def test_marked_words_are_the_paragraph_itself(old, new):
    for each in changes_between(" ".join(old), " ".join(new)):
        if each.marked:
            assert " ".join(words for _is_changed, words in each.marked) == each.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["x"] * 100_000, ["x", "y"] * 50_000),
        (["x"] * 3_000, ["x", "y"] * 1_500),
        ([str(each) for each in range(6_000)], [f"{each}!" for each in range(6_000)]),
    ],
)
def test_what_would_take_minutes_or_fill_a_book_is_not_compared(old, new):
    begin = time.process_time()
    with pytest.raises(TooDifferent):
        changes_between("\n".join(old), "\n".join(new))
    assert time.process_time() - begin < 10


@pytest.mark.slow
def test_words_that_would_take_minutes_are_not_marked_and_those_of_a_long_law_are():
    old = [f"{each} " + " ".join(["x"] * 590) for each in range(120)]
    new = [f"{each} " + " ".join(["x", "y"] * 290) for each in range(120)]
    begin = time.process_time()
    changes = changes_between("\n".join(old), "\n".join(new))
    assert time.process_time() - begin < 10
    assert len(changes) == 240
    assert not changes[-1].marked
    law = [f"Khoản {each} " + " ".join(f"từ{word}" for word in range(30)) for each in range(2_000)]
    changes = changes_between("\n".join(law), "\n".join(each.replace("từ7 ", "chữ ") for each in law))
    assert len(changes) == 4_000
    assert all(each.marked for each in changes)
