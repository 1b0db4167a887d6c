"""The three engines agree: PostgreSQL, which adds what is new; DuckDB and Spark, which make the whole from files.

On a ledger over the reform of 2025 with late entries, reversals, institutions that changed their class or whose place
was merged, learners and typed-in figures. Spark runs on a cluster of a master and three workers.
"""

import shutil

import pytest

pytest.importorskip("pyspark", reason="Spark is an extra of its own: make test-spark")
if not shutil.which("java"):
    pytest.skip("Spark needs Java: make test-spark", allow_module_level=True)

from hocsuotdoi.indicators.operations.cluster import made_by_spark
from hocsuotdoi.indicators.operations.exporting import export
from hocsuotdoi.indicators.operations.rebuilding import compare, load, made_by_duckdb, made_elsewhere
from hocsuotdoi.indicators.operations.rolling import fold, rebuild
from hocsuotdoi.indicators.rollup import ROLLUPS
from tests.indicators.book import NOW, TODAY, found, many_steps, play
from tests.indicators.test_rollup import everything
from tests.support.spark_cluster import started_cluster

WORKERS = 3
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "3",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with started_cluster(tmp_path_factory.mktemp("cluster"), workers=WORKERS) as running:
        yield running


def stored() -> dict[str, set[tuple]]:
    """PostgreSQL's cells that hold something, as text: engines hold keys in types of their own."""
    return {table: {tuple(map(str, row)) for row in rows} for table, rows in everything().items()}


def made_in(engine) -> dict[str, set[tuple]]:
    """The same of another engine."""
    held = {}
    for table in ROLLUPS:
        columns = ", ".join((*table.keys, "quantity", "lines"))
        rows = engine.execute(f"SELECT {columns} FROM {table.table} WHERE quantity <> 0 OR lines <> 0").fetchall()
        held[table.table] = {tuple(map(str, row)) for row in rows}
        assert len(rows) == len(held[table.table])
    return held


@pytest.mark.slow
def test_the_three_engines_agree(db, cluster, tmp_path):
    _country, houses = found()
    steps = many_steps(240, seed=2025)
    play(steps[:120], houses)
    fold()
    houses[0].institution_class = "bookcase"
    houses[0].save(update_fields=["institution_class"])
    play(steps[120:], houses)  # late: on days for which there are cells
    fold()
    kept_fresh = stored()
    assert all(kept_fresh.values())

    exported, _written = export(tmp_path / "export", at=NOW, day=TODAY)
    tables = made_by_spark(exported, master=cluster.address, into=tmp_path / "made", settings=SETTINGS)
    with made_by_duckdb(exported) as by_duckdb, made_elsewhere(tables) as by_spark:
        assert made_in(by_duckdb) == kept_fresh
        assert made_in(by_spark) == kept_fresh
        assert compare(by_duckdb, exported) == []
        assert compare(by_spark, exported) == []
        load(by_spark, exported)
    assert stored() == kept_fresh
    rebuild(TODAY)
    assert stored() == kept_fresh
    for worker in cluster.workers:
        worker.said("Asked to launch executor")


@pytest.mark.slow
def test_spark_makes_nothing_of_an_empty_ledger(db, cluster, tmp_path):
    found()
    exported, _written = export(tmp_path / "export", at=NOW, day=TODAY)
    tables = made_by_spark(exported, master=cluster.address, into=tmp_path / "made", settings=SETTINGS)
    with made_elsewhere(tables) as by_spark:
        assert compare(by_spark, exported) == []
