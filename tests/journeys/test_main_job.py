"""The main job on real input: from nothing to a live service, measured, broken, rolled back; and an adopted one."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from journeys.running import Running, eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


def commit(roadbed: Running, repository: Path, message: str) -> None:
    roadbed.git("add", "--all", cwd=repository)
    roadbed.git("commit", "-qm", message, cwd=repository)
    roadbed.git("push", "-q", "origin", "HEAD", cwd=repository)


def drive(roadbed: Running, name: str, requests: int, path: str = "/") -> list[int]:
    """Send requests over one connection; the statuses."""
    with httpx.Client(base_url=f"http://127.0.0.1:{roadbed.edge}", headers={"Host": f"{name}.localhost"}) as client:
        return [client.get(path).status_code for _ in range(requests)]


def availability(roadbed: Running, service: str) -> dict:
    found = roadbed.json("slo", "list", "--service", service)
    return next(objective for objective in found if "availab" in objective["name"].lower())


def test_an_empty_machine_gets_a_running_roadbed_and_a_sign_in_link(roadbed: Running):
    link = roadbed.up()
    assert link.startswith(f"{roadbed.url}/sign-in/link/")
    assert httpx.get(f"{roadbed.url}/readyz").json() == {"status": "ready"}
    assert httpx.get(link).status_code == 200, "looking at the link does not use it up"
    assert roadbed.json("doctor")["healthy"]


def test_up_again_changes_nothing_and_prints_another_link(roadbed: Running):
    pids = {name: (roadbed.data / "run" / f"{name}.pid").read_text() for name in ("web", "worker")}
    assert roadbed.up().startswith(f"{roadbed.url}/sign-in/link/")
    assert {name: (roadbed.data / "run" / f"{name}.pid").read_text() for name in ("web", "worker")} == pids


def test_roadbed_is_the_first_service_in_its_own_catalogue(roadbed: Running):
    shown = roadbed.json("catalog", "show", "roadbed")
    assert shown["owner"] == "platform"
    measured = eventually(
        "traffic on Roadbed's own objective",
        lambda: [one for one in roadbed.json("slo", "list", "--service", "roadbed") if one["total"]],
    )
    assert measured[0]["remaining"] is not None


def test_a_service_is_scaffolded_deployed_and_answers(roadbed: Running):
    began = time.monotonic()
    roadbed.run("team", "create", "team-payments")
    roadbed.run("new", "python-http-service", "checkout", "--owner", "team-payments")
    assert (roadbed.home / "checkout" / "catalog-info.yaml").is_file()
    roadbed.run("deploy", "checkout")
    assert roadbed.service("checkout", "/healthz").status_code == 200
    assert time.monotonic() - began < 60, "scaffold to healthy takes at most a minute"


def test_real_traffic_shows_on_the_objective(roadbed: Running):
    assert set(drive(roadbed, "checkout", 500)) == {200}
    shown = eventually(
        "the traffic on the objective", lambda: (one := availability(roadbed, "checkout"))["total"] >= 500 and one
    )
    assert shown["remaining"] == 1.0
    assert shown["as_of"]


def test_a_release_that_never_becomes_ready_changes_nothing_and_says_why(roadbed: Running):
    repository = roadbed.home / "checkout"
    entity = repository / "catalog-info.yaml"
    whole = entity.read_text()
    line = next(line for line in whole.splitlines() if "roadbed.dev/run" in line)
    entity.write_text(whole.replace(line, "    roadbed.dev/run: \"/bin/sh -c 'echo cannot find the till; exit 3'\""))
    commit(roadbed, repository, "Break the start")
    failed = roadbed.command("deploy", "checkout")
    assert failed.returncode == 1
    assert "cannot find the till" in failed.stdout + failed.stderr
    assert roadbed.service("checkout", "/healthz").status_code == 200
    entity.write_text(whole)
    commit(roadbed, repository, "Mend the start")


def test_a_bad_commit_spends_budget_and_a_rollback_stops_it(roadbed: Running):
    repository = roadbed.home / "checkout"
    before = availability(roadbed, "checkout")
    break_root(repository)
    commit(roadbed, repository, "Serve the root another way")
    roadbed.run("deploy", "checkout")
    statuses = drive(roadbed, "checkout", 200)
    assert statuses.count(500) == 200
    spent = eventually(
        "spent budget", lambda: (one := availability(roadbed, "checkout"))["good"] + 150 < one["total"] and one
    )
    assert spent["remaining"] < before["remaining"]
    refused = roadbed.command("deploy", "checkout")
    assert refused.returncode == 10, "a spent budget refuses features"
    assert "budget of 30 days is spent" in refused.stdout + refused.stderr
    began = time.monotonic()
    roadbed.run("rollback", "checkout")
    assert time.monotonic() - began < 15
    assert set(drive(roadbed, "checkout", 50)) == {200}


def break_root(repository: Path) -> None:
    """Make the root fail while health stays good, as bad commits do."""
    entity = repository / "catalog-info.yaml"
    whole = entity.read_text()
    line = next(line for line in whole.splitlines() if "roadbed.dev/run" in line)
    build = next(line for line in whole.splitlines() if "roadbed.dev/build" in line)
    (repository / "broken.py").write_text(
        "import http.server, os\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    protocol_version = 'HTTP/1.1'\n"
        "    def do_GET(self):\n"
        "        good = self.path in ('/healthz', '/readyz')\n"
        "        self.send_response(200 if good else 500)\n"
        "        self.send_header('Content-Length', '0')\n"
        "        self.end_headers()\n"
        "http.server.ThreadingHTTPServer((os.environ['HOST'], int(os.environ['PORT'])), Handler).serve_forever()\n"
    )
    text = whole.replace(line, '    roadbed.dev/run: "/usr/bin/python3 broken.py"')
    entity.write_text(text.replace(build, '    roadbed.dev/build: "true"'))


def test_a_rollback_works_with_everything_of_roadbed_dead(roadbed: Running):
    status = roadbed.json("releases", "checkout")
    assert status["items"]
    roadbed.run("down", "--keep-services")
    assert roadbed.service("checkout", "/healthz").status_code == 200, "services outlive Roadbed"
    roadbed.run("rollback", "checkout", "--local", "--to", "1")
    assert roadbed.service("checkout", "/healthz").status_code == 200
    roadbed.up()
    eventually(
        "the local rollback in the ledger",
        lambda: any(
            fact["kind"] == "service.rolledback" and fact["source"] == "runtime"
            for fact in roadbed.json("ledger", "facts", "--kind", "service.rolledback")["items"]
        ),
    )


def test_an_existing_repository_in_another_language_is_adopted_deployed_and_rolled_back(roadbed: Running):
    repository = roadbed.home / "labels"
    repository.mkdir()
    (repository / "package.json").write_text(
        '{"name": "labels", "version": "1.0.0", "scripts": {"start": "node server.js"}}\n'
    )
    (repository / "server.js").write_text(
        "const http = require('node:http');\n"
        "http.createServer((request, response) => {\n"
        "  if (request.url === '/health') { response.end('ok'); return; }\n"
        "  response.end('labels 1');\n"
        "}).listen(process.env.PORT, process.env.HOST || '127.0.0.1');\n"
    )
    (repository / "CODEOWNERS").write_text("* @kestrel/team-payments\n")
    roadbed.git("init", "-q", "-b", "main", cwd=repository)
    roadbed.git("add", ".", cwd=repository)
    roadbed.git("commit", "-qm", "Print labels", cwd=repository)
    roadbed.run("adopt", str(repository), "--owner", "team-payments", "--yes")
    roadbed.run("deploy", "labels")
    assert roadbed.service("labels").text == "labels 1"
    server = repository / "server.js"
    server.write_text(server.read_text().replace("labels 1", "labels 2"))
    roadbed.git("commit", "-qam", "Count labels anew", cwd=repository)
    roadbed.run("deploy", "labels")
    assert roadbed.service("labels").text == "labels 2"
    roadbed.run("rollback", "labels")
    assert roadbed.service("labels").text == "labels 1"


def test_a_backup_is_restored_elsewhere(roadbed: Running):
    archive = roadbed.home / "backup.tar.gz"
    roadbed.run("backup", str(archive))
    roadbed.run("down")
    roadbed.data.rename(roadbed.home / "lost")
    elsewhere = Running(roadbed.home / "elsewhere", port=roadbed.port, edge=roadbed.edge)
    elsewhere.home.mkdir(mode=0o711)
    elsewhere.run("restore", str(archive), "--data", str(elsewhere.data))
    try:
        elsewhere.up()
        assert elsewhere.json("catalog", "show", "checkout")["owner"] == "team-payments"
        elsewhere.run("deploy", "labels")
        assert elsewhere.service("labels").text == "labels 2"
    finally:
        elsewhere.down()
    assert elsewhere.leftovers() == []
