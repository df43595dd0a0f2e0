"""Reading an alert from a mail as RFC 822 has it: the subject is the title, and says when it is over."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Final

from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import clean
from roadbed.reliability.paging.rules.alerts.naming import severity_of, titled
from roadbed.reliability.paging.rules.alerts.values import LONGEST_TEXT, RESOLVE, TRIGGER, Signal, Told

LARGEST: Final = 1024 * 1024
_OVER: Final = re.compile(
    r"^\W*(re:\s*)?\W*(resolved|recovered|recovery|ok|closed|up|cleared)\b\W*|\W+(resolved|recovered|is ok)\W*$",
    re.IGNORECASE,
)
_BEGAN: Final = re.compile(
    r"^\W*(re:\s*)?\W*(firing|problem|alert|alarm|triggered|down)\b\s*[:\]\)-]\W*", re.IGNORECASE
)
_COUNT: Final = re.compile(r"^\W*(firing|resolved):\d+\W*", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"\b(critical|fatal|emergency|error|warning|info|p[1-5]|sev[1-5])\b", re.IGNORECASE)


def read(body: bytes, headers: Mapping[str, str]) -> Told:  # noqa: ARG001 - every reader takes both
    """One mail. Two about the same subject are the same alert, whatever stands before it.

    Raises:
        Unreadable: for what is no mail, or one without a subject.
    """
    if len(body) > LARGEST:
        raise Unreadable(f"The mail has {len(body):,} bytes; {LARGEST:,} are the most.")
    try:
        message = email.message_from_bytes(body, policy=email.policy.default)
        subject = " ".join(clean(str(message.get("Subject", ""))).split())
        sender = clean(str(message.get("From", "")))[:300]
        said = clean(_text_of(message))[:LONGEST_TEXT]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, IndexError) as fault:
        raise Unreadable(f"It is no mail that can be read: {type(fault).__name__}.") from None
    if not subject:
        raise Unreadable("The mail has no Subject, which is what an alert is called by.")
    over = bool(_OVER.search(subject)) or str(message.get("X-Roadbed-Status", "")).lower() == "resolved"
    core = _core(subject)
    given = clean(str(message.get("X-Roadbed-Key", "")))[:200]
    severity = severity_of(message.get("X-Roadbed-Severity")) or severity_of(_first(_SEVERITY, subject))
    labels = {"alertname": core[:200], "from": sender}
    service = clean(str(message.get("X-Roadbed-Service", "")))[:130]
    return Told(
        (
            Signal(
                key=given or hashlib.sha256(core.lower().encode()).hexdigest()[:32],
                action=RESOLVE if over else TRIGGER,
                title=titled(subject, labels),
                severity=severity,
                labels=labels | ({"service": service} if service else {}),
                annotations={"description": said} if said else {},
                service=service,
            ),
        )
    )


def _core(subject: str) -> str:
    for pattern in (_COUNT, _OVER, _BEGAN):
        subject = pattern.sub("", subject)
    return subject.strip(" []():-") or "mail"


def _first(pattern: re.Pattern[str], subject: str) -> str | None:
    found = pattern.search(subject)
    return found[0] if found else None


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = part.get_content()
    return content if isinstance(content, str) else ""
