from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0007_when_readings_start")]

    operations = [
        migrations.AddIndex(
            model_name="unitparent",
            index=models.Index(fields=["starts_on"], name="parent_starts"),
        ),
    ]
