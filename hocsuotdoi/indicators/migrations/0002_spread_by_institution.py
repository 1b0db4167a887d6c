from django.db import migrations

from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_first")]

    operations = [SpreadByInstitution("indicators_criterionanswer")]
