"""Figures in the forms of other systems: rows for spreadsheets, observations for SDMX, groups for ADX. Of the pages'
numbers nothing more and nothing less (`indicators.queries.suppression`)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.formats import adx, sdmx
from hocsuotdoi.indicators.formats.dhis2 import short_code
from hocsuotdoi.indicators.formats.dictionary import Cell
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries import open_data
from hocsuotdoi.indicators.queries.by_period import PeriodValue
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Map
from hocsuotdoi.indicators.queries.longer import longer, without_longer
from hocsuotdoi.indicators.queries.open_data import (
    State,
    TooMuch,
    first_day_of,
    note_of,
    number_of,
    parts_of,
    state_of,
    unit_key,
    unit_measure,
)
from hocsuotdoi.indicators.queries.pivot import MONTHS, Period
from hocsuotdoi.indicators.queries.profiles import AGES, SEXES, profiles
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.suppression import Shown, is_closed, not_closed_words
from hocsuotdoi.indicators.queries.told import too_much_words
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.indicators.queries.words import told_coverage
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands beside every figure of a file."""

    today: dt.date
    moment: dt.datetime
    is_sample: bool
    map: ChosenMap = TODAYS_MAP
    notes: Mapping[int, list[str]] = field(default_factory=dict)
    """By unit: what was divided and is counted whole (`queries.divided`)."""

    def territory(self, unit: AdminUnit) -> str:
        return " ".join(self.notes.get(unit.pk, []))

    @property
    def refreshed_at(self) -> dt.datetime:
        """The figures hold for this minute: everything booked by then is in them."""
        return self.moment.replace(second=0, microsecond=0)

    @property
    def map_words(self) -> str:
        """For spreadsheets: own, reported, or the day of the map."""
        if self.map.day:
            return self.map.day.isoformat()
        return "reported" if self.map.is_reported else "own"

    @property
    def map_columns(self) -> dict[str, object]:
        """For SDMX."""
        codes = {Map.TODAY: "OWN", Map.REPORTED: "REPORTED", Map.DAY: "DAY"}
        return {"MAP": codes[self.map.kind], "MAP_DAY": self.map.day}


INDICATOR_COLUMNS = (
    "indicator",
    "cohort",
    "unit",
    "unit_name",
    "period",
    "state",
    "value",
    "unit_of_measure",
    "numerator",
    "denominator",
    "longer",
    "reporting",
    "expected",
    "coverage_percent",
    "version",
    "is_provisional",
    "is_sample",
    "map",
    "refreshed_at",
    "note",
    "territory_note",
)


def indicator_rows(values: Iterable[PeriodValue], indicator: Indicator, taken: Taken) -> Iterator[tuple[Cell, ...]]:
    """For CSV and XLSX; columns are `INDICATOR_COLUMNS`. Numbers are numbers."""
    for found in values:
        value = found.value
        numerator, denominator = parts_of(value, indicator)
        covered = told_coverage(value, indicator)
        yield tuple(
            _spoken(each) if isinstance(each, bool) else each
            for each in (
                indicator.code,
                value.cohort_code,
                unit_key(value.unit),
                value.unit.name,
                found.key,
                state_of(value, indicator).value,
                number_of(value, indicator),
                unit_measure(indicator).lower(),
                numerator,
                denominator,
                found.told_longer(indicator),
                covered.reporting,
                covered.expected,
                covered.percent,
                value.version,
                found.is_provisional,
                taken.is_sample,
                taken.map_words,
                taken.refreshed_at.isoformat(),
                note_of(value, indicator),
                taken.territory(value.unit),
            )
        )


def _spoken(is_so: bool) -> str:
    """As JSON writes it, not as the language of a spreadsheet does."""
    return "true" if is_so else "false"


FREQUENCY = {Period.YEAR: "A", Period.QUARTER: "Q", Period.MONTH: "M"}
_STATUS = {State.NOT_REPORTED: "L", State.NOT_APPLICABLE: "M", State.KEPT_BACK: "Q"}


