"""How good the data is that delivery is measured by: each finding with its figures and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

GOOD, WARN, BAD, UNKNOWN = "good", "warn", "bad", "unknown"
UNLINKED_WARNS, UNLINKED_BAD = 0.1, 0.5
DOUBTFUL: Final = 0.7
"""A link that is believed less than this is counted as doubtful."""
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted over a window. Of the services `silent` lists those of which no deployment was ever told.

    Attributes:
        deployments: that went live in production; `asked` are those of them that can have changes: neither a service's
            first nor a rollback. Of these `linked` have their commits, `doubtful` with little confidence, and `empty`
            are linked to no commit at all.
        changes: merged, and `bots` of them by programs.
        unread: deliveries that could not be read; `waiting` those that were not read yet.
        quiet: sources that have fallen silent, with since when; `never` those that never delivered anything.
        ahead: sources whose clock is ahead, with the seconds.
    """

    services: int
    silent: tuple[str, ...]
    deployments: int
    asked: int
    linked: int
    doubtful: int
    empty: int
    by_hand: int
    changes: int
    bots: int
    unread: int
    waiting: int
    sources: int
    quiet: tuple[tuple[str, datetime], ...]
    never: tuple[str, ...]
    ahead: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the panel.

    Attributes:
        key: stable, for programs.
        share: from 0 to 1; None where there is nothing to take a share of, which is not zero.
        remedy: what to do next; empty where nothing needs to be.
    """

    key: str
    title: str
    level: str
    value: str
    share: float | None
    detail: str
    remedy: str = ""


def findings(counted: Counted) -> tuple[Finding, ...]:
    """Every line, in the order in which they are mended: first what is not told at all."""
    return (
        _coverage(counted),
        _quiet(counted),
        _unread(counted),
        _unlinked(counted),
        _empty(counted),
        _clock(counted),
        _bots(counted),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown


def _coverage(counted: Counted) -> Finding:
    told = counted.services - len(counted.silent)
    if not counted.services:
        return Finding("coverage", "Services with deployments", UNKNOWN, "No data", None, "No service is registered.",
                       "Register one: `roadbed catalog add PATH`.")  # fmt: skip
    level = GOOD if not counted.silent else WARN if told else BAD
    detail = f"Nothing was told of {_some(counted.silent)}." if counted.silent else "Each had a deployment told."
    remedy = "Add their CD as a source, report with `roadbed deploy report`, or deploy with Roadbed."
    return Finding("coverage", "Services with deployments", level, f"{told} of {counted.services}",
                   _share(told, counted.services), detail, remedy if counted.silent else "")  # fmt: skip


def _quiet(counted: Counted) -> Finding:
    title = "Silent sources"
    if not counted.sources:
        return Finding("silent-sources", title, UNKNOWN, "No sources", None, "Nobody outside tells anything yet.",
                       "`roadbed source add github acme` opens a door.")  # fmt: skip
    names = (*(name for name, _ in counted.quiet), *counted.never)
    value = f"{len(names)} of {counted.sources}"
    if not names:
        return Finding("silent-sources", title, GOOD, value, 0.0, "Each delivers as it usually does.")
    parts = [f"{name} since {since:%Y-%m-%d %H:%M} UTC" for name, since in counted.quiet[:SHOWN]]
    parts += [f"{name} never delivered" for name in counted.never[:SHOWN]]
    level = BAD if counted.quiet else WARN
    remedy = "Look at the sender's own log of deliveries, and give it the address and the secret again."
    share = _share(len(names), counted.sources)
    return Finding("silent-sources", title, level, value, share, f"{'; '.join(parts)}.", remedy)


def _unread(counted: Counted) -> Finding:
    level = BAD if counted.unread else GOOD
    waiting = f" {counted.waiting} wait to be read." if counted.waiting else ""
    detail = f"They are kept, each with its reason.{waiting}" if counted.unread else f"Every one was read.{waiting}"
    remedy = "Open them under the source, mend what each names, then `roadbed source replay NAME`."
    return Finding("unreadable", "Deliveries that could not be read", level, f"{counted.unread:,}", None, detail,
                   remedy if counted.unread else "")  # fmt: skip


def _unlinked(counted: Counted) -> Finding:
    title, missing = "Deployments not linked to changes", counted.asked - counted.linked
    share = _share(missing, counted.asked)
    if share is None:
        return Finding("unlinked", title, UNKNOWN, "No data", None, "No deployment had to be linked.")
    level = BAD if share >= UNLINKED_BAD else WARN if share >= UNLINKED_WARNS else GOOD
    detail = f"{missing} of {counted.asked}; first ones and rollbacks are not asked."
    if counted.doubtful:
        detail += f" {counted.doubtful} more are linked with a confidence under {DOUBTFUL:.0%}."
    if counted.by_hand:
        detail += f" {counted.by_hand} were corrected by hand."
    remedy = "Tell of the commits: the repository's webhook, or `roadbed source backfill git PATH`."
    return Finding("unlinked", title, level, f"{share:.0%}", share, detail, remedy if missing else "")


def _empty(counted: Counted) -> Finding:
    title, share = "Deployments without changes", _share(counted.empty, counted.linked)
    if share is None:
        return Finding("without-changes", title, UNKNOWN, "No data", None, "No deployment is linked.")
    detail = f"{counted.empty} of {counted.linked} carried no commit of their service: the same version again, or one "
    detail += "of another service's paths."
    remedy = "Deploy a service only when its own paths changed, or mend roadbed.dev/paths in its catalogue entry."
    level = WARN if share >= UNLINKED_BAD else GOOD
    return Finding("without-changes", title, level, f"{share:.0%}", share, detail, remedy if level == WARN else "")


def _clock(counted: Counted) -> Finding:
    title = "Clocks that are ahead"
    if not counted.ahead:
        return Finding("clock-skew", title, GOOD, "None", None, "No sender told of what had not happened yet.")
    said = "; ".join(f"{name} by {seconds:,.0f} s" for name, seconds in counted.ahead[:SHOWN])
    return Finding("clock-skew", title, WARN, f"{len(counted.ahead)}", None, f"{said}. Their times are cut to ours.",
                   "Set the clock of the sending machine by NTP.")  # fmt: skip


def _bots(counted: Counted) -> Finding:
    share = _share(counted.bots, counted.changes)
    title = "Changes by programs"
    if share is None:
        return Finding("bots", title, UNKNOWN, "No data", None, "No merged change was told.")
    detail = f"{counted.bots} of {counted.changes} merged changes. They are marked, so that figures can leave them out."
    return Finding("bots", title, GOOD, f"{share:.0%}", share, detail)
