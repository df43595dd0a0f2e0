"""Alerts and teams on call as the shell's components draw them."""

from __future__ import annotations

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Stat
from roadbed.reliability.paging.answers import AlertView, DeliveryView, PersonOnCall, TeamOnCall
from roadbed.reliability.paging.models import Alert, Delivery


def badge(alert: AlertView) -> Badge:
    """Whether somebody has it."""
    if alert.state == Alert.PAGING:
        return Badge("bad", "Nobody has it yet", "bell-ringing")
    if alert.state == Alert.EXHAUSTED:
        return Badge("bad", "Nobody answered")
    if alert.snoozed_by:
        return Badge("idle", f"Snoozed by {alert.snoozed_by}", "moon")
    if alert.state == Alert.ACKNOWLEDGED:
        return Badge("warn", f"{alert.acknowledged_by} has it", "user-check")
    return Badge("good", "Closed")


def stats(alert: AlertView) -> tuple[Stat, ...]:
    """The figures that were frozen with it; what the fact did not say has no data."""
    if not alert.objective_uid:
        return ()
    figures = alert.figures
    good, total, left = figures.get("good"), figures.get("total"), figures.get("remaining")
    pairs = figures.get("pairs") or []
    fastest = max((pair for pair in pairs if pair["short_burn"] is not None), key=_speed, default=None)
    bad = total - good if isinstance(good, int) and isinstance(total, int) else None
    return (
        Stat(
            "Burn",
            None if fastest is None else words.times(fastest["short_burn"]),
            unit="times",
            note="" if fastest is None else _windows(fastest),
            state="bad",
            tone=True,
        ),
        Stat(
            "Bad",
            None if bad is None else words.count(bad),
            note="" if bad is None else f"of {words.count(total)} events",
        ),
        Stat(
            "Budget left",
            None if left is None else words.percent(left),
            note="when it was paged",
            state="bad" if left is not None and left <= 0 else None,
            tone=left is not None and left <= 0,
        ),
    )


def _speed(pair: dict[str, float]) -> float:
    return pair["short_burn"]


def _windows(pair: dict[str, object]) -> str:
    slower = pair.get("long_burn")
    over = f"; {words.times(slower)} over {_minutes(pair['long'])}" if isinstance(slower, int | float) else ""
    return f"over {_minutes(pair['short'])}{over}; pages at {pair['factor']}"


def _minutes(window: object) -> str:
    return words.duration(float(window) * 60) if isinstance(window, int | float) else str(window)


def reach(person: PersonOnCall) -> Badge:
    """Whether a page would arrive."""
    if not person.channels:
        return Badge("bad", "No channel")
    if not person.verified:
        return Badge("bad", "Not verified")
    return Badge("good", "Reachable")


def standing(team: TeamOnCall) -> Badge:
    """The weakest link of a team's paging, in words."""
    if team.paged_at is not None:
        return Badge("bad", "Paged", "bell-ringing")
    if not team.members:
        return Badge("bad", "Nobody in it")
    if team.rotation is None or team.first is None:
        return Badge("unknown", "No rotation") if any(one.verified for one in team.members) else _none()
    first = reach(team.first)
    if first.state != "good":
        return first
    return first if team.second else Badge("warn", "No second")


def _none() -> Badge:
    return Badge("bad", "No channel")


def outcome(delivery: DeliveryView) -> Badge:
    """How one attempt ended."""
    if delivery.confirmed_at is not None:
        return Badge("good", "Arrived", plain=True)
    if delivery.state == Delivery.SENT:
        return Badge("good", "Sent", plain=True)
    if delivery.state == Delivery.FAILED:
        return Badge("bad", "Failed", plain=True)
    if delivery.state == Delivery.DROPPED:
        return Badge("idle", "Not needed", plain=True)
    return Badge("info", "Under way" if delivery.state == Delivery.SENDING else "Waiting", plain=True)
