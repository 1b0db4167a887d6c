"""Checks of findings are spread by institution, and stand."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded
from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("inspection", "0003_chosen_by_rule_and_checked_again")]

    operations = [
        SpreadByInstitution("inspection_findingcheck", {"finding_id": "inspection_visitfinding"}),
        AlwaysGuarded("inspection_findingcheck"),
    ]
