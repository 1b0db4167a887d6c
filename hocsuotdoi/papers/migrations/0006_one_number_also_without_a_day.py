"""A number that an issuer has given stands once also where no day was written. Of those that stand twice since, the
later ones are marked « (2)»: nobody can tell here which day is missing."""

from typing import Any

import pgtrigger
from django.db import migrations, models
from django.db.models import F

from hocsuotdoi.core.audit import many_rows

_LONGEST = 60


def mark_the_second(apps: Any, schema_editor: Any) -> None:
    papers = apps.get_model("papers", "Paper")._default_manager
    undated = papers.filter(issued_on=None).exclude(number="").order_by("pk")
    rows = list(undated.values_list("pk", "issuer", "number"))
    taken = {(issuer, number) for _pk, issuer, number in rows}
    seen: set[tuple[str, str]] = set()
    with many_rows(), pgtrigger.ignore("papers.Paper:paper_kept_as_sent"):
        for pk, issuer, number in rows:
            if (issuer, number) not in seen:
                seen.add((issuer, number))
                continue
            nth, marked = 2, number
            while (issuer, marked) in taken:
                mark = f" ({nth})"
                nth, marked = nth + 1, f"{number[: _LONGEST - len(mark)]}{mark}"
            taken.add((issuer, marked))
            papers.filter(pk=pk).update(number=marked, version=F("version") + 1)


class Migration(migrations.Migration):
    dependencies = [("papers", "0005_kept_whole_as_sent")]

    operations = [
        migrations.RunPython(mark_the_second, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="paper", name="paper_number_once"),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number", "issuer", "issued_on"),
                name="paper_number_once",
                nulls_distinct=False,
            ),
        ),
    ]
