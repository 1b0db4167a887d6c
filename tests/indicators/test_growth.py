"""The compound yearly rate is one number, whichever way it is worked out."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from hocsuotdoi.indicators.queries.results import two_decimals, yearly_growth

counts = st.one_of(st.integers(1, 60), st.integers(1, 10**6), st.integers(1, 10**14))


@given(now=counts, base=counts, years=st.integers(1, 15))
@example(now=20_001, base=20_000, years=1)  # half a hundredth: rounding turns here
@example(now=19_999, base=20_000, years=1)
@example(now=841_833, base=842_016, years=9)  # rounds to zero from below
def test_rate_is_the_one_of_decimals(now, base, years):
    exact = two_decimals(100 * ((Decimal(now) / Decimal(base)) ** (Decimal(1) / Decimal(years)) - 1)) + 0

    assert str(yearly_growth(now, base, years)) == str(exact)


def test_nothing_left_is_a_loss_of_all():
    assert yearly_growth(0, 7, 3) == Decimal("-100.00")
