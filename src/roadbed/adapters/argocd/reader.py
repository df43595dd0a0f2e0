"""Reads what Argo CD's notifications post by our template: an application's sync, with its revisions and images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner, Unreadable

_PHASES: Final = {
    "succeeded": events.SUCCEEDED,
    "failed": events.FAILED,
    "error": events.FAILED,
    "running": events.STARTED,
}


class ArgoNotifications:
    """Implements the port `EventReader`.

    The body is `{"app": <the application>}`, as `{{toJson .app}}` writes it, or the flat form of the how-to.
    """

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        del now
        return proofs.signed_or_bearer(delivery, secret)

    def identity(self, delivery: Delivery) -> str:
        del delivery
        return ""

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        payload = payloads.mapping(payloads.parsed(delivery.body))
        app = payload.get("app")
        flat = _flat(payloads.mapping(app, "app")) if isinstance(app, dict) else payload
        phase = payloads.needed(flat, "phase", most=40).lower()
        if phase not in _PHASES:
            # Terminating is neither yet.
            return ()
        return (_deployment(flat, _PHASES[phase], manner),)


def _flat(app: Mapping[str, Any]) -> dict[str, Any]:
    """The few things that count of a whole application resource."""
    state = payloads.mapping(payloads.at(app, "status.operationState") or {}, "status.operationState")
    result = payloads.mapping(state.get("syncResult") or {}, "status.operationState.syncResult")
    single, several = payloads.at(app, "spec.source"), payloads.items(app, "spec.sources", most=50)
    sources = several or ([single] if single else [])
    revisions = payloads.items(result, "revisions", most=50) or [result.get("revision")]
    return {
        "app": payloads.text(app, "metadata.name"),
        "phase": state.get("phase"),
        "repositories": [payloads.text(source, "repoURL") for source in sources],
        "revisions": [one if isinstance(one, str) else "" for one in revisions],
        "images": payloads.items(app, "status.summary.images", most=200),
        "environment": payloads.text(app, "metadata.labels.environment") or payloads.text(app, "metadata.labels.env"),
        "service": _annotation(app),
        "started_at": state.get("startedAt"),
        "finished_at": state.get("finishedAt"),
        "by": payloads.text(state, "operation.initiatedBy.username"),
    }


def _annotation(app: Mapping[str, Any]) -> str:
    """Which service it is, where the application says so; its key has a dot, so it is no path."""
    annotations = payloads.at(app, "metadata.annotations")
    found = annotations.get("roadbed.dev/service") if isinstance(annotations, dict) else None
    return payloads.clean(found)[:200] if isinstance(found, str) else ""


def _deployment(flat: Mapping[str, Any], outcome: str, manner: Manner) -> events.Deployment:
    name = payloads.needed(flat, "app", most=200)
    began = payloads.instant(flat, "started_at")
    at = payloads.instant(flat, "finished_at") or began
    if at is None:
        raise Unreadable("finished_at and started_at are missing, so nobody knows when it happened.")
    repositories = _texts(flat, "repositories") or _texts(flat, "repository")
    revisions = _texts(flat, "revisions") or _texts(flat, "revision")
    pairs = [
        (payloads.repository_name(repository), payloads.commit({"sha": revision}, "sha"))
        for repository, revision in zip(repositories, revisions, strict=False)
    ]
    # A chart's revision is a version, no commit.
    commits = [pair for pair in pairs if pair[0] and pair[1]]
    first = commits[0] if commits else ("", "")
    begun = began.isoformat() if began else at.isoformat()
    return events.Deployment(
        key=f"{name}:{begun}:{outcome}", at=at, outcome=outcome,
        environment=payloads.text(flat, "environment", most=100) or manner.environment, repository=first[0],
        commit=first[1], service=payloads.text(flat, "service", most=200) or name,
        artifacts=tuple(image[:300] for image in _texts(flat, "images")), commits=tuple(commits[1:]),
        version=payloads.text(flat, "version", most=120), started_at=began,
        by=payloads.text(flat, "by", most=100), url=payloads.text(flat, "url", most=500),
        run=f"{name}:{begun}",
    )  # fmt: skip


def _texts(flat: Mapping[str, Any], name: str) -> list[str]:
    found = flat.get(name)
    listed = found if isinstance(found, list) else [found]
    return [payloads.clean(one).strip() for one in listed if isinstance(one, str) and one.strip()]
