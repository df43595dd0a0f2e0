"""The web process: granian in front of Django."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces

from roadbed.config.folder import Folder, parse_address
from roadbed.config.processes import begin


def main() -> None:
    """Serve until told to stop."""
    folder = Folder.chosen()
    begin(folder, "web")
    host, port = parse_address(folder.configured()["address"], setting="address")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    Granian(
        "roadbed.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


if __name__ == "__main__":
    main()
