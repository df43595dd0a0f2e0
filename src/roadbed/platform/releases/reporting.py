"""Taking another CD's word for what it deployed, once per (source, id)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.platform.releases import rules
from roadbed.platform.releases.carried import BODY_TOLD, COMMITS_TOLD
from roadbed.platform.releases.facts import fact_data, seconds_of
from roadbed.platform.releases.models import Deployment, new_uid

COMMIT = re.compile(r"[0-9a-f]{7,64}")
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CarriedCommit:
    """A commit that the other CD says it carried in; both dates as Git has them.

    `change` is the pull request that it belongs to, and the last three tell its first commit, first review and merge.
    """

    sha: str
    subject: str
    authored_at: datetime
    committed_at: datetime
    body: str = ""
    author: str = ""
    change: str = ""
    first_commit_at: datetime | None = None
    reviewed_at: datetime | None = None
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """What else a sender of webhooks knows of a deployment: what was deployed, from where, by whom."""

    artifact: str = ""
    repository: str = ""
    by: str = ""
    uid: str = ""

    def told(self) -> dict[str, Any]:
        """What the fact says of it."""
        return {"artifact": self.artifact, "repository": self.repository}


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report. `known` is True when the deployment was on record already and nothing was added."""

    deployment: str
    known: bool


def report_deployment(
    caller: Caller,
    service: str,
    *,
    commit: str,
    outcome: str,
    version: str = "",
    environment: str = rules.PRODUCTION,
    source: str = "",
    source_id: str = "",
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
    url: str = "",
    kind: str = "feature",
    commits: Sequence[CarriedCommit] | None = None,
    built: Built | None = None,
    now: datetime,
) -> Reported:
    """Record what another CD did. The same (source, id) again changes nothing.

    `commits`, newest first, are what it carried in, for its lead time; None where the CD does not say. A CD that knows
    no commit says what it `built` instead.

    A report of a commit that Roadbed itself deployed there answers Roadbed's own deployment, so that a pipeline
    which deploys through Roadbed and then reports is counted once.
    """
    known = catalog.require_service(service)
    authorise(caller, "deployment.report", team=known.owner)
    environment = rules.checked_environment(environment)
    verdict = rules.outcome_of(outcome)
    kind = "rollback" if verdict == rules.ROLLBACK else rules.checked_kind(kind)
    _checked(commit, source, started_at, finished_at, now, told=built is not None)
    source = source or "cd"
    source_id = source_id or url or _digest(known.uid, environment, commit, version, outcome, started_at, finished_at)
    finished = finished_at or now
    with unit(caller, now=now) as writing:
        same = Deployment.objects.filter(source=source[:60], source_id=source_id[:200]).first()
        ours = same or _our_own(known, environment, commit)
        if ours is not None:
            return Reported(deployment=ours.uid, known=True)
        former = _former(known, environment, finished)
        row = Deployment.objects.create(
            uid=_uid(built),
            verb=rules.REPORT,
            service_uid=known.uid,
            service_name=known.name,
            environment=environment,
            kind=kind,
            commit=commit,
            version=(version or commit[:8] or (built.artifact if built else "")[-40:])[:120],
            former=former,
            requested_by=(built.by if built and built.by else caller.name)[:160],
            requested_at=started_at or finished,
            started_at=started_at,
            finished_at=finished,
            state=rules.FAILED if verdict == rules.FAILED else rules.SUCCEEDED,
            failure={"step": "", "detail": f"{source} reported {outcome}."} if verdict == rules.FAILED else None,
            url=url[:500],
            external=True,
            source=source[:60],
            source_id=source_id[:200],
        )
        more = _carried(commits) | (built.told() if built else {}) | {"outcome": outcome}
        _tell(writing, row, verdict, finished, more)
    return Reported(deployment=row.uid, known=False)


def _tell(writing: Unit, row: Deployment, verdict: str, finished: datetime, more: dict[str, Any]) -> None:
    writing.record(
        _fact_kind(verdict, first=not row.former),
        row.service_uid,
        environment=row.environment,
        occurred_at=finished,
        source=f"report:{row.source}"[:60],
        source_id=row.source_id,
        data=fact_data(row) | more | {"seconds": seconds_of(row, finished)},
    )


