"""Flags' speed: a bulk of a hundred as a service gets it over OFREP, beside libraries that evaluate the same in-process.

The peers are measured in this run where they can be imported (`openfeature-provider-flagd`, `UnleashClient`);
elsewhere their figures are those of the field notes, taken on another machine, and say so. A peer's figure has no
network in it; nor has ours, which is what a request costs the server.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

FLAGS = 100
SHARE = 25
PATH = "/ofrep/v1/evaluate/flags"
NOTED = "{name}, percentage flags, {rate} evaluations per CPU-second in the field notes, not in this run"


def run() -> list[dict[str, Any]]:
    """All figures, measured in a process of its own, because Django takes its databases once."""
    shown = subprocess.run([sys.executable, "-W", "ignore", __file__], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in shown.stdout.splitlines() if line.startswith("{")]


def measured() -> list[dict[str, Any]]:
    """All figures, each with its target and the peer's better figure where there is one."""
    token = _prepare()
    post = _server(token)
    body = json.dumps({"context": {"targetingKey": "user-4711"}}).encode()
    first, headers = post(PATH, body)
    assert len(json.loads(first)["flags"]) == FLAGS
    tag = headers["ETag"]
    peers = (_flagd() or (100_000 / 35_000, NOTED.format(name="FlagdCore", rate="35 k")), _unleash())
    unleash = peers[1] or (100_000 / 13_000, NOTED.format(name="UnleashClient", rate="13 k"))
    core = _cpu(_evaluating())
    whole = _cpu(lambda: post(PATH, body))
    return [
        _figure(f"{FLAGS} evaluated in memory", core, 1.0, peers[0]),
        _figure(f"{FLAGS} evaluated in memory", core, 1.0, unleash),
        _figure(f"bulk of {FLAGS}, whole request at the server", whole, 2.0, peers[0]),
        _figure(f"bulk of {FLAGS}, whole request at the server", whole, 2.0, unleash),
        _figure(f"bulk of {FLAGS}, unchanged (304)", _cpu(lambda: post(PATH, body, tag)), 1.0),
        _figure("one flag, whole request", _cpu(lambda: post(f"{PATH}/flag-001", body)), 1.0),
    ]


def _prepare() -> str:
    os.environ["ROADBED_DATA"] = tempfile.mkdtemp(prefix="roadbed-bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.ALLOWED_HOSTS = ["*"]
    for alias in ("default", "samples"):
        call_command("migrate", database=alias, verbosity=0)
    return _flags()


def _flags() -> str:
    from django.utils import timezone

    from roadbed.delivery.flags import clients, usecases
    from roadbed.ground.catalog.usecases import register
    from roadbed.ground.people.rules import ROADBED, Caller
    from roadbed.ground.people.usecases import create_team, create_token

    now, admin = timezone.now(), Caller(uid="bench", name="Bench", role="admin")
    create_team(ROADBED, name="team-payments", now=now)
    entity = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "checkout"},
        "spec": {"type": "service", "lifecycle": "production", "owner": "team-payments"},
    }
    register(ROADBED, text=json.dumps(entity), location="https://git.kestrel.example/checkout", now=now)
    for number in range(FLAGS):
        key = f"flag-{number:03}"
        usecases.create_flag(admin, "checkout", key, kind="percentage", now=now)
        usecases.change_flag(admin, "checkout", key, state=f"{SHARE}%", reason="bench", now=now)
    clients.BURST = 1e12  # type: ignore[misc] - the limit is not what is measured
    return create_token(admin, name="flags:checkout", scopes=("flag.evaluate",), now=now)[1]


