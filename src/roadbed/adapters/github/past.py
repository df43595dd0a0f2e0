"""Reads a repository's past from GitHub's REST API: pull requests, then commits, then deployments, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from roadbed.adapters.github.reader import change_of, status_of
from roadbed.ground.ports import events, payloads
from roadbed.ground.ports.asking import TooFast, ask, client
from roadbed.ground.ports.events import Event, Unreadable
from roadbed.ground.ports.past import Page, PastUnavailable

ADDRESS: Final = "https://api.github.com"
PER_PAGE: Final = 100
DEPLOYMENTS: Final = 30
"""Deployments a page: each needs a request of its own for its statuses."""
_STAGES: Final = ("pulls", "commits", "deployments")


class GitHubPast:
    """Implements the port `PastReader`. The cursor is a stage and a page, like `commits:3`."""

    def repository_name(self, repository: str, *, address: str) -> str:
        host = urlsplit(address or ADDRESS).hostname or "github.com"
        return f"{'github.com' if host == 'api.github.com' else host}/{repository.strip('/')}".lower()

    def page(self, repository: str, *, token: str, address: str, cursor: str) -> Page:
        stage, _, said = (cursor or f"{_STAGES[0]}:1").partition(":")
        if stage not in _STAGES or not said.isdecimal():
            stage, said = _STAGES[0], "1"
        name = self.repository_name(repository, address=address)
        headers = {"Accept": "application/vnd.github+json", "Authorization": f"Bearer {token}"}
        with client(address or ADDRESS, headers) as http:
            try:
                return _READERS[stage](http, repository.strip("/"), name, int(said))
            except TooFast as limit:
                return Page((), f"{stage}:{said}", finished=False, wait_until=limit.until)
            except Unreadable as fault:
                raise PastUnavailable(f"GitHub answered what is not documented: {fault}", final=True) from fault


def _pulls(http: httpx.Client, path: str, name: str, page: int) -> Page:
    query = {"state": "all", "sort": "created", "direction": "asc", "per_page": PER_PAGE, "page": page}
    asked = ask(http, f"/repos/{path}/pulls", query)
    pulls = _listed(asked.payload)
    found: list[Event] = []
    for pull in pulls:
        found.append(change_of(name, pull, events.OPENED))
        if payloads.text(pull, "merged_at"):
            found.append(change_of(name, pull, events.MERGED))
        elif payloads.text(pull, "closed_at"):
            found.append(change_of(name, pull, events.CLOSED))
    return _page(found, "pulls", page, full=len(pulls) == PER_PAGE, wait=asked.wait_until)


def _commits(http: httpx.Client, path: str, name: str, page: int) -> Page:
    asked = ask(http, f"/repos/{path}/commits", {"per_page": PER_PAGE, "page": page})
    listed = _listed(asked.payload)
    commits = tuple(_commit(one) for one in reversed(listed))
    pushed = _as_push(name, commits)
    return _page(pushed, "commits", page, full=len(listed) == PER_PAGE, wait=asked.wait_until)


def _as_push(name: str, commits: tuple[events.Commit, ...]) -> list[Event]:
    if not commits:
        return []
    first, last = commits[0].sha, commits[-1]
    return [
        events.Pushed(
            key=f"{name}:api:{first}..{last.sha}", at=last.committed_at, repository=name, branch="", before="",
            after=last.sha, commits=commits,
        )
    ]  # fmt: skip


def _commit(one: Mapping[str, Any]) -> events.Commit:
    subject, body = payloads.parted(payloads.text(one, "commit.message", most=8000))
    author = payloads.text(one, "author.login", most=100) or payloads.text(one, "commit.author.name", most=100)
    sha = payloads.commit(one, "sha")
    if not sha:
        raise Unreadable("A commit has no sha.")
    parents = (payloads.commit(each, "sha") for each in payloads.items(one, "parents", most=100))
    return events.Commit(
        sha=sha, subject=subject, body=body, author=author,
        authored_at=payloads.moment(one, "commit.author.date", "commit.committer.date"),
        committed_at=payloads.moment(one, "commit.committer.date", "commit.author.date"),
        bot=payloads.is_bot(author, kind=payloads.text(one, "author.type")), parents=tuple(filter(None, parents)),
    )  # fmt: skip


def _deployments(http: httpx.Client, path: str, name: str, page: int) -> Page:
    asked = ask(http, f"/repos/{path}/deployments", {"per_page": DEPLOYMENTS, "page": page})
    listed, wait = _listed(asked.payload), asked.wait_until
    found: list[Event] = []
    for one in listed:
        identity = payloads.needed(one, "id", most=40)
        statuses = ask(http, f"/repos/{path}/deployments/{identity}/statuses", {"per_page": PER_PAGE})
        wait = statuses.wait_until or wait
        told = [status_of(name, one, status) for status in _listed(statuses.payload)]
        found += [each for each in told if each is not None and each.outcome != events.STARTED]
    return _page(found, "deployments", page, full=len(listed) == DEPLOYMENTS, wait=wait)


def _listed(payload: object) -> list[Mapping[str, Any]]:
    if not isinstance(payload, list):
        raise Unreadable("a list was expected.")
    return [payloads.mapping(one, "An item") for one in payload]


def _page(found: list[Event], stage: str, page: int, *, full: bool, wait: Any) -> Page:
    """Full pages have a next one; after the last stage's last page there is nothing for now."""
    if full:
        return Page(tuple(found), f"{stage}:{page + 1}", finished=False, wait_until=wait)
    following = _STAGES.index(stage) + 1
    if following < len(_STAGES):
        return Page(tuple(found), f"{_STAGES[following]}:1", finished=False, wait_until=wait)
    # What is new since has come by webhook, or comes by the next reading from the beginning.
    return Page(tuple(found), "", finished=True, wait_until=wait)


_READERS: Final[Mapping[str, Callable[[httpx.Client, str, str, int], Page]]] = {
    "pulls": _pulls,
    "commits": _commits,
    "deployments": _deployments,
}
