"""Reviews belong to an institution and are never changed; what was changed in a draft by whom neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard
from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("indicators", "0010_versions_and_reviews")]

    operations = [
        SpreadByInstitution("indicators_criterionreview", {"answer_id": "indicators_criterionanswer"}),
        AlwaysGuarded("indicators_criterionreview"),
        Guard("indicators_indicatordraftevent"),
    ]
