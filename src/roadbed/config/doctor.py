"""`roadbed doctor`: what is missing or broken, and the command that mends it."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from roadbed.cli.output import show
from roadbed.config.folder import Folder
from roadbed.config.processes import NAMES, Control, missing_programs
from roadbed.ground.errors import Refusal

GOOD, WARNING, BROKEN = "good", "warning", "broken"
MARKS = {GOOD: "[green]ok[/]", WARNING: "[yellow]warning[/]", BROKEN: "[bold red]broken[/]"}
LOW_DISK = 500 * 1024 * 1024
NO_DISK = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` is a command or a sentence, empty where nothing is wrong."""

    what: str
    state: str
    detail: str
    mend: str = ""


def examine(folder: Folder) -> tuple[Finding, ...]:
    """Look at everything; a check that itself breaks is a finding."""
    found: list[Finding] = []
    for check in (_machine, _rights, _settings, _disk, _database, _processes, _answers, _runtime):
        try:
            found += check(folder)
        except Exception as fault:  # noqa: BLE001 - the doctor goes on to the next organ
            found.append(Finding(check.__name__.strip("_"), BROKEN, f"{type(fault).__name__}: {fault}"))
    return tuple(found)


def _machine(folder: Folder) -> Iterator[Finding]:
    del folder
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("Python", GOOD, version)
    lacking = missing_programs()
    for program, package in lacking:
        yield Finding(program, BROKEN, "not installed", f"apt-get install -y {package}")
    if not lacking:
        yield Finding("Programs", GOOD, "haproxy, git and setsid are installed")
    if not Path("/usr/bin/python3").exists() or not _has_ensurepip():
        yield Finding(
            "python3-venv",
            WARNING,
            "services in Python cannot be built here",
            "apt-get install -y python3 python3-venv",
        )
    if shutil.which("node", path="/usr/local/bin:/usr/bin:/bin") is None:
        yield Finding("Node.js", WARNING, "services in Node.js cannot run here", "apt-get install -y nodejs npm")


def _has_ensurepip() -> bool:
    return any(Path("/usr/lib").glob("python3*/ensurepip/__init__.py"))


def _rights(folder: Folder) -> Iterator[Finding]:
    del folder
    if os.geteuid() == 0:
        yield Finding("Isolation", GOOD, "every service runs as a Unix user of its own")
    else:
        yield Finding(
            "Isolation",
            WARNING,
            "without root, services run as your own user and can read each other's files",
            "run `sudo roadbed up`, or accept it on a machine of your own",
        )


def _settings(folder: Folder) -> Iterator[Finding]:
    try:
        configured = folder.configured()
    except Refusal as refusal:
        yield Finding("Settings", BROKEN, f"{refusal.detail} ({refusal.place})", refusal.remedy)
        return
    yield Finding("Settings", GOOD, f"portal {configured['address']}, edge {configured['edge']}, data {folder.root}")


def _disk(folder: Folder) -> Iterator[Finding]:
    place = folder.root if folder.root.exists() else folder.root.parent
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    state = BROKEN if free < NO_DISK else WARNING if free < LOW_DISK else GOOD
    mend = "" if state == GOOD else f"free space: `du -xh {place} | sort -h | tail` says where it went"
    yield Finding("Disk", state, f"{free / 1e9:.1f} GB free", mend)


def _database(folder: Folder) -> Iterator[Finding]:
    if not folder.configured()["database"]:
        if not folder.records.exists():
            yield Finding("Database", WARNING, "none yet", "roadbed up")
            return
        for path in (folder.records, folder.samples):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
                (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.close()
            mend = "" if answer == "ok" else "roadbed down, then roadbed restore FILE --data NEW-FOLDER"
            yield Finding(f"Database {path.name}", GOOD if answer == "ok" else BROKEN, str(answer), mend)
    if find_spec("django"):
        yield from _schema()


def _schema() -> Iterator[Finding]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
    import django

    django.setup()
    from roadbed.config import schema

    try:
        schema.refuse_newer()
    except Refusal as refusal:
        yield Finding("Schema", BROKEN, refusal.detail, refusal.remedy)
        return
    pending = schema.pending()
    if pending:
        yield Finding("Schema", WARNING, f"{pending} migrations are not applied", "roadbed up")
    else:
        yield Finding("Schema", GOOD, "of this version")
        yield from _demo()


def _demo() -> Iterator[Finding]:
    from roadbed.ground.demo import queries

    held = queries.present()
    if held is not None:
        yield Finding("Demo data", GOOD, f"{held.organization}; `roadbed demo remove` takes it away. {held.running}")


def _processes(folder: Folder) -> Iterator[Finding]:
    control = Control(folder)
    if control.supervisor() is None:
        running = [name for name in NAMES if control.known(name).pid is not None]
        detail = f"not running; left over: {', '.join(running)}" if running else "not running"
        yield Finding("Process tree", BROKEN, detail, "roadbed up")
        return
    for name in NAMES:
        pid = control.known(name).pid
        log = folder.logs / f"{name}.log"
        yield Finding(
            name.capitalize(),
            GOOD if pid else BROKEN,
            f"pid {pid}" if pid else "does not run, or restarts again and again",
            "" if pid else f"tail {log}",
        )


def _answers(folder: Folder) -> Iterator[Finding]:
    url = f"http://{folder.configured()['address']}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            yield Finding("Portal", GOOD, f"{url} answers {response.status}")
    except urllib.error.HTTPError as fault:
        yield Finding("Portal", BROKEN, f"{url} answers {fault.code}", f"tail {folder.logs / 'web.log'}")
    except OSError as fault:
        yield Finding("Portal", BROKEN, f"{url} does not answer: {fault}", "roadbed up")


def _runtime(folder: Folder) -> Iterator[Finding]:
    from roadbed.adapters.local_runtime import Layout, LocalRuntime

    if not (folder.root / "runtime").exists():
        yield Finding("Runtime", WARNING, "not started yet", "roadbed up")
        return
    runtime = LocalRuntime(Layout.load(folder.root))
    if runtime.daemon.is_up():
        yield Finding("Runtime", GOOD, "supervisord and the edge run")
    else:
        yield Finding("Runtime", BROKEN, "down", "roadbed up")
    for status in runtime.statuses():
        if status.state == "failing":
            name = status.workload
            yield Finding(f"Service {name}", WARNING, status.detail, f"roadbed logs {name}; roadbed rollback {name}")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="roadbed doctor")
    parser.add_argument("--data", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = Folder.chosen(given.data or None)
    os.environ["ROADBED_DATA"] = str(folder.root)
    found = examine(folder)
    healthy = not any(finding.state == BROKEN for finding in found)
    show({"healthy": healthy, "findings": [asdict(finding) for finding in found]}, given.json, _printer(found))
    return 0 if healthy else 1


def _printer(found: tuple[Finding, ...]) -> Callable[[Console], None]:
    def printing(console: Console) -> None:
        for finding in found:
            console.print(f"{MARKS[finding.state]}  {finding.what}: {finding.detail}")
            if finding.mend:
                console.print(f"      mend: {finding.mend}", markup=False)

    return printing


if __name__ == "__main__":
    sys.exit(main())
