"""Today: what is open while one looks. Each ends by itself within the hour, or sooner by the button that undoes it."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.stories.telling import Story

TODAY: Final = (
    Story(
        "parcel-tracking",
        "Lookups return 503 for 1 in 9",
        ago=24,
        minutes=60,
        fails=0.111,
        lead="Mara Lindqvist",
        communications="Ines Carvalho",
        flag=("eta-v2", "25%", "100%"),
        by="Tomasz Wierzba",
        answered=41,
        goes_on=True,
        notes=(
            (
                11,
                "Mara Lindqvist",
                "To everyone: about 1 lookup in 9 fails. We think a flag is the cause. More in 15 min.",
            ),
            (13, "Tomasz Wierzba", "98% of the errors are EtaTimeout in lookup/eta, and have the flag on."),
        ),
    ),
    Story(
        "locker-gateway",
        "One locker in twelve does not open",
        ago=33,
        minutes=65,
        fails=0.083,
        lead="Luis Ferrer",
        answered=88,
        goes_on=True,
        notes=((16, "Luis Ferrer", "The vendor's link is lost in two cities. Restarting it helps for a minute."),),
    ),
)
