"""What is defined, as other systems take it in: code lists of SDMX and metadata of DHIS2, from the definitions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from hocsuotdoi.core.two_languages import english_words
from hocsuotdoi.indicators.enums import IndicatorKind, MeasureKind
from hocsuotdoi.indicators.formats import dhis2, sdmx
from hocsuotdoi.indicators.formats.sdmx import Codelist, Names
from hocsuotdoi.indicators.models import ENGLISH, Cohort, Indicator, Measure
from hocsuotdoi.indicators.queries.licence import licence_words
from hocsuotdoi.indicators.queries.open_data import unit_key, why_only_years
from hocsuotdoi.indicators.queries.profiles import AGES, SEXES
from hocsuotdoi.indicators.queries.results import Pair
from hocsuotdoi.indicators.queries.suppression import counts_people
from hocsuotdoi.indicators.queries.words import is_number
from hocsuotdoi.ledger.enums import AgeBand, Channel, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, UnitParent
from hocsuotdoi.portal.indicators.open_figures import (
    area,
    indicator_element,
    option,
    people_element,
    sdmx_age,
)

_TOTAL = (sdmx.TOTAL, Names("tất cả", "total"))
_UNKNOWN = (sdmx.UNKNOWN, Names("không rõ", "not known"))
_OPENED_ON = dt.date(2000, 1, 1)
"""DHIS2 takes no figure of a unit from before its opening; on today's map the figures of a new ward reach back."""


def sdmx_structure(prepared: dt.datetime) -> bytes:
    """The structure message. Four queries."""
    units = AdminUnit.objects.order_by("tier", "code", "starts_on")
    codelists = [
        Codelist("CL_AREA", Names("Đơn vị hành chính", "Administrative units"), _areas(units)),
        Codelist("CL_MEASURE", Names("Điều được đếm", "What is counted"), _stored(Measure.objects.order_by("code"))),
        Codelist("CL_INDICATOR", Names("Chỉ số", "Indicators"), _stored(Indicator.objects.order_by("code"))),
        Codelist("CL_COHORT", Names("Của ai", "Of whom"), _stored(Cohort.objects.order_by("code"))),
        Codelist(
            "CL_INSTITUTION_CLASS",
            Names("Loại cơ sở", "Class of institution"),
            [*_choices(InstitutionClass), _TOTAL],
        ),
        Codelist("CL_PURPOSE", Names("Mục đích", "Purpose"), [*_choices(Purpose), _UNKNOWN, _TOTAL]),
        Codelist("CL_CHANNEL", Names("Hình thức", "Way"), [*_choices(Channel), _UNKNOWN, _TOTAL]),
        Codelist(
            "CL_AGE",
            Names("Độ tuổi", "Age"),
            [*((sdmx_age(code), names) for code, names in _choices(AgeBand, upper=False)), _UNKNOWN, _TOTAL],
        ),
        Codelist(
            "CL_UNIT_MEASURE",
            Names("Đơn vị tính", "Unit of measure"),
            [
                ("NUMBER", Names("số", "number")),
                ("PERCENT", Names("phần trăm", "per cent")),
                ("PERCENT_PER_YEAR", Names("phần trăm mỗi năm", "per cent a year")),
                ("YES_NO", Names("1 là có, 0 là không", "1 is yes, 0 is no")),
            ],
        ),
    ]
    return sdmx.render_structure(codelists, prepared, rights=licence_words())


def _areas(units: Any) -> list[tuple[str, Names]]:
    found = {}
    for unit in units:
        until = f" ({unit.last_day:%d/%m/%Y})" if unit.last_day else ""
        found[area(unit)] = Names(unit.name + until, unit.name + until)
    return list(found.items())


def _stored(rows: Any) -> list[tuple[str, Names]]:
    """Words as they are stored, whatever language is active."""
    words = english_words(ENGLISH)
    return [(each.code, Names(name, words.get(name, name))) for each in rows for name in [each.__dict__["name"]]]


def _choices(choices: Any, *, upper: bool = True) -> list[tuple[str, Names]]:
    labels = {}
    for language in ("vi", "en"):
        with translation.override(language):
            labels[language] = {value: str(label) for value, label in choices.choices}
    return [
        (value.upper() if upper else value, Names(labels["vi"][value], labels["en"][value])) for value in choices.values
    ]


# --- DHIS2 ---


