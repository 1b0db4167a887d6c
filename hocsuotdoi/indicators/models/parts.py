"""Parts of figures that are kept (`queries.parts`), so that a page need not look at every institution. Computed, never
typed: they can be thrown away and made again. Nothing depends on their being there or fresh (`queries.kept_parts`)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PartsQuestion(models.Model):
    """One figure as it is defined and computed; `key` says everything that a change of would make it another."""

    key = models.CharField(max_length=200, unique=True)


class PartsYear(models.Model):
    """A year of which parts are kept, as seen from `day` on its map."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    day = models.DateField()
    questions = ArrayField(models.IntegerField(), help_text="Keys of `PartsQuestion`; of others nothing is kept")
    reads = ArrayField(models.PositiveSmallIntegerField(), help_text="Years of which facts are in these parts")


class KeptParts(models.Model):
    """The columns are those of `queries.parts.Parts`. No row: nothing at all.

    `is_leaf`: what is read as exactly this unit, and not below it; else everything in the unit, which communes do not
    have. `institution_id` 0: the sum; else an institution that stands beside it, only at leaves.
    """

    pk = models.CompositePrimaryKey("unit_id", "is_leaf", "year", "question_id", "institution_id")
    unit_id = models.BigIntegerField()
    is_leaf = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    question_id = models.IntegerField()
    institution_id = models.BigIntegerField()
    expected = models.BigIntegerField()
    yes = models.BigIntegerField()
    no = models.BigIntegerField()
    excused = models.BigIntegerField()
    reporting = models.BigIntegerField()
    total = models.BigIntegerField()
    whole = models.BigIntegerField()
    base = models.BigIntegerField()
    added = models.BigIntegerField()
    added_sum = models.BigIntegerField()
    gone = models.BigIntegerField()
    gone_sum = models.BigIntegerField()
    registered = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["year", "question_id"], condition=models.Q(institution_id__gt=0), name="kept_parts_loose"
            ),
            models.Index(
                fields=["year", "question_id"],
                condition=models.Q(is_leaf=True, institution_id=0),
                name="kept_parts_leaves",
            ),
        ]


class PartsStale(models.Model):
    """A leaf whose parts of a year must be made anew."""

    pk = models.CompositePrimaryKey("year", "unit_id")
    year = models.PositiveSmallIntegerField()
    unit_id = models.BigIntegerField()


class PartsMark(models.Model):
    """That something was written on which parts rest: at a place, at an institution, wherever (neither); in a year or
    in any. Written by triggers, without a unique key, so that writers never wait for each other; the refresh takes
    it."""

    id = models.BigAutoField(primary_key=True)
    place_id = models.BigIntegerField(null=True)
    institution_id = models.BigIntegerField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
