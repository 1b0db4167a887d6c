"""What was changed by whom, and what only grows, cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_cycles_and_documents")]

    operations = [
        Guard(
            "reporting_cycleevent",
            "reporting_cyclereminderevent",
            "reporting_cycleruleevent",
            "reporting_documentrunevent",
            "reporting_documenttemplateevent",
            "reporting_nominationevent",
            "reporting_typedtotalevent",
        ),
        AlwaysGuarded(
            "reporting_reportstep",
            "reporting_exceptionanswer",
            "reporting_reminder",
            "reporting_figure",
        ),
    ]
