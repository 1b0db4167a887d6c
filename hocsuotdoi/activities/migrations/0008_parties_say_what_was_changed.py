import django.contrib.postgres.fields
import django.db.models.deletion
import hocsuotdoi.core.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from hocsuotdoi.core.append_only import Guard
from hocsuotdoi.core.migrating import together


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0007_open_notices_are_found"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("places", "0002_guard_the_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnrolmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=hocsuotdoi.core.ids.uuid7, editable=False, serialize=False)),
                ("group_size", models.PositiveSmallIntegerField(default=1, verbose_name="how many people")),
                (
                    "changed_at",
                    models.DateTimeField(
                        editable=False, help_text="When somebody last changed what it says", null=True
                    ),
                ),
                (
                    "changed_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="what was changed",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegistrationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=hocsuotdoi.core.ids.uuid7, editable=False, serialize=False)),
                ("group_size", models.PositiveSmallIntegerField(default=1, verbose_name="how many people")),
                (
                    "changed_at",
                    models.DateTimeField(
                        editable=False, help_text="When somebody last changed what it says", null=True
                    ),
                ),
                (
                    "changed_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="what was changed",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="changed_at",
            field=models.DateTimeField(editable=False, help_text="When somebody last changed what it says", null=True),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="changed_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                editable=False,
                size=None,
                verbose_name="what was changed",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="changed_at",
            field=models.DateTimeField(editable=False, help_text="When somebody last changed what it says", null=True),
        ),
        migrations.AddField(
            model_name="registration",
            name="changed_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                editable=False,
                size=None,
                verbose_name="what was changed",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."changed_at" IS DISTINCT FROM (NEW."changed_at"))',
                    func='INSERT INTO "activities_enrolmentevent" ("activity_id", "changed_at", "changed_fields", "group_size", "id", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."activity_id", NEW."changed_at", NEW."changed_fields", NEW."group_size", NEW."id", NEW."institution_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="871025795bb952875368fc00188a527b6d70ed8b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_93f8d",
                    table="activities_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."changed_at" IS DISTINCT FROM (NEW."changed_at"))',
                    func='INSERT INTO "activities_registrationevent" ("changed_at", "changed_fields", "enrolment_id", "group_size", "id", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id") VALUES (NEW."changed_at", NEW."changed_fields", NEW."enrolment_id", NEW."group_size", NEW."id", NEW."institution_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_id"); RETURN NULL;',
                    hash="0b3f5fbaace1d2a1b6dcb530eb1dbb2946ac7b92",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_362e8",
                    table="activities_registration",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="enrolmentevent",
            name="activity",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="activities.activity",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentevent",
            name="institution",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="places.institution",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="activities.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="registrationevent",
            name="enrolment",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="activities.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="registrationevent",
            name="institution",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="places.institution",
            ),
        ),
        migrations.AddField(
            model_name="registrationevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="registrationevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="activities.registration",
            ),
        ),
        migrations.AddField(
            model_name="registrationevent",
            name="session",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="activities.session",
            ),
        ),
        Guard("activities_enrolmentevent", "activities_registrationevent"),
    ]
    operations = together(operations)
