"""The process that Apprise runs in: one message on standard input, one word on standard output, no secret anywhere."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Send it; prints `sent`, `refused` or `unreadable`."""
    import apprise

    said = json.load(sys.stdin)
    made = apprise.Apprise()
    limit = f"cto={said['seconds'] / 2:.1f}&rto={said['seconds'] / 2:.1f}"
    url = str(said["url"])
    # The link and the words are ours alone: nothing of them names a file or a host for Apprise to read.
    if not made.add(f"{url}{'&' if '?' in url else '?'}{limit}"):
        sys.stdout.write("unreadable\n")
        return
    kind = apprise.NotifyType.FAILURE if said["urgent"] else apprise.NotifyType.INFO
    taken = made.notify(title=said["title"], body=said["body"], notify_type=kind)
    sys.stdout.write("sent\n" if taken else "refused\n")


if __name__ == "__main__":
    main()
