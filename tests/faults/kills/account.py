"""The account after the kills: what was promised against what came and what is recorded."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from faults.kills.provider import Call

LONGEST: Final = 15.0
"""Seconds from the mark of a sending to its arrival, at most, on a machine that does much else."""


@dataclass(frozen=True)
class Account:
    """Everything that must not be.

    Attributes:
        lost: alerts that were answered and of which no page came.
        duplicates: messages taken by the provider once more than they had to be.
        worst: the most of these that one kill of the pager made.
        after_acknowledgement: messages whose sending began after their page's acknowledgement was answered.
        silenced_paged: services that are silenced and of which a page came.
        silences_lost: silences that were answered and are no more.
        acknowledgements_lost: acknowledgements that were answered and are no more.
        snoozes_lost: snoozes that were answered and are no more.
        untrue: what is recorded and does not agree with itself or with what came.
    """

    answered: int
    pages: int
    calls: int
    lost: tuple[str, ...]
    duplicates: int
    worst: int
    after_acknowledgement: tuple[str, ...]
    silenced_paged: tuple[str, ...]
    silences_lost: tuple[str, ...]
    acknowledgements_lost: tuple[str, ...]
    snoozes_lost: tuple[str, ...]
    untrue: tuple[str, ...] = field(default=())

    @property
    def faults(self) -> dict[str, tuple[str, ...]]:
        """Whatever is wrong, apart from duplicates, of which a kill may make one."""
        found = {name: getattr(self, name) for name in (
            "lost", "after_acknowledgement", "silenced_paged", "silences_lost", "acknowledgements_lost",
            "snoozes_lost", "untrue",
        )}  # fmt: skip
        return {name: values for name, values in found.items() if values}


def account(
    told: Mapping[str, Any],
    calls: Iterable[Call],
    *,
    answered: Iterable[str],
    silenced: Mapping[str, str],
    acknowledged: Mapping[str, float],
    snoozed: Iterable[str] = (),
    killed: Sequence[float] = (),
    clock_moved: bool = False,
) -> Account:
    """Settle it.

    Args:
        told: what `house.tell` answers.
        calls: what the provider took.
        answered: fingerprints of alerts that were answered with 2xx.
        silenced: services silenced before they fired, with the uid of the silence.
        acknowledged: pages whose acknowledgement was answered with 2xx, and when.
        snoozed: pages whose snooze was answered with 2xx.
        killed: when the pager was killed, in order.
        clock_moved: whether the clocks inside tell something else than those outside.
    """
    taken = list(calls)
    came = {call.key for call in taken}
    pages = {page["uid"]: page for page in told["pages"]}
    keys_of: dict[str, set[str]] = {}
    for delivery in told["deliveries"]:
        keys_of.setdefault(delivery["alert__uid"], set()).add(delivery["key"])
    signals = {row["given_key"]: row for row in told["signals"]}
    expected = [one for one in answered if one.partition("#")[0] not in silenced]
    paged = {key for key, row in signals.items() if keys_of.get(row["page__uid"] or "", set()) & came}
    known = {one for one in acknowledged if pages.get(one, {}).get("acknowledged_at") is not None}
    return Account(
        answered=len(expected),
        pages=len(pages),
        calls=len(taken),
        lost=tuple(sorted(set(expected) - paged)),
        duplicates=len(taken) - len(came),
        worst=max(_doubled(taken, killed).values(), default=0),
        after_acknowledgement=_late({} if clock_moved else told, taken, acknowledged),
        silenced_paged=tuple(sorted({call.data.get("service", "") for call in taken} & set(silenced))),
        silences_lost=tuple(sorted(set(silenced.values()) - set(told["silences"]))),
        acknowledgements_lost=tuple(sorted(set(acknowledged) - known)),
        snoozes_lost=tuple(sorted(set(snoozed) - set(told["snoozed"]))),
        untrue=_untrue(told, came),
    )


def _doubled(taken: Iterable[Call], killed: Sequence[float]) -> Counter[int]:
    """How many messages came again because of each kill: the first one after the message had come."""
    found: Counter[int] = Counter()
    at: dict[str, float] = {}
    for call in taken:
        if call.key in at:
            found[bisect(killed, at[call.key])] += 1
        at[call.key] = call.at
    return found


def _late(told: Mapping[str, Any], calls: Iterable[Call], acknowledged: Mapping[str, float]) -> tuple[str, ...]:
    """What was sent although its page had been acknowledged before its sending began."""
    found = []
    for one in told.get("deliveries", ()):
        answered = acknowledged.get(one["alert__uid"])
        if answered is not None and one["sending_at"] is not None and one["sending_at"] > answered:
            found.append(f"{one['key']}: {one['sending_at'] - answered:.3f} s, {one['state']}, {one['error']}")
    for call in calls:
        answered = acknowledged.get(call.data.get("alert", ""))
        # Whatever the clocks of the processes say: no sending takes so long.
        if answered is not None and call.at > answered + LONGEST:
            found.append(f"{call.key} came {call.at - answered:.3f} s later")
    return tuple(found)


def _untrue(told: Mapping[str, Any], came: set[str]) -> tuple[str, ...]:
    found = [f"unreadable: {error}" for error in told["unreadable"]]
    sent = [row for row in told["deliveries"] if row["state"] == "sent"]
    found += [f"{row['key']} is recorded as sent and never came" for row in sent if row["key"] not in came]
    if told["sent"] != len(sent):
        found.append(f"{told['sent']} facts of pages sent, and {len(sent)} that were")
    if told["opened"] != len(told["pages"]):
        found.append(f"{told['opened']} facts of pages opened, and {len(told['pages'])} that were")
    services = [page["service"] for page in told["pages"] if page["closed_at"] is None]
    found += [f"{name} has two open pages" for name in sorted({one for one in services if services.count(one) > 1})]
    return tuple(found)
