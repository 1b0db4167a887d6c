"""Facts that hold for a time: the first day belongs to it, the last does not."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus

FIRST, LAST = dt.date(2025, 7, 1), dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def suspended(library_of_bac_kan):
    InstitutionStatus.objects.filter(institution=library_of_bac_kan).delete()
    return InstitutionStatus.objects.create(
        institution=library_of_bac_kan, state=InstitutionState.SUSPENDED, starts_on=FIRST, ends_on=LAST
    )


@pytest.mark.parametrize(
    ("day", "holds"), [(FIRST - DAY, False), (FIRST, True), (LAST - DAY, True), (LAST, False), (LAST + DAY, False)]
)
def test_on_first_day_in_last_day_out(suspended, day, holds):
    assert InstitutionStatus.objects.filter(pk=suspended.pk).on(day).exists() is holds
    assert suspended.holds_on(day) is holds


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "meets"),
    [
        (FIRST - DAY, FIRST, False),
        (FIRST - DAY, FIRST + DAY, True),
        (LAST - DAY, LAST + DAY, True),
        (LAST, LAST + DAY, False),
    ],
)
def test_during_periods_that_touch_do_not_meet(suspended, starts_on, ends_on, meets):
    assert InstitutionStatus.objects.filter(pk=suspended.pk).during(starts_on, ends_on).exists() is meets


def test_open_ends_hold_always(suspended):
    InstitutionStatus.objects.filter(pk=suspended.pk).update(starts_on=None, ends_on=None)
    assert InstitutionStatus.objects.filter(pk=suspended.pk).on(dt.date(1900, 1, 1)).exists()
    assert InstitutionStatus.objects.filter(pk=suspended.pk).on(dt.date(2100, 1, 1)).exists()


def test_end_before_start_refused(suspended):
    with pytest.raises(IntegrityError), transaction.atomic():
        InstitutionStatus.objects.filter(pk=suspended.pk).update(ends_on=FIRST)
