"""Growth says from which year it is measured. Until now that was the first year of which anybody had figures: what was
defined on a page keeps the year that was its base; the programme's own take the year before its period (decision 137).
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from hocsuotdoi.core.migrating import together


BASE_YEAR = 2022
_FIRST_YEAR = """
SELECT min(year) FROM (
    SELECT extract(year FROM occurred_on)::int AS year FROM ledger_entry
     WHERE measure = ANY(%(measures)s)
       AND (cardinality(%(purposes)s::varchar[]) = 0 OR purpose = ANY(%(purposes)s))
       AND (cardinality(%(channels)s::varchar[]) = 0 OR channel = ANY(%(channels)s))
       AND (cardinality(%(age_bands)s::varchar[]) = 0 OR age_band = ANY(%(age_bands)s))
       AND (cardinality(%(sexes)s::varchar[]) = 0 OR sex = ANY(%(sexes)s))
       AND (cardinality(%(tags)s::varchar[]) = 0 OR tags && %(tags)s::varchar[])
     GROUP BY 1 HAVING sum(sign(quantity)) > 0) AS counted"""
_KEPT = ("measures", "purposes", "channels", "age_bands", "sexes", "tags")


def keep_base_years(apps, schema_editor):
    versions = apps.get_model("indicators", "IndicatorVersion").objects.filter(kind="growth")
    for version in versions.select_related("indicator").order_by("indicator_id", "number"):
        year = None
        if version.indicator.owner_id is not None:
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(_FIRST_YEAR, {name: getattr(version, name) for name in _KEPT})
                (year,) = cursor.fetchone()
        versions.filter(pk=version.pk).update(base_year=year or BASE_YEAR)
        version.indicator._meta.model.objects.filter(pk=version.indicator_id, version=version.number).update(
            base_year=year or BASE_YEAR
        )
    apps.get_model("indicators", "Indicator").objects.filter(kind="growth", base_year=None).update(base_year=BASE_YEAR)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0025_zeros_that_were_typed_in"),
        ("places", "0012_guard_the_trail_of_reforms"),
    ]

    operations = together(
        [
            pgtrigger.migrations.RemoveTrigger(
                model_name="indicatordraft",
                name="insert_insert",
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name="indicatordraft",
                name="update_update",
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name="indicatordraft",
                name="delete_delete",
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name="indicatorversion",
                name="substance_kept",
            ),
            migrations.AddField(
                model_name="indicator",
                name="base_year",
                field=models.PositiveSmallIntegerField(
                    blank=True,
                    help_text="With which year growth compares; empty for other kinds",
                    null=True,
                    verbose_name="base year",
                ),
            ),
            migrations.AddField(
                model_name="indicatordraft",
                name="base_year",
                field=models.PositiveSmallIntegerField(
                    blank=True,
                    help_text="With which year growth compares; empty for other kinds",
                    null=True,
                    verbose_name="base year",
                ),
            ),
            migrations.AddField(
                model_name="indicatordraftevent",
                name="base_year",
                field=models.PositiveSmallIntegerField(
                    blank=True,
                    help_text="With which year growth compares; empty for other kinds",
                    null=True,
                    verbose_name="base year",
                ),
            ),
            migrations.AddField(
                model_name="indicatorversion",
                name="base_year",
                field=models.PositiveSmallIntegerField(
                    blank=True,
                    help_text="With which year growth compares; empty for other kinds",
                    null=True,
                    verbose_name="base year",
                ),
            ),
            migrations.RunPython(keep_base_years, migrations.RunPython.noop),
            pgtrigger.migrations.AddTrigger(
                model_name="indicatordraft",
                trigger=pgtrigger.compiler.Trigger(
                    name="insert_insert",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "indicators_indicatordraftevent" ("age_bands", "at_least", "base_year", "change_note", "changed_at", "changed_by", "channels", "cohort_id", "criterion", "definition", "denominator", "direction", "id", "indicator_id", "kind", "legal_basis", "made_by", "measures", "name", "numerator", "over", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_as_id", "purposes", "sexes", "short_name", "source", "tags", "unit") VALUES (NEW."age_bands", NEW."at_least", NEW."base_year", NEW."change_note", NEW."changed_at", NEW."changed_by", NEW."channels", NEW."cohort_id", NEW."criterion", NEW."definition", NEW."denominator", NEW."direction", NEW."id", NEW."indicator_id", NEW."kind", NEW."legal_basis", NEW."made_by", NEW."measures", NEW."name", NEW."numerator", NEW."over", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_as_id", NEW."purposes", NEW."sexes", NEW."short_name", NEW."source", NEW."tags", NEW."unit"); RETURN NULL;',
                        hash="0a36568689b12711dfda709bdd64ce4b6984faf6",
                        operation="INSERT",
                        pgid="pgtrigger_insert_insert_14bb3",
                        table="indicators_indicatordraft",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="indicatordraft",
                trigger=pgtrigger.compiler.Trigger(
                    name="update_update",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                        func='INSERT INTO "indicators_indicatordraftevent" ("age_bands", "at_least", "base_year", "change_note", "changed_at", "changed_by", "channels", "cohort_id", "criterion", "definition", "denominator", "direction", "id", "indicator_id", "kind", "legal_basis", "made_by", "measures", "name", "numerator", "over", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_as_id", "purposes", "sexes", "short_name", "source", "tags", "unit") VALUES (NEW."age_bands", NEW."at_least", NEW."base_year", NEW."change_note", NEW."changed_at", NEW."changed_by", NEW."channels", NEW."cohort_id", NEW."criterion", NEW."definition", NEW."denominator", NEW."direction", NEW."id", NEW."indicator_id", NEW."kind", NEW."legal_basis", NEW."made_by", NEW."measures", NEW."name", NEW."numerator", NEW."over", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_as_id", NEW."purposes", NEW."sexes", NEW."short_name", NEW."source", NEW."tags", NEW."unit"); RETURN NULL;',
                        hash="ae407dc73ec6dfb757c1f9f9422ea5e23a28f240",
                        operation="UPDATE",
                        pgid="pgtrigger_update_update_34728",
                        table="indicators_indicatordraft",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="indicatordraft",
                trigger=pgtrigger.compiler.Trigger(
                    name="delete_delete",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "indicators_indicatordraftevent" ("age_bands", "at_least", "base_year", "change_note", "changed_at", "changed_by", "channels", "cohort_id", "criterion", "definition", "denominator", "direction", "id", "indicator_id", "kind", "legal_basis", "made_by", "measures", "name", "numerator", "over", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_as_id", "purposes", "sexes", "short_name", "source", "tags", "unit") VALUES (OLD."age_bands", OLD."at_least", OLD."base_year", OLD."change_note", OLD."changed_at", OLD."changed_by", OLD."channels", OLD."cohort_id", OLD."criterion", OLD."definition", OLD."denominator", OLD."direction", OLD."id", OLD."indicator_id", OLD."kind", OLD."legal_basis", OLD."made_by", OLD."measures", OLD."name", OLD."numerator", OLD."over", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_as_id", OLD."purposes", OLD."sexes", OLD."short_name", OLD."source", OLD."tags", OLD."unit"); RETURN NULL;',
                        hash="656f3b5d32c437c95aeecf801cffa4925f9804f1",
                        operation="DELETE",
                        pgid="pgtrigger_delete_delete_9dd85",
                        table="indicators_indicatordraft",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="indicatorversion",
                trigger=pgtrigger.compiler.Trigger(
                    name="substance_kept",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."measures" IS DISTINCT FROM (NEW."measures") OR OLD."over" IS DISTINCT FROM (NEW."over") OR OLD."purposes" IS DISTINCT FROM (NEW."purposes") OR OLD."age_bands" IS DISTINCT FROM (NEW."age_bands") OR OLD."sexes" IS DISTINCT FROM (NEW."sexes") OR OLD."channels" IS DISTINCT FROM (NEW."channels") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."criterion" IS DISTINCT FROM (NEW."criterion") OR OLD."at_least" IS DISTINCT FROM (NEW."at_least") OR OLD."base_year" IS DISTINCT FROM (NEW."base_year") OR OLD."cohort_id" IS DISTINCT FROM (NEW."cohort_id") OR OLD."indicator_id" IS DISTINCT FROM (NEW."indicator_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on"))',
                        func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                        hash="a788f455098d1de7e73aab12f58c6c13535d294b",
                        operation="UPDATE",
                        pgid="pgtrigger_substance_kept_9b05a",
                        table="indicators_indicatorversion",
                        when="BEFORE",
                    ),
                ),
            ),
            migrations.AddConstraint(
                model_name="indicator",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "growth"), _negated=True), ("base_year__isnull", False), _connector="OR"
                    ),
                    name="indicator_growth_has_a_base_year",
                ),
            ),
            migrations.AddConstraint(
                model_name="indicatorversion",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "growth"), _negated=True), ("base_year__isnull", False), _connector="OR"
                    ),
                    name="indicator_version_growth_has_a_base_year",
                ),
            ),
        ]
    )
