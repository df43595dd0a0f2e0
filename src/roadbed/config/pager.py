"""The pager process: it makes pages of alerts and burning budgets and delivers them, whatever web and worker do."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

from roadbed.config.folder import Folder
from roadbed.config.processes import begin


def main() -> None:
    """Page until told to stop."""
    folder = Folder.chosen()
    begin(folder, "pager")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    import django

    from roadbed.config.settled import loading, settled

    loading()
    django.setup()
    from django.urls import get_resolver

    from roadbed.config.logs import configure
    from roadbed.config.wiring import wire
    from roadbed.ground.jobs.worker import Worker
    from roadbed.ground.ledger import inbox, reactions
    from roadbed.ground.waking import Bell
    from roadbed.reliability.paging.alerts.hurrying import Hurry
    from roadbed.reliability.paging.sender import Sender

    configure()
    wire()
    # A page holds a link. Its address is looked up in all of them, whose loading no page shall wait for.
    get_resolver().url_patterns  # noqa: B018 - it is loaded when it is asked for

    hurry = Hurry()

    def take(now: datetime) -> int:
        # A few at a time: in between, what was opened is sent.
        return inbox.read_pending(now=now, limit=8, accepts=lambda reader: reader == "alerts", first=hurry.first)

    def react(now: datetime) -> int:
        return reactions.advance(now=now, accepts=_the_pagers)

    # Each statement lets other threads run; who writes down waits for none of them longer than this.
    sys.setswitchinterval(0.001)
    bell = Bell()
    sender = Sender(news=bell.ring)
    # Each turn sends first, so that reading a storm never keeps a page waiting for longer than its few messages take.
    worker = Worker(
        ticks=(sender.tick, take, react), accepts=_the_pagers, idle=0.1, apart=0.1, threads=8, role="pager", bell=bell
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    settled()
    worker.run()
    sender.close()


def _the_pagers(job: str) -> bool:
    return job.startswith("paging.")


if __name__ == "__main__":
    main()
