"""How often one address may ask for something that costs: counted for each minute, where every web process sees it."""

import datetime as dt
import hashlib

from django.core.cache import cache
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused


class TooMany(Refused):
    """Too much came from one address."""


def count(scope: str, address: str, *, most: int, at: dt.datetime) -> None:
    """Count one for `address`; refused when there were more than `most` in this minute. The address itself is not
    kept. An empty one (a proxy that does not say) counts as one visitor like the others."""
    key = f"{scope}:" + hashlib.sha256(f"{at:%Y%m%d%H%M} {address}".encode()).hexdigest()
    cache.add(key, 0, timeout=120)
    try:
        number = cache.incr(key)
    except ValueError:  # cleared in between
        return
    if number > most:
        raise TooMany(_("Too many requests from your address. Please wait a minute and try again."))
