"""What was changed by whom, and what only grows, cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_first")]

    operations = [
        Guard(
            "papers_paperevent",
        ),
        AlwaysGuarded(
            "papers_delivery",
            "papers_receipt",
        ),
    ]
