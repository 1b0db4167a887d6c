"""Made the views of the roll-up anew, which a later migration does again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("indicators", "0012_first_versions")]

    operations: list = []
