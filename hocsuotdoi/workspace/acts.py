"""What a page does when a person acts: the two shapes that views of single acts share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from hocsuotdoi.core.errors import Refused


@contextmanager
def refusals_in(form: BaseForm) -> Iterator[None]:
    """A refusal within stands in the form, at the field that it names where the form has it."""
    try:
        yield
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def did(request: HttpRequest, act: Callable[[], Any], said: object, *, form: BaseForm | None = None) -> bool:
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
