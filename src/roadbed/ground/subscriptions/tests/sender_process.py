"""A worker that sends, in a process of its own, for the test that kills it: argument NAMES of the test's databases."""

from __future__ import annotations

import json
import os
import signal
import sys


def main() -> None:
    """Run a worker with nothing to do but to send."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings_test"
    from django.conf import settings

    for alias, name in json.loads(sys.argv[1]).items():
        settings.DATABASES[alias]["NAME"] = name
    import django

    django.setup()
    from roadbed.config import ports
    from roadbed.ground.jobs.worker import Worker
    from roadbed.ground.subscriptions.sender import Sender

    ports.provide()
    sender = Sender()
    worker = Worker(ticks=(sender.tick,), accepts=lambda _: False, idle=0.02, stopping=sender.stopping)
    signal.signal(signal.SIGTERM, lambda *_: sender.stopping.set())
    worker.run()
    sender.close()


if __name__ == "__main__":
    main()
