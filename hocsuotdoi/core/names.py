"""Names that people type into forms of accounts."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_NO_LETTERS = {"So", "Cc", "Cf", "Cs", "Co", "Cn"}


def readable_name(text: str) -> None:
    """A form field's validator: refuses markup, emoji, and what has no letter at all."""
    if any(char in "<>" or unicodedata.category(char) in _NO_LETTERS for char in text) or not any(
        char.isalpha() for char in text
    ):
        raise ValidationError(_("“{line}” has signs that cannot be used: write letters and digits.").format(line=text))
