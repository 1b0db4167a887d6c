"""Figures for programs: definitions, values with their states, tables; nothing that the pages keep back."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Indicator, IndicatorVersion, Measure
from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.indicators.queries.dictionary import terms
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.factories.programme import TargetFactory
from tests.indicators.test_quality_rules import state

VALUES = "/indicators/library_services/values"


def test_indicators_are_listed_with_what_they_are(anybody, definitions):
    page = anybody.get("/indicators?limit=100").json()

    assert page["count"] == Indicator.objects.count()
    each = next(item for item in page["items"] if item["code"] == "library_services")
    assert each["kind"] == "share_of_institutions"
    assert each["value_is"] == "percent"
    assert each["version"] == 1
    assert each["retired_on"] is None
    assert each["page"].endswith("/indicators/library_services/")


def test_indicator_tells_its_definition_of_whom_it_speaks_and_its_versions(anybody, target):
    told = anybody.get("/indicators/library_services").json()

    assert told["definition"] and told["numerator"] and told["legal_basis"]
    assert [each["code"] for each in told["cohorts"]] == ["library_commune"]
    assert [(each["number"], each["starts_on"], each["ends_on"]) for each in told["versions"]] == [(1, None, None)]


def test_unknown_indicator_is_not_found(anybody, definitions):
    assert anybody.get("/indicators/smiles").status_code == 404
    assert anybody.get("/indicators/smiles/values").status_code == 404


def test_dictionary_is_the_pages_own(anybody, definitions):
    told = anybody.get("/dictionary?limit=100").json()
    assert told["count"] == len(terms())
    assert told["items"][0]["code"] == terms()[0].code
    assert {each["kind"] for each in anybody.get("/dictionary?kind=dimension&limit=100").json()["items"]} == {
        "dimension"
    }
    assert [each["code"] for each in anybody.get("/dictionary?kind=measure&q=muon+ve").json()["items"]] == ["loan"]


def test_measures_say_whether_people_stand_behind_them(anybody, definitions):
    page = anybody.get("/measures?limit=100").json()
    told = {each["code"]: each["is_of_people"] for each in page["items"]}
    assert page["count"] == Measure.objects.count()
    assert told["library_visit"] and not told["programme_session"] and not told["hours_open"]


def test_value_that_nobody_can_say_yet_has_a_state_and_no_number(anybody, target, posting, day):
    told = anybody.get(f"{VALUES}?unit=VN").json()

    (item,) = told["items"]
    (value,) = item["values"]
    assert item["unit"] == {"key": "VN", "code": "VN", "name": item["unit"]["name"], "tier": "country"}
    assert value["period"] == str(day.year)
    assert value["state"] == "not_reported"
    assert value["value"] is None
    assert value["expected"] == 1
    assert value["is_provisional"] is True
    assert told["map"] == "own"
    assert told["is_sample"] is False
    moment = dt.datetime.fromisoformat(told["refreshed_at"])
    assert moment.second == 0 and moment.utcoffset() is not None


def test_plan_s_target_stands_beside_the_unit_s_own_value(anybody, target):
    told = anybody.get(f"{VALUES}?unit=VN&first=2026&last=2030").json()["items"][0]["values"]
    assert [each["target"] for each in told] == [None] * 4 + [60.0]
    below = anybody.get(f"{VALUES}?unit=VN&first=2030&level=children").json()["items"]
    assert [each["values"][0]["target"] for each in below] == [None] * len(below)


def test_target_that_is_a_number_does_not_stand_beside_shares(anybody, target):
    asked = f"{VALUES}?unit=VN&first=2030&last=2031"

    def told() -> list[tuple[float | None, float | None]]:
        (item,) = anybody.get(asked).json()["items"]
        return [(value["target"], value["due"]) for value in item["values"]]

    assert told() == [(60.0, 60.0), (None, 60.0)]
    of_same = {"clause": target.clause, "indicator": target.indicator, "cohort": target.cohort}
    TargetFactory(**of_same, year=2031, figure=5, unit="count")
    assert told() == [(60.0, 60.0), (None, 60.0)]


@pytest.mark.parametrize(
    ("definition", "unit", "beside"),
    [
        ({"kind": "yes_no"}, "percent", None),
        ({"kind": "stock", "measures": ["institutions_open"]}, "percent", None),
        ({"kind": "stock", "measures": ["institutions_open"]}, "count", 60.0),
    ],
)
def test_target_stands_beside_what_is_measured_as_it_is(anybody, target, definition, unit, beside):
    indicator = made("other", **definition)
    TargetFactory(clause=target.clause, indicator=indicator, cohort=target.cohort, year=2030, figure=60, unit=unit)
    (item,) = anybody.get("/indicators/other/values?unit=VN&first=2030").json()["items"]
    assert [(value["target"], value["due"]) for value in item["values"]] == [(beside, beside)]


@pytest.mark.parametrize(("level", "tier"), [("self", "country"), ("children", "province"), ("communes", "commune")])
def test_level_says_of_which_units(anybody, target, bac_kan, duc_xuan, level, tier):
    told = anybody.get(f"{VALUES}?unit=VN&level={level}&limit=100").json()
    assert {each["unit"]["tier"] for each in told["items"]} == {tier}
    assert told["count"] == len(told["items"])
    if level == "communes":
        assert bac_kan.code in {each["unit"]["key"] for each in told["items"]}


def test_unit_that_has_ended_is_named_with_its_last_day(anybody, target, duc_xuan):
    duc_xuan.ends_on = dt.date(2026, 1, 1)
    duc_xuan.save()
    told = anybody.get(f"{VALUES}?unit={duc_xuan.code}&first=2025").json()
    assert told["items"][0]["unit"]["key"] == f"{duc_xuan.code}_20251231"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("unit=99999", "unit"),
        ("cohort=smiles", "cohort"),
        ("first=abc", "first"),
        ("first=1999", "first"),
        ("first=2026&last=2025", "last"),
        ("first=2010&last=2026", "first"),
        ("map=tomorrow", "map"),
        ("map=2025-13-01", "map"),
        ("period=month", "period"),
    ],
)
def test_what_cannot_be_answered_is_said_at_its_field(anybody, target, query, field):
    answer = anybody.get(f"{VALUES}?{query}")
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {field}


TOTALS = "/figures/totals?measures=programme_attendance"


def test_totals_lay_out_places_and_years(anybody, posting, day):
    told = anybody.get(f"{TOTALS}&tier=province&rows=unit&columns=period&first={day.year}&last={day.year}").json()

    assert [head["key"] for head in told["columns"]] == [str(day.year)]
    row = next(each for each in told["items"] if each["key"] == "19")
    assert row["cells"] == [{"state": "value", "value": 12}]
    assert told["total"] == {"state": "value", "value": 12}


def test_quarters_and_months_have_keys_of_their_own(anybody, posting, day):
    for period, key in (("quarter", f"{day.year}-Q{(day.month + 2) // 3}"), ("month", f"{day.year}-{day.month:02}")):
        told = anybody.get(f"{TOTALS}&rows=period&period={period}&first={day.year}").json()
        cells = {each["key"]: each["cells"][0] for each in told["items"]}
        assert cells.pop(key) == {"state": "value", "value": 12}
        assert {each["state"] for each in cells.values()} == {"not_reported"}


def test_rows_come_in_pages(anybody, posting, day):
    asked = f"{TOTALS}&rows=period&period=month&first={day.year}&limit=5"
    first, third = anybody.get(asked).json(), anybody.get(f"{asked}&page=3").json()
    assert (len(first["items"]), first["count"], first["next"]) == (5, 12, 2)
    assert (len(third["items"]), third["next"]) == (2, None)


@pytest.mark.closed_book
def test_small_numbers_are_kept_back_as_on_the_pages(anybody, posting, library_of_bac_kan, day):
    few = Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE)
    make_posting(library_of_bac_kan, day, few, Line(MeasureCode.PROGRAMME_ATTENDANCE, 40))

    told = anybody.get(f"{TOTALS}&rows=sex&first={day.year}").json()

    assert {each["key"]: each["cells"][0] for each in told["items"]} == {
        "female": {"state": "kept_back", "value": None},
        "male": {"state": "kept_back", "value": None},
        "unknown": {"state": "value", "value": 40},
    }
    assert told["total"] == {"state": "value", "value": 55}
    across = anybody.get(f"{TOTALS}&rows=unit&columns=sex&first={day.year}").json()
    assert [each["value"] for each in across["items"][0]["cells"]] == [None, None, 40]


@pytest.mark.closed_book
@pytest.mark.parametrize("asked", ["programme_attendance", "library_visit"])
def test_attendance_and_the_visits_it_makes_do_not_tell_one_another(anybody, posting, library_of_bac_kan, day, asked):
    """16 came, 13 of them to the centre: so 3 to the library, which keeps that back. Whichever is asked for."""
    attendance = [Line(MeasureCode.PROGRAMME_ATTENDANCE, n, sex=sex) for n, sex in ((16, Sex.OTHER), (80, Sex.MALE))]
    library = [Line(MeasureCode.LIBRARY_VISIT, n, sex=sex) for n, sex in ((3, Sex.OTHER), (40, Sex.MALE))]
    centre = [Line(MeasureCode.CENTRE_VISIT, n, sex=sex) for n, sex in ((13, Sex.OTHER), (40, Sex.MALE))]
    make_posting(library_of_bac_kan, day, *attendance, *library, *centre)

    together = "&measures=library_visit&measures=centre_visit&columns=measure"
    told = anybody.get(f"{TOTALS}&rows=sex&first={day.year}{together}").json()

    cells = {each["key"]: [cell["value"] for cell in each["cells"]] for each in told["items"]}
    assert cells["other"] == [None, None, 13]
    alone = anybody.get(f"{TOTALS.partition('?')[0]}?measures={asked}&rows=sex&first={day.year}").json()
    assert {each["key"]: each["cells"][0]["value"] for each in alone["items"]}.get("other") is None


@pytest.mark.closed_book
def test_table_of_which_nothing_can_be_told_says_so(anybody, posting, library_of_bac_kan, day):
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))

    told = anybody.get(f"{TOTALS}&rows=sex&first={day.year}").json()

    assert (told["is_kept_back"], told["items"], told["total"], told["count"]) == (True, [], None, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("rows=sex&period=month", "period"),
        ("rows=sex&map=reported", "map"),
        ("rows=sex&columns=class&first=2025", "columns"),
        ("sexes=female&purposes=learning&first=2025", "columns"),
        ("rows=unit&columns=unit", "columns"),
        ("measures=loan&rows=unit", "columns"),
        ("last=2999", "last"),
        ("rows=sex", "last"),
        ("first=2001-01&last=2026&period=month", "period"),
        ("unit=99999", "unit"),
    ],
)
@pytest.mark.closed_book
def test_table_that_cannot_be_laid_out_is_refused_at_its_field(anybody, posting, query, field):
    answer = anybody.get(f"{TOTALS}&{query}")
    assert answer.status_code == 422, answer.content
    assert set(answer.json()["fields"]) == {field}


def test_answer_that_did_not_change_is_not_sent_again(anybody, definitions):
    etag = anybody.get("/indicators")["ETag"]
    assert anybody.get("/indicators", **{"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("times", [1, 3])
def test_values_cost_the_same_with_one_and_three_units(
    anybody, target, posting, bac_kan, thai_nguyen, day, django_assert_num_queries, times
):
    follow_map(day)
    for _n in range(times):
        InstitutionFactory(unit=bac_kan)
    anybody.get(f"{VALUES}?unit=19&level=communes")
    with django_assert_num_queries(32):
        anybody.get(f"{VALUES}?unit=19&level=communes")


@pytest.mark.closed_book
def test_totals_cost_the_same_however_much_there_is(
    anybody, posting, library_of_bac_kan, day, django_assert_num_queries
):
    follow_map(day)
    for _n in range(2):
        with django_assert_num_queries(15):
            anybody.get(f"{TOTALS}&tier=commune&rows=unit&columns=sex&first={day.year}")
        make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30, sex=Sex.MALE))


def test_plain_count_has_quarters_months_and_other_maps(anybody, definitions, posting, day):
    made("attendance", kind="count", measures=["programme_attendance"])
    month = anybody.get(f"/indicators/attendance/values?period=month&first={day.year}-{day.month:02}").json()
    (value,) = month["items"][0]["values"]
    assert (value["period"], value["state"]) == (
        f"{day.year}-{day.month:02}",
        "value" if value["value"] else "not_reported",
    )
    quarters = anybody.get(f"/indicators/attendance/values?period=quarter&first={day.year}").json()
    assert [each["period"] for each in quarters["items"][0]["values"]] == [f"{day.year}-Q{n}" for n in (1, 2, 3, 4)]
    assert anybody.get(f"/indicators/attendance/values?map=reported&first={day.year}").json()["map"] == "reported"
    made("women", kind="count", measures=["programme_attendance"], sexes=["female"])
    assert set(anybody.get("/indicators/women/values?period=month").json()["fields"]) == {"period"}


@pytest.mark.closed_book
def test_more_places_than_can_be_decided_about_are_refused(anybody, posting, day, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.indicators.queries.profiles.MOST_PROFILES", 1)
    answer = anybody.get(f"{TOTALS}&tier=province&rows=unit&columns=sex&first={day.year}")
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"tier"}


@pytest.mark.parametrize("times", [1, 3])
def test_every_unit_below_tells_what_plans_ask_of_it_in_as_many_queries(
    anybody, target, posting, bac_kan, thai_nguyen, day, django_assert_num_queries, times
):
    follow_map(day)
    for number in range(times - 1):
        UnitFactory(tier="commune", kind="commune", name=f"Xã {number}", starts_on=None, parent=thai_nguyen)
    rebuild()
    asked = f"{VALUES}?unit=19&level=communes&first=2030&last=2031"
    anybody.get(asked)
    with django_assert_num_queries(32):
        items = anybody.get(asked).json()["items"]

    told = {each["unit"]["name"]: [(value["target"], value["due"]) for value in each["values"]] for each in items}
    assert len(told) >= times
    assert told[bac_kan.name][0] == (60.0, 60.0)
    assert all(values == told[bac_kan.name] for values in told.values())


def made(code, **definition) -> Indicator:
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    fields = {**words, "cohort_id": "library_commune", **definition}
    indicator = Indicator.objects.create(code=code, **fields)
    IndicatorVersion.objects.create(indicator=indicator, number=1, **fields)
    return indicator


@pytest.mark.parametrize("period", ["quarter", "month"])
@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"kind": "count", "measures": ["programme_attendance"], "sexes": ["female"]}, "giới tính"),
        ({"kind": "growth", "measures": ["library_visit"], "base_year": 2022}, "từ năm này sang năm khác"),
        ({"kind": "share_of_population", "measures": ["programme_attendance"]}, "cả năm"),
        ({"kind": "stock", "measures": ["active_users"]}, "cả năm"),
        ({"kind": "stock", "measures": ["hours_open_in_year"]}, "đầu năm"),
        ({"kind": "share_of_institutions", "measures": []}, "cả năm"),
        ({"kind": "yes_no", "measures": ["library_visit"], "at_least": 3}, "cả năm"),
        ({"kind": "count", "measures": ["library_visit"], "tags": ["tet"]}, "theo năm"),
    ],
)
def test_figure_without_a_meaning_in_a_month_says_why(anybody, definitions, posting, definition, said, period):
    made("thu", **definition)
    answer = anybody.get(f"/indicators/thu/values?period={period}")
    assert answer.status_code == 422
    assert said in answer.json()["fields"]["period"]


def test_share_of_a_count_and_what_there_is_have_months(anybody, definitions, posting, day):
    made("online", kind="count", measures=["programme_attendance"], channels=["online"], over=["programme_attendance"])
    made("open", kind="stock", measures=["institutions_open"])
    month = f"{day.year}-{day.month:02}"
    asked = f"values?unit=01843&period=month&first={month}"

    (share,) = anybody.get(f"/indicators/online/{asked}").json()["items"][0]["values"]
    assert (share["state"], share["value"], share["numerator"], share["denominator"]) == ("value", 0, 0, 12)

    (there,) = anybody.get(f"/indicators/open/{asked}").json()["items"][0]["values"]
    assert (there["period"], there["state"], there["value"]) == (month, "value", 1)
    assert there["is_provisional"] or there["period"] != month


def test_stock_of_twelve_months_costs_what_one_does(anybody, definitions, posting, day, django_assert_num_queries):
    made("open", kind="stock", measures=["institutions_open"])
    follow_map(day)
    for first, last in ((f"{day.year}-01", f"{day.year}-01"), (f"{day.year - 1}-01", f"{day.year}-01")):
        with django_assert_num_queries(15):
            anybody.get(f"/indicators/open/values?unit=19&level=communes&period=month&first={first}&last={last}")


@pytest.mark.parametrize("asked_map", ["reported", "2025-06-30", "2025-07-01"])
def test_figures_of_every_kind_stand_on_every_map(anybody, target, posting, asked_map):
    answer = anybody.get(f"{VALUES}?unit=19&map={asked_map}&first=2024&last=2026")
    assert answer.status_code == 200
    assert [each["period"] for each in answer.json()["items"][0]["values"]] == ["2024", "2025", "2026"]


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        (
            "rows=smiles",
            "rows",
            "Hãy chọn một trong các giá trị: unit, period, measure, class, purpose, channel, sex, age_band, origin.",
        )
    ],
)
def test_choices_are_listed_without_a_word_of_another_language(anybody, definitions, query, field, said):
    told = anybody.get(f"{TOTALS}&{query}")
    assert told.status_code == 422
    assert told.json()["fields"][field] == said


@pytest.mark.closed_book
def test_figure_of_a_year_stands_beside_the_months_and_the_quarters(anybody, posting, library_of_bac_kan, bac_kan, day):
    state(library_of_bac_kan, bac_kan, Period(day.year), StatedColumn.LIBRARY_VISIT, 1200, at=timezone.now())
    counted("visits", measures=["library_visit"], cohort_id="library_commune")

    asked = f"/indicators/visits/values?unit={bac_kan.code}&first={day.year}&period="
    for period, key in (("month", f"{day.year}-12"), ("quarter", f"{day.year}-Q4")):
        values = anybody.get(asked + period).json()["items"][0]["values"]
        last = values[-1]
        assert (last["period"], last["value"], last["longer"]) == (key, 12, 1200)
        assert f"năm {day.year}" in last["note"]
        table = "/figures/totals?measures=library_visit&unit=VN&rows=period"
        told = anybody.get(f"{table}&period={period}&first={day.year}").json()
        assert told["items"][-1]["key"] == "longer"
        assert told["items"][-1]["cells"] == [{"state": "value", "value": 1200}]
        assert (told["total"]["value"], told["leaves_out"]) == (1212, False)
        part = anybody.get(f"{table}&period={period}&first={day.year}-12&last={day.year}-12").json()
        assert (part["total"]["value"], part["leaves_out"]) == (12, True)
    (year,) = anybody.get(asked + "year").json()["items"][0]["values"]
    assert (year["value"], year["longer"]) == (1212, None)


def counted(code: str, **definition) -> None:
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    fields = {**words, "kind": "count", **definition}
    IndicatorVersion.objects.create(indicator=Indicator.objects.create(code=code, **fields), number=1, **fields)
