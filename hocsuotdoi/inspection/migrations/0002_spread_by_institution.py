"""Visits and what hangs on them are spread by institution; what was changed by whom is kept."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard
from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("inspection", "0001_first")]

    operations = [
        SpreadByInstitution("inspection_visit"),
        SpreadByInstitution("inspection_visitanswer", {"visit_id": "inspection_visit"}),
        SpreadByInstitution("inspection_visitphoto", {"visit_id": "inspection_visit"}),
        SpreadByInstitution("inspection_visitfinding", {"visit_id": "inspection_visit"}),
        Guard(
            "inspection_checklistevent",
            "inspection_inspectionplanevent",
            "inspection_visitevent",
            "inspection_visitanswerevent",
            "inspection_visitfindingevent",
        ),
    ]
