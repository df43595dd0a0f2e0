"""Reads a project's past from GitLab's REST API: merge requests, then commits, then deployments, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from roadbed.ground.ports import events, payloads
from roadbed.ground.ports.asking import TooFast, ask, client
from roadbed.ground.ports.events import Event, Unreadable
from roadbed.ground.ports.past import Page, PastUnavailable

ADDRESS: Final = "https://gitlab.com/api/v4"
PER_PAGE: Final = 100
_STAGES: Final = ("merge_requests", "commits", "deployments")
_STATES: Final = {"success": events.SUCCEEDED, "failed": events.FAILED}


class GitLabPast:
    """Implements the port `PastReader`. The cursor is a stage and a page, like `commits:3`."""

    def repository_name(self, repository: str, *, address: str) -> str:
        return f"{urlsplit(address or ADDRESS).hostname or 'gitlab.com'}/{repository.strip('/')}".lower()

    def page(self, repository: str, *, token: str, address: str, cursor: str) -> Page:
        stage, _, said = (cursor or f"{_STAGES[0]}:1").partition(":")
        if stage not in _STAGES or not said.isdecimal():
            stage, said = _STAGES[0], "1"
        name = self.repository_name(repository, address=address)
        path = f"/projects/{quote(repository.strip('/'), safe='')}"
        with client(address or ADDRESS, {"PRIVATE-TOKEN": token}) as http:
            try:
                return _READERS[stage](http, path, name, int(said))
            except TooFast as limit:
                return Page((), f"{stage}:{said}", finished=False, wait_until=limit.until)
            except Unreadable as fault:
                raise PastUnavailable(f"GitLab answered what is not documented: {fault}", final=True) from fault


def _merge_requests(http: httpx.Client, path: str, name: str, page: int) -> Page:
    query = {"state": "merged", "order_by": "created_at", "sort": "asc", "per_page": PER_PAGE, "page": page}
    asked = ask(http, f"{path}/merge_requests", query)
    listed = _listed(asked.payload)
    found: list[Event] = [_change(name, one) for one in listed]
    return _page(found, "merge_requests", page, full=len(listed) == PER_PAGE, wait=asked.wait_until)


def _change(name: str, one: Mapping[str, Any]) -> events.Change:
    number, author = payloads.needed(one, "iid", most=40), payloads.text(one, "author.username", most=100)
    labels = tuple(payloads.clean(each)[:100] for each in payloads.items(one, "labels") if isinstance(each, str))
    return events.Change(
        key=f"{name}:change:{number}:{events.MERGED}", at=payloads.moment(one, "merged_at", "updated_at"),
        repository=name, number=number, state=events.MERGED, title=payloads.text(one, "title", most=500),
        body=payloads.text(one, "description", most=4000), labels=labels, author=author, bot=payloads.is_bot(author),
        head=payloads.commit(one, "sha"),
        merge=payloads.commit(one, "merge_commit_sha") or payloads.commit(one, "squash_commit_sha"),
        base=payloads.text(one, "target_branch"), branch=payloads.text(one, "source_branch"),
        opened_at=payloads.instant(one, "created_at"), url=payloads.text(one, "web_url", most=500),
    )  # fmt: skip


def _commits(http: httpx.Client, path: str, name: str, page: int) -> Page:
    asked = ask(http, f"{path}/repository/commits", {"per_page": PER_PAGE, "page": page})
    listed = _listed(asked.payload)
    commits = tuple(_commit(one) for one in reversed(listed))
    found: list[Event] = []
    if commits:
        key = f"{name}:api:{commits[0].sha}..{commits[-1].sha}"
        found.append(events.Pushed(key, commits[-1].committed_at, name, "", "", commits[-1].sha, commits))
    return _page(found, "commits", page, full=len(listed) == PER_PAGE, wait=asked.wait_until)


def _commit(one: Mapping[str, Any]) -> events.Commit:
    subject, body = payloads.parted(payloads.text(one, "message", most=8000))
    sha, author = payloads.commit(one, "id"), payloads.text(one, "author_name", most=100)
    if not sha:
        raise Unreadable("A commit has no id.")
    parents = [payloads.commit({"id": each}, "id") for each in payloads.items(one, "parent_ids", most=100)]
    return events.Commit(
        sha=sha, subject=subject, body=body, author=author,
        authored_at=payloads.moment(one, "authored_date", "committed_date"),
        committed_at=payloads.moment(one, "committed_date", "authored_date"), bot=payloads.is_bot(author),
        parents=tuple(filter(None, parents)),
    )  # fmt: skip


def _deployments(http: httpx.Client, path: str, name: str, page: int) -> Page:
    query = {"order_by": "id", "sort": "asc", "per_page": PER_PAGE, "page": page}
    asked = ask(http, f"{path}/deployments", query)
    listed = _listed(asked.payload)
    found: list[Event] = [told for one in listed if (told := _deployment(name, one)) is not None]
    return _page(found, "deployments", page, full=len(listed) == PER_PAGE, wait=asked.wait_until)


def _deployment(name: str, one: Mapping[str, Any]) -> events.Deployment | None:
    outcome = _STATES.get(payloads.text(one, "status"))
    if outcome is None:
        return None
    identity, ref = payloads.needed(one, "id", most=40), payloads.text(one, "ref", most=120)
    return events.Deployment(
        key=f"{name}:deployment:{identity}:{outcome}",
        at=payloads.moment(one, "deployable.finished_at", "updated_at", "created_at"), outcome=outcome,
        environment=payloads.text(one, "environment.name", most=100), repository=name,
        commit=payloads.commit(one, "sha"),
        version=ref if "." in ref and any(sign.isdigit() for sign in ref) else "",
        started_at=payloads.instant(one, "deployable.started_at") or payloads.instant(one, "created_at"),
        production=payloads.text(one, "environment.tier") == "production",
        by=payloads.text(one, "user.username", most=100),
    )  # fmt: skip


def _listed(payload: object) -> list[Mapping[str, Any]]:
    if not isinstance(payload, list):
        raise Unreadable("a list was expected.")
    return [payloads.mapping(one, "An item") for one in payload]


def _page(found: list[Event], stage: str, page: int, *, full: bool, wait: Any) -> Page:
    if full:
        return Page(tuple(found), f"{stage}:{page + 1}", finished=False, wait_until=wait)
    following = _STAGES.index(stage) + 1
    if following < len(_STAGES):
        return Page(tuple(found), f"{_STAGES[following]}:1", finished=False, wait_until=wait)
    return Page(tuple(found), "", finished=True, wait_until=wait)


_READERS: Final[Mapping[str, Callable[[httpx.Client, str, str, int], Page]]] = {
    "merge_requests": _merge_requests,
    "commits": _commits,
    "deployments": _deployments,
}
