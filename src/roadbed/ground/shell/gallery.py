"""Every component once, with the values that draw it: to look at, and to copy from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone

from roadbed.ground.errors import NotFound
from roadbed.ground.people.rules import ADMIN
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import (
    Badge,
    Confirmation,
    Coverage,
    Event,
    Fact,
    Figure,
    Line,
    Link,
    Node,
    Reason,
    Segment,
    Stat,
    Tab,
    Table,
    Verdict,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEGMENTS = (
    Segment("good", 0, 0.3),
    Segment("bad", 0.3, 0.015),
    Segment("good", 0.315, 0.15),
    Segment("idle", 0.465, 0.09),
    Segment("good", 0.555, 0.125),
    Segment("unmeasured", 0.68, 0.08),
    Segment("good", 0.76, 0.06),
    Segment("excluded", 0.82, 0.07),
    Segment("good", 0.89, 0.11),
)
COVERAGE = Coverage(
    SEGMENTS,
    {"good": 1073, "bad": 22, "idle": 130, "unmeasured": 115, "excluded": 100},
    "24 h: good with one bad spell, idle, unmeasured and excluded stretches",
    ("00:00", "06:00", "12:00", "18:00", "24:00"),
)
STATS = (
    Stat(
        "Change fail rate",
        "11.9",
        "%",
        "9.1–15.4%, 49 of 412",
        interval=(0.303, 0.397, 0.513),
        interval_words="9.1 to 15.4%",
    ),
    Stat("Recovery", None, note="no failed deployment in 28 days"),
)
FACTS = (
    Fact("Owner", "Tracking", "#owner"),
    Fact("SRE engagement", absent="None: the owner answers"),
    Fact("SLO state", badge=Badge("bad")),
)
FIGURE = Figure(
    id="gallery-chart",
    label="Deployments a week, from 71 to 92",
    short=True,
    data={
        "x": ["18 May", "25 May", "1 Jun", "8 Jun"],
        "legend": True,
        "series": [
            {"name": "Healthy", "type": "bar", "stack": "a", "tone": "good-mark", "values": [64, 62, 70, 68]},
            {
                "name": "Rework",
                "type": "bar",
                "stack": "a",
                "tone": "warn-mark",
                "decal": True,
                "values": [4, 9, 5, 12],
            },
            {"name": "Failed", "type": "bar", "stack": "a", "tone": "bad-mark", "values": [6, 8, 7, 12]},
        ],
    },
    table=Table(
        ("Week of", "Healthy", "Rework", "Failed"),
        (
            ("18 May", "64", "4", "6"),
            ("25 May", "62", "9", "8"),
            ("1 Jun", "70", "5", "7"),
            ("8 Jun", "68", "12", "12"),
        ),
        frozenset({"Healthy", "Rework", "Failed"}),
    ),
    caption="Counted from deployments to production.",
)
VERDICT = Verdict(
    "warn",
    "Yes, with a warning",
    "1.6% of the budget is left. Roll back at the first bad minute.",
    (
        Reason(
            Badge("warn", "Warns"), "Little budget is left", "582 failures until it is spent.", "Above 25%, on 27 June."
        ),
    ),
)
LINES = (
    Line("hunk", "@@ parcels.kestrel.example @@"),
    Line("same", "  - path: /labels", 42),
    Line("del", "    also: [/returns]", 43),
    Line("add", "    service: return-label", 43, marked=True),
)
TREE = (
    Node("roadbed", children=(Node("flags.yaml", "#flags", "+9"), Node("slo.yaml", "#slo", "+24", current=True))),
    Node("README.md", "#readme", "+28"),
)
CONFIRMATION = Confirmation(
    id="roll-back",
    title="Roll back parcel-tracking to v411",
    url="/_components",
    submit="Roll back to v411",
    keep="Keep v412",
    rows=(
        ("Code", "v412 → v411, 2 changes undone"),
        ("Configuration", "ETA_TIMEOUT_MS 400 → 900"),
        ("Secrets", "stay current"),
    ),
    note="Takes about 20 s. No request is lost: v411 takes traffic before v412 leaves.",
    ask="A word for the timeline, if you like",
    hint="503 since 13:41",
    told="Tracking is told",
)


@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """The gallery, for whoever builds pages."""
    if not (settings.DEBUG or doors.caller(request).role == ADMIN):
        raise NotFound("There is no such page.")
    now = timezone.now()
    events = (
        Event(now - timedelta(minutes=2), "bell-ringing", "Page sent", "Burn 111 over 5 min", state="bad"),
        Event(now - timedelta(minutes=13), "rocket", "v412 deployed", url="#v412", state="info"),
        Event(now - timedelta(days=2), "git-merge", "3 changes merged"),
    )
    return render(
        request,
        "shell/gallery.html",
        {
            "coverage": COVERAGE,
            "stats": STATS,
            "facts": FACTS,
            "figure": FIGURE,
            "verdict": VERDICT,
            "lines": LINES,
            "tree": TREE,
            "confirm": CONFIRMATION,
            "events": events,
            "links": (Link("Catalogue", "/catalogue"), Link("Customer tracking", "#system"), Link("parcel-tracking")),
            "tabs": (Tab("Overview", "#o", current=True), Tab("Delivery", "#d"), Tab("Objectives", "#s", count=2)),
            "names": ("Path", "Service", "Review"),
            "spark": (4, 5, 3, 9, None, None, 12, 14, 11, 18),
            "now": now,
        },
    )
