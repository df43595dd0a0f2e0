"""The twenty questions of this edition as data, with what each answer is called in files."""

from __future__ import annotations

from typing import Final

from roadbed.organization.diagnostic.rules.asked_of_people import COGNITIVE_LOAD, PLATFORM_PRODUCT, SRE_PRACTICE
from roadbed.organization.diagnostic.rules.values import (
    DIMENSIONS,
    FAILURES,
    SHARE,
    STABILITY,
    STEPS,
    THROUGHPUT,
    Question,
    options,
)

EDITION: Final = "2026-11"
MINUTES: Final = 15

DELIVERY: Final = (
    Question(
        1, "lead_time", THROUGHPUT, STEPS, "Commit to production",
        "How long does it take from a commit until it runs in production?",
        "Think of the usual change of the last three months, from its first commit until it serves users.",
        "Change lead time is one of the five DORA metrics: it says how long a correction has to wait.",
        "Shorten the way from commit to production",
        "Work in smaller changes on one main branch, and remove the longest wait: review, a queue, or an approval.",
        2,
        options(
            "over-6-months: More than 6 months", "1-to-6-months: 1 to 6 months", "week-to-month: A week to a month",
            "day-to-week: A day to a week", "hour-to-day: An hour to a day", "under-an-hour: Under an hour",
        ),
    ),
    Question(
        2, "deployment_frequency", THROUGHPUT, STEPS, "Deployments per service",
        "How often is a typical service deployed to production?",
        "Per service, not for the whole company.",
        "Deployment frequency is reported on its own: it stands for the size of a change.",
        "Deploy each service more often, in smaller changes",
        "Deploy every merge automatically; hide what is not ready behind a flag.",
        2,
        options(
            "under-twice-a-year: Less than twice a year", "monthly-to-half-yearly: Between monthly and twice a year",
            "weekly-to-monthly: Between weekly and monthly", "daily-to-weekly: Between daily and weekly",
            "daily: About once a day", "several-a-day: Several times a day",
        ),
    ),
    Question(
        3, "recovery_time", THROUGHPUT, STEPS, "Recovery from a bad deployment",
        "When a deployment goes wrong, how long until users are well again?",
        "From the end of the deployment until the service works again, whether you rolled back or fixed forward.",
        "Failed deployment recovery time says what a mistake costs.",
        "Make rolling back one command",
        "Roll back before looking for the cause, and rehearse it once a quarter in each team.",
        1,
        options(
            "over-a-month: More than a month", "week-to-month: A week to a month", "day-to-week: A day to a week",
            "hour-to-day: An hour to a day", "10-min-to-hour: 10 min to an hour", "under-10-min: Under 10 min",
        ),
    ),
    Question(
        4, "hands_off", THROUGHPUT, SHARE, "Deployments with no manual step",
        "What share of deployments needs no manual step after the merge?",
        "An approval by hand, a ticket, a command that somebody types: each is a manual step.",
        "A step by hand is where a queue begins.",
        "Take the manual steps out of deployments",
        "List them for one service, and let the gate answer what an approval is for.",
        2,
    ),
    Question(
        5, "change_fail_rate", STABILITY, FAILURES, "Deployments that need intervention",
        "What share of deployments needs somebody to step in?",
        "A rollback, a hotfix, a patch: whatever harmed users. A pipeline that failed before that does not count.",
        "Change fail rate is reported on its own: with deployment frequency it says most about speed and safety.",
        "Find faults before they reach everybody",
        "Send a change to a few users first, and stop it by itself when their errors rise.",
        3,
    ),
    Question(
        6, "rework_rate", STABILITY, FAILURES, "Unplanned fix deployments",
        "What share of deployments was unplanned, to fix something users saw?",
        "Count the deployments that nobody would have made without the fault.",
        "Rework is the part of speed that goes nowhere.",
        "Ask of each unplanned fix which test was missing",
        "Write that test with the fix, and read the list once a month.",
        2,
    ),
    Question(
        7, "deploys_alone", STABILITY, STEPS, "A team can deploy alone, in office hours",
        "Can a team deploy its service alone, during office hours, without downtime?",
        "Without waiting for another team, a release window or a weekend.",
        "Teams that can are both faster and more stable; it is a property of the architecture.",
        "Let each team deploy on its own",
        "Name the deployments that had to wait for another team, and part the two most frequent pairs.",
        3,
        options(
            "never: Never", "rarely: Rarely", "sometimes: Sometimes", "often: Often", "nearly-always: Nearly always",
            "always: Always",
        ),
    ),
)  # fmt: skip

QUESTIONS: Final[tuple[Question, ...]] = (*DELIVERY, *COGNITIVE_LOAD, *SRE_PRACTICE, *PLATFORM_PRODUCT)
BY_KEY: Final = {one.key: one for one in QUESTIONS}
BY_NUMBER: Final = {one.number: one for one in QUESTIONS}
OF_DIMENSION: Final = {
    dimension: tuple(one for one in QUESTIONS if one.dimension == dimension) for dimension in DIMENSIONS
}
