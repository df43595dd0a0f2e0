"""Every payload that GitHub and CDEvents publish is read as what it says, and nothing of them breaks a reader."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.adapters.argocd import ArgoNotifications
from roadbed.adapters.cdevents import CdEvents
from roadbed.adapters.github import GitHubEvents
from roadbed.adapters.gitlab import GitLabEvents
from roadbed.adapters.jenkins import JenkinsNotifications
from roadbed.adapters.plain_events import PlainEvents
from roadbed.ground.ports import events
from roadbed.ground.ports.events import Delivery, Event, Manner

SHARED = Path(__file__).parents[3] / "shared" / "conformance"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the conformance data is not there")
REPOSITORY = "github.com/codertocat/hello-world"
SHA = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
DIGEST = "0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427"


def github(file: str, **manner: Any) -> tuple[Event, ...]:
    headers = {"x-github-event": file.partition(".")[0], "content-type": "application/json"}
    body = (SHARED / "github-webhooks" / file).read_bytes()
    return GitHubEvents().read(Delivery(headers, body), Manner(**manner))


def test_every_payload_of_github_is_read_or_tells_nothing():
    files = sorted(path.name for path in (SHARED / "github-webhooks").glob("*.json"))
    told = {file: [type(one).__name__ for one in github(file)] for file in files}
    assert told == {
        "deployment.payload.json": [],
        "deployment_status.payload.json": ["Deployment"],
        "ping.json": [],
        "pull_request.closed.payload.json": ["Change"],
        "pull_request.opened.payload.json": ["Change"],
        "pull_request.opened.with-null-body.json": ["Change"],
        "pull_request_review.submitted.payload.json": [],
        "push.1.payload.json": [],
        "push.payload.json": [],
        "push.with-new-branch.payload.json": ["Pushed"],
        "release.published.payload.json": ["Release"],
        "workflow_run.completed.json": ["Build"],
    }


def test_a_deployment_of_github_says_what_went_where():
    (one,) = github("deployment_status.payload.json")
    assert isinstance(one, events.Deployment)
    assert (one.outcome, one.environment, one.repository, one.commit) == (
        events.SUCCEEDED, "production", REPOSITORY, SHA,
    )  # fmt: skip
    assert one.started_at is not None
    assert one.started_at <= one.at


def test_a_release_of_github_is_told_and_a_deployment_where_its_source_says_so():
    (one,) = github("release.published.payload.json", deploys=("deploy*",))
    assert isinstance(one, events.Release)
    assert (one.tag, one.repository, one.commit, one.preview) == ("0.0.1", REPOSITORY, "", False)
    _, deployed = github("release.published.payload.json", deploys=("release",), environment="stores")
    assert isinstance(deployed, events.Deployment)
    assert (deployed.artifacts, deployed.environment) == ((f"{REPOSITORY}@0.0.1",), "stores")


def test_a_request_closed_unmerged_is_no_merge_and_a_null_body_no_fault():
    (closed,) = github("pull_request.closed.payload.json")
    (opened,) = github("pull_request.opened.with-null-body.json")
    assert isinstance(closed, events.Change)
    assert (closed.state, closed.merge, closed.number) == (events.CLOSED, "", "2")
    assert isinstance(opened, events.Change)
    assert (opened.state, opened.body, opened.opened_at) == (events.OPENED, "", opened.at)


def test_a_workflow_deploys_where_its_source_says_so():
    name = json.loads((SHARED / "github-webhooks" / "workflow_run.completed.json").read_bytes())["workflow_run"]["name"]
    conclusion = github("workflow_run.completed.json")[0]
    assert isinstance(conclusion, events.Build)
    told = github("workflow_run.completed.json", deploys=(f"{name[:2]}*",), environment="staging")
    assert len(told) == (2 if conclusion.outcome in ("success", "failure") else 1)


CDEVENTS = sorted((SHARED / "cdevents").glob("*.json"))
READ = {
    "artifact_packaged": "Artifact", "artifact_published": "Artifact", "branch_created": "Branch",
    "branch_deleted": "Branch", "build_finished": "Build", "build_queued": "BuildBegan", "build_started": "BuildBegan",
    "change_abandoned": "Change", "change_created": "Change", "change_merged": "Change", "change_reviewed": "Change",
    "incident_detected": "Incident", "incident_reported": "Incident", "incident_resolved": "Incident",
    "pipelinerun_finished": "Build", "pipelinerun_queued": "BuildBegan", "pipelinerun_started": "BuildBegan",
    "service_deployed": "Deployment", "service_rolledback": "Deployment", "service_upgraded": "Deployment",
    "taskrun_finished": "Build", "taskrun_started": "BuildBegan", "testcaserun_finished": "Tests",
    "testcaserun_skipped": "Tests", "testsuiterun_finished": "Build",
    "testsuiterun_queued": "BuildBegan", "testsuiterun_started": "BuildBegan",
}  # fmt: skip


@pytest.mark.parametrize("path", CDEVENTS, ids=lambda path: path.stem)
def test_every_cdevent_is_read_alike_in_each_content_mode(path: Path):
    event = json.loads(path.read_bytes())
    if "context" not in event:
        pytest.skip("a schema's fragment, no event")
    kind = event["context"]["type"]
    envelope = {"specversion": "1.0", "id": "1", "source": "/s", "type": kind, "data": event}
    ways = [
        ({"content-type": "application/json"}, event),
        ({"content-type": "application/cloudevents+json; charset=utf-8"}, envelope),
        ({"content-type": "application/json", "ce-id": "1", "ce-source": "/s", "ce-type": kind}, event),
        ({"content-type": "application/cloudevents-batch+json"}, [envelope]),
    ]
    told = [CdEvents().read(Delivery(headers, json.dumps(body).encode()), Manner()) for headers, body in ways]
    assert told[0] == told[1] == told[2] == told[3]
    assert [type(one).__name__ for one in told[0]] == [READ[path.stem]] if path.stem in READ else told[0] == ()


def test_a_cdevent_names_service_environment_and_artifact():
    body = (SHARED / "cdevents" / "service_deployed.json").read_bytes()
    (one,) = CdEvents().read(Delivery({"content-type": "application/json"}, body), Manner())
    assert isinstance(one, events.Deployment)
    assert (one.service, one.environment, one.outcome) == ("mySubject123", "test123", events.SUCCEEDED)
    assert DIGEST in one.artifacts[0]


HURTS: list[Any] = [
    None, True, -1, 10**30, 1e308, "", "\x00", "\ud800", "0" * 40, "9999-12-31T23:59:59+23:59", "2026-01-01T00:00:00",
    [], {}, [None], {"a": []}, "https://[", "x" * 5000, [[[[]]]],
]  # fmt: skip
READERS = [GitHubEvents(), GitLabEvents(), CdEvents(), ArgoNotifications(), JenkinsNotifications(), PlainEvents()]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def hurt(payload: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copied = dict(payload) if isinstance(payload, dict) else list(payload)
    copied[path[0]] = hurt(payload[path[0]], path[1:], by)
    return copied


WHOLE = {
    "gitlab": {
        "object_kind": "deployment", "status": "success", "status_changed_at": "2026-11-28 09:00:00 +0000",
        "deployment_id": 7, "environment": "production", "short_sha": "abcdef12", "ref": "main",
        "project": {"web_url": "https://gitlab.com/a/b"}, "user": {"username": "a"}, "commit_url": "https://x/abcdef12",
    },
    "argocd": {
        "app": {
            "metadata": {"name": "x", "labels": {"env": "prod"}, "annotations": {"roadbed.dev/service": "x"}},
            "spec": {"sources": [{"repoURL": "git@github.com:a/b.git"}]},
            "status": {
                "operationState": {"phase": "Succeeded", "startedAt": "2026-11-28T09:00:00Z",
                                   "syncResult": {"revisions": ["abcdef12"]}},
                "summary": {"images": ["a/b:1"]},
            },
        }
    },
    "jenkins": {
        "name": "deploy",
        "build": {"number": 1, "phase": "FINALIZED", "status": "SUCCESS", "timestamp": 1700000000000,
                  "scm": {"url": "https://github.com/a/b", "commit": "abcdef12"}, "parameters": {"ENV": "prod"},
                  "artifacts": {"a.jar": {}}},
    },
    "plain": [{"type": "deployment", "at": "2026-11-28T09:00:00Z", "service": "x", "outcome": "success"}],
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_payload_that_is_hurt_anywhere_is_read_or_refused_and_breaks_nothing(data: st.DataObject):
    files = sorted((SHARED / "github-webhooks").glob("*.json")) + CDEVENTS
    drawn = data.draw(st.sampled_from([*files, *WHOLE]))
    payload = WHOLE[drawn] if isinstance(drawn, str) else json.loads(drawn.read_bytes())
    path = data.draw(st.sampled_from(places(payload)))
    body = json.dumps(hurt(payload, path, data.draw(st.sampled_from(HURTS)))).encode()
    event = "" if isinstance(drawn, str) else drawn.name.partition(".")[0]
    for reader in READERS:
        try:
            for one in reader.read(Delivery({"x-github-event": event}, body), Manner(("*",))):
                assert one.key
                assert one.at.tzinfo is not None
                json.dumps(asdict(one), default=str).encode()
        except events.Unreadable:
            continue
