"""Reading CloudWatch alarms in the envelope of Amazon SNS, and what of that envelope its signature covers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import items, mapping, needed, parsed, text
from roadbed.reliability.paging.rules.alerts.naming import labels_of, severity_in, titled
from roadbed.reliability.paging.rules.alerts.values import RESOLVE, TRIGGER, WARNING, Signal, Told

NOTIFICATION: Final = "Notification"
CONFIRMATION: Final = "SubscriptionConfirmation"
UNSUBSCRIBED: Final = "UnsubscribeConfirmation"
SUBSCRIBE: Final = re.compile(r"https://sns\.[a-z0-9-]{1,30}\.amazonaws\.com(\.cn)?/[^\s\"'<>]{1,2000}")
"""Where a subscription is confirmed; an address elsewhere is shown to nobody."""
_STATES: Final = {"ALARM": TRIGGER, "OK": RESOLVE, "INSUFFICIENT_DATA": TRIGGER}
_SIGNED: Final = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    UNSUBSCRIBED: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def read(payload: Any, headers: Mapping[str, str]) -> Told:  # noqa: ARG001 - every reader takes both
    """One message of a topic.

    Raises:
        Unreadable: for what is no alarm and no confirmation.
    """
    envelope = mapping(payload)
    kind = text(envelope, "Type")
    if kind == CONFIRMATION:
        url = needed(envelope, "SubscribeURL", most=2000)
        if not SUBSCRIBE.fullmatch(url):
            raise Unreadable("SubscribeURL does not lead to Amazon SNS, so it is not shown.")
        return Told(confirmation={"topic": text(envelope, "TopicArn", most=300), "url": url})
    if kind == UNSUBSCRIBED:
        return Told(confirmation={"topic": text(envelope, "TopicArn", most=300), "url": ""})
    if kind != NOTIFICATION:
        raise Unreadable(f"Type is {kind[:40]!r}: none of {NOTIFICATION}, {CONFIRMATION}, {UNSUBSCRIBED}.")
    message = envelope.get("Message")
    if not isinstance(message, str):
        raise Unreadable("Message is missing, or is no text.")
    try:
        alarm = mapping(parsed(message.encode("utf-8", "replace")), "Message")
    except Unreadable as fault:
        raise Unreadable(f"Message is no alarm of CloudWatch: {fault}") from None
    return Told((_alarm(alarm),))


def _alarm(alarm: Mapping[str, Any]) -> Signal:
    state = needed(alarm, "NewStateValue", most=40)
    if state not in _STATES:
        raise Unreadable(f"NewStateValue is {state!r}: none of {', '.join(_STATES)}.")
    name = needed(alarm, "AlarmName", most=255)
    labels = {
        str(one.get("name"))[:100]: text(one, "value")
        for one in items(alarm, "Trigger.Dimensions", most=30)
        if isinstance(one, dict) and one.get("name")
    }
    labels = labels_of(
        labels
        | {
            "alertname": name,
            "state": state,
            "account": text(alarm, "AWSAccountId", most=40),
            "region": text(alarm, "Region", most=60),
            "namespace": text(alarm, "Trigger.Namespace", most=200),
            "metric": text(alarm, "Trigger.MetricName", most=200),
        }
    )
    reason = text(alarm, "NewStateReason", most=600)
    # An alarm without data says that nobody is watching, which harms nobody yet.
    severity = WARNING if state == "INSUFFICIENT_DATA" else severity_in(labels)
    title = f"{name} has insufficient data" if state == "INSUFFICIENT_DATA" else name
    return Signal(
        key=text(alarm, "AlarmArn", most=255) or name,
        action=_STATES[state],
        title=titled(title, labels),
        severity=severity,
        labels={key: value for key, value in labels.items() if value},
        annotations={"description": text(alarm, "AlarmDescription", most=600), "reason": reason},
    )


def signed_text(envelope: Mapping[str, Any]) -> bytes:
    """What the signature of a message covers.

    Raises:
        Unreadable: for a type that SNS does not sign.
    """
    names = _SIGNED.get(str(envelope.get("Type")))
    if names is None:
        raise Unreadable("Its Type is none that Amazon SNS signs.")
    parts = [f"{name}\n{envelope[name]}\n" for name in names if envelope.get(name) is not None]
    return "".join(parts).encode("utf-8", "replace")
