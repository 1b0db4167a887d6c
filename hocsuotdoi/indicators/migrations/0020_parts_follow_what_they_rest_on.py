"""Whatever parts of figures rest on notes that it was written (`indicators_partsmark`).

One row more for a statement that changes something, without a unique key: writers never wait for each other. What is
posted is not noted here but pending anyway, and noted by the fold that takes it.
"""

from django.db import migrations

FUNCTIONS = """
-- Whatever rests on the whole country: definitions, territory, holidays. Nothing is noted where nothing was changed, so
-- that reading a file of definitions again costs nothing.
CREATE FUNCTION indicators_note_all_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (SELECT * FROM fresh EXCEPT SELECT * FROM old_rows) THEN RETURN NULL; END IF;
    ELSIF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM fresh) THEN RETURN NULL; END IF;
    ELSIF NOT EXISTS (SELECT FROM old_rows) THEN
        RETURN NULL;
    END IF;
    INSERT INTO indicators_partsmark DEFAULT VALUES;
    RETURN NULL;
END $$;

CREATE FUNCTION indicators_note_parts_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO indicators_partsmark (institution_id) SELECT DISTINCT institution_id FROM fresh;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO indicators_partsmark (institution_id) SELECT DISTINCT institution_id FROM old_rows;
    ELSE
        INSERT INTO indicators_partsmark (institution_id)
        SELECT institution_id FROM fresh UNION SELECT institution_id FROM old_rows;
    END IF;
    RETURN NULL;
END $$;

-- Where it stood, where it stands, and wherever something was counted at it.
CREATE FUNCTION indicators_note_parts_moved(institution bigint, place bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO indicators_partsmark (institution_id, place_id)
    SELECT institution, place
     UNION SELECT institution, place_id FROM indicators_institutionmonth WHERE institution_id = institution;
$$;

CREATE FUNCTION indicators_note_placement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM indicators_note_parts_moved(OLD.institution_id, OLD.unit_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM indicators_note_parts_moved(NEW.institution_id, NEW.unit_id); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION indicators_note_institution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indicators_note_parts_moved(NEW.id, NULL);
    RETURN NULL;
END $$;

-- A stated zero has no entries, nor has its reversal.
CREATE FUNCTION indicators_note_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicators_partsmark (institution_id, year)
    SELECT DISTINCT institution_id, extract(year FROM occurred_on)::smallint
      FROM fresh WHERE kind = 'stated' OR reverses_id IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION indicators_note_club() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN INSERT INTO indicators_partsmark (institution_id) VALUES (OLD.institution_id); END IF;
    IF TG_OP <> 'DELETE' THEN INSERT INTO indicators_partsmark (institution_id) VALUES (NEW.institution_id); END IF;
    RETURN NULL;
END $$;
"""

ALL = [
    "indicators_indicator",
    "indicators_indicatorversion",
    "indicators_cohort",
    "indicators_criteriaset",
    "indicators_criterion",
    "places_adminunit",
    "places_unitancestry",
    "places_unitreading",
    "places_succession",
    "places_holidaydecision",
]
AT = [
    "places_institutionstatus",
    "places_openinghours",
    "places_closure",
    "places_room",
    "places_roomevent",
    "places_equipment",
    "places_equipmentevent",
    "indicators_criterionanswer",
    "indicators_criterionreview",
]
BY_ROW = [
    ("places_institutionplacement", "INSERT OR UPDATE OR DELETE", "indicators_note_placement"),
    ("places_institution", "UPDATE OF institution_class, website", "indicators_note_institution"),
    ("activities_activity", "INSERT OR UPDATE OF kind, institution_id, created_at OR DELETE", "indicators_note_club"),
    (
        "activities_enrolment",
        "INSERT OR UPDATE OF activity_id, institution_id, group_size, created_at, ended_at OR DELETE",
        "indicators_note_club",
    ),
]
TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS fresh",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS fresh",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


def _for_statements(table: str, function: str, events: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")) -> list[str]:
    made = []
    for event in events:
        name = f"note_for_parts_{event.lower()}"
        made.append(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} {TRANSITIONS[event]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
        )
    return made


TRIGGERS = "\n".join(
    [
        *(line for table in ALL for line in _for_statements(table, "indicators_note_all_parts")),
        *(line for table in AT for line in _for_statements(table, "indicators_note_parts_at")),
        *_for_statements("ledger_posting", "indicators_note_posting", ("INSERT",)),
        *(
            f"CREATE TRIGGER note_for_parts AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER note_for_parts;"
            for table, event, function in BY_ROW
        ),
    ]
)

BACK = "\n".join(
    f"DROP FUNCTION {name} CASCADE;"
    for name in (
        "indicators_note_all_parts()",
        "indicators_note_parts_at()",
        "indicators_note_placement()",
        "indicators_note_institution()",
        "indicators_note_posting()",
        "indicators_note_club()",
        "indicators_note_parts_moved(bigint, bigint)",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0019_kept_parts"),
        ("places", "0007_when_readings_start"),
        ("ledger", "0004_stated_postings_are_found_by_day"),
        ("activities", "0010_published_are_found"),
    ]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, BACK)]
