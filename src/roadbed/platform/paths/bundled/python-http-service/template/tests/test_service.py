"""The routes, the flag, the trace in the log, and what a client must not be able to do to the metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from conftest import FakeUpstream
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import DEFAULT_FLAGS_FILE, Settings

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def test_it_is_healthy_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_while_metrics_cannot_be_written(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "gone"))
    assert client.get("/readyz").status_code == 503


def test_with_the_flag_off_the_upstream_is_left_alone(upstream: FakeUpstream) -> None:
    client = create_app(Settings(upstream_url=upstream.url)).test_client()
    assert client.get("/").json["source"] == "local"
    assert upstream.received == []


def test_with_the_flag_on_the_greeting_comes_from_the_upstream(upstream: FakeUpstream, flag_on: Path) -> None:
    client = create_app(Settings(upstream_url=upstream.url, flags_file=flag_on)).test_client()
    assert client.get("/").json == {"greeting": "Welcome", "source": "upstream"}


def test_a_dead_upstream_costs_the_greeting_not_the_request(flag_on: Path) -> None:
    settings = Settings(upstream_url="http://127.0.0.1:9", flags_file=flag_on, upstream_attempts=1)
    response = create_app(settings).test_client().get("/")
    assert (response.status_code, response.json["source"]) == (200, "fallback")


def test_the_flags_file_is_in_flagd_form_and_every_flag_is_off() -> None:
    flags = yaml.safe_load(DEFAULT_FLAGS_FILE.read_text(encoding="utf-8"))["flags"]
    assert flags
    for flag in flags.values():
        assert flag["state"] in {"ENABLED", "DISABLED"}
        assert flag["variants"][flag["defaultVariant"]] is False


def test_the_callers_trace_is_logged_and_handed_on(
    upstream: FakeUpstream, flag_on: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    client = create_app(Settings(upstream_url=upstream.url, flags_file=flag_on)).test_client()
    client.get("/", headers={"traceparent": TRACEPARENT})
    line = next(json.loads(text) for text in capfd.readouterr().out.splitlines() if '"request"' in text)
    assert (line["trace_id"], line["parent_id"]) == (TRACE, "00f067aa0ba902b7")
    assert upstream.received[0]["traceparent"] == f"00-{TRACE}-{line['span_id']}-01"


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", f"ff-{TRACE}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01", TRACEPARENT + "-x"],
)
def test_a_malformed_traceparent_begins_a_new_trace(header: str, capfd: pytest.CaptureFixture[str]) -> None:
    create_app(Settings()).test_client().get("/", headers={"traceparent": header})
    line = next(json.loads(text) for text in capfd.readouterr().out.splitlines() if '"request"' in text)
    assert len(line["trace_id"]) == 32
    assert line["trace_id"] not in {TRACE, "0" * 32}
    assert "parent_id" not in line


def test_an_unexpected_error_is_a_problem_document_with_the_trace_and_its_cause_in_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    app = create_app(Settings())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("what went wrong")

    response = app.test_client().get("/broken", headers={"traceparent": TRACEPARENT})
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert json.loads(response.data)["trace_id"] == TRACE
    assert b"what went wrong" not in response.data
    logged = [json.loads(text) for text in capfd.readouterr().out.splitlines()]
    assert any(line["level"] == "error" and "what went wrong" in json.dumps(line) for line in logged)


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.post("/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_client_cannot_add_series_by_inventing_paths_or_methods(client: FlaskClient) -> None:
    client.get("/first-invention")
    before = client.get("/metrics").data.count(b"\n")
    for number in range(20):
        client.get(f"/invention-{number}")
    assert client.get("/metrics").data.count(b"\n") <= before + 20  # the series of /metrics itself
    client.open("/", method="BREW")
    client.open("/", method="STEEP")
    page = client.get("/metrics").data.decode()
    assert 'method="other"' in page
    assert "BREW" not in page
    assert "invention" not in page


def test_a_setting_that_is_no_number_stops_the_start_by_name() -> None:
    with pytest.raises(SystemExit, match="UPSTREAM_ATTEMPTS is 'many'"):
        Settings.from_environment({"UPSTREAM_ATTEMPTS": "many"})
