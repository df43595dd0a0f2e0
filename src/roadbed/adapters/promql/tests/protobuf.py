"""A native histogram as a page in Prometheus's protobuf format, written out by hand: the one format that has them."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterable
from typing import Final

KIND: Final = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
SCHEMA: Final = 0
"""Each bucket ends at twice the bound of the one before."""
HISTOGRAM: Final = 4


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _signed(field: int, value: int) -> bytes:
    return _number(field, value << 1 if value >= 0 else (-value << 1) - 1)


def _real(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _part(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def page(name: str, observed: Iterable[float]) -> bytes:
    """The page of one histogram that has observed these values, all above zero."""
    values = list(observed)
    buckets = Counter(math.ceil(math.log2(value)) for value in values)
    body = _number(1, len(values)) + _real(2, math.fsum(values)) + _signed(5, SCHEMA) + _real(6, 1e-128)
    body += _number(7, 0)
    former, before = 0, 0
    spans, deltas = b"", b""
    for number, index in enumerate(sorted(buckets)):
        offset = index if number == 0 else index - former - 1
        spans += _part(12, _signed(1, offset) + _number(2, 1))
        deltas += _signed(13, buckets[index] - before)
        former, before = index, buckets[index]
    family = _part(1, name.encode()) + _number(3, HISTOGRAM) + _part(4, _part(7, body + spans + deltas))
    return _varint(len(family)) + family
