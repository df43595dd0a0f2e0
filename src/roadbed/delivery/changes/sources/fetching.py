"""Has the worker read a repository's past from its code host's API: page by page, at the pace that the host allows."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.sources.backfilling import progress_of, take_in
from roadbed.ground import asks
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.jobs.registry import Abandon, job
from roadbed.ground.jobs.usecases import JobRun, enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.past import PastUnavailable

WAYS: Final = ("github", "gitlab")
JOB: Final = "changes.backfill"
LONGEST: Final = 120.0
"""Seconds that one run reads for before it lets other jobs go first."""


def request(
    caller: Caller,
    way: str,
    repository: str,
    *,
    token: str,
    address: str = "",
    services: Sequence[str] = (),
    now: datetime,
) -> str:
    """Ask for a backfill; answers the job's uid, that of the one which runs already where one does."""
    authorise(caller, "source.write")
    if way not in WAYS:
        raise Invalid(f"{way[:40]!r} is no code host.", remedy=f"{' or '.join(WAYS)}.", place=Place(field="way"))
    if not repository.strip("/") or any(sign <= " " or sign in "?#%" for sign in repository) or ".." in repository:
        raise Invalid(
            f"{repository[:100]!r} names no repository.", remedy="Like acme/shop.", place=Place(field="repository")
        )
    if not token or not token.isascii() or not token.isprintable():
        raise Invalid("The token is empty or not of printable characters.", place=Place(field="token"))
    if address and not address.startswith(("https://", "http://")):
        raise Invalid(f"{address[:100]!r} is no http or https address.", place=Place(field="address"))
    for service in services:
        require_service(service)
    name = board.past_reader(way).repository_name(repository, address=address)
    sealed = base64.b64encode(asks.put(asks.Seal(token, belongs=f"backfill:{way}:{name}"))).decode()
    payload = {"way": way, "repository": repository, "address": address, "services": list(services), "sealed": sealed}
    with unit(caller, now=now) as writing:
        uid = enqueue(JOB, payload, key=f"{JOB}:{way}:{name}"[:200], now=now)
        writing.record(
            "source.backfilled", digest_of_repository(name), data={"repository": name, "way": way, "asked": True}
        )
    return uid


@job(JOB, attempts=8, time_limit=290.0)
def read_on(run: JobRun, payload: dict[str, Any]) -> None:
    """Read on where it stopped; a run that is repeated reads its last page again, which counts once."""
    del run
    reader = board.past_reader(payload["way"])
    name = reader.repository_name(payload["repository"], address=payload["address"])
    token = asks.put(asks.Unseal(base64.b64decode(payload["sealed"]), belongs=f"backfill:{payload['way']}:{name}"))
    began = time.monotonic()
    while True:
        now = timezone.now()
        known = progress_of(payload["way"], name)
        try:
            page = reader.page(
                payload["repository"],
                token=token,
                address=payload["address"],
                cursor="" if known.finished else known.cursor,
            )
        except PastUnavailable as fault:
            if fault.final:
                raise Abandon(str(fault)) from fault
            raise
        take_in(
            ROADBED, payload["way"], name, page.events, services=payload["services"], cursor=page.cursor,
            finished=page.finished, now=now,
        )  # fmt: skip
        if page.finished:
            return
        if page.wait_until is not None or time.monotonic() - began > LONGEST:
            # A waiting thread would keep other jobs waiting; the next run goes on where this one stopped.
            enqueue(JOB, payload, now=now, run_at=page.wait_until or now + timedelta(seconds=1))
            return
