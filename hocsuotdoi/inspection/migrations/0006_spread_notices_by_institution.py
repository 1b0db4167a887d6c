"""What people are told about visits is spread by institution."""

from django.db import migrations

from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("inspection", "0005_told_signed_and_noted_on_the_phone")]

    operations = [SpreadByInstitution("inspection_visitnotice", {"visit_id": "inspection_visit"})]
