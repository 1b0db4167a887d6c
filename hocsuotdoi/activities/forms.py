"""What the forms of portal and workspace share."""

from collections.abc import Callable

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.text import capfirst

Options = list[tuple[str, str]]


def choices_of(choices: type[Choices], *, empty: str | Promise = "") -> Callable[[], Options]:
    """The choices as a select shows them: each with a capital letter, after `empty` (if any) for none of them.

    A function, so that the words are those of the person who asks.
    """

    def options() -> Options:
        first = [("", capfirst(str(empty)))] if empty else []
        return first + [(str(value), capfirst(str(label))) for value, label in choices.choices]

    return options
