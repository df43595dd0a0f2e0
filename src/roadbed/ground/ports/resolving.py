"""Owns the step from a host's name to addresses that may be called; what is checked is what is connected to."""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from roadbed.ground.ports.addresses import AddressPolicy

_resolvers: Final = ThreadPoolExecutor(8, thread_name_prefix="resolve")
"""Threads of their own: a resolver that hangs cannot be interrupted, and nobody may have to wait for it."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Every address of the host is one that is never called."""


def looked_up(host: str, port: int) -> Future[list[str]]:
    """The host's addresses, in the order in which they should be tried."""
    return _resolvers.submit(_look_up, host, port)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed(addresses: list[str], policy: AddressPolicy) -> list[str]:
    """Those that may be called.

    Raises:
        Refused: when none is left, with the first reason.
    """
    refusals = {address: policy.refusal_of(address) for address in addresses}
    left = [address for address, reason in refusals.items() if not reason]
    if not left:
        raise Refused(next(iter(refusals.values()), "the name has no address"))
    return left
