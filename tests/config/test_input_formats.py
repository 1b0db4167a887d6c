"""Days as people in Viet Nam write them, in every form, whatever the language of the page."""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.utils import translation

import hocsuotdoi

NINTH_OF_DECEMBER = dt.date(2026, 12, 9)


def _forms() -> Iterator[type[forms.BaseForm]]:
    for module in pkgutil.walk_packages(hocsuotdoi.__path__, "hocsuotdoi."):
        if module.name.rpartition(".")[2] == "forms" or "form" in module.name.rpartition(".")[2]:
            importlib.import_module(module.name)
    waiting = list(forms.BaseForm.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("hocsuotdoi.") and hasattr(form, "base_fields"):
            yield form


def _fields(kind: type[forms.Field]) -> list:
    found = {f"{form.__module__}.{form.__name__}.{name}": field for form in _forms()
             for name, field in form.base_fields.items() if isinstance(field, kind)}  # fmt: skip
    return [pytest.param(field, id=name.removeprefix("hocsuotdoi.")) for name, field in sorted(found.items())]


DAYS = _fields(forms.DateField)


def test_forms_with_days_are_found():
    assert len(DAYS) >= 12


@pytest.mark.parametrize("field", DAYS)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["09/12/2026", "9/12/2026", "09-12-2026", "9.12.2026", "2026-12-09"])
def test_typed_day_is_read_day_first(field, language: str, typed: str):
    with translation.override(language):
        assert field.to_python(typed) == NINTH_OF_DECEMBER


@pytest.mark.parametrize("field", DAYS)
def test_american_day_is_refused(field):
    with translation.override("vi"), pytest.raises(forms.ValidationError):
        field.to_python("12/31/2026")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("typed", "read"), [("8:30", (8, 30)), ("08:30:00", (8, 30)), ("8h30", (8, 30)), ("8h", (8, 0))]
)
def test_typed_time_is_read(language: str, typed: str, read: tuple[int, int]):
    with translation.override(language):
        assert forms.TimeField().to_python(typed) == dt.time(*read)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_typed_moment_is_read_day_first(language: str):
    with translation.override(language):
        read = forms.DateTimeField().to_python("09/12/2026 8:30")
    assert (read.date(), read.hour, read.minute) == (NINTH_OF_DECEMBER, 8, 30)


@pytest.mark.parametrize("typed", ["01/07/2025", "2025-07-01"])
def test_map_of_a_typed_day_is_that_days(client, country, typed: str):
    page = client.get("/units/", {"on": typed})
    assert page.context["day"] == dt.date(2025, 7, 1)
