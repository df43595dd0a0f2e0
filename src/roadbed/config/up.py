"""`roadbed up`: everything between a data folder, or none yet, and a Roadbed that answers."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pwd
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from roadbed.cli.client import pointer_file
from roadbed.cli.output import err, out, print_refusal
from roadbed.config import installed
from roadbed.config.folder import Folder, parse_address
from roadbed.config.processes import Control, missing_programs
from roadbed.ground.errors import Conflict, Refusal, Unavailable
from roadbed.ground.ports.runtime import RuntimeFailure

READY_SECONDS = 120.0
"""A slow or busy machine may take so long; one whose web process dies again and again is not waited for."""
DEATHS = 3


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="roadbed up")
    for option in ("data", "address", "edge", "database"):
        parser.add_argument(f"--{option}", default="")
    parser.add_argument("--foreground", action="store_true")
    parser.add_argument("--demo", action="store_true")
    given = parser.parse_args()
    os.umask(0o077)  # databases, keys and logs are nobody else's to read
    folder = Folder.chosen(given.data or None)
    os.environ["ROADBED_DATA"] = str(folder.root)
    try:
        with _alone(folder):
            chosen = {name: getattr(given, name) for name in ("address", "edge", "database") if getattr(given, name)}
            link = start(folder, chosen, demo=given.demo)
    except RuntimeFailure as failure:
        err.print(f"[bold red]error[/]: {failure.detail}", *failure.log, sep="\n  ")
        err.print(f"  [bold]remedy[/]: {failure.remedy}")
        return 1
    except Refusal as refusal:
        print_refusal(refusal, json_mode=False)
        return 1
    out.print(link, soft_wrap=True)
    return _stay(folder) if given.foreground else 0


@contextlib.contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    try:
        folder.make()
    except OSError as fault:
        raise Unavailable(
            f"The data folder {folder.root} cannot be made: {fault.strerror}.",
            remedy="Choose another with --data, or free space there.",
        ) from None
    with (folder.run / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("Another `roadbed up` works on this data folder.", remedy="Wait for it to end.") from None
        yield


def start(folder: Folder, chosen: dict[str, str], *, demo: bool = False) -> str:
    """Start what is not running and answer the sign-in link. Safe to repeat; a demo is made on a fresh folder alone."""
    lacking = missing_programs()
    if lacking:
        raise Unavailable(
            f"This machine lacks {', '.join(program for program, _ in lacking)}.",
            remedy=f"apt-get install -y {' '.join(package for _, package in lacking)}",
        )
    control = Control(folder)
    _refuse_busy_port(folder, chosen.get("address", ""), control)
    changed = _keep_settings(folder, chosen)
    fresh = control.supervisor() is None
    configured = folder.configured()
    if not changed and installed.is_unchanged(folder) and not (folder.run / "demo-wanted").exists():
        # The tables are those of the last start too, so web and worker can load while this process does.
        control.start()
    try:
        return _finish(folder, control, configured["address"], changed=changed, demo=demo)
    except Refusal:
        if fresh:
            control.stop()
        raise


def _finish(folder: Folder, control: Control, address: str, *, changed: bool, demo: bool) -> str:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
    django.setup()
    from roadbed.config import first_run, schema
    from roadbed.config.wiring import wire

    applied = schema.migrate(before=control.stop)
    if applied:
        out.print(f"Database: {applied} migrations applied.")
    wire()
    upgraded = first_run.prepare(folder, demo=demo)
    if (changed or upgraded) and control.supervisor() is not None:
        # What runs was loaded from other files or with other settings; the services go on meanwhile.
        control.stop()
    control.start()
    # Web and worker load while the runtime starts; neither needs the other to come up.
    for line in first_run.start_runtime():
        out.print(line)
    url = f"http://{address}"
    _await_ready(url, folder, control)
    first_run.register_itself(folder)
    _note_folder(folder)
    out.print(f"Roadbed answers at {url}; data in {folder.root}.")
    return first_run.sign_in_link(folder)


def _keep_settings(folder: Folder, chosen: dict[str, str]) -> bool:
    """Write what was chosen into config.toml; whether that changed anything."""
    known = folder.configured()
    if all(known[name] == value for name, value in chosen.items()) and folder.settings.exists():
        return False
    for name in ("address", "edge"):
        if name in chosen:
            parse_address(chosen[name], setting=name)
    lines = folder.settings.read_text().splitlines() if folder.settings.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in chosen]
    quoted = [f"{name} = '{value}'" for name, value in chosen.items()]
    part = folder.settings.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join([*kept, *quoted]) + "\n")
    part.replace(folder.settings)
    return True


def _refuse_busy_port(folder: Folder, chosen: str, control: Control) -> None:
    present = folder.configured()["address"]
    address = chosen or present
    if control.known("web").pid is not None and address == present:
        return
    host, port = parse_address(address, setting="address")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Conflict(
                f"{address} cannot be listened on: {fault.strerror}.",
                remedy=f"Stop what has it (`ss -ltnp 'sport = :{port}'`), or choose another: --address HOST:PORT.",
            ) from None


def _await_ready(url: str, folder: Folder, control: Control) -> None:
    began, last = time.monotonic(), "nothing answered"
    started: set[tuple[int, float | None]] = set()
    while time.monotonic() - began < READY_SECONDS:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 - our own http address
                return
        except (urllib.error.URLError, OSError) as fault:
            last = str(fault)
        web = control.known("web")
        if web.pid is not None:
            started.add((web.pid, web.started_at))
        if len(started) > DEATHS:
            last = f"it died {DEATHS} times"
            break
        time.sleep(0.05)
    raise Unavailable(
        f"The web process was not ready within {time.monotonic() - began:.0f} s: {last}. "
        f"{_tail(folder.logs / 'web.log')}",
        remedy=f"Read {folder.logs / 'web.log'}.",
    )


def _tail(path: Path) -> str:
    with contextlib.suppress(OSError):
        return " | ".join(path.read_text(errors="replace").splitlines()[-5:])
    return ""


def _note_folder(folder: Folder) -> None:
    pointer = pointer_file()
    with contextlib.suppress(OSError):
        pointer.parent.mkdir(parents=True, exist_ok=True)
        pointer.write_text(f"{folder.root}\n")
    _note_for_sudo_user(folder)


def _note_for_sudo_user(folder: Folder) -> None:
    """Give the user behind sudo the command line's access: root's data folder is closed to them."""
    user = os.environ.get("SUDO_USER", "")
    if os.geteuid() != 0 or not user or user == "root":
        return
    with contextlib.suppress(OSError, KeyError):
        entry = pwd.getpwnam(user)
        room = Path(entry.pw_dir) / ".config" / "roadbed"
        made = [path for path in (room.parent, room) if not path.exists()]
        room.mkdir(parents=True, exist_ok=True)
        files = {"data": f"{folder.root}\n", "client.json": folder.client.read_text()}
        for name, text in files.items():
            (room / name).unlink(missing_ok=True)
            with os.fdopen(os.open(room / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
        for path in (*made, *(room / name for name in files)):
            os.chown(path, entry.pw_uid, entry.pw_gid)


def _stay(folder: Folder) -> int:
    from roadbed.config.down import stop

    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: stopping.append(got))
    while not stopping:
        signal.pause()
    stop(folder, keep_services=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
