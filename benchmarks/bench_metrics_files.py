"""`roadbed metrics git` on a synthetic repository of 100,000 commits, and `roadbed metrics events` on as many events."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

COMMITS = 100_000
EVENTS = 100_000
BEGIN = 1_700_000_000
ROADBED = Path(sys.executable).with_name("roadbed")


def history(commits: int, *, seed: int = 1) -> Iterator[str]:
    """A fast-import stream: branches of a few commits merged into main, reverts and fixes, a tag every 50 commits."""
    draw = random.Random(seed)  # noqa: S311 - a made-up history
    at, number, main, version = BEGIN, 0, 0, 0
    titles: list[tuple[str, int]] = []
    while number < commits:
        size = draw.choice((1, 1, 2, 3, 5, 8))
        branch = main
        for _ in range(size):
            number += 1
            at += draw.randint(60, 900)
            subject = f"Change {number}"
            body = ""
            if titles and draw.random() < 0.01:
                title, mark = draw.choice(titles[-50:])
                subject, body = f'Revert "{title}"', f"\n\nThis undoes :{mark}."
            titles.append((subject, number))
            yield _commit(
                number, at, subject + body, (branch,) if branch else (), f"src/part{number % 40}/file{number % 400}.txt"
            )
            branch = number
        number += 1
        at += draw.randint(60, 3600)
        yield _commit(
            number, at, f"Merge pull request #{number} from u/{number}", (main, branch) if main else (branch,)
        )
        main = number
        if number // 50 > version:
            version = number // 50
            message = f"Release {version}"
            yield f"tag v1.{version}.0\nfrom :{main}\ntagger Ana <ana@example.org> {at + 600} +0000\n{_data(message)}"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _commit(mark: int, at: int, message: str, parents: tuple[int, ...], path: str = "") -> str:
    author = f"Ana <ana@example.org> {at} +0000"
    parts = [f"commit refs/heads/main\nmark :{mark}\nauthor {author}\ncommitter {author}\n{_data(message)}"]
    for word, parent in zip(("from", "merge"), dict.fromkeys(parents), strict=False):
        parts.append(f"{word} :{parent}\n")
    if path:
        text = f"{mark}\n"
        parts.append(f"M 100644 inline {path}\n{_data(text)}")
    return "".join(parts)


def repository(folder: Path, commits: int) -> None:
    """Make the repository in a folder."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--force"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        for part in history(commits):
            running.stdin.write(part)
        running.stdin.close()
    assert running.returncode == 0


def events(number: int) -> Iterator[str]:
    """Changes, artifacts, deployments and incidents of 50 services, as CDEvents in CloudEvents."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    production = {"environment": {"id": "production"}}
    for at in range(number // 4):
        service, when = f"service-{at % 50}", start + timedelta(minutes=17 * at)
        purl = f"pkg:oci/{service}@sha256:{at:064x}"
        repository = {"repository": {"id": f"acme/{service}"}}
        yield _event("change.created", f"c{at}", when, f"change-{at}", repository)
        yield _event("change.merged", f"m{at}", when + timedelta(hours=2), f"change-{at}", repository)
        made = {"change": {"id": f"change-{at}", "source": f"acme/{service}"}}
        yield _event("artifact.packaged", f"p{at}", when + timedelta(hours=3), purl, made)
        live = when + timedelta(hours=4)
        yield _event("service.upgraded", f"d{at}", live, service, {**production, "artifactId": purl})
        if at % 20 == 0:
            told = {**production, "service": {"id": service}, "artifactId": purl, "description": "errors"}
            yield _event("incident.detected", f"i{at}", live + timedelta(minutes=9), f"incident-{at}", told)
            yield _event("incident.resolved", f"r{at}", live + timedelta(hours=1), f"incident-{at}", told)


def _event(kind: str, uid: str, at: datetime, subject: str, content: dict[str, Any]) -> str:
    name = f"dev.cdevents.{kind}.0.3.0"
    context = {"specversion": "0.6.0-draft", "id": uid, "source": "/ci", "type": name, "timestamp": at.isoformat()}
    data = {"context": context, "subject": {"id": subject, "source": "/ci", "content": content}}
    cloud = {"specversion": "1.0", "id": uid, "source": "/ci", "type": name, "time": at.isoformat(), "data": data}
    return json.dumps(cloud)


def timed(*words: str) -> tuple[float, float, Any]:
    """Seconds by the clock and of the processor that a command took from start to end, and what it printed."""
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(ROADBED), *words, "--json"], capture_output=True, check=True, env=dict(os.environ))
    clock, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return clock, cpu, json.loads(done.stdout)


def run() -> list[dict[str, Any]]:
    """The figures."""
    with tempfile.TemporaryDirectory() as kept:
        folder, file = Path(kept) / "big.git", Path(kept) / "events.jsonl"
        repository(folder, COMMITS)
        seconds, cpu, told = timed("metrics", "git", str(folder))
        begin = time.perf_counter()
        subprocess.run(["git", "-C", str(folder), "log", "--format=%H%B", "--tags"], capture_output=True, check=True)
        alone = time.perf_counter() - begin
        size = f"{told['commits']:,} commits, {told['tags']:,} tags"
        file.write_text("\n".join(events(EVENTS)) + "\n")
        read, read_cpu, rows = timed("metrics", "events", str(file))
        number = sum(1 for _ in file.open())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        {
            "name": "metrics git, whole command", "value": seconds, "unit": "s", "target": 20, "size": size,
            "peer": "git log alone", "peer_value": alone,
        },
        {"name": "metrics git, processor time, Git's included", "value": cpu, "unit": "s", "size": size},
        {
            "name": "metrics events, whole command", "value": read, "unit": "s",
            "size": f"{number:,} events, {len(rows)} services",
        },
        {"name": "metrics events, processor time", "value": read_cpu, "unit": "s", "target": 20},
        {"name": "most memory of either", "value": peak, "unit": "MB", "target": 1024, "size": size},
    ]  # fmt: skip
