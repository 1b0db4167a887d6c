"""The roll-up made anew from an export by Spark, on as many machines as the cluster has.

Every machine must see the export's folder, and the one for what is made, under the same path. What differs in Spark
stands here: it has no UUID, so keys are read as the text that they are in the files.
"""

from pathlib import Path

from pyspark.sql import SparkSession

from hocsuotdoi.indicators import rollup
from hocsuotdoi.indicators.operations.exporting import Export
from hocsuotdoi.indicators.operations.rebuilding import made
from hocsuotdoi.indicators.rollup import ROLLUPS

_TYPES = {"int64": "bigint", "string": "string", "date": "date", "uuid": "string"}


def made_by_spark(
    export: Export, *, master: str, into: Path, settings: dict[str, str] | None = None
) -> dict[str, Path]:
    """Writes every table of the roll-up as Parquet below `into`; returns the folder of each.

    `master`: where the cluster is asked, `spark://host:7077`. `settings`: more of Spark's own.
    """
    builder = SparkSession.builder.master(master).appName("hocsuotdoi roll-up")
    for name, value in {"spark.ui.enabled": "false", "spark.sql.ansi.enabled": "true", **(settings or {})}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        _show_export(session, export)
        folders = {}
        for table in ROLLUPS:
            folders[table.table] = into / table.table
            session.sql(made(table, "pyspark")).write.mode("overwrite").parquet(_address(into / table.table))
            session.read.parquet(_address(into / table.table)).createOrReplaceTempView(table.table)
        return folders
    finally:
        session.stop()


def _show_export(session: SparkSession, export: Export) -> None:
    columns = ", ".join(
        f"{name} {_TYPES[str(kind).removeprefix('!')]}" for name, kind in rollup.EXPORTED.schema().items()
    )
    paths = [_address(Path(path)) for path in export.paths()]
    entries = session.read.schema(columns).parquet(*paths) if paths else session.createDataFrame([], columns)
    entries.createOrReplaceTempView(rollup.EXPORTED.get_name())
    for source, file in ((rollup.INSTITUTIONS, export.institutions), (rollup.REACH, export.reach)):
        session.read.parquet(_address(export.folder / file.path)).createOrReplaceTempView(source.get_name())


def _address(path: Path) -> str:
    return f"file://{path.resolve()}"  # not as_uri(): Hadoop takes `year%3D2025` by the letter
