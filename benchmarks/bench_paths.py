"""Golden paths: files rendered beside Copier and Cookiecutter, a service from nothing to ready, adopting read."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from roadbed.platform.paths import inspect, rendering
from roadbed.platform.paths.adopting import Wishes, propose
from roadbed.platform.paths.git import git
from roadbed.platform.paths.materialise import PathRepository, materialise_bundled

PATH = "python-http-service"
TURNS = 7
FILES = 1000
COLD = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from roadbed.platform.paths import rendering
from roadbed.platform.paths.materialise import opened
rendering.preview(opened(Path(sys.argv[1])), {"service_name": "checkout", "owner": "team-payments"})
print(time.perf_counter() - began)
"""


def seconds(work: Callable[[int], object], turns: int = TURNS) -> float:
    """The median time of one turn, each with other answers so that nothing is remembered."""
    spent = []
    for turn in range(turns):
        began = time.perf_counter()
        work(turn)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def answers(turn: int) -> dict[str, str]:
    return {"service_name": f"checkout-{turn}", "owner": "team-payments"}


def by_copier(path: PathRepository, folder: Path) -> float:
    import copier

    def work(turn: int) -> None:
        copier.run_copy(
            str(path.repository),
            folder / str(turn),
            data=answers(turn),
            vcs_ref=path.version,
            defaults=True,
            quiet=True,
        )

    work(TURNS)
    return seconds(work)


def by_cookiecutter(path: PathRepository, folder: Path) -> float | None:
    """The same files as a Cookiecutter template, with one variable in each; None where it is not installed."""
    if find_spec("cookiecutter") is None:
        return None
    from cookiecutter.main import cookiecutter

    template = folder / "cookiecutter"
    root = template / "{{cookiecutter.name}}"
    for file in rendering.preview(path, answers(0)):
        target = root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("{{cookiecutter.name}}\n{% raw %}" + (file.text or "") + "{% endraw %}")
    (template / "cookiecutter.json").write_text('{"name": "checkout"}')

    def work(turn: int) -> None:
        cookiecutter(
            str(template), no_input=True, output_dir=str(folder / "out"), extra_context={"name": f"checkout-{turn}"}
        )

    work(TURNS)
    return seconds(work)


def from_nothing_to_ready(path: PathRepository, folder: Path) -> float | None:
    """Rendered, built by its build command, started by its run command, and answering its health path."""
    began = time.perf_counter()
    rendering.render(path, answers(0), folder)
    entry = yaml.safe_load((folder / "catalog-info.yaml").read_text())
    said = entry["metadata"]["annotations"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What this process imports from must not pass for what the service has installed.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if subprocess.run(["/bin/sh", "-c", said["roadbed.dev/build"]], cwd=folder, env=clean, check=False).returncode:
        return None  # no package index within reach
    env = {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(port), **entry["spec"]["environment"]}
    process = subprocess.Popen(
        ["/bin/sh", "-c", "exec " + said["roadbed.dev/run"]], cwd=folder, env=env, stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < 120:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{said['roadbed.dev/health']}", timeout=2).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
            else:
                return time.perf_counter() - began
        return None
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def adopting(folder: Path) -> float:
    """Reading and proposing over a repository of a thousand source files."""
    for number in range(FILES):
        file = folder / f"package{number % 20}" / f"module{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('"""Something."""\n' + "value = client.get('/somewhere')\n" * 40)
    (folder / "requirements.txt").write_text("flask\ngunicorn\n")
    (folder / "app.py").write_text('app = Flask(__name__)\n@app.get("/healthz")\n')
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    identity = {f"GIT_{role}_{part}": "x" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    git("commit", "--quiet", "-m", "All of it", cwd=folder, env=identity)

    def work(_turn: int) -> None:
        with inspect.opened(str(folder)) as repository:
            assert propose(inspect.read(repository), Wishes(owner="team-payments")).value("health") == "/healthz"

    return seconds(work, 3)


def run() -> list[dict[str, Any]]:
    """The figures."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    try:
        published = {path.name: path for path in materialise_bundled(folder / "paths", now=datetime.now(UTC))}
        path = published[PATH]
        count = len(rendering.preview(path, answers(TURNS)))
        preview = seconds(lambda turn: rendering.preview(path, answers(turn)))
        cold = subprocess.run(
            [sys.executable, "-c", COLD, str(path.repository)], capture_output=True, text=True, check=True
        )
        cookiecutter = by_cookiecutter(path, folder)
        figures: list[dict[str, Any]] = [
            {
                "name": f"{count} files of {PATH} rendered",
                "value": preview,
                "unit": "s",
                "target": 0.5,
                "peer": "Copier",
                "peer_value": by_copier(path, folder / "copier"),
            },
            {"name": "the same, first in a new process", "value": float(cold.stdout), "unit": "s", "target": 1.0},
            {"name": f"{PATH} from nothing to ready", "unit": "s", "target": 60,
             "value": from_nothing_to_ready(path, folder / "service")},
            {"name": f"adopting proposed, {FILES} source files", "value": adopting(folder / "adopted"), "unit": "s"},
        ]  # fmt: skip
        if cookiecutter is not None:
            figures.insert(1, {**figures[0], "peer": "Cookiecutter", "peer_value": cookiecutter})
        return figures
    finally:
        shutil.rmtree(folder, ignore_errors=True)
