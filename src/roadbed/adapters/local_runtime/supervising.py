"""Owns the start of supervisord, with one fault of it mended: a closed pipe that it would poll without end.

supervisord keeps polling a file number whose connection was closed when the number is given to the next program's
input at once. A program that closes its input then makes every poll return at once with POLLERR alone, which
supervisor 4.3 neither reads nor forgets: a whole core is spent. Here such a number is forgotten.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from supervisor import options, poller, supervisord

MODULE = "roadbed.adapters.local_runtime.supervising"
"""By name, since it is run as a program too."""

OWNER_ONLY = 0o600


class ForgetfulPoller(poller.PollPoller):  # type: ignore[misc] # supervisor has no types
    """Forgets what can only be an error from now on."""

    def _ignore_invalid(self, fd: int, eventmask: int) -> bool:
        if eventmask & (self.READ | self.WRITE):
            return bool(super()._ignore_invalid(fd, eventmask))
        self._poller.unregister(fd)
        self.readables.discard(fd)
        self.writables.discard(fd)
        return True


def start(folder: Path, *, environment: Mapping[str, str], output: str) -> None:
    """Start supervisord on the folder's supervisord.conf in a session of its own; its output goes to a file there.

    setsid --fork: it is no child of ours, so that it never becomes our zombie.
    """
    descriptor = os.open(folder / output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    try:
        subprocess.run(
            ["setsid", "--fork", sys.executable, "-m", MODULE, "-n", "-c", "supervisord.conf"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            check=True,
        )
    finally:
        os.close(descriptor)


def main() -> None:
    """Run supervisord with its own arguments."""
    if hasattr(select, "poll"):
        poller.Poller = ForgetfulPoller
        options.poller.Poller = ForgetfulPoller
    supervisord.main()


if __name__ == "__main__":
    main()
