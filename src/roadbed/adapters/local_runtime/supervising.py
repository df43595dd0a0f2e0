"""Owns the start of supervisord, with one fault of it mended: a closed pipe that it would poll without end.

supervisord keeps polling a file number whose connection was closed when the number is given to the next program's
input at once. A program that closes its input then makes every poll return at once with POLLERR alone, which
supervisor 4.3 neither reads nor forgets: a whole core is spent. Here such a number is forgotten.
"""

from __future__ import annotations

import select

from supervisor import options, poller, supervisord


class ForgetfulPoller(poller.PollPoller):  # type: ignore[misc] # supervisor has no types
    """Forgets what can only be an error from now on."""

    def _ignore_invalid(self, fd: int, eventmask: int) -> bool:
        if eventmask & (self.READ | self.WRITE):
            return bool(super()._ignore_invalid(fd, eventmask))
        self._poller.unregister(fd)
        self.readables.discard(fd)
        self.writables.discard(fd)
        return True


def main() -> None:
    """Run supervisord with its own arguments."""
    if hasattr(select, "poll"):
        poller.Poller = ForgetfulPoller
        options.poller.Poller = ForgetfulPoller
    supervisord.main()


if __name__ == "__main__":
    main()
