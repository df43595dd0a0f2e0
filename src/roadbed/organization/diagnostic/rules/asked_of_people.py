"""Questions 8 to 20: cognitive load, the practice of SRE, and the platform as a product."""

from __future__ import annotations

from typing import Final

from roadbed.organization.diagnostic.rules.values import LOAD, PLATFORM, SHARE, SRE, STEPS, Question, options

COGNITIVE_LOAD: Final = (
    Question(
        8, "mental_effort", LOAD, STEPS, "Mental effort of a routine change",
        "How much mental effort does a routine change take?",
        "A change that you have made in a similar way before.",
        "Effort that is not about the problem itself is what a platform can take away.",
        "Make the routine change routine",
        "Watch one being made, note every detour, and put the commonest one on the golden path.",
        2,
        options(
            "very-high: Very high", "high: High", "rather-high: Rather high", "rather-low: Rather low", "low: Low",
            "very-low: Very low",
        ),
    ),
    Question(
        9, "interruptions", LOAD, STEPS, "Interruptions",
        "How often are you interrupted on a usual day?",
        "Pages, questions, urgent requests: whatever makes you leave what you were doing.",
        "Flow is one of the three parts of developer experience.",
        "Put one person in front of interruptions",
        "Let one of the team take questions and pages for a week at a time, and count what comes.",
        1,
        options(
            "over-10: More than 10 times", "7-to-10: 7 to 10 times", "5-to-6: 5 or 6 times", "3-to-4: 3 or 4 times",
            "1-to-2: Once or twice", "hardly: Hardly ever",
        ),
    ),
    Question(
        10, "frustration", LOAD, STEPS, "Frustration with tools",
        "How often do your tools frustrate you?",
        "Builds, environments, deployment, observability, access.",
        "Slow and flaky feedback is the commonest reason.",
        "Mend the tool that is named most often",
        "Ask which one it is, give its mending a date, and say when it is done.",
        2,
        options(
            "constantly: Constantly", "daily: Every day", "weekly: Every week", "monthly: Every month",
            "rarely: Rarely", "never: Never",
        ),
    ),
    Question(
        11, "systems_touched", LOAD, STEPS, "Systems touched to ship",
        "How many systems does a routine change touch until it serves users?",
        "Repositories, pipelines, consoles, tickets, dashboards: each that somebody has to open.",
        "Every one has its own words, rights and faults.",
        "Cut the systems that a routine change touches",
        "Drop those that ask for what another one knows already.",
        3,
        options(
            "over-12: More than 12", "9-to-12: 9 to 12", "7-to-8: 7 or 8", "5-to-6: 5 or 6", "3-to-4: 3 or 4",
            "1-to-2: 1 or 2",
        ),
    ),
    Question(
        12, "debugging", LOAD, STEPS, "Confidence in debugging one's own service",
        "How sure are you that you would find a fault in your own service in production?",
        "Alone, at night, with the logs, metrics and dashboards that there are.",
        "Who is on call without it is on call in name only.",
        "Give each service a dashboard and a runbook that find its last fault",
        "Let somebody who was not there repeat the last incident with them.",
        1,
        options(
            "not-at-all: Not at all", "hardly: Hardly", "somewhat: Somewhat", "fairly: Fairly", "very: Very",
            "completely: Completely",
        ),
    ),
)  # fmt: skip

SRE_PRACTICE: Final = (
    Question(
        13, "slo_coverage", SRE, SHARE, "Services with a reviewed SLO",
        "What share of services has a user-facing SLO that was reviewed this quarter?",
        "An objective that nobody looked at for a quarter does not count.",
        "Without one, reliable enough is an opinion.",
        "Give each service that users feel one objective, and review it each quarter",
        "One is enough to begin with: the share of requests that were answered in time.",
        1,
    ),
    Question(
        14, "budget_policy", SRE, STEPS, "When the budget is spent",
        "What happens when an error budget is spent?",
        "Think of the last time that it was.",
        "A budget that changes nothing is a dashboard.",
        "Let a spent budget change the plan in every team",
        "Agree beforehand what stops; the gate can then refuse features until the budget recovers.",
        1,
        options(
            "nothing: Nothing", "discussed: It is discussed", "reprioritised: Work is reprioritised",
            "enforced: Features stop until it recovers",
        ),
    ),
    Question(
        15, "toil", SRE, STEPS, "Toil, share of time",
        "What share of the time of those on call is toil?",
        "Work by hand that repeats, could be automated, and grows with the service.",
        "Above half there is no time left to make it less.",
        "Log toil for two weeks and automate what tops the list",
        "The list is nearly always led by one thing.",
        2,
        options("over-50: More than 50%", "25-to-50: 25 to 50%", "10-to-25: 10 to 25%", "under-10: Under 10%"),
    ),
    Question(
        16, "review_actions", SRE, SHARE, "Incidents reviewed, actions closed in 30 days",
        "What share of incidents was reviewed, with its actions closed within 30 days?",
        "Both parts count: a review whose actions stay open is not one.",
        "An incident that teaches nothing comes back.",
        "Close review actions within 30 days",
        "Fewer actions, each with one owner and a date, looked at every week.",
        1,
    ),
)  # fmt: skip

PLATFORM_PRODUCT: Final = (
    Question(
        17, "new_service", PLATFORM, STEPS, "New service to production",
        "How long does a new service take from the first commit to production?",
        "With its pipeline, its alerts, its secrets and somebody on call.",
        "It is what the platform is for, in one number.",
        "Make a new service live on its first day",
        "Take the last one that was made, and move each step that somebody did by hand into the golden path.",
        2,
        options(
            "over-3-months: More than 3 months", "1-to-3-months: 1 to 3 months", "10-days-to-month: 10 days to a month",
            "2-to-10-days: 2 to 10 days", "4-hours-to-2-days: 4 hours to 2 days", "under-4-hours: Under 4 hours",
        ),
    ),
    Question(
        18, "golden_path", PLATFORM, SHARE, "Services on the golden path",
        "What share of services is on the golden path?",
        "Made by it or adopted to it, so that its updates reach them.",
        "Adoption by choice is how a platform knows that it is wanted.",
        "Bring the next ten services onto the golden path",
        "Ask the teams that stay away what is missing, and build that.",
        3,
    ),
    Question(
        19, "senior_hours", PLATFORM, STEPS, "Seniors' hours on repeated answers",
        "How many hours a week does a senior engineer spend on infrastructure questions answered before?",
        "Per senior engineer, on a usual week.",
        "It is the platform that is there already, run by interruption.",
        "Turn the five commonest answers into something that needs no asking",
        "A default in the golden path first, a command second, a page last.",
        1,
        options(
            "over-10: More than 10 hours", "6-to-10: 6 to 10 hours", "3-to-6: 3 to 6 hours", "1-to-3: 1 to 3 hours",
            "under-1: Under an hour", "none: None to speak of",
        ),
    ),
    Question(
        20, "platform_product", PLATFORM, STEPS, "Platform ownership and feedback",
        "Who owns what teams use to ship, and how do they hear from its users?",
        "Pipelines, templates, environments, observability.",
        "A platform without users in mind is one more thing to work around.",
        "Give the platform an owner who listens",
        "One person who answers for it, who talks with three of its users each month.",
        1,
        options(
            "none: Nobody owns it", "ad-hoc: Whoever has time", "owner: A named owner",
            "product: A product with users, a plan and feedback",
        ),
    ),
)  # fmt: skip
