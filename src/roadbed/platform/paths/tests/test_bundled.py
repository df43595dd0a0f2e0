"""The bundled paths as their users meet them: their own tests pass, they start, answer, count, log and stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import httpx
import pytest
import yaml

from roadbed.platform.paths.rendering import render

from .conftest import Paths

PYTHON, NODE = "python-http-service", "node-http-service"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SCAFFOLD_SECONDS = 60
has_node = shutil.which("node") is not None
both = pytest.mark.parametrize(
    "name", [PYTHON, pytest.param(NODE, marks=pytest.mark.skipif(not has_node, reason="needs Node.js 18 or newer"))]
)


@pytest.fixture(scope="module")
def made(bundled: Paths, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A repository of each path, made once and built by its own build command."""
    done: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            render(bundled[name], {"service_name": "checkout", "owner": "team-payments"}, folder)
            if build := annotations(folder).get("roadbed.dev/build"):
                began = time.monotonic()
                subprocess.run(["/bin/sh", "-c", build], cwd=folder, check=True, timeout=180)
                assert time.monotonic() - began < SCAFFOLD_SECONDS
            done[name] = folder
        return done[name]

    return make


def annotations(folder: Path) -> dict[str, str]:
    return yaml.safe_load((folder / "catalog-info.yaml").read_text())["metadata"]["annotations"]


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    """The service, started as its catalogue entry says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    entry = yaml.safe_load((folder / "catalog-info.yaml").read_text())
    env = {
        "PATH": os.environ["PATH"],
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **entry["spec"]["environment"],
        **environment,
    }
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["/bin/sh", "-c", "exec " + annotations(folder)["roadbed.dev/run"]],
            cwd=folder,
            env=env,
            stdout=out,
            stderr=out,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 20
        while not _is_ready(url + annotations(folder)["roadbed.dev/health"]):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield url, process, log
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@both
def test_it_answers_counts_every_request_and_keeps_the_callers_trace(made: Callable[[str], Path], name: str):
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "Connection": "close"}
    with running(made(name)) as (url, process, log):
        for path in ("/healthz", "/readyz"):
            assert httpx.get(url + path).status_code == 200
        codes = {httpx.get(url, headers=headers).status_code for _ in range(40)}
        assert codes == {200}
        page = httpx.get(url + "/metrics").text
        counted = re.findall(r'^http_requests_total\{[^}]*route="/"[^}]*\} (\S+)$', page, re.MULTILINE)
        assert sum(map(float, counted)) == 40
        assert re.search(r'^http_request_duration_seconds_bucket\{[^}]*le="0.3"', page, re.MULTILINE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    answered = [line for line in lines if line["message"] == "request" and line["path"] == "/"]
    assert len(answered) == 40
    assert {line["trace_id"] for line in answered} == {TRACE}
    assert {line["service"] for line in lines} == {"checkout"}


def test_the_python_service_runs_four_workers_that_count_as_one(made: Callable[[str], Path]):
    with running(made(PYTHON)) as (url, _process, log):
        for _ in range(60):
            httpx.get(url, headers={"Connection": "close"})
        pids = {line["pid"] for line in map(json.loads, log.read_text().splitlines()) if line["message"] == "request"}
        assert len(pids) > 1
        pages = {re.search(r'route="/",status="200"\} (\S+)', httpx.get(url + "/metrics").text)[1] for _ in range(8)}
    assert pages == {"60.0"}


@pytest.mark.parametrize(
    ("name", "command", "passed"),
    [
        (PYTHON, ["make", "test", "lint"], r"(\d+) passed"),
        pytest.param(
            NODE, ["make", "test"], r"# pass (\d+)", marks=pytest.mark.skipif(not has_node, reason="needs Node.js")
        ),
    ],
)
def test_its_own_tests_pass(made: Callable[[str], Path], tmp_path: Path, name: str, command: list[str], passed: str):
    folder = tmp_path / "repository"
    shutil.copytree(made(name), folder, ignore=shutil.ignore_patterns(".venv", "log"))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(passed, done.stdout)[1]) > 10


@both
def test_its_objectives_are_openslo_counted_at_the_edge(made: Callable[[str], Path], name: str):
    documents = list(yaml.safe_load_all((made(name) / "slo.yaml").read_text()))
    assert [document["metadata"]["name"] for document in documents] == ["checkout-availability", "checkout-latency"]
    for document in documents:
        assert (document["apiVersion"], document["kind"]) == ("openslo/v1", "SLO")
        ratio = document["spec"]["indicator"]["spec"]["ratioMetric"]
        assert {ratio[side]["metricSource"]["type"] for side in ("good", "total")} == {"roadbed-edge"}
        assert document["spec"]["timeWindow"] == [{"duration": "30d", "isRolling": True}]
        (objective,) = document["spec"]["objectives"]
        assert 0.9 < objective["target"] < 1
    good = [
        document["spec"]["indicator"]["spec"]["ratioMetric"]["good"]["metricSource"]["spec"] for document in documents
    ]
    assert good == [{"measure": "availability"}, {"measure": "latency", "thresholdMs": 300}]


@both
def test_what_the_entry_names_is_there_and_nothing_secret_is(made: Callable[[str], Path], name: str):
    folder = made(name)
    said = annotations(folder)
    for key in ("slo", "runbook", "secrets", "flags"):
        assert (folder / said[f"roadbed.dev/{key}"]).is_file()
    secrets = yaml.safe_load((folder / "secrets.yaml").read_text())["secrets"]
    assert all(secret.keys() == {"name", "purpose", "required", "rotate-after"} for secret in secrets)
    assert not any(secret["required"] for secret in secrets)


@both
def test_the_workflow_tests_asks_deploys_and_reports_with_pinned_actions(made: Callable[[str], Path], name: str):
    text = (made(name) / ".github/workflows/delivery.yml").read_text()
    workflow = yaml.safe_load(text)
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)
    steps = " ".join(step.get("run", "") for step in workflow["jobs"]["deploy"]["steps"])
    asked, deployed, reported = (steps.index(word) for word in ("gate check", "deploy checkout", "deploy report"))
    assert asked < deployed < reported
    assert workflow["jobs"]["deploy"]["needs"] == "test"
    assert "${{ secrets.ROADBED_TOKEN }}" in text


@both
def test_locks_name_no_registry(made: Callable[[str], Path], name: str):
    for lock in made(name).glob("*lock*"):
        assert "://" not in lock.read_text()


@both
def test_its_runbook_has_nothing_wrong_with_it_and_steps_that_run(made: Callable[[str], Path], name: str):
    folder = made(name)
    text = (folder / "runbook.md").read_text()
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    # Rooms meet in tests as the command line does: by the rules alone.
    linting = import_module("roadbed.platform.runbooks.rules.linting")
    assert linting.lint(text, path="runbook.md", files=files) == ()
    steps = import_module("roadbed.platform.runbooks.rules.reading").read(text).steps
    assert [step.by_hand for step in steps] == [False] * 4 + [True] * 2
