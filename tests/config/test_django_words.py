"""What Django's own forms say is in the words of the house: its Vietnamese has gaps («This password is too short»),
and is in places no Vietnamese («Nhập một số tổng thể»)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest
from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils import translation

from hocsuotdoi.config.catalogue import catalogues

DJANGO = Path(django.__file__).parent
SAID_BY_FORMS = [
    "core/paginator.py",
    "core/validators.py",
    "forms/fields.py",
    "forms/forms.py",
    "forms/formsets.py",
    "forms/models.py",
    "forms/utils.py",
    "forms/widgets.py",
    "contrib/auth/password_validation.py",
    "contrib/postgres/fields/array.py",
    "contrib/postgres/forms/array.py",
    "contrib/postgres/validators.py",
    "db/models/base.py",
    "db/models/constraints.py",
    "db/models/fields/__init__.py",
    "db/models/fields/json.py",
]
NAMES_OF_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
MACHINE_WORDS = ["tổng thể", "Đảm bảo", "email", "kí tự", "hợp lệ", " .", "Trường này"]


def _said() -> Iterator[str]:
    for name in SAID_BY_FORMS:
        tree = ast.parse((DJANGO / name).read_text(encoding="utf-8"))
        descriptions = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)
                        and any(getattr(target, "id", "") == "description" for target in node.targets)}  # fmt: skip
        for node in ast.walk(tree):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES_OF_GETTEXT
            if named and node.args and isinstance(node.args[0], ast.Constant) and id(node) not in descriptions:
                yield node.args[0].value


# What fields are called in Django's own documentation of models; no form shows it.
NEVER_SHOWN = {"Field of type: %(field_type)s", "A JSON object", "String (up to %(max_length)s)", "String (unlimited)"}


def _ours() -> dict[str, polib.POEntry]:
    [catalogue] = [po for po in catalogues() if "django_words" in str(po)]
    return {entry.msgid: entry for entry in polib.pofile(str(catalogue))}


def test_everything_that_djangos_forms_say_has_our_words():
    assert set(_said()) - NEVER_SHOWN - set(_ours()) == set()


def test_our_words_are_no_machines():
    odd = {
        entry.msgid: words
        for entry in _ours().values()
        for words in [entry.msgstr or entry.msgstr_plural[0]]
        if any(word in words for word in MACHINE_WORDS)
    }
    assert odd == {}


def test_our_words_keep_djangos_values():
    for entry in _ours().values():
        words = entry.msgstr or entry.msgstr_plural[0]
        assert all(name.partition(")")[0] in entry.msgid for name in words.split("%(")[1:]), entry.msgid


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (forms.IntegerField(), "1,5", "Hãy nhập một số nguyên."),
        (forms.IntegerField(min_value=1), "0", "Giá trị không được nhỏ hơn 1."),
        (forms.EmailField(), "a@", "Địa chỉ thư điện tử này không đúng; cần có dạng ten@vidu.vn."),
        (forms.CharField(), "a\x00", "Nội dung có ký tự không phải là chữ (NUL); hãy gõ lại."),
        (forms.CharField(max_length=2), "abc", "Chỉ được tối đa 2 ký tự (hiện có 3)."),
        (forms.DateField(), "31/2/2026", "Ngày này không đúng; hãy ghi ngày/tháng/năm, ví dụ 23/11/2026."),
    ],
)
def test_refusal_of_a_field_is_in_our_words(field: forms.Field, typed: str, words: str):
    with translation.override("vi"), pytest.raises(ValidationError) as caught:
        field.clean(typed)
    assert caught.value.messages == [words]


def test_short_password_and_missing_rows_are_refused_in_our_words():
    rows = forms.formset_factory(forms.Form, min_num=1, validate_min=True)
    with translation.override("vi"):
        with pytest.raises(ValidationError) as caught:
            MinimumLengthValidator(8).validate("abc")
        formset = rows({"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"})
        assert formset.non_form_errors() == ["Cần ít nhất 1 dòng."]
        assert caught.value.messages == ["Mật khẩu này quá ngắn; cần ít nhất 8 ký tự."]
