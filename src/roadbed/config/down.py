"""`roadbed down`: stop everything that Roadbed started."""

from __future__ import annotations

import argparse
import os
import sys

from roadbed.cli.output import out
from roadbed.config.folder import Folder
from roadbed.config.processes import Control


def stop(folder: Folder, *, keep_services: bool) -> list[str]:
    """Stop web, worker and their supervisord; then the services, the edge and the runtime's daemon."""
    from roadbed.adapters.local_runtime import Layout, LocalRuntime

    stopped = Control(folder).stop()
    if not keep_services and (folder.root / "runtime").exists():
        LocalRuntime(Layout.load(folder.root)).shut_down(services=True)
        stopped.append("the services and the edge")
    return stopped


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="roadbed down")
    parser.add_argument("--data", default="")
    parser.add_argument("--keep-services", action="store_true")
    given = parser.parse_args()
    folder = Folder.chosen(given.data or None)
    os.environ["ROADBED_DATA"] = str(folder.root)
    stopped = stop(folder, keep_services=given.keep_services)
    out.print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing of Roadbed was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
