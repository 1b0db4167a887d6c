"""Countries of tests begin later than the programme does."""

import pgtrigger

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Indicator, IndicatorVersion


def growth_from(year: int) -> None:
    """All growth that is defined is measured from this year, as if it had been published so."""
    growing = {"kind": IndicatorKind.GROWTH}
    with pgtrigger.ignore("indicators.IndicatorVersion:substance_kept"):
        IndicatorVersion.objects.filter(**growing).update(base_year=year)
    Indicator.objects.filter(**growing).update(base_year=year)
