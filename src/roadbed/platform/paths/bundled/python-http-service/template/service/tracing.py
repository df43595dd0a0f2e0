"""W3C Trace Context: takes a caller's traceparent in, hands one on to whatever this service calls."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

# Version ff is forbidden, an all-zero id is invalid, and a newer version may carry more fields.
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Span:
    """This service's own part of a trace."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


current: ContextVar[Span | None] = ContextVar("span", default=None)


def begin(traceparent: str | None) -> Span:
    """Go on with the caller's trace, or begin one where the header is missing or malformed."""
    found = _TRACEPARENT.fullmatch((traceparent or "").strip())
    if found is None or (found[1] == "00" and found[5]):
        return Span(trace_id=secrets.token_hex(16), span_id=secrets.token_hex(8))
    sampled = int(found[4], 16) & 1
    return Span(trace_id=found[2], span_id=secrets.token_hex(8), parent_id=found[3], flags=f"{sampled:02x}")


def outgoing_headers() -> dict[str, str]:
    """What a call made on behalf of the current request carries."""
    span = current.get()
    return {"traceparent": span.traceparent} if span else {}
