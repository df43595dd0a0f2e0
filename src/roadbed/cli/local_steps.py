"""Runbooks as files on this machine: linted offline, and run step by step in a terminal, recorded now or later."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from roadbed.cli import journal
from roadbed.cli.client import ServerRefused, Unreachable, access, api
from roadbed.ground.catalog.rules import read_entities
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.platform.runbooks.rules import commands, linting, naming, parameters, reading, secrecy
from roadbed.platform.runbooks.rules.shapes import Step

FLAGS: Final = {"sh": ["/bin/sh", "-e", "-c"], "bash": ["/usr/bin/env", "bash", "-e", "-o", "pipefail", "-c"]}
KEPT: Final = 64 * 1024
ENTITY: Final = "catalog-info.yaml"


@dataclass(frozen=True, slots=True)
class Asked:
    """A step of a file, as somebody asks for it."""

    file: Path
    step: int
    values: dict[str, str]
    service: str
    environment: str
    incident: str
    dry_run: bool


def text_of(file: Path) -> str:
    """The file's text.

    Raises:
        NotFound: where there is none.
        Invalid: where it is not text.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise NotFound(f"{file} cannot be read: {fault.strerror}.", place=Place(file=str(file))) from None
    except UnicodeDecodeError:
        raise Invalid(f"{file} is not UTF-8 text.", remedy="Save it as UTF-8.", place=Place(file=str(file))) from None


def lint(path: Path) -> list[dict[str, Any]]:
    """Findings of a file, or of every .md file of a folder; links are followed within the repository that it is in."""
    files = sorted(path.rglob("*.md")) if path.is_dir() else [path]
    if not files:
        raise NotFound(f"There is no .md file in {path}.", place=Place(file=str(path)))
    found: list[dict[str, Any]] = []
    for file in files:
        if path.is_dir() and file.name.lower() == "readme.md":
            continue
        root = _root(file.absolute())
        inside = file.absolute().relative_to(root).as_posix()
        found += [
            {"file": str(file), **asdict(one)} for one in linting.lint(text_of(file), path=inside, files=_Files(root))
        ]
    return found


