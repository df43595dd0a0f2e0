"""What senders tell of size, branches, queues and parts of pipelines, as events; what they do not tell is None."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from roadbed.adapters.argocd import ArgoNotifications
from roadbed.adapters.cdevents import CdEvents
from roadbed.adapters.github import GitHubEvents
from roadbed.adapters.gitlab import GitLabEvents
from roadbed.adapters.jenkins import JenkinsNotifications
from roadbed.adapters.plain_events import PlainEvents
from roadbed.ground.ports import events
from roadbed.ground.ports.events import Delivery, EventReader, Manner, Unreadable

AT = "2026-11-28T09:00:00Z"
NINE = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
HUB = {"html_url": "https://github.com/acme/shop", "default_branch": "trunk", "pushed_at": AT}


def read(reader: EventReader, body: Any, name: str = "", deploys: tuple[str, ...] = ()) -> Any:
    headers = {"content-type": "application/json", "x-github-event": name}
    return reader.read(Delivery(headers, json.dumps(body).encode()), Manner(deploys))


def test_github_tells_size_trunk_deletions_and_how_long_a_first_attempt_waited():
    pull = {
        "number": 7, "merged": True, "merged_at": AT, "user": {"login": "mara"}, "additions": 4, "deletions": 0,
        "changed_files": 2, "base": {"ref": "trunk", "repo": {"default_branch": "trunk"}},
    }  # fmt: skip
    (change,) = read(GitHubEvents(), {"action": "closed", "repository": HUB, "pull_request": pull}, "pull_request")
    assert (change.additions, change.deletions, change.files, change.commits, change.trunk) == (4, 0, 2, None, "trunk")
    gone = {"ref": "refs/heads/cart", "before": "a" * 40, "after": "0" * 40, "deleted": True, "repository": HUB}
    (branch,) = read(GitHubEvents(), gone, "push")
    assert (branch.branch, branch.state, branch.at, branch.trunk) == ("cart", events.DELETED, NINE, "trunk")
    run = {
        "id": 1, "name": "ci", "conclusion": "success", "head_sha": "a" * 40, "created_at": "2026-11-28T08:50:00Z",
        "run_started_at": "2026-11-28T08:52:00Z", "updated_at": AT,
    }  # fmt: skip
    for attempt, waited in ((1, 120.0), (2, None)):
        body = {"action": "completed", "repository": HUB, "workflow_run": run | {"run_attempt": attempt}}
        assert read(GitHubEvents(), body, "workflow_run")[0].queued_seconds == waited


def test_gitlab_tells_how_long_a_pipeline_waited_and_starts_it_after_that():
    run = {
        "id": 1, "status": "success", "created_at": "2026-11-28 08:50:00 UTC", "sha": "a" * 40, "ref": "main",
        "finished_at": "2026-11-28 09:00:00 UTC",
    }  # fmt: skip
    project = {"web_url": "https://gitlab.com/acme/shop", "default_branch": "main"}
    for waited, minutes in ((60, 51), (None, 50)):
        body = {"object_kind": "pipeline", "object_attributes": run | {"queued_duration": waited}, "project": project}
        (build,) = read(GitLabEvents(), body)
        assert (build.queued_seconds, build.started_at.minute) == (waited, minutes)


def told(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    context = {"type": f"dev.cdevents.{kind}.0.3.0", "id": kind, "source": "/ci", "timestamp": AT}
    return {"context": context, "subject": {"id": "run-1", "content": content}}


@pytest.mark.parametrize(
    ("subject", "content", "part", "name"),
    [
        ("pipelinerun", {"pipelineName": "ci"}, "", "ci"),
        ("taskrun", {"taskName": "lint"}, events.TASK, "lint"),
        ("testsuiterun", {"testSuite": {"id": "unit"}}, events.SUITE, "unit"),
    ],
)
def test_cdevents_tell_a_run_in_parts_that_are_held_together(subject: str, content: Any, part: str, name: str):
    found = [read(CdEvents(), told(f"{subject}.{word}", content))[0] for word in ("queued", "started", "finished")]
    assert len({one.run for one in found}) == 1
    assert {(one.part, one.name) for one in found} == {(part, name)}
    assert [type(one) for one in found] == [events.BuildBegan, events.BuildBegan, events.Build]
    assert [found[0].queued, found[1].queued] == [True, False]


def test_cdevents_tell_of_branches():
    body = told("branch.deleted", {"repository": {"id": "acme/shop", "source": "https://github.com"}})
    (branch,) = read(CdEvents(), body)
    assert (branch.branch, branch.state, branch.repository) == ("run-1", "deleted", "github.com/acme/shop")


def test_cdevents_tell_the_start_of_a_deployment_by_its_run_and_by_the_chain_that_it_belongs_to():
    run = {"taskName": "deploy"}
    began, started = read(CdEvents(), told("taskrun.started", run), deploys=("deploy",))
    build, ended = read(CdEvents(), told("taskrun.finished", run | {"outcome": "success"}), deploys=("deploy",))
    assert (type(began), type(build)) == (events.BuildBegan, events.Build)
    assert (started.outcome, started.run) == (events.STARTED, ended.run)
    assert started.key != ended.key
    assert len(read(CdEvents(), told("taskrun.queued", run), deploys=("deploy",))) == 1
    chained = told("taskrun.started", run) | {"customData": {"service": "checkout"}}
    chained["context"]["chainId"] = "chain-7"
    live = told("service.deployed", {"environment": {"id": "production"}, "artifactId": "pkg:oci/a@1"})
    live["context"]["chainId"] = "chain-7"
    (deployed,) = read(CdEvents(), live)
    assert read(CdEvents(), chained)[1].run == deployed.run == "chain chain-7"
    assert len(read(CdEvents(), told("taskrun.started", run))) == 1


def test_cdevents_tell_tests_of_one_run_together():
    def case(name: str, word: str, outcome: str, commit: str = "a" * 40) -> dict[str, Any]:
        content = {"testCase": {"id": name}, "testSuiteRun": {"id": "suite-1"}, "outcome": outcome}
        one = told(f"testcaserun.{word}", content) | {"customData": {"commit": commit, "service": "checkout"}}
        one["context"]["id"] = f"{name} {word}"
        return one

    sent = [
        case("pays", "finished", "failure"), case("adds", "finished", "success"), case("slow", "skipped", ""),
        case("waits", "started", ""), case("stopped", "finished", "cancel"),
        case("other", "finished", "error", "b" * 40),
    ]  # fmt: skip
    first, second = read(CdEvents(), sent)
    assert first.cases == (("pays", "failed"), ("adds", "passed"), ("slow", "skipped"))
    assert (first.run, first.suite, first.service, first.commit) == ("suite-1", "suite-1", "checkout", "a" * 40)
    assert second.cases == (("other", "failed"),)


def test_argo_and_jenkins_tell_the_start_that_belongs_to_an_end():
    flat = {"app": "shop", "revision": "a" * 40, "repository": "https://github.com/acme/shop", "started_at": AT}
    (began,) = read(ArgoNotifications(), flat | {"phase": "Running"})
    (ended,) = read(ArgoNotifications(), flat | {"phase": "Succeeded", "finished_at": "2026-11-28T09:05:00Z"})
    assert (began.outcome, began.run, began.at) == (events.STARTED, ended.run, NINE)
    assert ended.started_at == NINE
    job = {
        "number": 9,
        "timestamp": AT,
        "full_url": "https://ci.example/job/deploy/9/",
        "parameters": {"SERVICE": "shop"},
    }
    first = read(JenkinsNotifications(), {"name": "deploy", "build": job | {"phase": "STARTED"}}, deploys=("deploy",))
    last = {"phase": "FINALIZED", "status": "SUCCESS", "timestamp": "2026-11-28T09:05:00Z"}
    then = read(JenkinsNotifications(), {"name": "deploy", "build": job | last}, deploys=("deploy",))
    assert [one.run for one in (*first, *then)] == ["https://ci.example:deploy:9"] * 4
    assert (first[1].outcome, first[1].at, then[1].outcome) == (events.STARTED, NINE, events.SUCCEEDED)
    assert read(JenkinsNotifications(), {"name": "deploy", "build": job | {"phase": "COMPLETED"}}) == ()


def test_plain_events_tell_builds_and_branches_and_name_what_is_wrong():
    shop = {"repository": "https://github.com/acme/shop", "at": AT}
    build = {"type": "build", "name": "ci", "outcome": "failure", "queued_seconds": 9, **shop}
    branch = {"type": "branch", "branch": "cart", "state": "created", **shop}
    first, second = read(PlainEvents(), [build, branch])
    assert (first.outcome, first.queued_seconds, first.started_at) == ("failure", 9.0, None)
    assert (second.branch, second.state) == ("cart", events.CREATED)
    for wrong, said in ((build | {"outcome": "fine"}, "outcome"), (branch | {"state": "gone"}, "state")):
        with pytest.raises(Unreadable, match=said):
            read(PlainEvents(), wrong)
