"""The shape from which the field answers: one row for each reported value, with every level of the territory and every
kind of period as a column of its own, one table a year, an index on each column.

The shape of the table and of its queries, as DHIS2 makes them; not the whole of DHIS2.
"""

from bench.stage import Stage
from bench.timing import seconds

YEARS = range(2021, 2026)
SETTINGS = ("jit = off", "work_mem = '24MB'", "synchronous_commit = off", "random_page_cost = 1.1")

SOURCE = """
DROP TABLE IF EXISTS wide_unit, wide_period;
CREATE UNLOGGED TABLE wide_unit AS
SELECT institution.id AS institution_id, wide_uid('i', institution.id) AS ou, 4 AS oulevel,
       wide_uid('u', country.id) AS uidlevel1, wide_uid('u', province.id) AS uidlevel2,
       wide_uid('u', placement.unit_id) AS uidlevel3, wide_uid('i', institution.id) AS uidlevel4
  FROM places_institution AS institution
  JOIN places_institutionplacement AS placement
    ON placement.institution_id = institution.id AND placement.ends_on IS NULL
  JOIN places_unitancestry AS above ON above.unit_id = placement.unit_id AND above.ends_on IS NULL
  JOIN places_adminunit AS province ON province.id = above.ancestor_id AND province.tier = 'province'
  JOIN places_adminunit AS country ON country.tier = 'country'
 WHERE institution.code LIKE 'wide-%';
CREATE UNIQUE INDEX ON wide_unit (institution_id);
CREATE UNLOGGED TABLE wide_period AS
SELECT row_number() OVER () AS id, day::date AS starts, (day + interval '3 months - 1 day')::date AS ends,
       extract(year FROM day)::int AS year, to_char(day, 'YYYY"Q"Q') AS quarterly,
       to_char(day, 'YYYY') || 'S' || CASE WHEN extract(month FROM day) < 7 THEN 1 ELSE 2 END AS sixmonthly,
       to_char(day, 'YYYY') AS yearly, to_char(day - interval '3 months', 'YYYY') || 'April' AS financialapril
  FROM generate_series(date '2021-01-01', '2025-10-01', interval '3 months') AS day;
ANALYZE wide_unit, wide_period;
"""

VALUES = """
DROP TABLE IF EXISTS wide_value;
CREATE UNLOGGED TABLE wide_value AS
SELECT entry.measure AS element, period.id AS period_id, entry.institution_id, entry.sex AS category,
       coalesce(entry.tags[1], 'default') AS attribute, sum(entry.quantity)::text AS value
  FROM ledger_entry AS entry JOIN wide_period AS period ON entry.occurred_on BETWEEN period.starts AND period.ends
 WHERE entry.occurred_on BETWEEN '{year}-01-01' AND '{year}-12-31' GROUP BY 1, 2, 3, 4, 5;
CREATE INDEX ON wide_value (period_id);
ANALYZE wide_value;
"""

UID = """
CREATE OR REPLACE FUNCTION wide_uid(kind text, number bigint) RETURNS char(11) IMMUTABLE LANGUAGE sql AS
$$ SELECT (kind || lpad(number::text, 10, '0'))::char(11) $$
"""

TABLE = """
DROP TABLE IF EXISTS analytics_{year}_new;
CREATE UNLOGGED TABLE analytics_{year}_new (
    dx char(11) NOT NULL, co char(11) NOT NULL, ao char(11) NOT NULL,
    pestartdate date, peenddate date, year int NOT NULL,
    pe text, ou char(11) NOT NULL, oulevel int, id text,
    uidlevel1 char(11), uidlevel2 char(11), uidlevel3 char(11), uidlevel4 char(11),
    quarterly text, sixmonthly text, yearly text, financialapril text, approvallevel int,
    daysxvalue double precision, daysno int, value double precision, textvalue text, CHECK (year = {year})
);
INSERT INTO analytics_{year}_new
SELECT wide_element(element), wide_text(category), wide_text(attribute), starts, ends, year, quarterly, ou, oulevel,
       element || '-' || institution_id || '-' || period.id, uidlevel1, uidlevel2, uidlevel3, uidlevel4, quarterly,
       sixmonthly, yearly, financialapril, 0, value::double precision * (ends - starts + 1), ends - starts + 1,
       value::double precision, NULL
  FROM wide_value AS value JOIN wide_period AS period ON period.id = value.period_id
  JOIN wide_unit AS unit USING (institution_id)
 WHERE period.year = {year} AND value.value ~* '^(-?[0-9]+)(\\.[0-9]+)?$' AND value.value <> '0';
"""

TEXTS = """
CREATE OR REPLACE FUNCTION wide_element(name text) RETURNS char(11) IMMUTABLE LANGUAGE sql AS
$$ SELECT substr('d' || md5(name), 1, 11)::char(11) $$;
CREATE OR REPLACE FUNCTION wide_text(name text) RETURNS char(11) IMMUTABLE LANGUAGE sql AS
$$ SELECT substr('c' || md5(name), 1, 11)::char(11) $$
"""

