"""Phone numbers as services want them."""

import re

from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.message import ForGood


def international(phone: str) -> str:
    """`phone` with the country's number and nothing before it («0912 345 678» → «84912345678»). Refused: ForGood when
    it is not a number of a Vietnamese mobile phone or one written with another country's number."""
    digits = re.sub(r"[\s.\-()]", "", phone)
    if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits):
        return digits[1:]
    if re.fullmatch(r"0[35789][0-9]{8}", digits):
        return f"84{digits[1:]}"
    if re.fullmatch(r"84[35789][0-9]{8}", digits):
        return digits
    raise ForGood(_("This is not the number of a mobile phone."))
