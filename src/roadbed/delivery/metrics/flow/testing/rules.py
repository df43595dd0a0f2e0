"""What a report of tests and a quarantine have to say, and how the tests of a report are kept."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.flow.rules.junit import FAILED, PASSED, Case
from roadbed.ground.errors import Invalid, Place

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a report when it is unpacked."""
LONGEST: Final = timedelta(days=90)
"""Of a quarantine: what nobody mended in a quarter is no test any more."""
KEPT: Final = timedelta(days=91)
"""Thirteen weeks: so long the tests of a report are kept one by one."""
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Belongs:
    """Where a report belongs."""

    commit: str
    build: str
    attempt: int
    shard: str
    branch: str


def placed(*, commit: str, build: str, attempt: int, shard: str, branch: str) -> Belongs:
    """Where a report belongs, refused where that cannot be.

    Raises:
        Invalid: naming the field.
    """
    sha = commit.strip().lower()
    if not _COMMIT.fullmatch(sha):
        raise Invalid(
            f"{commit[:70]!r} is no commit.", remedy="Give its full name, of 7 to 64 hexadecimal digits.",
            place=Place(field="commit"),
        )  # fmt: skip
    if not 1 <= attempt <= 1000:  # noqa: PLR2004 - nobody tries so often
        raise Invalid(f"{attempt} is no attempt.", remedy="The first is 1.", place=Place(field="attempt"))
    for field, text, most in (("build", build, 200), ("shard", shard, 100), ("branch", branch, 200)):
        if len(text) > most or not text.isprintable():
            raise Invalid(f"{field} has at most {most} printable characters.", place=Place(field=field))
    return Belongs(sha, build, attempt, shard, branch)


def unpacked(body: bytes) -> bytes:
    """A body that gzip packed.

    Raises:
        Invalid: when it is none, ends early, or unpacks to more than LARGEST.
    """
    remedy = "Send the file as it is, or packed by gzip with Content-Encoding: gzip."
    machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = machine.decompress(body, LARGEST + 1)
    except zlib.error:
        raise Invalid("The body is not what Content-Encoding: gzip says.", remedy=remedy) from None
    if len(text) > LARGEST:
        raise Invalid(f"The report is larger than {LARGEST // 2**20} MiB.", remedy="Report each shard by itself.")
    if not machine.eof:
        raise Invalid("The packed report ends before its end.", remedy=remedy)
    return text


def packed(cases: Iterable[Case]) -> bytes:
    """Tests as they are kept."""
    rows = [[one.name, one.failures, one.passes, one.seconds, one.file] for one in cases]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 6)


def also(known: Case | None, name: str, outcome: str, seconds: float | None) -> Case:
    """A test with one more time that it ran; one that was skipped neither passed nor failed."""
    failures, passes = (known.failures, known.passes) if known else (0, 0)
    spans = [one for one in (known.seconds if known else None, seconds) if one is not None]
    return Case(
        name, failures + (outcome == FAILED), passes + (outcome == PASSED), sum(spans) if spans else None,
        known.file if known else "",
    )  # fmt: skip


def cases_of(kept: bytes) -> tuple[Case, ...]:
    """Tests as they were kept; none of a report whose tests are kept no longer."""
    return tuple(Case(*row) for row in json.loads(zlib.decompress(kept))) if kept else ()


def until(days: float | None, ends_at: datetime | None, *, now: datetime) -> datetime:
    """When a quarantine ends.

    Raises:
        Invalid: unless it ends after now and within 90 days.
    """
    end = ends_at if ends_at is not None else now + timedelta(days=days if days is not None else 14)
    if not now < end <= now + LONGEST:
        raise Invalid(
            "A quarantine ends between now and in 90 days.", remedy="Give a day by which the test is mended.",
            place=Place(field="ends_at"),
        )  # fmt: skip
    return end


def reasoned(reason: str) -> str:
    """The reason of a quarantine.

    Raises:
        Invalid: without one.
    """
    said = " ".join(reason.split())
    if not 3 <= len(said) <= 300 or "\x00" in said:  # noqa: PLR2004 - a word, and the column's length
        raise Invalid(
            "A quarantine has a reason of 3 to 300 characters.", remedy="Say why, and what mends it.",
            place=Place(field="reason"),
        )  # fmt: skip
    return said
