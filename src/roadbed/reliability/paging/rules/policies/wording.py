"""A policy in words: its steps, how long each waits, how often they are gone through."""

from __future__ import annotations

from roadbed.reliability.paging.rules.policies.values import Chain


def in_words(chain: Chain, team: str, version: int) -> str:
    """In a sentence that says whose it is."""
    return f"By the escalation policy of {team}, version {version}: {steps_in_words(chain)}."


def steps_in_words(chain: Chain) -> str:
    """Its steps one after the other, with what follows them."""
    said, after = [], 0
    for step in chain.steps:
        said.append(f"after {spoken(after)} {step.name}" if after else step.name)
        after = step.wait
    rounds = "once" if chain.rounds == 1 else f"{chain.rounds} times"
    return f"{', then '.join(said)}; {rounds}, then the administrators"


def spoken(seconds: int) -> str:
    """Seconds as people say them."""
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