def indicator_observations(
    values: Iterable[PeriodValue], indicator: Indicator, taken: Taken
) -> Iterator[dict[str, object]]:
    """For SDMX."""
    for found in values:
        value = found.value
        state = state_of(value, indicator)
        numerator, denominator = parts_of(value, indicator)
        covered = told_coverage(value, indicator)
        normal = "P" if found.is_provisional else "A"
        yield {
            "FREQ": FREQUENCY[found.period],
            "REF_AREA": area(value.unit),
            "INDICATOR": indicator.code,
            "COHORT": value.cohort_code,
            "TIME_PERIOD": found.key,
            "OBS_VALUE": number_of(value, indicator),
            "OBS_STATUS": _STATUS.get(state, normal),
            "CONF_STATUS": _confidentiality(value, state),
            "NUMERATOR": numerator,
            "DENOMINATOR": denominator,
            "REPORTING": covered.reporting,
            "EXPECTED": covered.expected,
            "DEFINITION_VERSION": value.version,
            "UNIT_MEASURE": unit_measure(indicator),
            **taken.map_columns,
            "SAMPLE": taken.is_sample,
            "REFRESHED_AT": taken.refreshed_at.isoformat(),
            "COMMENT_OBS": " ".join(filter(None, [note_of(value, indicator), taken.territory(value.unit)])),
        }


def _confidentiality(value: IndicatorValue, state: State) -> str:
    """F free, A so small a number, D kept back for another reason: it may be of many (decision 128)."""
    if state != State.KEPT_BACK:
        return "F"
    return "D" if value.kept_back else "A"


def area(unit: AdminUnit) -> str:
    """The unit in SDMX: with letters before the code, or spreadsheets make «1» of «01»."""
    return unit.code if unit.tier == Tier.COUNTRY else f"VN_{unit_key(unit)}"


def indicator_groups(values: Iterable[PeriodValue], indicator: Indicator, taken: Taken) -> Iterator[adx.Group]:
    """For ADX: numerators and denominators, of which DHIS2 makes the share by itself; of growth the counts of the year
    and of the base year, of which it makes nothing. What is missing has no value."""
    for found in values:
        value = found.value
        element = indicator_element(indicator.code, value.cohort_code)
        numerator, denominator = parts_of(value, indicator)
        told = []
        if state_of(value, indicator) == State.VALUE and numerator is not None:
            told.append(adx.Value(short_code(f"{element}_N"), numerator))
            if denominator is not None:
                told.append(adx.Value(short_code(f"{element}_D"), denominator))
        data_set = f"HSD_INDICATORS_{found.period.upper()}"
        comment = _comment(taken, value.unit, found.is_provisional)
        yield adx.Group(unit_key(value.unit), found.starts_on, found.period, data_set, tuple(told), comment)


class NoSuchFile(Refused):
    """What is asked for has no meaning in this form."""


def fits_adx(chosen: ChosenMap) -> bool:
    """A DHIS2 holds one number of an element, unit and period: another map's would take its place."""
    return chosen.kind == Map.TODAY


def no_adx_words() -> str:
    return _(
        "ADX is made on today's map only: a DHIS2 holds one number for a unit and period, and that of another map "
        "would take its place. CSV, Excel, JSON and SDMX-CSV say on which map they stand."
    )


def check_adx_map(chosen: ChosenMap) -> None:
    if not fits_adx(chosen):
        raise NoSuchFile(no_adx_words())


def indicator_element(indicator: str, cohort: str) -> str:
    return f"HSD_{indicator}.{cohort}"


def _comment(taken: Taken, unit: AdminUnit, is_provisional: bool, more: str = "") -> str:
    """What a group of ADX says in words, for which it has this one place."""
    said = [
        _("Sample data") if taken.is_sample else "",
        _("Provisional: the period is not over") if is_provisional else "",
        more,
        taken.territory(unit),
    ]
    return " · ".join(filter(None, said))


# --- what was counted ---


