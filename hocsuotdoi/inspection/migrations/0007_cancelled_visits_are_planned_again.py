"""A visit that was cancelled keeps nobody from planning one for the same day again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspection", "0006_spread_notices_by_institution")]

    operations = [
        migrations.RemoveConstraint(model_name="visit", name="visit_planned_once"),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("institution", "plan", "checklist", "planned_on"),
                name="visit_planned_once",
            ),
        ),
    ]
