"""How inputs of forms are drawn."""

from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.forms.renderers import Jinja2


class FormRenderer(Jinja2):
    """Django's own pieces for Jinja2, but for those that lie in `core/jinja2/django`: a choice in a list begins with a
    capital, though the same words stand small within a sentence."""

    @cached_property
    def engine(self) -> Any:
        folders = [Path(__file__).parent / "jinja2", Path(forms.__file__).parent / "jinja2"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "forms", "OPTIONS": {}})
