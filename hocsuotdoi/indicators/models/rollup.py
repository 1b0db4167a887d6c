"""The roll-up's tables, as `indicators.rollup` defines them. Computed from the ledger, never typed: they can be thrown
away and made again. No links: a row is as lasting as the entries behind it, and links cost time at each fold.

The views `indicators_fresh_…` show each table with what has been posted since the last fold, `indicators_waiting_…`
that alone (`operations.rolling.make_views`); `queries.totals` reads those. What is not known is an empty text, so that
it can be part of a key.
"""

from django.db import models


class Pending(models.Model):
    """An entry that has been posted and not been added yet, as the ledger has it, with the kind of its posting. Written
    by a trigger of the ledger, removed by the fold; a copy: looking each up costs more than holding it twice."""

    seq = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(db_column="id")
    institution_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, help_text="happening or stated; a reversal's is that of what it reverses")
    occurred_on = models.DateField()
    place_id = models.BigIntegerField()
    measure = models.CharField(max_length=32)
    quantity = models.BigIntegerField()
    sex = models.CharField(max_length=8, null=True)
    age_band = models.CharField(max_length=8, null=True)
    channel = models.CharField(max_length=12, null=True)
    purpose = models.CharField(max_length=16, null=True)
    learner_key = models.UUIDField(null=True)


class Reclassed(models.Model):
    """An institution whose class was changed: its entries move to other cells. Written by a trigger, like `Pending`."""

    id = models.BigAutoField(primary_key=True)
    institution_id = models.BigIntegerField()
    was = models.CharField(max_length=32)
    became = models.CharField(max_length=32)


class Reach(models.Model):
    """At which units the facts of a place (a unit of any time) are read on the map of `RollupMap.day`."""

    pk = models.CompositePrimaryKey("place_id", "unit_id")
    place_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    tier = models.CharField(max_length=10)


class RollupMap(models.Model):
    """The map on which the totals at units stand. One row. `first_reading` and `last_reading` are the least and the
    greatest key of `UnitReading` then: where any reading changes all are made anew, with greater keys."""

    day = models.DateField()
    first_reading = models.BigIntegerField()
    last_reading = models.BigIntegerField()


class _Cells(models.Model):
    measure = models.CharField(max_length=32)
    quantity = models.BigIntegerField()
    lines = models.BigIntegerField(help_text="Entries behind it: each counts one, its reversal takes one away")

    class Meta:
        abstract = True


class _AtUnit(_Cells):
    grain = models.CharField(max_length=5, help_text="month or year")
    tier = models.CharField(max_length=10)
    starts_on = models.DateField()
    unit_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Cell(_Cells):
    """A month at a place, with everything that is known of it but who."""

    pk = models.CompositePrimaryKey(
        "measure", "month", "place_id", "institution_class", "purpose", "channel", "sex", "age_band", "stated"
    )
    month = models.DateField()
    place_id = models.BigIntegerField()
    institution_class = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    sex = models.CharField(max_length=8, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    stated = models.BooleanField()

    class Meta:
        # Of few places over many months; equal keys lie in one entry of the index, which makes it small.
        indexes = [models.Index(fields=["place_id", "measure"], name="cell_place")]


class InstitutionMonth(_Cells):
    """A month at an institution."""

    pk = models.CompositePrimaryKey("measure", "month", "institution_id", "place_id", "purpose", "stated")
    month = models.DateField()
    institution_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    purpose = models.CharField(max_length=16, blank=True)
    stated = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["institution_id", "month"], name="institution_month"),
            models.Index(fields=["place_id", "measure"], name="institution_month_place"),
        ]


class FreshInstitutionMonth(_Cells):
    """The view of `InstitutionMonth` with what is pending: several rows can have one key."""

    pk = models.CompositePrimaryKey("measure", "month", "institution_id", "place_id", "purpose", "stated")
    month = models.DateField()
    institution = models.ForeignKey("places.Institution", on_delete=models.DO_NOTHING, related_name="+")
    place = models.ForeignKey("places.AdminUnit", on_delete=models.DO_NOTHING, related_name="+")
    purpose = models.CharField(max_length=16, blank=True)
    stated = models.BooleanField()

    class Meta:
        managed = False
        db_table = "indicators_fresh_institutionmonth"


class LearnerYear(_Cells):
    """That a learner took part at a place in a year: counted once, however often; never added up over units, years."""

    pk = models.CompositePrimaryKey("measure", "year", "place_id", "learner_key")
    year = models.BigIntegerField()
    place_id = models.BigIntegerField()
    learner_key = models.UUIDField()


class UnitTotal(_AtUnit):
    pk = models.CompositePrimaryKey("measure", "grain", "tier", "starts_on", "unit_id")


class UnitTotalByClass(_AtUnit):
    pk = models.CompositePrimaryKey(
        "measure", "grain", "tier", "starts_on", "unit_id", "institution_class", "purpose", "stated"
    )
    institution_class = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16, blank=True)
    stated = models.BooleanField()


class UnitTotalByPerson(_AtUnit):
    pk = models.CompositePrimaryKey("measure", "grain", "tier", "starts_on", "unit_id", "channel", "sex", "age_band")
    channel = models.CharField(max_length=12, blank=True)
    sex = models.CharField(max_length=8, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
