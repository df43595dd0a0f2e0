"""The worker process: jobs, schedules, projections, reactions, the inbox, and facts that leave the house."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime

from roadbed.config.folder import Folder
from roadbed.config.processes import begin


def main() -> None:
    """Work until told to stop."""
    folder = Folder.chosen()
    begin(folder, "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    import django

    from roadbed.config.settled import loading, settled

    loading()
    django.setup()
    from roadbed.config import housekeeping
    from roadbed.config.demo import running
    from roadbed.config.logs import configure
    from roadbed.config.wiring import wire
    from roadbed.ground.demo import queries
    from roadbed.ground.jobs.worker import Worker
    from roadbed.ground.ledger import inbox, projections, reactions
    from roadbed.ground.subscriptions.sender import Sender

    configure()
    wire()
    housekeeping.register(folder)
    if queries.present() is not None:
        # A demo is only ever made before a worker starts, so without one there is nothing to tend.
        running.register()

    def catch_up(now: datetime) -> int:
        return projections.catch_up(now=now) + projections.settle()

    def react(now: datetime) -> int:
        return reactions.advance(now=now, accepts=_not_the_pagers)

    def read(now: datetime) -> int:
        return inbox.read_pending(now=now, accepts=lambda reader: reader != "alerts")

    stopping = threading.Event()
    sender = Sender(stopping=stopping)
    worker = Worker(
        ticks=(read, react, sender.tick, catch_up), accepts=_not_the_pagers, stopping=stopping, role="worker"
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settled()
    worker.run()
    sender.close()


def _not_the_pagers(job: str) -> bool:
    return not job.startswith("paging.")


if __name__ == "__main__":
    main()
