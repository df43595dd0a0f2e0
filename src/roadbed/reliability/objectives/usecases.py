"""The verbs of objectives: define, end, exclude time, read from the repository, import the past, sample."""

from __future__ import annotations

from roadbed.reliability.objectives.defining import Applied, apply, remove, retire_service
from roadbed.reliability.objectives.excluding import exclude, withdraw
from roadbed.reliability.objectives.importing import import_minutes
from roadbed.reliability.objectives.repository import read_repository
from roadbed.reliability.objectives.sampling import Sampled, sample

__all__ = [
    "Applied",
    "Sampled",
    "apply",
    "exclude",
    "import_minutes",
    "read_repository",
    "remove",
    "retire_service",
    "sample",
    "withdraw",
]
