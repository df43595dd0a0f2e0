"""The past of a repository, from a code host's API that answers on loopback: paged, resumed, at the host's own pace."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from roadbed.delivery.changes.models import Backfill, SeenChange, SeenCommit
from roadbed.delivery.changes.sources import fetching
from roadbed.delivery.changes.tests.conftest import ago, deployed, now, settle
from roadbed.ground.errors import Forbidden, Invalid
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED, Caller

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


GOOD = "t0ken"


def sha(number: int) -> str:
    return f"{number:040x}"


class Double(ThreadingHTTPServer):
    """A code host of 150 commits, as many requests and two deployments, which can refuse by its limit."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []
        self.limited_at: int | None = None
        self.status = 200
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Double

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append(self.path)
        status, headers, body = self.server.status, {}, b"[]"
        if self.server.limited_at == len(self.server.asked):
            status, headers = 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 900)}
        elif self.headers.get("Authorization", self.headers.get("PRIVATE-TOKEN", "")).removeprefix("Bearer ") != GOOD:
            status = 401
        elif status == 200:
            body = json.dumps(answer(unquote(parts.path), query)).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def answer(path: str, query: dict[str, str]) -> list[Any]:
    page, per_page = int(query.get("page", 1)), int(query.get("per_page", 30))
    if match := re.search(r"/deployments/(\d+)/statuses$", path):
        return [
            {"state": "success", "created_at": ago(60 - int(match[1]))},
            {"state": "pending", "created_at": ago(70)},
        ]
    rows = _rows(path)
    return rows[(page - 1) * per_page : page * per_page]


def _rows(path: str) -> list[Any]:
    if path.endswith(("/pulls", "/merge_requests")):
        return [
            {
                "number": n,
                "iid": n,
                "title": f"Change {n}",
                "created_at": ago(2000 - n),
                "merged_at": ago(1990 - n),
                "merge_commit_sha": sha(n),
                "head": {"sha": sha(n), "ref": "x"},
                "sha": sha(n),
                "base": {"ref": "main"},
                "user": {"login": "mara", "type": "User"},
                "author": {"username": "mara"},
            }
            for n in range(1, 121)
        ]
    if path.endswith("/commits"):
        return [
            {
                "sha": sha(n),
                "id": sha(n),
                "message": f"Change {n}",
                "author": {"login": "mara"},
                "author_name": "mara",
                "authored_date": ago(2000 - n),
                "committed_date": ago(1995 - n),
                "parent_ids": [sha(n - 1)] if n > 1 else [],
                "commit": {
                    "message": f"Change {n}",
                    "author": {"date": ago(2000 - n)},
                    "committer": {"date": ago(1995 - n)},
                },
                "parents": [{"sha": sha(n - 1)}] if n > 1 else [],
            }
            for n in range(150, 0, -1)
        ]
    return [
        {
            "id": n,
            "sha": sha(100 + n * 20),
            "ref": "main",
            "environment": "production",
            "created_at": ago(80),
            "status": "success",
            "updated_at": ago(60 - n),
        }
        | ({"environment": {"name": "production"}} if path.startswith("/projects") else {})
        for n in (1, 2)
    ]


@contextmanager
def double() -> Iterator[Double]:
    host = Double()
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield host
    finally:
        host.shutdown()
        thread.join()
        host.server_close()


def begin(host: Double, way: str, service: str, token: str = GOOD) -> dict[str, Any]:
    fetching.request(ROADBED, way, f"acme/{service}", token=token, address=host.address, services=[service], now=now())
    job = Job.objects.get(name=fetching.JOB)
    assert token not in json.dumps(job.payload)
    return dict(job.payload)


@pytest.mark.parametrize(("way", "service"), [("github", "checkout"), ("gitlab", "tracking")])
def test_the_past_is_taken_in_whole_and_linked(shop: dict[str, str], way: str, service: str):
    with double() as host:
        payload = begin(host, way, service)
        fetching.read_on(None, payload)  # type: ignore[arg-type] - the job needs nothing of its run
    settle()
    assert (SeenCommit.objects.count(), SeenChange.objects.filter(state="merged").count()) == (150, 120)
    first, second = deployed(shop[service])
    assert (first.method, second.method, second.confidence, second.commit_count) == ("first", "git", 1.0, 20)
    assert Backfill.objects.get().finished
    facts = Fact.objects.exclude(kind="source.backfilled").count()
    with double() as host:
        fetching.read_on(None, {**payload, "address": host.address})  # type: ignore[arg-type] - as above
    assert Fact.objects.exclude(kind="source.backfilled").count() == facts


def test_a_limit_that_is_reached_is_waited_for_and_the_next_run_goes_on(shop: dict[str, str]):
    with double() as host:
        host.limited_at = 3
        payload = begin(host, "github", "checkout")
        fetching.read_on(None, payload)  # type: ignore[arg-type] - the job needs nothing of its run
        again = Job.objects.filter(name=fetching.JOB).order_by("-id")[0]
        assert timedelta(minutes=10) < again.run_at - now() < timedelta(minutes=16)
        assert (Backfill.objects.get().cursor, Backfill.objects.get().finished) == ("commits:1", False)
        fetching.read_on(None, again.payload)  # type: ignore[arg-type] - as above
        assert sum("/pulls" in path for path in host.asked) == 2
    assert Backfill.objects.get().finished


def test_a_wrong_token_ends_it_and_a_fault_is_tried_again(shop: dict[str, str]):
    with double() as host:
        payload = begin(host, "github", "checkout", token="wr0ng")
        with pytest.raises(Abandon, match="401"):
            fetching.read_on(None, payload)  # type: ignore[arg-type] - the job needs nothing of its run
        Job.objects.all().delete()
        payload = begin(host, "github", "checkout")
        host.status = 502
        with pytest.raises(Exception, match="502"):
            fetching.read_on(None, payload)  # type: ignore[arg-type] - as above
    assert not Backfill.objects.exists()


def test_who_may_ask_and_for_what(shop: dict[str, str]):
    with pytest.raises(Forbidden):
        fetching.request(Caller("m", "M", "member"), "github", "acme/checkout", token="x", now=now())
    for given in ({"way": "svn"}, {"repository": "../x"}, {"token": ""}, {"address": "ftp://x"}):
        asked = {"way": "github", "repository": "acme/checkout", "token": "x", "address": "", **given}
        way, repository = asked.pop("way"), asked.pop("repository")
        with pytest.raises(Invalid):
            fetching.request(ROADBED, way, repository, now=now(), **asked)
