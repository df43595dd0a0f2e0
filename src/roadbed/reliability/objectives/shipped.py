"""The policy that ships with Roadbed, as data beside its reader; it decides where nobody applied another."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Final

from roadbed.reliability.objectives.rules.policy.deciding import Plan
from roadbed.reliability.objectives.rules.policy.documents import read_policies

NAME: Final = "error-budget"
VERSION: Final = 1
FILE: Final = "error-budget.yaml"


@lru_cache(maxsize=1)
def text() -> str:
    """The document."""
    return files("roadbed.reliability.objectives.rules.policy").joinpath(FILE).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def plan() -> Plan:
    """The policy, compiled."""
    (policy,), _ = read_policies(text(), file=FILE)
    return Plan.of(policy, VERSION)
