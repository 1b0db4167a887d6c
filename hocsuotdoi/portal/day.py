"""The day of the map, from the address (`?on=`): pages of units and of figures ask for it alike."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM


class DayForm(forms.Form):
    on = forms.DateField(required=False)

    def day(self, today: dt.date) -> dt.date:
        """The day asked for; today where it was none, or one of which no map is known."""
        return today if self.doubt(today) else self._asked() or today

    def doubt(self, today: dt.date) -> str:
        """Why another day is shown than the one asked for; empty where it is not."""
        if not self.is_valid():
            return _("“%(day)s” is no day; write day/month/year. What you see is the map of today.") % {
                "day": str(self.data.get("on", ""))[:20]
            }
        asked = self._asked()
        if asked is not None and asked > today:
            return _("The map of %(day)s is not known yet. What you see is the map of today.") % {
                "day": day_short(asked)
            }
        if asked is not None and asked < MAP_KNOWN_FROM:
            return _("Maps are known from %(first)s on, not of %(day)s. What you see is the map of today.") % {
                "first": day_short(MAP_KNOWN_FROM),
                "day": day_short(asked),
            }
        return ""

    def _asked(self) -> dt.date | None:
        return self.cleaned_data.get("on")