def answer(asked: asks.ReportDeployment) -> asks.DeploymentReported:
    """Report for another room, which read it out of a webhook."""
    done = report_deployment(
        asked.caller,
        asked.service_uid,
        commit=asked.commit,
        outcome=asked.outcome,
        version=asked.version,
        environment=asked.environment,
        source=asked.source,
        source_id=asked.source_id,
        started_at=asked.started_at,
        finished_at=asked.finished_at,
        url=asked.url,
        built=Built(asked.artifact, asked.repository, asked.by, asked.uid),
        now=asked.now,
    )
    return asks.DeploymentReported(done.deployment, done.known)


def _uid(built: Built | None) -> str:
    """The uid under which its start was told; a sender that ends one deployment twice gets another."""
    told = built.uid if built else ""
    return told if told and not Deployment.objects.filter(uid=told).exists() else new_uid()


def _carried(commits: Sequence[CarriedCommit] | None) -> dict[str, Any]:
    if commits is None:
        return {}
    told = [
        {
            "sha": commit.sha[:64],
            "subject": commit.subject[:200],
            "body": commit.body[:BODY_TOLD],
            "author": commit.author[:100],
            "authored_at": commit.authored_at.isoformat(),
            "committed_at": commit.committed_at.isoformat(),
            **_of_change(commit),
        }
        for commit in commits[:COMMITS_TOLD]
    ]
    return {"commits": told, "commit_count": len(commits), "commits_more": False}


def _of_change(commit: CarriedCommit) -> dict[str, str]:
    """What is known of the commit's pull request; nothing is said of what is not."""
    told = {name: getattr(commit, name) for name in ("first_commit_at", "reviewed_at", "merged_at")}
    known = {name: at.isoformat() for name, at in told.items() if at is not None}
    return known | ({"change": commit.change[:200]} if commit.change else {})


def _fact_kind(verdict: str, *, first: bool) -> str:
    if verdict == rules.FAILED:
        return "deployment.failed"
    if verdict == rules.ROLLBACK:
        return "service.rolledback"
    return "service.deployed" if first else "service.upgraded"


def _checked(
    commit: str,
    source: str,
    started_at: datetime | None,
    finished_at: datetime | None,
    now: datetime,
    *,
    told: bool,
) -> None:
    if not COMMIT.fullmatch(commit) and (commit or not told):
        raise Invalid(
            f"{commit!r} is not a commit.",
            remedy="Give its name of 7 to 64 hexadecimal digits, best all of them.",
            place=Place(field="commit"),
        )
    if source in rules.RESERVED_SOURCES:
        raise Invalid(
            f"The source {source} is Roadbed's own.",
            remedy="Name your CD, like github or argo-cd.",
            place=Place(field="source"),
        )
    for field, instant in (("started_at", started_at), ("finished_at", finished_at)):
        if instant is not None and instant.tzinfo is None:
            raise Invalid(f"{field} has no time zone.", remedy="End it with Z or +01:00.", place=Place(field=field))
        if instant is not None and instant > now + CLOCKS_DIFFER:
            raise Invalid(
                f"{field} lies in the future.", remedy="Set that machine's clock right.", place=Place(field=field)
            )
    if started_at is not None and started_at > (finished_at or now) + CLOCKS_DIFFER:
        raise Invalid("It finished before it started.", place=Place(field="finished_at"))


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def _our_own(service: ServiceView, environment: str, commit: str) -> Deployment | None:
    if not commit or service.annotations.get("roadbed.dev/deployed-by", "roadbed") == "external":
        return None
    # Roadbed keeps the full name; a report may give the short one.
    return (
        Deployment.objects.filter(
            service_uid=service.uid, environment=environment, external=False, commit__startswith=commit
        )
        .exclude(commit="")
        .order_by("-requested_at")
        .first()
    )


def _former(service: ServiceView, environment: str, before: datetime) -> str:
    row = (
        Deployment.objects.filter(
            service_uid=service.uid, environment=environment, state=rules.SUCCEEDED, finished_at__lt=before
        )
        .order_by("-finished_at", "-pk")
        .first()
    )
    return row.version if row else ""
