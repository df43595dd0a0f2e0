"""The last days: incidents whose reviews are being written, or just were."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.stories.telling import Act, Learned, Story

LATEST: Final = (
    Story(
        "route-planner",
        "Plans fail around closed bridges",
        days=8,
        clock=(12, 5),
        minutes=38,
        fails=0.45,
        lead="Sunita Rao",
        cause="Plan around closed bridges",
        by="Emil Strand",
        remedy="rollback",
        answered=140,
        notes=((21, "Sunita Rao", "Every round over the canal fails. Going back."),),
        summary="Rolled back. The list of bridges was empty in production.",
        learned=Learned({"impact": "Rounds of four depots were planned by hand."}),
    ),
    Story(
        "eta-predictor",
        "Arrival times missing after the model's update",
        days=6,
        clock=(14, 30),
        minutes=41,
        fails=0.17,
        lead="Emil Strand",
        cause="Learn stop times from last week",
        by="Rafael Moreno",
        remedy="rollback",
        answered=75,
        notes=((17, "Emil Strand", "The new model has no times for 1,100 of 9,400 stops."),),
        summary="Rolled back to the model of the week before.",
        learned=Learned(
            {
                "impact": "One arrival time in six was missing; tracking showed none.",
                "sense": "The model was checked against stops that it had seen.",
                "limited": "Tracking draws a page without an arrival time.",
                "detection": "Paged by the burn.",
            },
            (
                ("A model may know fewer stops than the one before", "observability", "the training log"),
                ("Nothing counts stops before a release", "tooling", "the pipeline"),
            ),
            (
                Act(
                    "Block a model that knows fewer stops than the live one",
                    2,
                    "less-likely",
                    "Rafael Moreno",
                    5,
                    "Last week's model is refused",
                ),
                Act(
                    "Keep the last time of a stop that a model does not know",
                    1,
                    "smaller-blast",
                    "Emil Strand",
                    9,
                    "Fault test",
                ),
            ),
            published=1,
        ),
    ),
    Story(
        "label-api",
        "Labels for returns fail",
        days=3,
        clock=(11, 30),
        minutes=19,
        fails=0.4,
        lead="Piet Haan",
        cause="Print two labels on one sheet",
        by="Amara Obi",
        remedy="rollback",
        escalates=True,
        answered=395,
        notes=((14, "Piet Haan", "{first} was on a train. Returns have one label, the code wants two."),),
        summary="Rolled back 14 minutes after the page.",
        learned=Learned(
            {
                "impact": "About 2,000 senders could not print a label for a return.",
                "questions": "Why did the page reach nobody for five minutes?",
            },
            (("A page waits 5 min for one person", "process", "the rotation's step"),),
        ),
    ),
)
