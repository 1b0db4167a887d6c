"""What the night finds of a house that has no earlier figures."""

import pytest

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import QualityRule as R
from hocsuotdoi.indicators.models import QualityFinding
from hocsuotdoi.indicators.operations.quality import check_figures
from hocsuotdoi.indicators.queries.quality import sentence_of
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state
from tests.indicators.quality import NOW, OCTOBER, PEOPLE, SESSIONS, VISITS, look, told


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(unit=viet_nam.xa, code="thu-vien")


@pytest.mark.parametrize(
    ("rule", "lines", "is_found"),
    [
        (R.SESSIONS_OVER_PEOPLE, [(SESSIONS, 1200), (PEOPLE, 8)], True),
        (R.SESSIONS_OVER_PEOPLE, [(SESSIONS, 10), (PEOPLE, 9)], True),
        (R.SESSIONS_OVER_PEOPLE, [(SESSIONS, 10), (PEOPLE, 10)], False),
        (R.SESSIONS_OVER_PEOPLE, [(SESSIONS, 9), (PEOPLE, 1)], False),
        (R.SESSIONS_OVER_PEOPLE, [(SESSIONS, 50)], False),
        (R.BEYOND_ITS_DAYS, [(SESSIONS, 310)], False),
        (R.BEYOND_ITS_DAYS, [(SESSIONS, 311)], True),
        (R.BEYOND_ITS_DAYS, [(VISITS, 45_000_000)], True),
        (R.BEYOND_ITS_DAYS, [(VISITS, 1_550_000)], False),
    ],
)
def test_month_without_history_is_found(library, rule, lines, is_found):
    told(library, OCTOBER, *lines, typed=True)

    assert [each.period for each in look(rule)] == (["2026-10"] if is_found else [])


def test_quarter_that_was_typed_in_is_found_as_a_quarter_and_told_in_words(viet_nam, library):
    library.statuses.get_or_create(state=InstitutionState.ACTIVE)
    state(library, viet_nam.xa, Period(2026, quarter=3), NOW, SESSION=1000, LIBRARY_VISIT=90)

    check_figures([OCTOBER], at=NOW, rules=[R.BEYOND_ITS_DAYS])

    finding = QualityFinding.objects.get()
    assert (finding.period, finding.measure) == ("2026-Q3", "programme_session")
    assert "1.000" in sentence_of(finding) and "92 ngày" in sentence_of(finding)
