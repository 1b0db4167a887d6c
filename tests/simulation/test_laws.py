"""What holds of every simulated country, in its truth and in its rows."""

import datetime as dt

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.ledger.queries.soundness import contradictions, unguarded_tables
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.simulation.formats.truth import BEFORE, MAPS, REPORTED, TODAY, Truth
from hocsuotdoi.simulation.operations import Plan
from hocsuotdoi.simulation.operations.simulate import batches, drawn_activity, drawn_country
from hocsuotdoi.simulation.operations.tally import Tally
from tests.simulation.conftest import AT

pytestmark = pytest.mark.slow


def _drawn(plan: Plan) -> Truth:
    """The truth of a country that is written nowhere."""
    country = drawn_country(plan, at=AT)
    tally = Tally(country)
    for month, _part, batch in batches(plan, drawn_activity(plan, country, at=AT)):
        tally.add(batch, month)
    return Truth.of({"counts": {}, **tally.head()}, tally.rows())


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**31),
    institutions=st.integers(1, 90),
    first_year=st.integers(2022, 2026),
    months=st.integers(1, 30),
)
def test_additive_totals_are_the_same_on_all_maps_and_levels(reference, seed, institutions, first_year, months):
    until = min(dt.date(first_year + (months - 1) // 12, (months - 1) % 12 + 1, 28), AT.date())
    truth = _drawn(Plan(institutions, first_year, until, seed, entries=1500))
    for year in truth.years:
        whole = truth.totals("VN", year, REPORTED)
        for on in MAPS:
            assert truth.totals("VN", year, on) == whole
            assert _sum(truth.totals(unit, year, on) for unit in truth.units(on) if _is_province(unit)) == whole
            assert truth.of_months("VN", year, range(1, 13), on) == whole
            assert _sum(truth.of_quarter("VN", year, quarter, on) for quarter in range(1, 5)) == whole
            by_class = (truth.of_months("VN", year, range(1, 13), on, [kind.value]) for kind in InstitutionClass)
            assert _sum(by_class) == whole
        told = truth.institutions("VN", year, TODAY)
        assert told == truth.institutions("VN", year, BEFORE)
        assert told.reporting <= told.expected <= institutions
        people = truth.people("VN", year)
        assert people.people <= people.known <= people.attendances == whole.get("programme_attendance", 0)


def _is_province(unit: str) -> bool:
    return len(unit.partition("@")[0]) == 2 and unit != "VN"


def _sum(parts) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for measure, quantity in part.items():
            found[measure] = found.get(measure, 0) + quantity
    return found


def test_reversals_undo_their_postings_to_nothing(country):
    assert contradictions() == []
    assert unguarded_tables() == []
    assert _count("SELECT count(*) FROM ledger_posting WHERE kind = 'reversal'") > 0
    unlike = """
        SELECT count(*) FROM ledger_posting AS undone JOIN ledger_posting AS first ON first.id = undone.reverses_id
         WHERE (undone.institution_id, undone.source_kind, undone.source_id, undone.revision, undone.occurred_on)
            IS DISTINCT FROM
               (first.institution_id, first.source_kind, first.source_id, first.revision, first.occurred_on)
            OR undone.posted_at <= first.posted_at OR undone.reason = ''
    """
    assert _count(unlike) == 0


def test_a_second_revision_follows_a_reversal(country):
    alone = """
        SELECT count(*) FROM ledger_posting AS again WHERE revision = 2 AND NOT EXISTS (
            SELECT FROM ledger_posting AS undone
             WHERE undone.institution_id = again.institution_id AND undone.source_id = again.source_id
               AND undone.revision = 1 AND undone.kind = 'reversal' AND undone.posted_at < again.posted_at)
    """
    assert _count("SELECT count(*) FROM ledger_posting WHERE revision = 2") > 0
    assert _count(alone) == 0


def test_nothing_happens_or_is_posted_in_the_future(country):
    assert _count("SELECT count(*) FROM ledger_posting WHERE occurred_on > '2025-12-31'") == 0
    assert _count("SELECT count(*) FROM ledger_posting WHERE posted_at >= '2026-04-01 00:00+07'") == 0
    assert _count("SELECT count(*) FROM ledger_posting WHERE posted_at < occurred_on") == 0
    assert _count("SELECT count(*) FROM ledger_entry WHERE occurred_on NOT BETWEEN '2023-01-01' AND '2025-12-31'") == 0


def test_each_entry_lies_where_the_institution_stood_on_the_day(country):
    query = "SELECT DISTINCT institution_id, occurred_on, place_id FROM ledger_entry WHERE {} ORDER BY {} LIMIT 150"
    with connection.cursor() as cursor:
        rows = cursor.execute(query.format("true", "occurred_on, institution_id"), []).fetchall()
        # Around the reform, where a place is easily the wrong one.
        near = "occurred_on BETWEEN '2025-06-25' AND '2025-07-05'"
        rows += cursor.execute(query.format(near, "institution_id, occurred_on"), []).fetchall()
    institutions = Institution.objects.in_bulk({institution for institution, _day, _place in rows})
    assert len(institutions) > 20
    for institution, day, place in rows:
        assert place_of(institutions[institution], day).pk == place


def test_residence_is_a_unit_of_the_day(country):
    gone = """
        SELECT count(*) FROM ledger_entry JOIN places_adminunit AS unit ON unit.id = residence_id
         WHERE occurred_on < unit.starts_on OR occurred_on >= unit.ends_on
    """
    assert _count("SELECT count(*) FROM ledger_entry WHERE residence_id IS NOT NULL") > 50
    assert _count(gone) == 0


def test_who_is_closed_or_under_repair_posts_nothing(country):
    while_closed = """
        SELECT count(*) FROM ledger_posting AS posting JOIN places_institutionstatus AS status USING (institution_id)
         WHERE status.state <> 'active' AND posting.occurred_on >= status.starts_on
           AND (status.ends_on IS NULL OR posting.occurred_on < status.ends_on)
    """
    assert _count("SELECT count(*) FROM places_institutionstatus WHERE state = 'closed'") > 0
    assert _count(while_closed) == 0


def test_institutions_follow_the_reform_and_the_year_has_seasons(country):
    moved = "SELECT count(*) FROM places_institutionplacement WHERE starts_on = '2025-07-01'"
    assert _count(moved) > 20
    assert _count("SELECT count(DISTINCT institution_class) FROM places_institution WHERE is_sample") == 26
    in_month = "SELECT count(*) FROM ledger_posting JOIN places_institution AS i ON i.id = institution_id WHERE {}"
    school = "i.institution_class IN ('library_school', 'library_university') AND kind = 'happening' AND "
    july = _count(in_month.format(school + "extract(month FROM occurred_on) = 7"))
    april = _count(in_month.format(school + "extract(month FROM occurred_on) = 4"))
    assert july * 4 < april
    tet = _count(in_month.format(school + "occurred_on BETWEEN '2024-02-09' AND '2024-02-15'"))
    assert tet == 0
    assert _count("SELECT count(*) FROM ledger_entry WHERE 'book_day' = ANY(tags)") > 0


def test_everything_is_marked_as_sample(country):
    unmarked = (
        "SELECT count(*) FROM ledger_posting JOIN places_institution AS i ON i.id = institution_id WHERE NOT is_sample"
    )
    assert _count(unmarked) == 0
    assert _count("SELECT count(*) FROM places_institution WHERE is_sample AND position('(mẫu)' IN name) = 0") == 0


def test_learners_come_to_several_houses_and_years(country):
    shared = """
        SELECT count(*) FROM (SELECT learner_key FROM ledger_entry WHERE learner_key IS NOT NULL
         GROUP BY 1
        HAVING count(DISTINCT institution_id) > 1 AND count(DISTINCT extract(year FROM occurred_on)) > 1) AS shared
    """
    assert _count(shared) > 0


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return cursor.fetchone()[0]
