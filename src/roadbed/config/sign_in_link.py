"""`roadbed sign-in-link`: a one-time link made on the machine where the data is."""

from __future__ import annotations

import argparse
import os
import sys

from roadbed.cli.output import out, print_refusal
from roadbed.config.folder import Folder
from roadbed.ground.errors import NotFound, Refusal


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="roadbed sign-in-link")
    parser.add_argument("--data", default="")
    parser.add_argument("email", nargs="?", default="")
    given = parser.parse_args()
    os.umask(0o077)  # databases, keys and logs are nobody else's to read
    folder = Folder.chosen(given.data or None)
    os.environ["ROADBED_DATA"] = str(folder.root)
    try:
        if not folder.settings.exists() and not folder.records.exists():
            raise NotFound(f"There is no Roadbed in {folder.root}.", remedy="Start one with `roadbed up`.")
        os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
        import django

        django.setup()
        from roadbed.config import first_run

        out.print(first_run.sign_in_link(folder, given.email), soft_wrap=True)
    except Refusal as refusal:
        print_refusal(refusal, json_mode=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
