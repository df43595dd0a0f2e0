"""How the objectives of a demo leave, with every minute that was counted for them."""

from __future__ import annotations

from typing import Final

from django.db import connections, transaction
from django.db.models import Max, Min

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.people.models import Team
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.journeys.changed import forget_series
from roadbed.reliability.objectives.journeys.models import Journey, JourneyEvaluated
from roadbed.reliability.objectives.models import (
    Counter,
    Evaluated,
    Exclusion,
    Head,
    Late,
    MeasurementStanding,
    Minute,
    Objective,
    ObjectiveVersion,
    ReadError,
    Series,
    Source,
)

MINUTES_AT_ONCE: Final = 2880


def forget(held: Belongings) -> Gone:
    """Delete those of the demo's services: minutes first, so that a removal cut off in the middle can go on."""
    services = list(held.entities)
    objectives = Objective.objects.filter(service_uid__in=services)
    series = set(objectives.values_list("series", flat=True))
    series |= set(ObjectiveVersion.objects.filter(objective__in=objectives).values_list("series", flat=True))
    rows = _samples(services, sorted(series))
    rows += MeasurementStanding.objects.filter(service_uid__in=services).delete()[0]
    rows += Exclusion.objects.filter(service_uid__in=services).delete()[0]
    rows += ReadError.objects.filter(service_uid__in=services).delete()[0]
    rows += objectives.delete()[0]
    gone, subjects = _journeys(held)
    return Gone(rows + gone + Series.objects.filter(pk__in=series).delete()[0], subjects)


def _journeys(held: Belongings) -> tuple[int, frozenset[str]]:
    """Those of the demo's teams; one of the user's own over its services stays, and says what it lacks."""
    teams = Team.objects.filter(uid__in=held.teams).values_list("name", flat=True)
    journeys = Journey.objects.filter(owner__in=list(teams))
    subjects = frozenset(journeys.values_list("uid", flat=True))
    rows = JourneyEvaluated.objects.using(store.ALIAS).filter(journey__in=subjects).delete()[0]
    return rows + journeys.delete()[0], subjects


def _samples(services: list[str], series: list[int]) -> int:
    using = store.ALIAS
    sources = list(Source.objects.using(using).filter(service_uid__in=services).values_list("name", flat=True))
    rows = _minutes(series)
    with transaction.atomic(using=using):
        rows += Head.objects.using(using).filter(series__in=series).delete()[0]
        rows += forget_series(series)
        rows += Late.objects.using(using).filter(series__in=series).delete()[0]
        rows += Evaluated.objects.using(using).filter(service_uid__in=services).delete()[0]
        rows += Counter.objects.using(using).filter(source__in=sources).delete()[0]
        rows += Source.objects.using(using).filter(name__in=sources).delete()[0]
    return rows


def _minutes(series: list[int]) -> int:
    """A few days at a time: the write lock on the samples is the sampler's too."""
    if not series:
        return 0
    kept = Minute.objects.using(store.ALIAS)
    span = kept.aggregate(first=Min("minute"), last=Max("minute"))
    if span["first"] is None:
        return 0
    rows, table = 0, Minute._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
    places = ", ".join(["%s"] * len(series))
    for begin in range(span["first"], span["last"] + 1, MINUTES_AT_ONCE):
        with transaction.atomic(using=store.ALIAS), connections[store.ALIAS].cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE minute >= %s AND minute < %s AND series IN ({places})",  # noqa: S608 - constants
                [begin, begin + MINUTES_AT_ONCE, *series],
            )
            rows += cursor.rowcount
    return rows
