"""What senders tell of size, branches, queues and parts of pipelines, as events; what they do not tell is None."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from roadbed.adapters.cdevents import CdEvents
from roadbed.adapters.github import GitHubEvents
from roadbed.adapters.gitlab import GitLabEvents
from roadbed.adapters.plain_events import PlainEvents
from roadbed.ground.ports import events
from roadbed.ground.ports.events import Delivery, EventReader, Manner, Unreadable

AT = "2026-11-28T09:00:00Z"
NINE = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
HUB = {"html_url": "https://github.com/acme/shop", "default_branch": "trunk", "pushed_at": AT}


def read(reader: EventReader, body: Any, name: str = "") -> Any:
    headers = {"content-type": "application/json", "x-github-event": name}
    return reader.read(Delivery(headers, json.dumps(body).encode()), Manner())


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
