"""How inputs are drawn: through a form, as pages do."""

from django import forms


def drawn(*choices: tuple) -> str:
    class Asked(forms.Form):
        kind = forms.ChoiceField(choices=choices)

    return str(Asked(initial={"kind": choices[0][0]})["kind"])


def test_choices_begin_with_a_capital():
    page = drawn(("a", "đạt"), ("b", "Chưa đạt"), ("nhóm", [("c", "ước tính")]))
    assert '<option value="a" selected>Đạt</option>' in page
    assert ">Chưa đạt</option>" in page
    assert ">Ước tính</option>" in page


def test_a_mark_stays_as_it_is_written_and_nothing_is_let_through():
    page = drawn(("a", "iPad"), ("b", "<b>x</b>"), ("c", 3), ("d", ""))
    for told in (">iPad</option>", ">&lt;b&gt;x&lt;/b&gt;</option>", ">3</option>", "></option>"):
        assert told in page
