"""Values of a country in the ledger, by SQL: too many to be posted one by one."""

import datetime as dt

from bench.stage import Stage
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState, Tier
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, InstitutionStatus

MEASURES = (
    "library_visit", "programme_attendance", "loan", "museum_visit", "centre_visit", "renewal", "in_house_use",
    "reservation", "gate_count", "programme_session",
)  # fmt: skip
TAG = "bench-week"
PER_INSTITUTION = len(MEASURES) * 2 * 20
"""Measures, women and men, quarters."""
TODAY = dt.date(2026, 1, 15)
REFORM = dt.date(2025, 7, 1)


def entered(stage: Stage) -> bool:
    return bool(stage.sql("SELECT EXISTS (SELECT FROM ledger_entry)")[0][0])


def enter_values(stage: Stage, values: int) -> None:
    """About so many entries, twenty to a posting, nothing noted as pending. A posting in a hundred carries a tag."""
    number = max(values // PER_INSTITUTION, 1)
    _found(number)
    stage.sql_script(
        f"""
        BEGIN;
        ALTER TABLE ledger_posting DISABLE TRIGGER ALL;
        ALTER TABLE ledger_entry DISABLE TRIGGER ALL;
        CREATE TEMPORARY TABLE stood AS
        SELECT row_number() OVER (ORDER BY institution.id) AS n, institution.id AS institution_id,
               placement.unit_id AS today,
               coalesce((SELECT min(reading.unit_id) FROM places_unitreading AS reading
                           JOIN places_adminunit AS was ON was.id = reading.unit_id AND was.ends_on = '{REFORM}'
                                                       AND was.tier = 'commune'
                          WHERE reading.reads_as_id = placement.unit_id AND reading.ends_on IS NULL),
                        placement.unit_id) AS before
          FROM places_institution AS institution
          JOIN places_institutionplacement AS placement ON placement.institution_id = institution.id
         WHERE institution.code LIKE 'wide-%';
        CREATE TEMPORARY TABLE happened AS
        SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n * 100 + q), 12, '0'))::uuid AS id, n, q, institution_id,
               (date '2021-01-15' + q * interval '3 months' + (n % 60) * interval '1 day')::date AS occurred_on,
               CASE WHEN date '2021-01-15' + q * interval '3 months' + (n % 60) * interval '1 day' < '{REFORM}'
                    THEN before ELSE today END AS place_id
          FROM generate_series(0, 19) AS q, stood;
        INSERT INTO ledger_posting
               (id, institution_id, kind, source_kind, source_id, revision, occurred_on, posted_at, reason)
        SELECT id, institution_id, 'happening', 'activities.session', id, 1, occurred_on, occurred_on + time '18:00', ''
          FROM happened;
        INSERT INTO ledger_entry (id, institution_id, posting_id, occurred_on, place_id, measure, quantity, sex, tags)
        SELECT ('01900000-0000-7000-9000-' || lpad(to_hex((n * 100 + q) * 100 + m * 2 + s), 12, '0'))::uuid,
               institution_id, id, occurred_on, place_id, (ARRAY{list(MEASURES)!r})[m + 1],
               1 + (n * 7 + q * 13 + m * 3 + s) % 200,
               (ARRAY['female', 'male'])[s + 1],
               CASE WHEN (n + q) % 100 = 0 THEN ARRAY['{TAG}'] ELSE ARRAY[]::varchar[] END
          FROM happened, generate_series(0, {len(MEASURES) - 1}) AS m, generate_series(0, 1) AS s;
        ALTER TABLE ledger_posting ENABLE TRIGGER ALL;
        ALTER TABLE ledger_entry ENABLE TRIGGER ALL;
        ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER note_for_rollup;
        COMMIT;
        """
    )
    stage.sql("VACUUM ANALYZE")


def _found(number: int) -> None:
    """Institutions, spread over the communes of today, the larger numbers over the same again."""
    communes = list(AdminUnit.objects.on(dt.date(2026, 1, 1)).filter(tier=Tier.COMMUNE).values_list("pk", flat=True))
    classes = [InstitutionClass.LIBRARY_COMMUNE, InstitutionClass.LIBRARY_PROVINCE, InstitutionClass.MUSEUM_PROVINCE]
    for start in range(0, number, 5000):
        made = Institution.objects.bulk_create(
            Institution(code=f"wide-{n}", name=f"Cơ sở {n}", sort_key=f"wide-{n}", institution_class=classes[n % 3])
            for n in range(start, min(start + 5000, number))
        )
        InstitutionPlacement.objects.bulk_create(
            InstitutionPlacement(institution=house, unit_id=communes[(start + n) % len(communes)])
            for n, house in enumerate(made)
        )
        # Open, so that they are expected: of a country where nobody is open every figure is quick, and none is told.
        InstitutionStatus.objects.bulk_create(
            InstitutionStatus(institution=house, state=InstitutionState.ACTIVE) for house in made
        )
