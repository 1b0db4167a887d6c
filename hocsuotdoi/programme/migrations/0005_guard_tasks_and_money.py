"""What was changed by whom, and what only grows, cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("programme", "0004_tasks_money_and_the_life_of_plans")]

    operations = [
        Guard(
            "programme_assignmentevent",
            "programme_moneylineevent",
        ),
        AlwaysGuarded(
            "programme_assignmentstep",
            "programme_assignmentfile",
            "programme_evidencedecision",
            "programme_escalation",
            "programme_moneystep",
            "programme_planstep",
            "programme_rehoming",
        ),
    ]