INDEXED = (
    "dx", "co", "ao", "pestartdate", "peenddate", "year", "pe", "ou", "oulevel", "uidlevel1", "uidlevel2", "uidlevel3",
    "uidlevel4", "quarterly", "sixmonthly", "yearly", "financialapril", "dx, co", "dx, ao",
)  # fmt: skip
BETTER = ("dx, yearly, uidlevel2", "dx, yearly, uidlevel3", "dx, yearly, uidlevel1")


LAST = YEARS[-1:]
"""All that a slice of the last year, and an edit in it, ask of the shape."""


def build_all(stage: Stage, years: range = YEARS) -> float:
    """Makes each year from its values as they were reported; the seconds of all. A year that stands is not made again
    and its seconds are known, so that a long run can be taken up; of the values only the last year's stay."""
    stage.sql("CREATE TABLE IF NOT EXISTS wide_built (year int PRIMARY KEY, seconds float)")
    for year in years:
        if not stage.sql("SELECT 1 FROM wide_built WHERE year = %s", year):
            report_values(stage, year)
            spent = seconds(lambda year=year: build(stage, year))
            stage.sql("INSERT INTO wide_built VALUES (%s, %s)", year, spent)
    return float(stage.sql("SELECT sum(seconds) FROM wide_built WHERE year = ANY(%s)", list(years))[0][0])


def report_values(stage: Stage, year: int) -> None:
    """The values of a year as they were reported: what the shape is built from."""
    for script in (UID, TEXTS, SOURCE, VALUES.format(year=year)):
        stage.sql_script(script)


def build(stage: Stage, year: int, *, swapped: bool = True) -> None:
    """Fills, indexes, analyzes, and swaps by renaming (or throws away)."""
    stage.sql_script(TABLE.format(year=year))
    for number, columns in enumerate(INDEXED):
        stage.sql(f"CREATE INDEX analytics_{year}_new_{number} ON analytics_{year}_new ({columns})")
    stage.sql(f"ANALYZE analytics_{year}_new")
    if not swapped:
        stage.sql(f"DROP TABLE analytics_{year}_new")
        return
    stage.sql_script(
        f"BEGIN; DROP TABLE IF EXISTS analytics_{year};"
        f"ALTER TABLE analytics_{year}_new RENAME TO analytics_{year};"
        + "".join(
            f"ALTER INDEX analytics_{year}_new_{number} RENAME TO analytics_{year}_{number};"
            for number in range(len(INDEXED))
        )
        + "COMMIT"
    )


def is_built(stage: Stage, years: range = YEARS) -> bool:
    return all(stage.sql("SELECT to_regclass(%s) IS NOT NULL", f"analytics_{year}")[0][0] for year in years)


def drop(stage: Stage) -> None:
    """Everything of it."""
    for year in YEARS:
        stage.sql(f"DROP TABLE IF EXISTS analytics_{year}, analytics_{year}_new")
    stage.sql("DROP TABLE IF EXISTS wide_value, wide_unit, wide_period, wide_built")


ASKED = ("dx", "uidlevel1", "uidlevel2", "uidlevel3", "yearly")
"""Columns that the queries name: indexes of others nobody looks at."""


def make_room(stage: Stage) -> None:
    """Takes the plain indexes away that no query looks at: room for the composite ones where the disk is short."""
    for year in YEARS:
        for number, indexed in enumerate(INDEXED):
            if indexed not in ASKED:
                stage.sql(f"DROP INDEX IF EXISTS analytics_{year}_{number}")


def index_plain(stage: Stage) -> None:
    """Takes away again what `index_better` has added."""
    for (name,) in stage.sql("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid::regclass::text ~ "
                             "'^analytics_' AND indnatts = 3"):  # fmt: skip
        stage.sql(f"DROP INDEX {name}")


def index_better(stage: Stage) -> None:
    """What a careful administrator could add."""
    for year in YEARS:
        for columns in BETTER:
            stage.sql(f"CREATE INDEX ON analytics_{year} ({columns})")
        stage.sql(f"ANALYZE analytics_{year}")


def size(stage: Stage) -> int:
    tables = ", ".join(f"'analytics_{year}'" for year in YEARS)
    return stage.sql(
        f"SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest(ARRAY[{tables}]) AS name"
    )[0][0]


def query(elements: tuple[str, ...], level: int, units: list[str], years: range, period: str = "yearly") -> str:
    """As it is sent: literals, one table a year, the division left to whoever asked."""
    source = f"analytics_{years[0]}"
    if len(years) > 1:
        source = "(" + " union all ".join(f"select * from analytics_{year}" for year in years) + ")"
    listed = ",".join(f"'{unit}'" for unit in units)
    dx = ",".join(f"'{element}'" for element in elements)
    return (
        f'select ax."dx", ax."uidlevel{level}", ax."{period}", sum(value) as value from {source} as ax '
        f'where ax."dx" in ({dx}) and ax."uidlevel{level}" in ({listed}) '
        f'and ax."yearly" in ({",".join(repr(str(year)) for year in years)}) '
        f'and ax."year" in ({",".join(map(str, years))}) group by ax."dx", ax."uidlevel{level}", ax."{period}"'
    )
