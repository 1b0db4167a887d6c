"""Comparing two texts: a law over all of them, and what is shown."""

from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.papers.queries.changes import Change, ChangeKind, changes_between

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
        Change(ChangeKind.GONE, "Điều 10."),
        Change(ChangeKind.NEW, "Điều 10. Hằng năm."),
    ]
