"""The reform of 1 July 2025 as it was: provinces that were merged and communes that were really divided. What was
counted comes to the same on every map, at every level, by the queries and on the pages."""

import datetime as dt
from collections import Counter

import pytest
from django.db.models import Count
from django.urls import reverse

from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, ChosenMap, Map
from hocsuotdoi.indicators.queries.lineage import measure_total
from hocsuotdoi.indicators.queries.totals import Slice, by_unit_and_period
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Doubt, Tier
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, Succession
from hocsuotdoi.places.queries.history import rules_by_unit
from hocsuotdoi.places.queries.units import units_reading_as
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

VISIT = MeasureCode.LIBRARY_VISIT
EVE, REFORM, TODAY = dt.date(2025, 6, 30), dt.date(2025, 7, 1), dt.date(2025, 12, 31)
MAPS = {"before": ChosenMap(Map.DAY, EVE), "since": ChosenMap(Map.DAY, REFORM), "reported": AS_REPORTED}
MERGED = {
    "Tỉnh Thái Nguyên": {"Tỉnh Bắc Kạn", "Tỉnh Thái Nguyên"},
    "Tỉnh Tuyên Quang": {"Tỉnh Hà Giang", "Tỉnh Tuyên Quang"},
    "Tỉnh Lâm Đồng": {"Tỉnh Lâm Đồng", "Tỉnh Đắk Nông", "Tỉnh Bình Thuận"},
    "Thành phố Hồ Chí Minh": {"Thành phố Hồ Chí Minh", "Tỉnh Bình Dương", "Tỉnh Bà Rịa - Vũng Tàu"},
    "Thành phố Hà Nội": {"Thành phố Hà Nội"},
}

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("reference")]


@pytest.fixture
def country() -> AdminUnit:
    return AdminUnit.objects.get(tier=Tier.COUNTRY)


def provinces(day: dt.date) -> dict[str, AdminUnit]:
    return {unit.name: unit for unit in AdminUnit.objects.on(day).filter(tier=Tier.PROVINCE)}


def divided(within: AdminUnit) -> list[AdminUnit]:
    """Communes of old that lay in the province and went to several communes."""
    steps = Succession.objects.filter(effective_on=REFORM, predecessor__tier=Tier.COMMUNE)
    several = steps.values("predecessor").annotate(parts=Count("successor")).filter(parts__gt=1).values("predecessor")
    return list(AdminUnit.objects.under(within, EVE).filter(pk__in=several).order_by("code"))


@pytest.fixture
def counted(country) -> Counter:
    """In each of the merged provinces at two divided communes, two others and two new ones; (place, year) to visits."""
    found: Counter = Counter()
    number = 0
    for name, old in MERGED.items():
        was, now = provinces(EVE), provinces(REFORM)[name]
        places = [unit for each in sorted(old) for unit in divided(was[each])[:2]]
        places += [
            AdminUnit.objects.under(was[each], EVE).filter(tier=Tier.COMMUNE).order_by("code")[3] for each in old
        ]
        new = list(
            AdminUnit.objects.under(now, REFORM).filter(tier=Tier.COMMUNE, starts_on=REFORM).order_by("code")[:2]
        )
        for place, day in [
            *((place, dt.date(2024, 5, 2)) for place in places),
            *((place, EVE) for place in places),
            *((place, dt.date(2025, 9, 3)) for place in new),
        ]:
            number += 1
            make_posting(InstitutionFactory(unit=place), day, measure=VISIT, quantity=number)
            found[place, day.year] += number
        assert any(divided(was[each]) for each in old) or name == "Thành phố Hà Nội", name
    follow_map(TODAY)
    fold()
    return found


def on_map(units: list[AdminUnit], year: int, chosen: ChosenMap) -> dict[int, int]:
    first = dt.date(year, 1, 1)
    found = by_unit_and_period(Slice((VISIT,)), units, first=first, last=first, map_day=chosen.day)
    return {unit: number for (unit, _year), number in found.items()}