def dhis2_metadata(pairs: Sequence[Pair], today: dt.date) -> bytes:
    """Units of today's map, data elements, categories and data sets. Names are Vietnamese. Five queries."""
    with translation.override("vi"):
        measures = list(Measure.objects.filter(kind=MeasureKind.HAPPENING).order_by("code"))
        people = [each for each in measures if counts_people([each.code])]
        indicators, cohorts = Indicator.objects.in_bulk(), Cohort.objects.in_bulk()
        figures = [(indicators[i], cohorts[c]) for i, c in pairs]
        totals = [dhis2.DataElement(f"HSD_{each.code}", each.name, each.definition) for each in measures]
        cut = [
            dhis2.DataElement(
                people_element(each.code), f"{each.name} (theo giới tính, độ tuổi)", each.definition, "HSD_SEX_AGE"
            )
            for each in people
        ]
        parts = [element for figure in figures for element in _parts(*figure)]
        within_years = [e for figure in figures if not why_only_years(figure[0]) for e in _parts(*figure)]
        return dhis2.render_metadata(
            units=_org_units(today),
            elements=[*totals, *cut, *parts],
            categories=[
                dhis2.Category("HSD_SEX", "Giới tính", _options(Sex, SEXES)),
                dhis2.Category("HSD_AGE", "Độ tuổi", _options(AgeBand, AGES)),
            ],
            combos={"HSD_SEX_AGE": ["HSD_SEX", "HSD_AGE"]},
            sets=[
                *(
                    dhis2.DataSet(f"HSD_TOTALS_{period.upper()}", name, period, [each.code for each in totals])
                    for period, name in (
                        ("year", "Học Suốt Đời: số đếm theo năm"),
                        ("quarter", "Học Suốt Đời: số đếm theo quý"),
                        ("month", "Học Suốt Đời: số đếm theo tháng"),
                    )
                ),
                dhis2.DataSet(
                    "HSD_PEOPLE_YEAR",
                    "Học Suốt Đời: theo giới tính, độ tuổi, theo năm",
                    "year",
                    [each.code for each in cut],
                ),
                *(
                    dhis2.DataSet(f"HSD_INDICATORS_{period.upper()}", name, period, [each.code for each in within])
                    for period, name, within in (
                        ("year", "Học Suốt Đời: tử số, mẫu số của chỉ số, theo năm", parts),
                        ("quarter", "Học Suốt Đời: tử số, mẫu số của chỉ số, theo quý", within_years),
                        ("month", "Học Suốt Đời: tử số, mẫu số của chỉ số, theo tháng", within_years),
                    )
                ),
            ],
            ratios=[_ratio(*figure) for figure in figures if _is_ratio(figure[0])],
        )


def _options(choices: Any, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(option(code), str(choices(code).label) if code else "không rõ") for code in codes]


def _is_ratio(indicator: Indicator) -> bool:
    is_plain = is_number(indicator) or indicator.kind in (IndicatorKind.YES_NO, IndicatorKind.GROWTH)
    return not is_plain


def _parts(indicator: Indicator, cohort: Cohort) -> list[dhis2.DataElement]:
    code = indicator_element(indicator.code, cohort.code)
    name = f"{indicator.short_name}: {cohort.name}"[:210]  # a name is unique, and cut at 230
    parts = [dhis2.DataElement(f"{code}_N", f"{name} (tử số)", indicator.numerator)]
    if not is_number(indicator) and indicator.kind != IndicatorKind.YES_NO:
        parts.append(dhis2.DataElement(f"{code}_D", f"{name} (mẫu số)", indicator.denominator))
    return parts


def _ratio(indicator: Indicator, cohort: Cohort) -> dhis2.Ratio:
    code = indicator_element(indicator.code, cohort.code)
    name = f"{indicator.short_name}: {cohort.name}"
    return dhis2.Ratio(code, name, indicator.definition, f"{code}_N", f"{code}_D")


def _org_units(today: dt.date) -> list[dhis2.OrgUnit]:
    above = dict(UnitParent.objects.on(today).values_list("unit_id", "parent__code"))
    order = {tier: at for at, tier in enumerate(Tier)}
    units = sorted(AdminUnit.objects.on(today), key=lambda unit: (order[Tier(unit.tier)], unit.code))
    return [
        dhis2.OrgUnit(
            unit_key(unit),
            unit.name,
            unit.short_name,
            above.get(unit.pk) or "",
            _OPENED_ON,
        )
        for unit in units
    ]
