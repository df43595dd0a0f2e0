"""The kind of several commits that go out together: the severest of what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from roadbed.delivery.changes.kinds import places
from roadbed.delivery.changes.kinds.deriving import derive
from roadbed.delivery.changes.kinds.values import (
    FEATURE,
    MAINTENANCE,
    RELIABILITY,
    ROLLBACK,
    SECURITY,
    Change,
    Derived,
)

MERGES: Final = ("merge branch", "merge pull request", "merge remote-tracking", "merge tag")
SEVEREST_FIRST: Final = (FEATURE, SECURITY, RELIABILITY, ROLLBACK, MAINTENANCE)
"""One feature makes the whole a feature. A rollback counts only when nothing else but maintenance is with it."""


def derive_together(
    commits: Iterable[tuple[str, str]],
    *,
    labels: tuple[str, ...] = (),
    branch: str = "",
    paths: tuple[str, ...] = (),
    author_is_bot: bool = False,
) -> Derived | None:
    """The kind of what these commits (subject, body) carry; None where there are none."""
    told = list(commits)
    # A merge commit only repeats its branch's name, unless it is all there is.
    plain = [one for one in told if not one[0].lower().startswith(MERGES)] or told
    if not plain:
        return None
    alone = len(plain) == 1
    found = [
        derive(
            Change(
                title=title,
                body=body,
                labels=labels if alone else (),
                branch=branch,
                paths=paths if alone else (),
                author_is_bot=author_is_bot and alone,
            )
        )
        for title, body in plain
    ]
    if not alone and "idle" in places.classes(paths) and all(one.kind != SECURITY for one in found):
        whole = derive(Change(title="", paths=paths))
        return Derived(MAINTENANCE, whole.confidence, whole.evidence)
    for kind in SEVEREST_FIRST:
        of_it = [one for one in found if one.kind == kind]
        if of_it:
            return max(of_it, key=lambda one: one.confidence)
    return None