@pytest.mark.parametrize("chosen", MAPS)
@pytest.mark.parametrize("year", [2024, 2025])
def test_sums_agree_at_every_level_of_every_map(counted, country, chosen, year):
    whole = sum(number for (_place, each), number in counted.items() if each == year)
    chosen = MAPS[chosen]
    days = [chosen.day] if chosen.day else [EVE] if year == 2024 else [EVE, REFORM]
    assert on_map([country], year, chosen) == {country.pk: whole}
    for tier in (Tier.PROVINCE, Tier.COMMUNE):
        units = list({unit for day in days for unit in AdminUnit.objects.on(day).filter(tier=tier)})
        assert sum(on_map(units, year, chosen).values()) == whole
    for day in days:
        for province in provinces(day).values():
            below = list(AdminUnit.objects.under(province, day).filter(tier=Tier.COMMUNE))
            own = on_map([province], year, chosen).get(province.pk, 0)
            if chosen.day or province.ends_on or year == 2024:
                assert sum(on_map(below, year, chosen).values()) == own


@pytest.mark.parametrize("name", MERGED)
def test_merged_province_is_the_sum_of_those_it_was_made_of(counted, name):
    """On today's map all years; as reported each its own, and together the same."""
    was, now = provinces(EVE), provinces(REFORM)[name]
    for year in (2024, 2025):
        before = {each: measure_total(VISIT, was[each], year, TODAY, MAPS["before"]).total for each in MERGED[name]}
        since = measure_total(VISIT, now, year, TODAY, MAPS["since"]).total
        assert since == sum(before.values()) > 0
        reported = {
            unit: measure_total(VISIT, unit, year, TODAY, AS_REPORTED).total
            for unit in {now, *(was[each] for each in MERGED[name])}
        }
        assert sum(reported.values()) == since


def test_divided_commune_counts_whole_for_its_main_part_and_is_said_so(client, counted, country):
    for (place, year), number in counted.items():
        parts = Succession.objects.filter(predecessor=place, effective_on=REFORM)
        if parts.count() < 2:
            continue
        main = parts.get(is_main=True).successor
        inside = {unit.pk for unit in units_reading_as(main, REFORM)}
        expected = sum(n for (each, when), n in counted.items() if when == year and each.pk in inside)
        opened = measure_total(VISIT, main, year, TODAY)
        assert opened.total == expected >= number and opened.adds_up
        page = client.get(reverse("portal:indicators-measure-lineage", args=[main.code, year, VISIT]))
        assert page.context["total"] == expected
        said = " ".join([*page.context["map"].notes, *page.context["map"].more_notes])
        assert place.name.lower() in said.lower() and "tính trọn" in said, (place, said)


def test_each_of_the_divided_communes_is_counted_once_on_every_map_and_said_so(country):
    """A library on wheels calls at every one of them, a day each: 471 as the territory is described."""
    steps = Succession.objects.filter(effective_on=REFORM, predecessor__tier=Tier.COMMUNE)
    several = steps.values("predecessor").annotate(parts=Count("successor")).filter(parts__gt=1).values("predecessor")
    communes = list(AdminUnit.objects.filter(pk__in=several).order_by("code"))
    assert len(communes) == 471
    assert steps.filter(predecessor__in=communes, is_main=True).count() == 471
    bus, first, day_by_day = InstitutionFactory(unit=communes[0]), dt.date(2024, 1, 1), dt.timedelta(days=1)
    bus.placements.all().delete()
    days = {commune: first + day_by_day * at for at, commune in enumerate(communes)}
    InstitutionPlacement.objects.bulk_create(
        InstitutionPlacement(institution=bus, unit=commune, starts_on=day, ends_on=day + day_by_day)
        for commune, day in days.items()
    )
    counted = {}
    for number, (commune, day) in enumerate(days.items(), start=1):
        make_posting(bus, day, measure=VISIT, quantity=number)
        counted[commune.pk, day.year] = number
    follow_map(TODAY)
    fold()
    main = dict(steps.filter(predecessor__in=communes, is_main=True).values_list("predecessor", "successor"))
    for year in (2024, 2025):
        whole = sum(number for (_place, each), number in counted.items() if each == year)
        for chosen, day in ((MAPS["before"], EVE), (MAPS["since"], REFORM), (MAPS["reported"], EVE)):
            assert on_map([country], year, chosen) == {country.pk: whole}
            for tier in (Tier.PROVINCE, Tier.COMMUNE):
                units = list(AdminUnit.objects.on(day).filter(tier=tier))
                assert sum(on_map(units, year, chosen).values()) == whole
        since = on_map(list(AdminUnit.objects.on(REFORM).filter(tier=Tier.COMMUNE)), year, MAPS["since"])
        expected: Counter = Counter()
        for (place, each), number in counted.items():
            if each == year:
                expected[main[place]] += number
        assert since == dict(expected)
        assert on_map(communes, year, MAPS["before"]) == {p: n for (p, each), n in counted.items() if each == year}
    successors = AdminUnit.objects.filter(pk__in=set(main.values()))
    said = {shared.unit.pk for rules in rules_by_unit(successors, REFORM).values() for shared in rules.shared}
    likely = steps.exclude(doubt=Doubt.FAR).values("predecessor").annotate(parts=Count("successor")).filter(parts__gt=1)
    certain = set(likely.values_list("predecessor", flat=True))
    assert said >= certain
    assert 471 - 26 <= len(certain) <= 471, "of 26 steps the other part lies too far away to be likely"


