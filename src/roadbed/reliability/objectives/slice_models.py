"""Tables of slices and of broken minutes among the samples: what a budget of time is read from."""

from __future__ import annotations

from django.db import models


class SliceSum(models.Model):
    """All slices of one series up to one that ends at the minute `until`; any window is the difference of two rows.

    `spent_high` and `spent_low` are the shares of bad events in parts, split where neither can overflow.
    """

    database = "samples"

    pk = models.CompositePrimaryKey("until", "series")
    until = models.IntegerField()
    series = models.IntegerField()
    measured = models.IntegerField()
    idle = models.IntegerField()
    bad = models.IntegerField()
    broken = models.IntegerField()
    spent_high = models.BigIntegerField()
    spent_low = models.BigIntegerField()


class SliceHead(models.Model):
    """Which slices of a series were judged, and by what; another `shape` is judged anew.

    They are `length` minutes long. Those from the minute `first` up to `judged` are there. What ends after `sure` was
    judged while its last minute went on, and is judged again.
    """

    database = "samples"

    series = models.IntegerField(primary_key=True)
    shape = models.CharField(max_length=120)
    length = models.IntegerField()
    first = models.IntegerField()
    judged = models.IntegerField()
    sure = models.IntegerField()


class SliceDue(models.Model):
    """Minutes of a series that changed after their slices were judged."""

    database = "samples"

    series = models.IntegerField()
    first = models.IntegerField()
    until = models.IntegerField()


class Broken(models.Model):
    """Minutes in a row in which a series claims more good events than events."""

    database = "samples"

    series = models.IntegerField()
    first = models.IntegerField()
    until = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["series"], name="broken_series")]