def _server(token: str) -> Callable[..., tuple[bytes, dict[str, str]]]:
    """Requests as granian hands them over, without a client's own cost."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def post(path: str, body: bytes, tag: str = "") -> tuple[bytes, dict[str, str]]:
        seen: list[Any] = []
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "HTTP_AUTHORIZATION": f"Bearer {token}",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "HTTP_IF_NONE_MATCH": tag,
        }  # fmt: skip
        response = application(environ, lambda *answer: seen.extend(answer))
        answered = b"".join(response)
        response.close()
        assert seen[0].startswith("304" if tag else "200"), (seen, answered)
        return answered, dict(seen[1])

    return post


def _evaluating() -> Callable[[], object]:
    from roadbed.delivery.flags import snapshots

    answers = snapshots.held.of("checkout", "production").answers.values()
    return lambda: [answering("user-4711") for answering in answers]


def _flagd() -> tuple[float, str] | None:
    """Milliseconds of flagd's own evaluator for the same flags."""
    if find_spec("openfeature") is None or find_spec("openfeature.contrib") is None:
        return None
    try:
        from openfeature.contrib.tools.flagd.core import FlagdCore
    except ImportError:
        return None
    from openfeature.evaluation_context import EvaluationContext

    rule = {"fractional": [["on", SHARE], ["off", 100 - SHARE]]}
    one = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off", "targeting": rule}
    keys = [f"flag-{number:03}" for number in range(FLAGS)]
    core = FlagdCore()
    core.set_flags(json.dumps({"flags": dict.fromkeys(keys, one)}))
    user = EvaluationContext(targeting_key="user-4711")
    _plausible(core.resolve_boolean_value(key, default_value=False, ctx=user).value for key in keys)
    found = _cpu(lambda: [core.resolve_boolean_value(key, default_value=False, ctx=user) for key in keys])
    return found, f"flagd-core {version('openfeature-flagd-core')}, in-process, this run"


def _unleash() -> tuple[float, str] | None:
    """Milliseconds of Unleash's client for the same flags, from its bootstrap, without a server."""
    if find_spec("UnleashClient") is None:
        return None
    from UnleashClient import UnleashClient
    from UnleashClient.cache import FileCache

    strategy = {"name": "flexibleRollout", "parameters": {"rollout": str(SHARE), "stickiness": "userId"}}
    keys = [f"flag-{number:03}" for number in range(FLAGS)]
    named = [{"name": key, "enabled": True, "strategies": [_grouped(strategy, key)]} for key in keys]
    cache = FileCache("bench", directory=tempfile.mkdtemp(prefix="roadbed-bench-"))
    cache.bootstrap_from_dict({"version": 2, "features": named})
    client = UnleashClient("http://127.0.0.1:9", "bench", cache=cache, disable_metrics=True, disable_registration=True)
    client.initialize_client(fetch_toggles=False)
    user = {"userId": "user-4711"}
    _plausible(client.is_enabled(key, user) for key in keys)
    found = _cpu(lambda: [client.is_enabled(key, user) for key in keys])
    client.destroy()
    return found, f"UnleashClient {version('UnleashClient')}, in-process, this run"


def _plausible(answers: Iterable[object]) -> None:
    """A peer that fails fast is no peer: about a quarter of the flags must be on."""
    on = sum(answer is True for answer in answers)
    assert SHARE / 3 < on < SHARE * 2, f"{on} of {FLAGS} on at {SHARE}%"


def _grouped(strategy: dict[str, Any], key: str) -> dict[str, Any]:
    return {**strategy, "parameters": {**strategy["parameters"], "groupId": f"{key}-{zlib.crc32(key.encode())}"}}


def _cpu(call: Callable[[], Any], *, rounds: int = 15, each: int = 20) -> float:
    """Milliseconds of processor time per call: the best of the rounds, since what else runs here can only add to it."""
    for _ in range(each):
        call()
    found = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(each):
            call()
        found.append((time.process_time() - began) / each * 1000)
    return min(found)


def _figure(name: str, value: float, target: float, peer: tuple[float, str] | None = None) -> dict[str, Any]:
    row = {
        "name": f"flags: {name}",
        "value": round(value, 4),
        "unit": "ms CPU",
        "target": target,
        "size": f"{FLAGS} percentage flags",
    }
    return row if peer is None else {**row, "peer_value": round(peer[0], 4), "peer": peer[1]}


if __name__ == "__main__":
    for figure in measured():
        print(json.dumps(figure))
