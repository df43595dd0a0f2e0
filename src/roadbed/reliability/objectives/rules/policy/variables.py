"""What a policy may speak of: every variable with its type, whether it can be missing, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.evaluation import STANDINGS

TEXT: Final = "text"
NUMBER: Final = "number"
WHOLE: Final = "whole number"
FLAG: Final = "true or false"

KINDS: Final = ("feature", "fix", "reliability", "security", "config", "maintenance", "rollback")
"""What a change can be; the gates' own list, which a test compares."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    Attributes:
        of_objective: whether each objective of a service has its own; else it is of the question as a whole.
        optional: whether it can be missing, which makes a condition that needs it undecidable.
        keyed: whether it is a map, of which a condition names one value by its key.
        share: whether it is written as a percentage.
        values: all that it can be, where that is known.
        in_texts: whether only texts can name it.
    """

    path: str
    type: str
    says: str
    of_objective: bool = True
    optional: bool = False
    keyed: bool = False
    share: bool = False
    values: tuple[str, ...] = ()
    in_texts: bool = False


def _of_question(path: str, kind: str, says: str, *, keyed: bool = False, values: tuple[str, ...] = ()) -> Variable:
    return Variable(path, kind, says, of_objective=False, optional=keyed, keyed=keyed, values=values)


def _maybe(path: str, kind: str, says: str, *, share: bool = False, keyed: bool = False) -> Variable:
    return Variable(path, kind, says, optional=True, share=share, keyed=keyed)


_TABLE: Final = (
    _of_question("change.kind", TEXT, "What the change is judged as.", values=KINDS),
    _of_question("change.declared", TEXT, "What somebody says that it is; empty where nobody does."),
    _of_question("change.derived", TEXT, "What its commits, labels and paths say; empty where they say nothing."),
    _of_question("environment", TEXT, "Where it goes: production, unless the question names another."),
    _of_question("service.name", TEXT, "The service."),
    _of_question("service.owner", TEXT, "Its owning team."),
    _of_question("service.tier", TEXT, "Its annotation `roadbed.dev/tier`; empty where it has none."),
    _of_question("service.lifecycle", TEXT, "Its `spec.lifecycle`."),
    _of_question("service.labels", TEXT, "One of its labels, by its name.", keyed=True),
    _of_question("objectives", WHOLE, "How many objectives it has."),
    Variable("objective.name", TEXT, "The objective's name."),
    Variable("target", NUMBER, "What it promises, between 0 and 1.", share=True),
    Variable("window.name", TEXT, "Its window, like 30d."),
    Variable("window.days", NUMBER, "How many days of its window have passed; 30 for a rolling 30d."),
    Variable("standing", TEXT, "How it stands.", values=tuple(reversed(STANDINGS))),
    Variable("paging", FLAG, "Whether an alert of the page level fires."),
    Variable("unmeasured", FLAG, "Whether nobody can say how it stands: no data, or a broken indicator."),
    Variable("evaluated", FLAG, "Whether it was evaluated at all."),
    Variable("stale", FLAG, "Whether its figures are older than two evaluations (20 s)."),
    _maybe("age", NUMBER, "Seconds since it was evaluated; missing before the first time."),
    _maybe("budget.remaining", NUMBER, "Share of the budget that is left, negative when overspent.", share=True),
    _maybe("budget.spent", NUMBER, "Share that is spent: 1 − what is left.", share=True),
    Variable("budget.bad", NUMBER, "Bad events or slices in the window."),
    Variable("budget.allowed", WHOLE, "How many of them the window allows."),
    _maybe("coverage", NUMBER, "Measured share of the window's minutes since the promise began.", share=True),
    _maybe("burn", NUMBER, "Burn rate over a window, by the window's name.", keyed=True),
    Variable("title", TEXT, "The objective's title.", in_texts=True),
    Variable("top_line", TEXT, "How it stands, in one or two sentences.", in_texts=True),
    Variable("why", TEXT, "Why it is not counted now, or how it stands.", in_texts=True),
)
VARIABLES: Final = {variable.path: variable for variable in _TABLE}
WINDOW: Final = re.compile(r"[1-9][0-9]{0,5}[mhdw]")


def keyed(path: str, key: str) -> str:
    """The path of one value of a map."""
    return f"{path}[{key}]"


def variable_of(path: str) -> Variable:
    """The variable of a path, with or without a key."""
    return VARIABLES[path.partition("[")[0]]


def key_of(path: str) -> str:
    """The key of such a path; empty without one."""
    return path.partition("[")[2].removesuffix("]")


def shown(path: str) -> str:
    """A path as a condition writes it."""
    key = key_of(path)
    return f'{path.partition("[")[0]}["{key}"]' if key else path
