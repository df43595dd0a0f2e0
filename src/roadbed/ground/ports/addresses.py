"""Owns which addresses Roadbed may be told to call: what a URL must look like, and which machines are never reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

LONGEST: Final = 500
REMEDY: Final = "Write https://host/path of the receiver, without a user and password in it."

METADATA: Final = tuple(
    map(ip_network, ("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128"))
)
"""Where clouds hand out credentials, besides the link-local 169.254.169.254: Alibaba, Azure, Oracle, AWS over IPv6."""

_EMBEDDING: Final = ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address."""

_NOWHERE: Final = ip_network("0.0.0.0/8")
_HOST: Final = re.compile(r"[0-9A-Za-z._:-]+")

Address = IPv4Address | IPv6Address


class Addresses(Protocol):
    """What can say, before a URL is kept, whether it would ever be called."""

    def fault_of(self, url: str) -> str:
        """What is wrong with it in one sentence, after its name was resolved; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Which machines may be called.

    Attributes:
        private: whether this machine and private networks may be. A house on its own premises has its receivers there;
            one that strangers may configure says no.
    """

    private: bool = True

    def refusal_of(self, address: str) -> str:
        """Why a resolved address is never called; empty when it may be."""
        try:
            found = _real(ip_address(address.partition("%")[0]))
        except ValueError:
            return f"{address[:80]!r} is no network address"
        reasons = (
            (found.is_link_local or any(found in network for network in METADATA),
             "is link-local or hands out a cloud's credentials"),
            (found.is_unspecified or (found.version == _NOWHERE.version and found in _NOWHERE), "names no machine"),
            (found.is_multicast, "is a multicast address"),
            (found.is_reserved and not found.is_loopback, "is reserved"),
            (not self.private and not found.is_global,
             "is not on the public internet, and `webhook_private` says `refuse`"),
        )  # fmt: skip
        return next((f"{found} {reason}" for refused, reason in reasons if refused), "")

    def fault_of_url(self, url: str) -> str:
        """What is wrong with a URL as it is written; empty when nothing is."""
        if len(url) > LONGEST or not url.isprintable() or " " in url:
            return f"This address is longer than {LONGEST} characters, or holds blanks or control characters."
        parts = _split(url)
        if parts is None or parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or ""):
            return f"{url!r} is not a webhook's address."
        if "@" in parts.netloc:
            return "This address holds a user or a password."
        literal = self.refusal_of(parts.hostname or "") if _is_literal(parts.hostname or "") else ""
        return f"{literal}, so that it is never called." if literal else ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if usable else None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _real(address: Address) -> Address:
    """The IPv4 address that an IPv6 one wraps, as an operating system or a gateway would unwrap it."""
    if isinstance(address, IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address in _EMBEDDING:
        wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
    return wrapped or address
