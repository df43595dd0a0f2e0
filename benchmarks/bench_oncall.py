"""Rendering schedules: a year of twenty people who follow the sun, with leave, swaps, holidays and overrides."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from roadbed.reliability.paging.rules.load.classes import CLASSES
from roadbed.reliability.paging.rules.load.pay import Rules, Stint, sheet
from roadbed.reliability.paging.rules.schedules.following import order_of
from roadbed.reliability.paging.rules.schedules.reading import read
from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import Schedule

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
REGIONS = {"Asia/Singapore": 7, "Europe/London": 7, "America/Los_Angeles": 6}
ROUNDS = 9


def follow_the_sun() -> Schedule:
    """Three regions in daily turns over office hours, a weekly layer of everybody below them for what is left."""
    people = {zone: [f"{zone}-{number}" for number in range(many)] for zone, many in REGIONS.items()}
    everybody = [person for names in people.values() for person in names]
    lines = [
        "zone: Europe/London",
        "layers:",
        "  - name: everybody",
        "    starts: 2025-12-01",
        f"    people: {everybody}",
    ]
    for zone, names in people.items():
        lines += [
            f"  - name: {zone}", "    rotation: daily", f"    zone: {zone}", "    starts: 2025-12-01",
            f"    people: {names}", "    when_away: next", "    on_holidays: false",
            "    restrictions: [{from: 09:00, to: 17:00}]",
        ]  # fmt: skip
    lines += ["leave:"]
    lines += [
        f"  - {{person: {one}, from: 2026-{month:02}-03, to: 2026-{month:02}-12}}"
        for number, one in enumerate(everybody)
        for month in (number % 6 + 1, number % 6 + 7)
    ]
    lines += ["overrides:"]
    lines += [f"  - {{person: {everybody[week % 20]}, from: {day}T10:00, to: {day}T16:00}}"
              for week in range(52) for day in [(START + timedelta(weeks=week)).date()]]  # fmt: skip
    lines += ["swaps:"]
    lines += [f"  - {{people: [{everybody[0]}, {everybody[m]}], from: 2026-{m:02}-20, to: 2026-{m:02}-22}}"
              for m in range(1, 7)]  # fmt: skip
    lines += ["holidays: [2026-01-01, 2026-04-03, 2026-05-01, 2026-12-25, 2026-12-26]"]
    return read("\n".join(lines), "follow-the-sun.yaml")


def spent(work: Any) -> float:
    """The median of some rounds, in milliseconds, the first one left out."""
    took = []
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took[1:])


def run() -> list[dict[str, Any]]:
    """The figures."""
    schedule = follow_the_sun()
    slots = len(render(schedule, START, START + YEAR).slots)
    size = f"20 people, 4 layers, 40 leaves, 52 overrides, {slots} slots"
    now = START + YEAR / 2
    zones = {layer.name: layer.zone.key for layer in schedule.layers}
    stints = [
        Stint(slot.start, slot.end, slot.person or "", slot.layer or "", zones.get(slot.layer or "", "Europe/London"))
        for slot in render(schedule, START, START + YEAR).slots
    ]
    rules = Rules(rates=dict.fromkeys(CLASSES, Decimal(5)), currency="EUR")
    return [
        {"name": "schedule: a year rendered", "unit": "ms", "target": 50, "size": size,
         "value": spent(lambda: render(schedule, START, START + YEAR))},
        {"name": "schedule: who is on call and who follows", "unit": "ms", "size": size,
         "value": spent(lambda: order_of(schedule, now))},
        {"name": "schedule: a year's sheet for pay", "unit": "ms", "size": f"{size}; 4 classes, 3 zones",
         "value": spent(lambda: sheet(stints, rules, START, START + YEAR))},
        {"name": "schedule: its file read", "unit": "ms", "size": size, "value": spent(follow_the_sun)},
    ]  # fmt: skip
