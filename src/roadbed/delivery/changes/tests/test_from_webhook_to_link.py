"""From webhooks to links: what senders post, in any order, comes to the same deployments with the same changes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from roadbed.delivery.changes.jobs import link
from roadbed.delivery.changes.linking import usecases as linking
from roadbed.delivery.changes.linking.keeping import CHANGES
from roadbed.delivery.changes.models import Deployed, SeenChange, SeenCommit, SeenEdge
from roadbed.delivery.changes.projecting import DEPLOYMENTS
from roadbed.delivery.changes.tests.conftest import Door, ago, deployed, now, settle
from roadbed.delivery.metrics.settling import history_of
from roadbed.ground.errors import Forbidden, Invalid, NotFound
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.people.rules import ROADBED, Caller

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NUMBERS = itertools.count()
HUB = {"html_url": "https://github.com/acme/checkout"}


def sha(name: str) -> str:
    return (name.encode().hex() + "0" * 40)[:40]


def push(
    branch: str, before: str, *commits: tuple[str, str, float], repository: dict[str, str] = HUB
) -> dict[str, Any]:
    return {
        "ref": f"refs/heads/{branch}",
        "before": sha(before) if before else "0" * 40,
        "after": sha(commits[-1][0]),
        "repository": repository,
        "head_commit": {"timestamp": ago(commits[-1][2])},
        "commits": [
            {
                "id": sha(name),
                "message": said,
                "timestamp": ago(minutes),
                "author": {"name": "Mara", "username": "mara"},
                "added": [],
                "removed": [],
                "modified": ["src/a.py"],
            }
            for name, said, minutes in commits
        ],
    }


def merged(number: int, head: str, merge: str, minutes: float, login: str = "mara") -> dict[str, Any]:
    return {
        "action": "closed",
        "number": number,
        "repository": HUB,
        "pull_request": {
            "number": number,
            "title": "Add x",
            "merged": True,
            "merged_at": ago(minutes),
            "body": None,
            "created_at": ago(minutes + 50),
            "head": {"sha": sha(head), "ref": "x"},
            "base": {"ref": "main"},
            "merge_commit_sha": sha(merge),
            "user": {"login": login, "type": "User"},
        },
    }


def live(identity: int, name: str, minutes: float) -> dict[str, Any]:
    return {
        "repository": HUB,
        "deployment": {
            "id": identity,
            "sha": sha(name),
            "ref": "main",
            "environment": "production",
            "created_at": ago(minutes + 1),
        },
        "deployment_status": {"state": "success", "created_at": ago(minutes)},
    }


STORY: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
    ("push", lambda: push("main", "", ("c0", "Begin", 900), ("c1", "One", 800))),
    ("deployment_status", lambda: live(1, "c1", 700)),
    ("push", lambda: push("x", "", ("f1", "Try x", 600), ("f2", "Mend x", 500))),
    ("pull_request", lambda: merged(7, "f2", "s1", 400)),
    ("push", lambda: push("main", "c1", ("s1", "Add x (#7)", 400))),
    ("deployment_status", lambda: live(2, "s1", 300)),
)


def tell(way_in: Door, order: list[int], stories: list[tuple[str, dict[str, Any]]], *, at_once: bool) -> None:
    for index in order:
        event, body = stories[index]
        way_in.github("acme", event, body, f"d-{next(NUMBERS)}")
        if not at_once:
            settle(runs=1)
    settle()


def tables() -> list[Any]:
    kept = [
        list(SeenCommit.objects.order_by("sha").values_list("sha", "subject", "authored_at", "paths")),
        list(SeenEdge.objects.order_by("child", "parent").values_list("child", "parent")),
        list(SeenChange.objects.order_by("number", "state").values_list("number", "state", "head", "merge")),
    ]
    rows = Deployed.objects.order_by("at").values_list(
        "outcome", "commit", "method", "confidence", "evidence", "commits"
    )
    return [*kept, list(rows)]


@pytest.mark.parametrize(("seed", "at_once"), [(0, True), (1, False), (2, True), (3, False)])
def test_every_order_comes_to_the_same_links(way_in: Door, shop: dict[str, str], seed: int, at_once: bool):  # noqa: FBT001 - drawn
    way_in.open("github", "acme")
    stories = [(event, make()) for event, make in STORY]
    order = list(range(len(stories)))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    tell(way_in, order, stories, at_once=at_once)
    first, second = deployed(shop["checkout"])
    assert (first.method, first.commits) == ("first", None)
    assert (second.method, second.confidence, second.commit_count) == ("graph", 0.9, 1)
    (one,) = second.commits or ()
    assert (one["sha"], one["change"], one["how"]) == (sha("s1"), "7", "squash")
    # From the first commit of the branch, not from the squash.
    assert one["authored_at"] == SeenCommit.objects.get(sha=sha("f1")).authored_at.isoformat()
    assert one["merged_at"] == SeenChange.objects.get(state="merged").at.isoformat()
    before = tables()
    for projection in (CHANGES, DEPLOYMENTS):
        projections.rebuild(projection.name, now=now())
    links = Fact.objects.filter(kind="deployment.linked").count()
    link(None, {})  # type: ignore[arg-type] - the job needs nothing of its run
    assert tables() == before
    assert Fact.objects.filter(kind="deployment.linked").count() == links


def test_metrics_take_lead_time_from_the_link(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    tell(way_in, list(range(6)), [(event, make()) for event, make in STORY], at_once=True)
    judged, _ = history_of(shop["checkout"])
    assert [one.linked for one in judged] == [None, True]
    (carried,) = judged[1].carried
    assert carried.seconds == pytest.approx(300 * 60, abs=5)


def test_a_correction_by_hand_stands_until_it_is_taken_back(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    tell(way_in, list(range(6)), [(event, make()) for event, make in STORY], at_once=True)
    uid = deployed(shop["checkout"])[1].uid
    owner = Caller(uid="p", name="Petra", role="member", teams=frozenset({"team-payments"}))
    linking.correct(owner, uid, commits=[sha("c0")[:9]], reason="Seen on the machine.", now=now())
    settle()
    row = deployed(shop["checkout"])[1]
    assert (row.method, row.by_hand, row.evidence) == ("hand", True, ["Petra: Seen on the machine."])
    assert [one["sha"] for one in row.commits or ()] == [sha("c0")]
    way_in.github("acme", "push", push("main", "s1", ("c9", "More", 1)), "later")
    settle()
    assert deployed(shop["checkout"])[1].by_hand
    linking.withdraw(owner, uid, now=now())
    settle()
    row = deployed(shop["checkout"])[1]
    assert (row.method, row.by_hand, row.commit_count) == ("graph", False, 1)


def test_a_correction_is_for_owners_names_what_is_known_and_why(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    tell(way_in, list(range(6)), [(event, make()) for event, make in STORY], at_once=True)
    uid = deployed(shop["checkout"])[1].uid
    with pytest.raises(Forbidden):
        linking.correct(Caller("m", "M", "member"), uid, commits=[], reason="x", now=now())
    with pytest.raises(Invalid, match="no commit that was told"):
        linking.correct(ROADBED, uid, commits=["f" * 40], reason="x", now=now())
    with pytest.raises(Invalid, match="reason"):
        linking.correct(ROADBED, uid, commits=[], reason=" ", now=now())
    with pytest.raises(NotFound):
        linking.withdraw(ROADBED, uid, now=now())


def gitlab(way_in: Door, body: dict[str, Any]) -> None:
    project = {"web_url": "https://gitlab.com/acme/tracking"}
    reply = way_in.send("lab", {**body, "project": project}, {"X-Gitlab-Token": way_in.secrets["lab"]})
    assert reply.status == 202


def test_gitlab_tells_pushes_merge_requests_and_deployments(way_in: Door, shop: dict[str, str]):
    way_in.open("gitlab", "lab", deploys=["ship"])

    def pushed(before: str, *names: str) -> dict[str, Any]:
        commits = [
            {"id": sha(n), "message": n, "timestamp": ago(500), "author": {"name": "Ada"}, "added": ["a"]}
            for n in names
        ]
        return {
            "object_kind": "push",
            "ref": "refs/heads/main",
            "before": sha(before),
            "after": sha(names[-1]),
            "commits": commits,
            "total_commits_count": len(commits),
        }

    gitlab(way_in, pushed("t0", "t1"))
    gitlab(way_in, pushed("t1", "t2", "t3"))
    gitlab(
        way_in,
        {
            "object_kind": "merge_request",
            "user": {"username": "ada"},
            "labels": [{"title": "fix"}],
            "object_attributes": {
                "iid": 5,
                "action": "merge",
                "title": "T",
                "updated_at": "2026-11-20 10:00:00 UTC",
                "created_at": "2026-11-19 10:00:00 UTC",
                "last_commit": {"id": sha("t2")},
                "merge_commit_sha": sha("t3"),
                "source_branch": "x",
                "target_branch": "main",
            },
        },
    )
    gitlab(
        way_in,
        {
            "object_kind": "deployment",
            "status": "success",
            "deployment_id": 15,
            "environment": "production",
            "ref": "main",
            "status_changed_at": ago(300),
            "short_sha": sha("t1")[:8],
            "user": {"username": "ada"},
            "commit_url": f"https://gitlab.com/acme/tracking/-/commit/{sha('t1')}",
        },
    )
    gitlab(
        way_in,
        {
            "object_kind": "pipeline",
            "user": {"username": "ada"},
            "object_attributes": {
                "id": 31,
                "name": "ship",
                "status": "success",
                "ref": "main",
                "sha": sha("t3"),
                "created_at": ago(120),
                "finished_at": ago(100),
            },
        },
    )
    settle()
    assert not InboxItem.objects.filter(state="failed").exists()
    _, second = deployed(shop["tracking"])
    assert [one["subject"] for one in second.commits or ()] == ["t3", "t2"]
    assert (second.commits or [{}])[0]["change"] == "5"


def test_argo_bumps_lead_to_the_code_and_cdevents_artifacts_to_their_commit(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    way_in.open("argocd", "argo")
    way_in.open("cdevents", "bus")
    config = {"html_url": "https://github.com/acme/deploy"}
    way_in.github("acme", "push", push("main", "", ("c0", "Begin", 900), ("c1", "One", 800)), "1")
    way_in.github("acme", "push", push("main", "c1", ("c2", "Two", 700), ("c3", "Three", 600)), "2")
    way_in.github("acme", "push", push("main", "", ("g1", f"checkout to {sha('c1')[:9]}", 650), repository=config), "3")
    way_in.github(
        "acme", "push", push("main", "g1", ("g2", f"checkout to {sha('c2')[:9]}", 550), repository=config), "4"
    )
    for name, minutes in (("g1", 500.0), ("g2", 400.0)):
        app = {
            "metadata": {"name": "checkout"},
            "spec": {"source": {"repoURL": "git@github.com:acme/deploy.git"}},
            "status": {
                "operationState": {
                    "phase": "Succeeded",
                    "startedAt": ago(minutes + 1),
                    "finishedAt": ago(minutes),
                    "syncResult": {"revision": sha(name)},
                },
                "summary": {"images": ["registry.example/acme/checkout:v1"]},
            },
        }
        assert way_in.bearer("argo", {"app": app}).status == 202
    digest = "sha256:" + "ab" * 32

    def event(kind: str, subject: str, content: dict[str, Any], minutes: float, **custom: Any) -> dict[str, Any]:
        context = {
            "id": f"{kind}{minutes}",
            "source": "/ci",
            "type": f"dev.cdevents.{kind}.0.3.0",
            "timestamp": ago(minutes),
        }
        return {"context": context, "subject": {"id": subject, "content": content}, "customData": custom}

    where = {"environment": {"id": "prod"}, "artifactId": f"pkg:oci/checkout@sha256%3A{'ab' * 32}"}
    way_in.bearer(
        "bus",
        [
            event("service.upgraded", "checkout", where, 200),
            event("artifact.published", f"pkg:oci/checkout@{digest}", {}, 250, commit=sha("c3")),
        ],
    )
    settle()
    _, bumped, built = deployed(shop["checkout"])
    assert (bumped.method, [one["subject"] for one in bumped.commits or ()]) == ("gitops", ["Two"])
    assert (built.method, [one["subject"] for one in built.commits or ()]) == ("artifact", ["Three"])


def test_jenkins_jobs_deploy_where_their_source_says_so(way_in: Door, shop: dict[str, str]):
    way_in.open("jenkins", "ci", deploys=["deploy-*"])
    for name, phase in (
        ("deploy-checkout", "COMPLETED"),
        ("deploy-checkout", "FINALIZED"),
        ("unit-tests", "FINALIZED"),
    ):
        build = {
            "full_url": f"https://ci.example/job/{name}/9/",
            "number": 9,
            "phase": phase,
            "status": "SUCCESS",
            "timestamp": int(now().timestamp() * 1000) - 60_000,
            "parameters": {"SERVICE": "checkout", "ENV": "prod"},
            "scm": {"url": "https://github.com/acme/checkout.git", "commit": sha("c1")},
        }
        way_in.bearer("ci", {"name": name, "url": f"job/{name}/", "build": build})
    settle()
    (one,) = deployed(shop["checkout"])
    assert (one.outcome, one.environment, one.commit, one.source) == ("succeeded", "production", sha("c1"), "jenkins")
    assert Fact.objects.filter(kind="build.finished").count() == 2


def test_the_start_of_a_jenkins_job_and_of_a_chain_of_cdevents_is_joined_to_its_end_in_any_order(
    way_in: Door, shop: dict[str, str]
):
    way_in.open("jenkins", "ci", deploys=["deploy"])
    way_in.open("cdevents", "bus")
    for phase, minutes in (("FINALIZED", 30), ("STARTED", 35)):
        build = {
            "full_url": "https://ci.example/job/deploy/9/", "number": 9, "phase": phase, "status": "SUCCESS",
            "timestamp": ago(minutes), "parameters": {"SERVICE": "checkout", "ENV": "prod"},
            "scm": {"url": "https://github.com/acme/checkout.git", "commit": sha("c1")},
        }  # fmt: skip
        way_in.bearer("ci", {"name": "deploy", "url": "job/deploy/", "build": build})
    where = {"environment": {"id": "prod"}, "artifactId": "pkg:oci/checkout@v8"}
    for kind, minutes, content in (("taskrun.started", 13, {"taskName": "roll out"}), ("service.upgraded", 10, where)):
        context = {
            "id": kind, "source": "/ci", "type": f"dev.cdevents.{kind}.0.3.0", "timestamp": ago(minutes),
            "chainId": "chain-1",
        }  # fmt: skip
        subject = {"id": "checkout", "content": content}
        way_in.bearer("bus", {"context": context, "subject": subject, "customData": {"service": "checkout"}})
    settle()
    kinds = ("deployment.started", "service.deployed", "service.upgraded")
    told = Fact.objects.filter(subject=shop["checkout"], kind__in=kinds)
    at = {(one.kind == "deployment.started", one.data["deployment"]): one.occurred_at for one in told}
    took = [(at[False, uid] - at[True, uid]).total_seconds() for began, uid in at if not began]
    assert len(at) == 4
    assert sorted(took) == [pytest.approx(180, abs=1), pytest.approx(300, abs=1)]


def test_tests_that_a_bus_tells_are_kept_with_their_commit_and_without_one_the_delivery_says_so(
    way_in: Door, shop: dict[str, str]
):
    way_in.open("cdevents", "bus")

    def case(number: int, outcome: str, commit: str) -> dict[str, Any]:
        context = {
            "id": f"t{number}", "source": "/ci", "type": "dev.cdevents.testcaserun.finished.0.3.0",
            "timestamp": ago(9 - number),
        }  # fmt: skip
        content = {"outcome": outcome, "testCase": {"id": "cart::pays"}, "testSuiteRun": {"id": f"run-{number}"}}
        custom = {"service": "checkout", "commit": commit}
        return {"context": context, "subject": {"id": f"r{number}", "content": content}, "customData": custom}

    for sent in (case(1, "failure", sha("c1")), case(1, "failure", sha("c1")), case(2, "success", sha("c1"))):
        way_in.bearer("bus", sent)
    way_in.bearer("bus", case(3, "success", ""))
    settle()
    told = [one.data for one in Fact.objects.filter(kind="tests.reported").order_by("position")]
    assert [(one["failed"], one["tests"], one["commit"]) for one in told] == [(1, 1, sha("c1")), (0, 1, sha("c1"))]
    assert any("no commit" in item.error for item in InboxItem.objects.all())


def test_an_incident_of_another_system_is_told_of_its_service(way_in: Door, shop: dict[str, str]):
    way_in.open("cdevents", "bus")
    for state, minutes in (("resolved", 10), ("detected", 40)):
        context = {
            "id": state,
            "source": "/mon",
            "type": f"dev.cdevents.incident.{state}.0.3.0",
            "timestamp": ago(minutes),
        }
        content = {"environment": {"id": "prod"}, "service": {"id": "checkout"}, "description": "Slow"}
        way_in.bearer("bus", {"context": context, "subject": {"id": "inc-1", "content": content}})
    settle()
    _, (incident,) = history_of(shop["checkout"])
    assert incident.resolved_at is not None
    assert (incident.resolved_at - incident.started_at).total_seconds() == pytest.approx(1800, abs=5)