def total_groups(
    measures: Collection[str],
    units: Sequence[AdminUnit],
    *,
    first: dt.date,
    last: dt.date,
    period: Period,
    taken: Taken,
) -> list[adx.Group]:
    """Of each unit and period what was counted of each measure, on today's map. Refuses too much. Three queries."""
    open_data.check_size(len(units) * open_data.periods_between(first, last, period))
    found: dict[tuple[int, dt.date], dict[str, int]] = defaultdict(dict)
    wanted, by = Slice(tuple(measures)), ("measure", "unit_id", "starts_on")
    is_yearly = period == Period.YEAR
    rows = totals(
        wanted, units, by=by, first=first, last=last, grain="year" if is_yearly else "month", map_day=taken.today
    )
    if not is_yearly:
        apart = longer(wanted, units, by=by, first=first, last=last, than=MONTHS[period], map_day=taken.today)
        rows = without_longer(rows, apart)
    for measure, unit_id, starts_on, quantity, lines in rows:
        if lines:
            counts = found[unit_id, first_day_of(starts_on, period)]
            counts[measure] = counts.get(measure, 0) + quantity
    by_pk = {unit.pk: unit for unit in units}
    data_set = f"HSD_TOTALS_{period.upper()}"
    return [
        adx.Group(
            unit_key(by_pk[unit_id]),
            starts_on,
            period,
            data_set,
            tuple(adx.Value(f"HSD_{measure}", quantity) for measure, quantity in sorted(counts.items())),
            _comment(taken, by_pk[unit_id], open_data.period_ends(starts_on, period) > taken.today),
        )
        for (unit_id, starts_on), counts in sorted(found.items(), key=lambda each: (by_pk[each[0][0]].code, each[0][1]))
    ]


def people_groups(
    measures: Collection[str], units: Sequence[AdminUnit], *, years: Sequence[int], taken: Taken
) -> list[adx.Group]:
    """Of each unit and year who did what is counted, by sex and age, as far as it may be told. Refuses too much, and
    years whose book is not closed."""
    if running := [year for year in years if not is_closed(year, taken.today)]:
        raise TooMuch(not_closed_words(running[-1]))
    found = profiles(measures, units, years, taken.today)
    if units and not found.rows:
        raise TooMuch(too_much_words())
    groups = []
    for unit in units:
        for year in years:
            values, hidden = [], 0
            for measure in measures:
                if not found.count(measure, unit.pk, year):
                    continue
                for sex in SEXES:
                    for age in AGES:
                        if found.shown(measure, unit.pk, year, [sex], [age]) is Shown.AS_IT_IS:
                            count = found.count(measure, unit.pk, year, [sex], [age])
                            values.append(adx.Value(people_element(measure), count, people_cut(sex, age)))
                        else:
                            hidden += 1
            kept_back = ngettext("%(count)d number is kept back", "%(count)d numbers are kept back", hidden)
            comment = _comment(taken, unit, False, kept_back % {"count": hidden} if hidden else "")
            first = dt.date(year, 1, 1)
            groups.append(adx.Group(unit_key(unit), first, Period.YEAR, "HSD_PEOPLE_YEAR", tuple(values), comment))
    return groups


def people_element(measure: str) -> str:
    return f"HSD_{measure}_SEX_AGE"


def people_cut(sex: str, age: str) -> dict[str, str]:
    return {"HSD_SEX": f"HSD_SEX_{option(sex)}", "HSD_AGE": f"HSD_AGE_{option(age)}"}


def option(code: str) -> str:
    """«60+» → «60_PLUS»; what is not known has a code of its own."""
    return code.upper().replace("-", "_").replace("+", "_PLUS") or "UNKNOWN"


SDMX_SEX = {"female": "F", "male": "M", "other": "_O", "": sdmx.UNKNOWN}


def sdmx_age(code: str) -> str:
    if not code:
        return sdmx.UNKNOWN
    if code.endswith("+"):
        return f"Y_GE{code[:-1]}"
    low, high = code.split("-")
    return f"Y{low}T{high}"