@pytest.mark.parametrize("query", [{}, {"map": "reported"}, {"map": "day", "day": EVE.isoformat()}])
def test_pages_open_from_the_country_down_to_the_same_sum(client, counted, country, query):
    year, levels = 2025, {Tier.COUNTRY: 0, Tier.PROVINCE: 0}
    whole = sum(number for (_place, each), number in counted.items() if each == year)
    top = client.get(reverse("portal:indicators-measure-lineage", args=[country.code, year, VISIT]), query)
    levels[Tier.COUNTRY] = top.context["total"]
    for each in top.context["children"]:
        below = client.get(each["url"])
        assert below.context["total"] == each["quantity"], each
        levels[Tier.PROVINCE] += below.context["total"]
    assert levels == {Tier.COUNTRY: whole, Tier.PROVINCE: whole}


def test_what_a_district_counted_is_told_at_its_province_in_pages_tables_and_api(client):
    """The land of thành phố Thái Nguyên went to several wards: none of them has its figures, the province has."""
    district = AdminUnit.objects.get(name="Thành phố Thái Nguyên", tier=Tier.DISTRICT)
    wards = {step.successor for step in Succession.objects.filter(predecessor=district)}
    province = provinces(REFORM)["Tỉnh Thái Nguyên"]
    closed = InstitutionFactory(unit=district)
    closed.placements.update(ends_on=REFORM)
    make_posting(closed, dt.date(2024, 5, 2), measure=VISIT, quantity=11)
    make_posting(InstitutionFactory(unit=min(wards, key=lambda each: each.code)), REFORM, measure=VISIT, quantity=3)
    follow_map(TODAY)
    fold()

    table = {"measures": VISIT, "unit": province.code, "first": "2024-01", "last": "2025-12", "period": "year"}
    asked = {"rows": "unit_id", "columns": "starts_on", "level": "commune", "map": "today"}
    page = client.get(reverse("portal:indicators-pivot"), table | asked)
    rows = {row.label: row.cells for row in page.context["rows"]}
    assert rows["Tỉnh Thái Nguyên, không thuộc đơn vị nào ở đây"] == ["11", "–", "11"]
    assert sum(cells[0] == "11" for cells in rows.values()) == 1
    assert any("cấp huyện cũ được tính cho toàn tỉnh" in note for note in page.context["notes"])

    told = client.get(
        f"/api/v1/figures/totals?unit={province.code}&tier=commune&measures={VISIT}&first=2024&last=2025&limit=100"
    ).json()
    found = {row["key"]: row["cells"][0]["value"] for row in told["items"] if row["cells"][0]["value"]}
    assert found.pop("rest") == 11 and list(found.values()) == [3]

    old = client.get(reverse("portal:places-unit-detail", args=[district.code]) + f"?on={EVE}")
    assert old.context["page"].main_successor == province
    assert "không tính cho đơn vị nào nhận đất" in " ".join(old.context["page"].rules)
    opened = measure_total(VISIT, province, 2024, TODAY)
    assert (opened.total, opened.adds_up) == (11, True)
    assert all(measure_total(VISIT, ward, 2024, TODAY).total == 0 for ward in wards)
