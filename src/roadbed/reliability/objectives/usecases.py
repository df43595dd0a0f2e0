"""The verbs of objectives: define, end, exclude time, push and import counts, read files, sample, set a policy."""

from __future__ import annotations

from roadbed.reliability.objectives.defining import Applied, apply, remove, retire_service
from roadbed.reliability.objectives.excluding import check as check_exclusion
from roadbed.reliability.objectives.excluding import exclude, objective_named, withdraw
from roadbed.reliability.objectives.importing import import_minutes
from roadbed.reliability.objectives.journeys.defining import apply_journeys, remove_journey
from roadbed.reliability.objectives.journeys.following import follow_journeys
from roadbed.reliability.objectives.policing import apply_policy, remove_policy
from roadbed.reliability.objectives.pulling import refill
from roadbed.reliability.objectives.pushing import CountRow, Pushed, push
from roadbed.reliability.objectives.repository import read_repository
from roadbed.reliability.objectives.sampling import Sampled, sample

__all__ = [
    "Applied",
    "CountRow",
    "Pushed",
    "Sampled",
    "apply",
    "apply_journeys",
    "apply_policy",
    "check_exclusion",
    "exclude",
    "follow_journeys",
    "import_minutes",
    "objective_named",
    "push",
    "read_repository",
    "refill",
    "remove",
    "remove_journey",
    "remove_policy",
    "retire_service",
    "sample",
    "withdraw",
]
