"""Keeps the projection `deployments`: the only writer of this room's tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, fields

from roadbed.delivery.changes import rules
from roadbed.delivery.changes.linking.keeping import told_late
from roadbed.delivery.changes.models import Deployed, DeploymentFact, ToLink
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView

NAME = "deployments"


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch: keep its facts, then add up anew every deployment that any of them is about."""
    rows = [
        DeploymentFact(
            uid=fact.uid,
            deployment=rules.key_of(fact.data, fact.uid)[:64],
            kind=fact.kind,
            service_uid=fact.subject,
            environment=fact.environment,
            occurred_at=fact.occurred_at,
            actor_name=fact.actor_name,
            supersedes=fact.supersedes,
            source=fact.source,
            data=dict(fact.data),
        )
        for fact in facts
    ]
    DeploymentFact.objects.bulk_create(rows, ignore_conflicts=True)
    touched = {row.deployment for row in rows}
    # A correction can move a deployment: the one whose fact it supersedes changes too, and may vanish.
    corrected = [row.supersedes for row in rows if row.supersedes]
    touched |= set(DeploymentFact.objects.filter(uid__in=corrected).values_list("deployment", flat=True))
    _add_up(touched)
    # A link asks for no other link, but a correction that was taken back does.
    asking = {
        f"{'past-' if told_late(fact) else ''}service:{fact.subject}"
        for fact in facts
        if fact.kind != rules.LINKED or not fact.data.get("method")
    }
    ToLink.objects.bulk_create([ToLink(what=what) for what in sorted(asking)], ignore_conflicts=True)


def _add_up(deployments: set[str]) -> None:
    kept = list(DeploymentFact.objects.filter(deployment__in=deployments))
    uids = [row.uid for row in kept]
    corrected = set(DeploymentFact.objects.filter(supersedes__in=uids).values_list("supersedes", flat=True))
    facts: dict[str, list[rules.Told]] = defaultdict(list)
    for row in kept:
        facts[row.deployment].append(_told(row))
    sums = {uid: rules.add_up(rules.standing(facts[uid], corrected)) for uid in deployments}
    Deployed.objects.filter(uid__in=[uid for uid, total in sums.items() if total is None]).delete()
    standing = [Deployed(uid=uid, **asdict(total)) for uid, total in sums.items() if total is not None]
    names = [field.name for field in fields(rules.Sum)]
    Deployed.objects.bulk_create(standing, update_conflicts=True, unique_fields=["uid"], update_fields=names)


def _told(row: DeploymentFact) -> rules.Told:
    return rules.Told(
        uid=row.uid,
        kind=row.kind,
        service_uid=row.service_uid,
        environment=row.environment,
        occurred_at=row.occurred_at,
        actor_name=row.actor_name,
        supersedes=row.supersedes,
        data=row.data,
        source=row.source,
    )


def clear() -> None:
    """Empty the tables, before a rebuild."""
    Deployed.objects.all().delete()
    DeploymentFact.objects.all().delete()


DEPLOYMENTS = Projection(name=NAME, version=2, kinds=rules.KINDS, apply=apply, clear=clear)
