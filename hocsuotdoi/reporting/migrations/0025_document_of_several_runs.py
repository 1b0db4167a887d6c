"""A document may be wanted by several runs: which run wanted it is kept in a table of pairs."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_pairs(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What the column says, into the table of pairs."""
    schema_editor.execute(
        "INSERT INTO reporting_document_runs (document_id, documentrun_id)"
        " SELECT id, run_id FROM reporting_document WHERE run_id IS NOT NULL"
    )


def keep_newest(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back: the newest run of each, which is what the column held."""
    schema_editor.execute(
        "UPDATE reporting_document SET run_id = newest.run FROM (SELECT DISTINCT ON (pair.document_id)"
        " pair.document_id AS document, run.id AS run FROM reporting_document_runs pair"
        " JOIN reporting_documentrun run ON run.id = pair.documentrun_id"
        " ORDER BY pair.document_id, run.asked_at DESC, run.id DESC) newest WHERE newest.document = reporting_document.id"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0024_document_asked_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="runs",
            field=models.ManyToManyField(
                help_text="Each that wants it; written once for all of them",
                related_name="documents",
                to="reporting.documentrun",
            ),
        ),
        migrations.RunPython(keep_pairs, keep_newest),
        migrations.RemoveIndex(model_name="document", name="document_of_run"),
        migrations.RemoveField(model_name="document", name="run"),
    ]
