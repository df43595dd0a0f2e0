"""The verbs of objectives: define, end, exclude time, push and import counts, read from the repository, sample."""

from __future__ import annotations

from roadbed.reliability.objectives.defining import Applied, apply, remove, retire_service
from roadbed.reliability.objectives.excluding import exclude, withdraw
from roadbed.reliability.objectives.importing import import_minutes
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
    "exclude",
    "import_minutes",
    "push",
    "read_repository",
    "refill",
    "remove",
    "retire_service",
    "sample",
    "withdraw",
]
