"""A secret's life on a whole Roadbed: required, given, rotated, kept current by a rollback, and found nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faults.whole import ENTITY, Whole, whole

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
FIRST, SECOND = "first-value-4f1c", "second-value-9d2e"
TELLING = """\
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = (os.environ["ROADBED_VERSION"] + " " + os.environ["API_TOKEN"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def roadbed() -> Iterator[Whole]:
    with whole() as made:
        entity = ENTITY.format(name=made.name, build="true")
        entity = entity.replace("  annotations:\n", "  annotations:\n    roadbed.dev/secrets: secrets.yaml\n")
        (made.repository / "catalog-info.yaml").write_text(entity)
        (made.repository / "secrets.yaml").write_text("secrets:\n  - name: API_TOKEN\n    required: true\n")
        (made.repository / "service.py").write_text(TELLING)
        made.running.git("add", ".", cwd=made.repository)
        made.running.git("commit", "-qm", "Need a token", cwd=made.repository)
        yield made


def test_a_required_secret_is_asked_for_given_rotated_and_stays_current(roadbed: Whole):
    running, name = roadbed.running, roadbed.name
    refused = running.command("deploy", name)
    assert refused.returncode == 1
    assert f"roadbed secrets set {name} API_TOKEN" in refused.stderr
    assert running.service(name).text == "one", "what serves is untouched"

    running.run("secrets", "set", name, "API_TOKEN", stdin=f"{FIRST}\n")
    running.run("deploy", name)
    assert running.service(name).text == f"v2 {FIRST}"

    running.run("secrets", "set", name, "API_TOKEN", stdin=SECOND)
    assert running.service(name).text == f"v2 {FIRST}", "what runs keeps what it was started with"
    running.run("deploy", name)
    assert running.service(name).text == f"v3 {SECOND}"
    running.run("rollback", name)
    assert running.service(name).text == f"v2 {SECOND}", "a secret that was rotated away does not come back"


def test_no_value_is_in_any_answer_log_or_database(roadbed: Whole):
    running, name = roadbed.running, roadbed.name
    listed = running.json("secrets", "list", name)["items"]
    assert [(one["name"], one["version"]) for one in listed] == [("API_TOKEN", 2)]
    told = running.run("ledger", "facts", "--json") + running.run("status", name, "--json") + running.run("logs", name)
    assert FIRST not in told
    data = running.data
    files = [*data.glob("*.db*"), *data.glob("logs/*"), *data.glob("run/**/*"), *data.glob("runtime/daemon/*.log")]
    assert len(files) > 5
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        assert FIRST.encode() not in content, file
        assert SECOND.encode() not in content, file


def test_a_removed_secret_is_asked_for_again(roadbed: Whole):
    running, name = roadbed.running, roadbed.name
    running.run("secrets", "remove", name, "API_TOKEN")
    assert running.command("deploy", name).returncode == 1
    assert running.service(name).text == f"v2 {SECOND}"
