from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0006_guard_the_trail"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "to_tell"])),
                fields=["created_at"],
                name="notice_still_open",
            ),
        ),
    ]
