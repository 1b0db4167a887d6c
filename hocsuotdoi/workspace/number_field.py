"""A number in a form, typed as people write it here."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hocsuotdoi.core.vietnamese import read_number

_LARGEST = Decimal(10) ** 12  # as the columns of the database
_TOO_FINE = re.compile(r",\d{3,}$")


class NumberField(forms.Field):
    """«1.436» or «12,5», with two decimals at most: what has three after a comma may have been meant as thousands.

    Not a number field of the browser, which reads 1.436 as a little more than one. Empty is nothing said, not 0.
    """

    widget = forms.TextInput

    def __init__(self, *, least: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.least = least
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "size": 12, "maxlength": 30}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        text = f"{value.normalize():f}"
        return text if (get_language() or "").startswith("en") else text.replace(".", ",")

    def to_python(self, value: Any) -> Decimal | None:
        text = re.sub(r"\s", "", str("" if value is None else value))
        if not text:
            return None
        try:
            number = read_number(text)
        except ValueError:
            raise ValidationError(_("Write a number, for example 1.436 or 12,5.")) from None
        if _TOO_FINE.search(text) or abs(number) >= _LARGEST:
            raise ValidationError(_("Write a number, for example 1.436 or 12,5."))
        if self.least is not None and number < self.least:
            raise ValidationError(_("Write a number, {least} or more.").format(least=self.least))
        return number
