"""The acts of state on which changes rest, as people name them when they record such a change."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import LegalAct


class BadAct(Refused):
    """The act cannot be recorded as it was named."""


@transaction.atomic
def name_act(*, number: str, title: str, issuer: str, issued_on: dt.date | None, at: dt.datetime) -> LegalAct:
    """The act of this number: the one that is known, else a new row. What is known of an act is not written over.

    Refused: without a number; a new one without title, issuer and day, or of a day that has not come.
    """
    number, title, issuer = (" ".join(normalise(words).split()) for words in (number, title, issuer))
    if not number:
        raise BadAct(_("Name the legal act by its number, as printed."), field="act_number")
    known = LegalAct.objects.filter(number__iexact=number).first()
    if known is not None:
        return known
    missing = {"act_title": title, "act_issuer": issuer, "act_issued_on": issued_on}
    for field, value in missing.items():
        if not value:
            raise BadAct(
                _("No act with this number is known here yet: say its title, who issued it, and on which day."),
                field=field,
            )
    if issued_on and issued_on > timezone.localdate(at):
        raise BadAct(_("An act is recorded once it is issued: this day has not come yet."), field="act_issued_on")
    return LegalAct.objects.create(number=number, title=title, issuer=issuer, issued_on=issued_on)
