"""Before anything was counted: two incidents that people saw and opened by hand."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.stories.telling import Act, Learned, Story

EARLIER: Final = (
    Story(
        "rate-quote",
        "New prices shown to everybody at once",
        days=52,
        clock=(13, 20),
        minutes=21,
        lead="Yuki Tanabe",
        seen_by="Piet Haan",
        cause="Round prices to five cents",
        by="Amara Obi",
        remedy="rollback",
        notes=(
            (6, "Piet Haan", "Support hears of prices that differ between the cart and the label."),
            (19, "Yuki Tanabe", "Rolled back. New quotes are right again."),
        ),
        summary="Rolled back; 212 senders were paid the difference.",
        learned=Learned(
            {
                "impact": "212 senders saw a price in the cart that the label did not have.",
                "sense": "The change had passed staging, where every price is a whole euro.",
                "limited": "Labels keep the price they were quoted, so nobody was charged twice.",
                "detection": "A call to support told of it after 6 minutes. No objective counts wrong prices.",
            },
            (
                ("One step to 100%", "process", "release plan of that day"),
                ("Staging has no odd prices", "latent-design", "its data set"),
            ),
            (
                Act(
                    "Fill staging with last week's prices, so that rounding shows",
                    2,
                    "detect-sooner",
                    "Amara Obi",
                    -20,
                    "A run of last month's change fails there",
                    closed=-24,
                    shown="Staging refused the same change: https://ci.kestrel.invalid/runs/41",
                ),
            ),
            published=44,
        ),
    ),
    Story(
        "parcel-tracking",
        "Timeouts from eta-predictor",
        days=40,
        clock=(8, 45),
        minutes=34,
        severity=3,
        lead="Dele Akande",
        seen_by="Ines Carvalho",
        flag=("eta-v1-cache", "off", "on"),
        by="Tomasz Wierzba",
        remedy="flag",
        notes=((11, "Dele Akande", "Lookups wait for arrival times. The cache holds none for new parcels."),),
        summary="The flag eta-v1-cache was turned off again.",
        learned=Learned(
            {
                "impact": "About 1,900 people waited more than 10 s for their parcel.",
                "sense": "The cache had been filled by hand in staging, so that it never missed there.",
                "limited": "A flag guarded it; nobody had to deploy.",
                "detection": "Ines saw it on her own parcel. Latency had no objective then.",
            },
            (
                ("No answer without an arrival time", "latent-design", "lookup/eta.py"),
                ("eta-predictor promises 99.5%", "dependency", "its objective"),
            ),
            (
                Act(
                    "Promise latency: 99% of lookups within 300 ms, with an alert",
                    1,
                    "detect-sooner",
                    "Mara Lindqvist",
                    -28,
                    "The objective burns in a fault test",
                    closed=-31,
                    shown="objective lookups-in-time: https://ci.kestrel.invalid/runs/42",
                ),
            ),
            published=33,
        ),
    ),
)
