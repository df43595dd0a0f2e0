"""CDEvents in CloudEvents: structured, binary or in batches, from any sender."""

from roadbed.adapters.cdevents.reader import CdEvents

__all__ = ["CdEvents"]
