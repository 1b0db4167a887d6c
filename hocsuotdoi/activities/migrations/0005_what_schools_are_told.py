import django.db.models.deletion
from django.db import migrations, models

import hocsuotdoi.core.ids
from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0004_spread_offer_join_and_after"),
        ("places", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="SchoolProgramme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hocsuotdoi.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("knowledge", models.TextField(blank=True, max_length=2000, verbose_name="what pupils learn")),
                (
                    "skills",
                    models.TextField(blank=True, max_length=2000, verbose_name="life skills that pupils practise"),
                ),
                ("bring", models.CharField(blank=True, max_length=500, verbose_name="what the class brings")),
                ("minutes", models.PositiveSmallIntegerField(default=90, verbose_name="minutes")),
                (
                    "most_people",
                    models.PositiveSmallIntegerField(default=50, verbose_name="most people at one time"),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="school_programmes",
                        to="activities.activity",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.institution"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "activity"), name="school_programme_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 15), ("minutes__lte", 600)), name="school_programme_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_people__gte", 1)), name="school_programme_takes_people"
                    ),
                ],
            },
        ),
        SpreadByInstitution("activities_schoolprogramme", {"activity_id": "activities_activity"}),
    ]
