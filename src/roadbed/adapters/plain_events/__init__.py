"""Our own plain form, for senders that have none."""

from roadbed.adapters.plain_events.reader import PlainEvents

__all__ = ["PlainEvents"]
