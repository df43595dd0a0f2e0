"""The steps of runbooks that the company's people ran on bad days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo.playing import Player
from roadbed.config.demo.stories import Story
from roadbed.platform.runbooks import queries, running, usecases
from roadbed.platform.runbooks.rules.shapes import OPERATE, READ
from roadbed.platform.runbooks.running import Told

GROUPED: Final = """\
path                     failed   share   flag eta-v2 on
lookup/eta EtaTimeout     1,398   98.5%   100%
lookup/scan ScanStore        14    1.0%    93%
other                         8    0.5%    88%
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A step that somebody ran, so many minutes after a story of the service began."""

    service: str
    slug: str
    step: int
    title: str
    after: int
    seconds: float
    command: str
    output: str = ""
    values: tuple[tuple[str, str], ...] = ()
    needs: str = READ
    exit_code: int = 0


RAN: Final = (
    Ran(
        "parcel-tracking", "lookups-return-503", 1, "Group the errors by code path", 12, 1.2,
        "kestrel-logs parcel-tracking --since 15m --status 503 --count-by path,flag", GROUPED, (("minutes", "15"),),
    ),
    Ran(
        "locker-gateway", "vendor-link-lost", 1, "See which cities are silent", 14, 0.8,
        "kestrel-lockers status --silent-for 2m", "gent    212 lockers\nlyon    340 lockers\n",
    ),
    Ran(
        "locker-gateway", "vendor-link-lost", 2, "Restart the link of one city", 16, 41.0,
        "kestrel-lockers reconnect gent", "gent: connected\n", (("city", "gent"),), OPERATE,
    ),
    Ran(
        "scan-ingest", "scans-stored-late", 2, "Let the offline depots wait", 20, 6.5,
        "kestrel-queue park scan-ingest --offline", "parked 0 of 3: depot 14 does not answer\n", (), OPERATE, 1,
    ),
)  # fmt: skip


def schedule(player: Player, stories: Sequence[Story]) -> None:
    """Put every run on the stage: in each story of its service, by whoever leads it."""
    for number, ran in enumerate(RAN):
        for story in stories:
            if story.service == ran.service and story.lead:
                at = story.begins(player.now) + timedelta(minutes=ran.after)
                player.at(at, _told(player, ran, story, f"demo-run-{number}-{story.days}-{story.ago}"))
    for story in stories:
        if story.service == "locker-gateway" and story.lead and not story.goes_on:
            player.at(story.begins(player.now) + timedelta(minutes=18), _ticked(player, story))
    player.at(player.now - timedelta(days=11), lambda at: _reviewed(player, at))


def _told(player: Player, ran: Ran, story: Story, source: str) -> Callable[[datetime], object]:
    def tell(at: datetime) -> None:
        reference = f"{ran.service}/{ran.slug}"
        told = Told(
            source, ran.step, ran.title, queries.runbook(reference, now=at).digest, ran.exit_code,
            at - timedelta(seconds=ran.seconds), at, ran.command, ran.output, len(ran.output), dict(ran.values),
            ran.needs,
        )  # fmt: skip
        running.tell(player.cast.people[story.lead], reference, told, now=at)

    return tell


def _ticked(player: Player, story: Story) -> Callable[[datetime], object]:
    def tick(at: datetime) -> None:
        who = player.cast.people[story.lead]
        if who.teams & {"depot"}:
            running.tick(who, "locker-gateway/vendor-link-lost", 3, minutes=14, note="They reset our session.", now=at)

    return tick


def _reviewed(player: Player, at: datetime) -> None:
    usecases.review(player.cast.people["Mara Lindqvist"], "parcel-tracking/lookups-return-503", note="Drilled", now=at)
