"""A real worker in a process of its own, for the tests that kill it: arguments NAMES FOLDER [LIMIT]."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Run a worker on the test's databases; its jobs tell what they do by files in FOLDER."""
    names, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
    limit = float(sys.argv[3]) if len(sys.argv) > 3 else 300.0
    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings_test"
    from django.conf import settings

    for alias, name in names.items():
        settings.DATABASES[alias]["NAME"] = name
    import django

    django.setup()
    from roadbed.ground.jobs.registry import job
    from roadbed.ground.jobs.worker import Worker

    @job("test.count")
    def count(run: Any, payload: dict[str, Any]) -> None:
        with (folder / f"count-{payload['number']}").open("a") as file:
            file.write(f"{run.lease_by} {run.attempt}\n")

    @job("test.hang", time_limit=limit)
    def hang(run: Any, payload: dict[str, Any]) -> None:
        with (folder / "hang").open("a") as file:
            file.write(f"{run.attempt}\n")
        # The test says by a file when the job may end; a job beyond its limit never hears of it.
        while not (folder / "go").exists():
            time.sleep(0.02)
        (folder / "done").write_text(str(run.attempt))

    worker = Worker(idle=0.02)
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    (folder / f"ready-{os.getpid()}").touch()
    worker.run()


if __name__ == "__main__":
    main()