class _Files:
    """The files below a folder, asked one by one: a repository may have a hundred thousand."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __contains__(self, path: object) -> bool:
        return (self.root / str(path)).exists()

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def _root(file: Path) -> Path:
    """The repository that the file is in; its own folder where it is in none."""
    return next((folder for folder in file.parents if (folder / ".git").exists()), file.parent)


def run(asked: Asked, *, confirm: Callable[[str], bool], quiet: bool) -> dict[str, Any]:
    """Run a step in this terminal, as oneself, and record it.

    Raises:
        NotFound, Invalid, Conflict: when it cannot be run; nothing was run.
    """
    text = text_of(asked.file)
    runbook = reading.read(text)
    step = next((one for one in runbook.steps if one.number == asked.step), None)
    if step is None:
        raise NotFound(f"{asked.file} has no step {asked.step}.", remedy=f"It has {len(runbook.steps)}.")
    if step.by_hand:
        raise Conflict(f"Step {step.number} is done by hand.", remedy="`roadbed runbook done` ticks it off.")
    _refuse_faults(asked, text, step)
    values = parameters.values_of(runbook, step, asked.values)
    service = asked.service or runbook.front.service or _service_of(asked.file)
    written = step.rehearsal if asked.dry_run else step.command
    shown = commands.shown_of(written or step.command, values)
    body = {
        "id": uuid4().hex, "step": step.number, "title": step.title, "command": shown, "parameters": values,
        "digest": hashlib.sha256(text.encode()).hexdigest(), "needs": step.needs, "dry_run": asked.dry_run,
        "environment": asked.environment, "incident": asked.incident,
    }  # fmt: skip
    here = f"{shown}\n\nStep {step.number}, {step.title}: on this machine, as yourself."
    if not confirm(here):
        raise Conflict("It is not confirmed, so nothing ran.", remedy="Say yes, or --yes.")
    secrets = _secrets(step)
    began = datetime.now(UTC)
    ran = _Ran(0, b"", 0) if asked.dry_run and not written else _execute(step, written, values, quiet=quiet)
    output = secrecy.hidden(secrecy.printable(ran.output.decode("utf-8", "replace")), secrecy.spellings(secrets))
    body |= {
        "exit_code": ran.code, "started_at": began.isoformat(), "finished_at": datetime.now(UTC).isoformat(),
        "output": output[:KEPT], "output_bytes": ran.size,
    }  # fmt: skip
    recorded = _record(f"/services/{service}/runbooks/{_slug(asked.file)}/told", body)
    return body | {"service": service, "recorded": recorded}


def _refuse_faults(asked: Asked, text: str, step: Step) -> None:
    last = step.line + step.command.count("\n") + 2
    for one in linting.lint(text, path=asked.file.name):
        if one.severity == "error" and step.line <= one.line <= last and one.rule not in ("unconfirmed", "says-read"):
            raise Conflict(one.detail, remedy=one.remedy, place=Place(file=str(asked.file), line=one.line))


def _slug(file: Path) -> str:
    whole = file.absolute()
    home = next((folder for folder in whole.parents if (folder / ENTITY).is_file()), whole.parent)
    return naming.slug_of(whole.relative_to(home).as_posix())


def _service_of(file: Path) -> str:
    """The first Component of the entry beside the file or above it."""
    for folder in file.absolute().parents:
        entry = folder / ENTITY
        if entry.is_file():
            entities = read_entities(text_of(entry), file=ENTITY).entities
            name = next((one.reference.name for one in entities if one.reference.kind == "Component"), "")
            if name:
                return name
    raise Invalid(
        "Nothing says whose runbook it is.",
        remedy="Give --service, or write service: NAME in its front matter.",
        place=Place(file=str(file)),
    )


def _secrets(step: Step) -> tuple[str, ...]:
    missing = [name for name in step.secrets if name not in os.environ]
    if missing:
        raise Invalid(
            f"The step needs {', '.join(missing)}, which your environment has not.",
            remedy=f"Set {missing[0]} in your shell; Roadbed gives secrets to its own runs alone.",
        )
    return tuple(os.environ[name] for name in step.secrets)


@dataclass(frozen=True, slots=True)
class _Ran:
    code: int
    output: bytes
    size: int


def _execute(step: Step, written: str, values: dict[str, str], *, quiet: bool) -> _Ran:
    """Run it with what it prints shown here as it comes, and its beginning kept."""
    environment = os.environ | commands.environment_of(values)
    process = subprocess.Popen(
        [*FLAGS[step.language], commands.script_of(written)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - it was asked for
    timer = threading.Timer(step.timeout, process.kill)
    timer.start()
    kept, size = bytearray(), 0
    try:
        while data := os.read(process.stdout.fileno(), 1 << 16):
            size += len(data)
            kept += data[: max(0, KEPT - len(kept))]
            if not quiet:
                sys.stdout.buffer.write(data)
                sys.stdout.flush()
    except KeyboardInterrupt:
        process.terminate()
        _wait(process)
    finally:
        timer.cancel()
        process.stdout.close()
    return _Ran(process.wait(), bytes(kept), size)


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Give it five seconds to end by itself."""
    ends = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    process.kill()


def _record(path: str, body: dict[str, Any]) -> str:
    try:
        made = api().post(path, body)
    except Unreachable:
        return _keep(path, body)
    except ServerRefused as refusal:
        return f"It is not recorded: {refusal.detail} {refusal.remedy}"
    return f"It is recorded as {made['uid']}."


def _keep(path: str, body: dict[str, Any]) -> str:
    try:
        url = access().url
    except Unreachable:
        url = ""
    try:
        journal.note(url=url, asked={"path": path, "body": body}, why="unreachable", kind=journal.STEPS)
    except OSError as fault:
        return f"It is not recorded, and could not be kept: {fault}."
    return "No Roadbed answers: it is kept here and told at the next contact."
