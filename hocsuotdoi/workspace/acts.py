"""What a page does when a person acts: the one shape that all views of single acts share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from hocsuotdoi.core.errors import Refused


def did(request: HttpRequest, act: Callable[[], Any], said: object, *, form: forms.Form | None = None) -> bool:
    """Whether the act was done. What is then `said` stands on the next page; a refusal stands in the form, where the
    page has one to show again, else on the next page, too."""
    try:
        act()
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    messages.success(request, str(said))
    return True
